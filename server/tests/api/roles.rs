//! Who may do what: every route and server function with every role. One that the table does not know fails the test.

use crate::harness::{PASSWORD, Server, Visitor};
use serde_json::json;
use std::collections::BTreeSet;
use vigia_app::model::{EventId, Role};

/// Statuses for nobody, a manager, an auditor and an administrator.
type Statuses = [u16; 4];

const ANYBODY: Statuses = [200; 4];
const SIGNED_IN: Statuses = [401, 200, 200, 200];

/// Method, route, and what each role is answered.
const TABLE: &[(&str, &str, Statuses)] = &[
    ("GET", "/api/v1/reports", SIGNED_IN),
    ("GET", "/api/v1/reports/{report}", SIGNED_IN),
    ("GET", "/api/v1/reports/{report}/{id}", SIGNED_IN),
    ("POST", "/api/v1/session", ANYBODY),
    ("GET", "/api/v1/session", SIGNED_IN),
    ("DELETE", "/api/v1/session", [204; 4]),
    ("GET", "/api/v1/openapi.json", ANYBODY),
    ("GET", "/api/docs", ANYBODY),
    ("GET", "/healthz", ANYBODY),
    ("GET", "/readyz", ANYBODY),
    // From another machine; see the tests of the metrics for this one.
    ("GET", "/metrics", [401, 403, 403, 200]),
    ("POST", "/fn/report_page", SIGNED_IN),
    ("POST", "/fn/report_summary", SIGNED_IN),
    ("POST", "/fn/report_record", SIGNED_IN),
    ("POST", "/fn/current_user", ANYBODY),
    ("POST", "/fn/sign_in", ANYBODY),
    ("POST", "/fn/sign_out", ANYBODY),
    ("POST", "/fn/change_password", SIGNED_IN),
];

#[test]
fn the_table_knows_every_route_and_server_function() {
    let routes = vigia::http::ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned()));
    let functions = vigia::http::server_functions().map(|(path, method)| (method.to_string(), path.to_owned()));
    let known: BTreeSet<_> = TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(routes.chain(functions).collect::<BTreeSet<_>>(), known);
}

#[tokio::test]
async fn every_route_answers_each_role_as_the_table_says() {
    // Changing a password must not keep the others from signing in.
    let (server, other) = (Server::start().await, Server::start().await);
    let auditor = server.signed_in(Role::Auditor).await;
    let id = auditor.json("/api/v1/reports/password-view").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    for (method, path, statuses) in TABLE {
        let server = if path.ends_with("change_password") { &other } else { &server };
        for (role, expected) in [None, Some(Role::Manager), Some(Role::Auditor), Some(Role::Admin)].into_iter().zip(statuses) {
            let visitor = match role {
                Some(role) => server.signed_in(role).await,
                None => server.anonymous(),
            };
            let status = ask(&visitor, method, path, &id).await;
            assert_eq!(status, *expected, "{method} {path} as {}", role.map_or("nobody", Role::name));
        }
    }
}

async fn ask(visitor: &Visitor, method: &str, route: &str, id: &str) -> u16 {
    let view = "password-view";
    let response = match route {
        "/fn/report_page" | "/fn/report_summary" => visitor.call(route, &(view, "")).await,
        "/fn/report_record" => visitor.call(route, &(view, id.parse::<EventId>().expect("an id"))).await,
        "/fn/sign_in" => visitor.call(route, &("manager", PASSWORD)).await,
        "/fn/change_password" => visitor.call(route, &(PASSWORD, "another correct horse battery staple")).await,
        _ if route.starts_with("/fn/") => visitor.call(route, &()).await,
        "/metrics" => visitor.request(method, route).header("x-forwarded-for", "192.0.2.7").send().await.expect("an answer"),
        "/api/v1/session" if method == "POST" => visitor.post(route, json!({ "username": "manager", "password": PASSWORD })).await,
        _ => visitor.request(method, &route.replace("{report}", view).replace("{id}", id)).send().await.expect("an answer"),
    };
    response.status().as_u16()
}
