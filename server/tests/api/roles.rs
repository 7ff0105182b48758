//! Who may do what: every route and server function with every role. One that the table does not know fails the test.

use crate::harness::{PASSWORD, Server, Setup, Visitor};
use reqwest::Response;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vigia::jobs::{Job, On};
use vigia::notifications::Delivery;
use vigia::outgoing::Allowed;
use vigia_app::model::risk::RiskSettings;
use vigia_app::model::{
    Action, ChangeRequest, Channel, Chosen, CredentialSet, EventId, NotificationRule, Occasion, OperationRequest, Priority,
    QuarantineGroup, Role, Scope, Target, Timestamp, TokenRequest, TriedTry, Verdict,
};
use vigia_app::reviews::{NewReview, ReviewSettings};
use vigia_app::story::Subject;
use vigia_app::views::NewView;

/// Statuses for nobody, a manager, an auditor, an administrator, and the bearers of tokens that read, write, operate and execute.
pub type Statuses = [u16; 8];

const ANYBODY: Statuses = [200; 8];
/// A token is not a session.
const SIGNED_IN: Statuses = [401, 200, 200, 200, 403, 403, 403, 403];
const READERS: Statuses = [401, 200, 200, 200, 200, 403, 403, 403];
const ADMINISTRATORS: Statuses = [401, 403, 403, 200, 403, 403, 403, 403];
/// Operations are created and moved by administrators, and by tokens for that.
const OPERATORS: Statuses = [401, 403, 403, 200, 403, 403, 200, 403];

/// Managers review where an administrator lets them, which nobody has said here.
const REVIEWERS: Statuses = [401, 403, 200, 200, 403, 403, 403, 403];

/// Method, route, and what each role is answered.
pub const TABLE: &[(&str, &str, Statuses)] = &[
    ("GET", "/api/v1/reports", READERS),
    ("GET", "/api/v1/reports/{report}", READERS),
    ("GET", "/api/v1/reports/{report}/export", [401, 403, 200, 200, 200, 403, 403, 403]),
    ("GET", "/api/v1/exports/settings", ADMINISTRATORS),
    ("PUT", "/api/v1/exports/settings", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("POST", "/fn/export_offer", [401, 403, 200, 200, 403, 403, 403, 403]),
    ("POST", "/fn/export_progress", [401, 200, 200, 200, 403, 403, 403, 403]),
    ("POST", "/fn/cancel_export", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("POST", "/fn/set_export_settings", [401, 403, 403, 200, 403, 403, 403, 403]),
    ("GET", "/api/v1/reports/{report}/values/{column}", READERS),
    ("GET", "/api/v1/reports/{report}/groups/{by}", READERS),
    ("GET", "/api/v1/reports/{report}/groups/{by}/average/{column}", READERS),
    ("GET", "/api/v1/reports/{report}/histogram/{step}", READERS),
    ("GET", "/api/v1/reports/{report}/{id}", READERS),
    // A cookie comes along by itself, so no session sends events, not even an administrator's.
    ("POST", "/api/v1/events", [401, 401, 401, 401, 403, 200, 403, 403]),
    ("GET", "/api/v1/backups", ADMINISTRATORS),
    // Another server is making one, and there is none of this name.
    ("GET", "/api/v1/backups/standing", READERS),
    ("POST", "/api/v1/backups", [401, 403, 403, 503, 403, 403, 403, 403]),
    ("POST", "/api/v1/backups/cancel", [401, 403, 403, 202, 403, 403, 403, 403]),
    ("POST", "/api/v1/backups/{name}/verify", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/api/v1/backups/{name}/drill", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("GET", "/api/v1/backups/{name}/archive", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("GET", "/api/v1/backups/{name}/links", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/api/v1/backups/{name}/links", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("DELETE", "/api/v1/backups/{name}/links/{id}", [401, 403, 403, 404, 403, 403, 403, 403]),
    // The link is all that it takes, and nobody has this one.
    ("GET", "/download/{token}/{file}", [404; 8]),
    ("GET", "/api/v1/instance", ADMINISTRATORS),
    ("POST", "/api/v1/instance/release", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/tokens", ADMINISTRATORS),
    ("POST", "/api/v1/tokens", [401, 403, 403, 201, 403, 403, 403, 403]),
    ("DELETE", "/api/v1/tokens/{name}", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/quarantine", ADMINISTRATORS),
    ("DELETE", "/api/v1/quarantine", ADMINISTRATORS),
    ("GET", "/api/v1/quarantine/{id}", ADMINISTRATORS),
    ("POST", "/api/v1/quarantine/replay", ADMINISTRATORS),
    ("POST", "/api/v1/mappings/try", ADMINISTRATORS),
    ("POST", "/api/v1/operations", [401, 403, 403, 201, 403, 403, 201, 403]),
    ("POST", "/api/v1/operations/actions", OPERATORS),
    ("GET", "/api/v1/operations/failures", READERS),
    ("GET", "/api/v1/operations/{id}", READERS),
    // No session takes operations: programs do, with tokens for that.
    ("POST", "/api/v1/operations/lease", [401, 401, 401, 401, 403, 403, 403, 200]),
    // Nothing but the ticket of the attempt is good for it.
    ("POST", "/api/v1/operations/{id}/attempts/{number}", [401; 8]),
    ("GET", "/api/v1/connectors", OPERATORS),
    ("GET", "/api/v1/credential-sets", ADMINISTRATORS),
    ("PUT", "/api/v1/credential-sets/{name}", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("DELETE", "/api/v1/credential-sets/{name}", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/executor", ADMINISTRATORS),
    ("PUT", "/api/v1/executor", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/notification-rules", ADMINISTRATORS),
    ("PUT", "/api/v1/notification-rules/{name}", ADMINISTRATORS),
    // Nobody listens there.
    ("POST", "/api/v1/notification-rules/{name}/test", [401, 403, 403, 503, 403, 403, 403, 403]),
    ("DELETE", "/api/v1/notification-rules/{name}", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/watched", REVIEWERS),
    ("PUT", "/api/v1/watched", [401, 403, 204, 204, 403, 403, 403, 403]),
    // Who comes second finds it gone.
    ("DELETE", "/api/v1/watched", [401, 403, 204, 404, 403, 403, 403, 403]),
    ("POST", "/fn/watched_known", REVIEWERS),
    ("POST", "/fn/watched_one", REVIEWERS),
    ("POST", "/fn/watch", REVIEWERS),
    ("POST", "/fn/stop_watching", [401, 403, 200, 404, 403, 403, 403, 403]),
    ("POST", "/fn/backup_list", ADMINISTRATORS),
    ("POST", "/fn/backup_standing", SIGNED_IN),
    ("POST", "/fn/make_backup", [401, 403, 403, 503, 403, 403, 403, 403]),
    ("POST", "/fn/cancel_backup", ADMINISTRATORS),
    ("POST", "/fn/verify_backup", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/fn/one_backup", ADMINISTRATORS),
    ("POST", "/fn/drill_backup", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/fn/backup_archive", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/fn/make_backup_link", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/fn/revoke_backup_link", [401, 403, 403, 404, 403, 403, 403, 403]),
    ("POST", "/fn/release_instance", ADMINISTRATORS),
    ("POST", "/fn/notification_rules", ADMINISTRATORS),
    ("POST", "/fn/save_notification_rule", ADMINISTRATORS),
    ("POST", "/fn/test_notification_rule", [401, 403, 403, 503, 403, 403, 403, 403]),
    ("POST", "/fn/remove_notification_rule", ADMINISTRATORS),
    ("POST", "/fn/mailbox", ADMINISTRATORS),
    ("GET", "/api/v1/jobs", ADMINISTRATORS),
    ("POST", "/api/v1/jobs/{name}/run", [401, 403, 403, 202, 403, 403, 403, 403]),
    ("POST", "/fn/job_list", ADMINISTRATORS),
    ("POST", "/fn/run_job", ADMINISTRATORS),
    ("GET", "/api/v1/live", SIGNED_IN),
    ("POST", "/fn/operation_info", SIGNED_IN),
    ("POST", "/fn/report_refresh", SIGNED_IN),
    ("POST", "/fn/operation_failures", SIGNED_IN),
    ("POST", "/fn/operation_act", ADMINISTRATORS),
    ("POST", "/fn/operation_destinations", ADMINISTRATORS),
    ("POST", "/fn/operation_create", ADMINISTRATORS),
    ("POST", "/fn/connectors", ADMINISTRATORS),
    ("POST", "/fn/credential_sets", ADMINISTRATORS),
    ("POST", "/fn/save_credential_set", ADMINISTRATORS),
    ("POST", "/fn/remove_credential_set", ADMINISTRATORS),
    ("POST", "/fn/executor_info", ADMINISTRATORS),
    ("POST", "/fn/executor_pause", ADMINISTRATORS),
    ("POST", "/api/v1/session", ANYBODY),
    ("GET", "/api/v1/session", SIGNED_IN),
    ("DELETE", "/api/v1/session", [204; 8]),
    ("GET", "/api/v1/openapi.json", ANYBODY),
    ("GET", "/api/docs", ANYBODY),
    ("GET", "/healthz", ANYBODY),
    ("GET", "/readyz", ANYBODY),
    ("GET", "/metrics", [401, 403, 403, 200, 200, 403, 403, 403]),
    ("POST", "/fn/report_page", SIGNED_IN),
    ("POST", "/fn/report_summary", SIGNED_IN),
    ("POST", "/fn/report_record", SIGNED_IN),
    ("POST", "/fn/behavior_shown", SIGNED_IN),
    ("POST", "/fn/behavior_patterns", SIGNED_IN),
    ("POST", "/fn/changes_shown", SIGNED_IN),
    ("POST", "/fn/view_risk", SIGNED_IN),
    ("POST", "/fn/risk_known", ADMINISTRATORS),
    ("POST", "/fn/set_risk", ADMINISTRATORS),
    ("POST", "/fn/timeline_page", SIGNED_IN),
    ("GET", "/api/v1/timeline", READERS),
    ("POST", "/fn/profile_shown", SIGNED_IN),
    ("GET", "/api/v1/profile", READERS),
    ("GET", "/api/v1/dashboards/behavior", READERS),
    ("GET", "/api/v1/dashboards/behavior/patterns", READERS),
    ("GET", "/api/v1/dashboards/password-changes", READERS),
    ("GET", "/api/v1/credentials/seen", READERS),
    ("GET", "/api/v1/credentials/known-by", READERS),
    // Nobody of this name has seen anything.
    ("POST", "/api/v1/credentials/changes", [401, 403, 403, 400, 403, 403, 400, 403]),
    ("POST", "/fn/seen_credentials", SIGNED_IN),
    ("POST", "/fn/people_named", SIGNED_IN),
    ("POST", "/fn/credential_knowers", SIGNED_IN),
    ("POST", "/fn/change_seen_credentials", [401, 403, 403, 400, 403, 403, 403, 403]),
    ("GET", "/api/v1/risk/settings", ADMINISTRATORS),
    ("PUT", "/api/v1/risk/settings", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/reviews", [401, 403, 200, 200, 200, 403, 403, 403]),
    ("POST", "/api/v1/reviews", REVIEWERS),
    ("GET", "/api/v1/reviews/{key}/{id}", [401, 403, 200, 200, 200, 403, 403, 403]),
    ("POST", "/api/v1/reviews/days", [401, 403, 204, 204, 403, 403, 403, 403]),
    ("GET", "/api/v1/reviews/settings", ADMINISTRATORS),
    ("PUT", "/api/v1/reviews/settings", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("POST", "/fn/reviews_known", REVIEWERS),
    ("POST", "/fn/review_events", REVIEWERS),
    ("POST", "/fn/review_history", REVIEWERS),
    ("POST", "/fn/close_review_day", REVIEWERS),
    ("POST", "/fn/review_rules", ADMINISTRATORS),
    ("POST", "/fn/set_review_rules", ADMINISTRATORS),
    ("GET", "/api/v1/views", SIGNED_IN),
    // There is no view of the id that these ask about.
    ("POST", "/api/v1/views", [401, 201, 201, 201, 403, 403, 403, 403]),
    ("GET", "/api/v1/views/{id}", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("PUT", "/api/v1/views/{id}", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("DELETE", "/api/v1/views/{id}", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("PUT", "/api/v1/views/first/{key}", [401, 204, 204, 204, 403, 403, 403, 403]),
    ("POST", "/fn/saved_views", SIGNED_IN),
    ("POST", "/fn/one_view", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("POST", "/fn/save_view", SIGNED_IN),
    ("POST", "/fn/remove_view", [401, 404, 404, 404, 403, 403, 403, 403]),
    ("POST", "/fn/open_with_view", SIGNED_IN),
    ("GET", "/api/v1/pseudonyms", ADMINISTRATORS),
    ("PUT", "/api/v1/pseudonyms", [401, 403, 403, 204, 403, 403, 403, 403]),
    ("POST", "/fn/pseudonyms_known", ADMINISTRATORS),
    ("POST", "/fn/set_pseudonyms", ADMINISTRATORS),
    ("POST", "/fn/current_user", ANYBODY),
    ("POST", "/fn/sign_in", ANYBODY),
    ("POST", "/fn/sign_out", ANYBODY),
    ("POST", "/fn/tokens", ADMINISTRATORS),
    ("POST", "/fn/issue_token", ADMINISTRATORS),
    ("POST", "/fn/revoke_token", ADMINISTRATORS),
    ("POST", "/fn/formats", ADMINISTRATORS),
    ("POST", "/fn/try_lines", ADMINISTRATORS),
    ("POST", "/fn/quarantine", ADMINISTRATORS),
    ("POST", "/fn/quarantined", ADMINISTRATORS),
    ("POST", "/fn/replay_quarantined", ADMINISTRATORS),
    ("POST", "/fn/drop_quarantined", ADMINISTRATORS),
    ("POST", "/fn/change_password", [401, 200, 200, 200, 401, 401, 401, 401]),
];

#[test]
fn the_table_knows_every_route_and_server_function() {
    let routes = vigia::http::endpoints().into_iter().map(|endpoint| (endpoint.method, endpoint.path));
    let functions = vigia::http::server_functions().map(|(path, method)| (method.to_string(), path.to_owned()));
    let known: BTreeSet<_> = TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(routes.chain(functions).collect::<BTreeSet<_>>(), known);
}

/// A caller of the table, by its column.
const CALLERS: [&str; 8] = [
    "nobody",
    "manager",
    "auditor",
    "admin",
    "a token that reads",
    "a token that writes",
    "a token that operates",
    "a token that executes",
];

#[tokio::test]
async fn every_route_answers_each_role_as_the_table_says() {
    // Changing a password must not keep the others from signing in.
    let (server, other) = (started().await, started().await);
    let auditor = server.signed_in(Role::Auditor).await;
    let id = auditor.json("/api/v1/reports/password-view").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    let operation = auditor.json("/api/v1/reports/password-operation").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    let mut tokens: Vec<BTreeMap<String, String>> = Vec::new();
    for server in [&server, &other] {
        server.token("to-be-revoked", "read", &[]).await;
        let mut made = BTreeMap::new();
        for scope in Scope::ALL {
            made.insert(format!("a token that {}s", scope.name()), server.token(&format!("{}r", scope.name()), scope.name(), &[]).await);
        }
        tokens.push(made);
        server.quarantine("no JSON").await;
    }
    for (method, path, statuses) in TABLE {
        let at = usize::from(path.ends_with("change_password"));
        let server = [&server, &other][at];
        for (caller, expected) in CALLERS.into_iter().zip(statuses) {
            let visitor = match caller {
                "nobody" => server.anonymous(),
                token if token.starts_with("a token") => server.anonymous().bearing(&tokens[at][token]),
                role => server.signed_in(role.parse().expect("a role")).await,
            };
            let status = ask(&visitor, method, path, [&id, &operation]).await.status().as_u16();
            assert_eq!(status, *expected, "{method} {path} as {caller}");
        }
    }
}

async fn started() -> Server {
    let hosts = vec![Allowed::try_from("127.0.0.1".to_owned()).expect("an address")];
    let jobs = vec![Job::every("tidying", "Tidies up.", Duration::from_secs(60), On::Each, || async { Ok(()) })];
    let server = Server::with(Setup { delivery: Delivery { hosts, ..Delivery::default() }, jobs, ..Setup::default() }).await;
    let turn = json!({
        "name": "vigia-0-20261122T140000.000Z-full", "reason": "Manual", "requested_by": "ana", "by": "elsewhere 1", "said": crate::harness::now().millis(),
        "done": 1, "all": 2, "cancelled": false,
    });
    server.store.kept().set("backups", vec![("turn".to_owned(), Some(turn.to_string()))]).await.expect("kept");
    server
}

/// Lines that are not there.
fn group() -> QuarantineGroup {
    QuarantineGroup { source: "none".to_owned(), format: "none".to_owned(), reason: "none".to_owned(), lines: 0 }
}

const CHANGE: &str = "Change password";

fn target() -> Target {
    Target { device: "srv-1".to_owned(), username: "root".to_owned(), connector: "pam".to_owned(), ..Target::default() }
}

/// Nobody listens at the port of `tcpmux`.
const NOBODY: &str = "http://127.0.0.1:1/";

fn rule() -> NotificationRule {
    NotificationRule::of("ops".to_owned(), Occasion::OperationFailed, Channel::Webhook { url: NOBODY.to_owned() })
}

fn watched() -> Subject {
    Subject::Device("srv-1".to_owned())
}

fn set() -> CredentialSet {
    CredentialSet {
        name: "nightly".to_owned(),
        operation: CHANGE.to_owned(),
        credentials: vec![target()],
        every_days: 30,
        window: (0, 0),
        zone: "UTC".to_owned(),
        approval: false,
        enabled: false,
        next: None,
    }
}

fn unique() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Asks a route of the table, about a view and an operation where it is about one.
pub async fn ask(visitor: &Visitor, method: &str, route: &str, [id, operation]: [&str; 2]) -> Response {
    let view = "password-view";
    match route {
        "/fn/report_page" | "/fn/report_summary" => visitor.call(route, &(view, "")).await,
        "/fn/report_record" => visitor.call(route, &(view, id.parse::<EventId>().expect("an id"))).await,
        "/fn/sign_in" => visitor.call(route, &("manager", PASSWORD)).await,
        "/fn/change_password" => visitor.call(route, &(PASSWORD, "another correct horse battery staple")).await,
        "/fn/issue_token" => {
            let new = TokenRequest { name: format!("t{}", unique()), scope: Scope::Read, sources: Vec::new(), days: Some(1) };
            visitor.call(route, &new).await
        }
        "/fn/revoke_token" => visitor.call(route, &"to-be-revoked").await,
        "/fn/quarantined" => visitor.call(route, &(group(), None::<i64>)).await,
        "/fn/replay_quarantined" | "/fn/drop_quarantined" => visitor.call(route, &group()).await,
        "/fn/try_lines" => visitor.call(route, &TriedTry { text: "none".to_owned(), format: None, arrival: false }).await,
        "/fn/operation_info" => visitor.call(route, &operation.parse::<EventId>().expect("an id")).await,
        "/fn/report_refresh" => visitor.call(route, &(view, "", vec![id.parse::<EventId>().expect("an id")])).await,
        "/fn/backup_standing"
        | "/fn/operation_failures"
        | "/fn/behavior_shown"
        | "/fn/behavior_patterns"
        | "/fn/changes_shown"
        | "/fn/timeline_page" => visitor.call(route, &"").await,
        "/fn/profile_shown" => visitor.call(route, &"device=srv-db-01").await,
        "/api/v1/profile" => visitor.get("/api/v1/profile?device=srv-db-01").await,
        "/fn/view_risk" => visitor.call(route, &id.parse::<EventId>().expect("an id")).await,
        "/fn/operation_act" => {
            visitor.call(route, &(Action::Cancel, Chosen::Ids(vec![operation.parse().expect("an id")]), "", false)).await
        }
        "/fn/operation_destinations" => visitor.call(route, &(Action::Cancel, Chosen::Ids(vec![operation.parse().expect("an id")]))).await,
        "/fn/operation_create" => {
            visitor
                .call(route, &OperationRequest { target: target(), operation: CHANGE.to_owned(), schedule: None, priority: Priority::Low })
                .await
        }
        "/fn/save_credential_set" => visitor.call(route, &set()).await,
        "/fn/save_notification_rule" => visitor.call(route, &rule()).await,
        "/fn/test_notification_rule" | "/fn/remove_notification_rule" => visitor.call(route, &"ops").await,
        "/api/v1/notification-rules/{name}" if method == "PUT" => {
            let rule = json!({ "occasion": "operation_failed", "channel": { "webhook": { "url": NOBODY } } });
            visitor.request(method, "/api/v1/notification-rules/ops").json(&rule).send().await.expect("an answer")
        }
        _ if route.starts_with("/api/v1/notification-rules/") => {
            visitor.request(method, &route.replace("{name}", "ops")).send().await.expect("an answer")
        }
        "/api/v1/credentials/known-by" => visitor.get("/api/v1/credentials/known-by?device=srv-1").await,
        "/api/v1/credentials/changes" => visitor.post(route, json!({ "user": "Nobody", "count": 1 })).await,
        "/fn/seen_credentials" => visitor.call(route, &(None::<String>, None::<Timestamp>)).await,
        "/fn/people_named" => visitor.call(route, &"a").await,
        "/fn/credential_knowers" => visitor.call(route, &("srv-1", "root", None::<Timestamp>)).await,
        "/fn/change_seen_credentials" => {
            visitor.call(route, &(ChangeRequest { user: "Nobody".to_owned(), until: None, count: 1 }, "key")).await
        }
        "/api/v1/reports/{report}/export" => visitor.get("/api/v1/reports/password-view/export?format=csv").await,
        "/api/v1/exports/settings" if method == "PUT" => {
            visitor.request(method, route).json(&json!({ "managers": false })).send().await.expect("an answer")
        }
        "/fn/export_offer" => visitor.call(route, &(view, "")).await,
        "/fn/export_progress" | "/fn/cancel_export" => visitor.call(route, &"0123456789abcdef").await,
        "/fn/set_export_settings" => visitor.call(route, &false).await,
        "/api/v1/watched" if method != "GET" => {
            let request = visitor.request(method, "/api/v1/watched?user=Ana%20Lima");
            let request = if method == "PUT" { request.json(&json!({ "reason": "Leaves" })) } else { request };
            request.send().await.expect("an answer")
        }
        "/fn/watched_one" | "/fn/stop_watching" => visitor.call(route, &watched()).await,
        "/fn/watch" => visitor.call(route, &(watched(), "")).await,
        "/fn/set_risk" => visitor.call(route, &RiskSettings::default()).await,
        "/api/v1/risk/settings" if method == "PUT" => {
            let weights = json!({ "time": 1.0, "origin": 1.5, "credential": 1, "volume": 0, "emergency": 3, "governance": 1, "change": 1 });
            let set = json!({ "history_days": 30, "weights": weights });
            visitor.request(method, route).json(&set).send().await.expect("an answer")
        }
        "/api/v1/reviews" if method == "POST" => visitor.post(route, json!({ "report": view, "ids": [id], "verdict": "Expected" })).await,
        "/api/v1/reviews/days" => visitor.post(route, json!({ "day": "2026-01-01" })).await,
        "/api/v1/reviews/settings" if method == "PUT" => {
            let set = json!({ "rules": [], "managers": false, "since": null });
            visitor.request(method, route).json(&set).send().await.expect("an answer")
        }
        "/fn/reviews_known" => visitor.call(route, &"UTC").await,
        "/fn/review_events" => {
            let ids = vec![id.parse().expect("an id")];
            let new = NewReview { report: view.to_owned(), ids, verdict: Some(Verdict::Expected), comment: String::new() };
            visitor.call(route, &new).await
        }
        "/fn/review_history" => visitor.call(route, &(view, id.parse::<EventId>().expect("an id"))).await,
        "/fn/close_review_day" => visitor.call(route, &("2026-01-01", "UTC")).await,
        "/fn/set_review_rules" => visitor.call(route, &ReviewSettings::default()).await,
        "/api/v1/views" if method == "POST" => {
            visitor.post(route, json!({ "name": format!("v{}", unique()), "report": view, "query": "reason=Incident" })).await
        }
        "/api/v1/views/{id}" if method == "PUT" => {
            let view = json!({ "name": "v", "report": view });
            visitor.request(method, "/api/v1/views/none").json(&view).send().await.expect("an answer")
        }
        "/api/v1/views/{id}" => visitor.request(method, "/api/v1/views/none").send().await.expect("an answer"),
        "/api/v1/views/first/{key}" => {
            visitor.request(method, &format!("/api/v1/views/first/{view}")).json(&json!({ "id": null })).send().await.expect("an answer")
        }
        "/fn/saved_views" => visitor.call(route, &view).await,
        "/fn/one_view" | "/fn/remove_view" => visitor.call(route, &"none").await,
        "/fn/save_view" => {
            let [name, report] = [format!("v{}", unique()), view.to_owned()];
            let new = NewView { name, description: String::new(), report, query: String::new(), shared: None };
            visitor.call(route, &(None::<String>, new)).await
        }
        "/fn/open_with_view" => visitor.call(route, &(view, None::<String>)).await,
        "/fn/set_pseudonyms" => visitor.call(route, &false).await,
        "/api/v1/pseudonyms" if method == "PUT" => {
            visitor.request(method, route).json(&json!({ "for_managers": false })).send().await.expect("an answer")
        }
        "/api/v1/backups" if method == "POST" => visitor.post(route, json!({ "type": "Full" })).await,
        "/fn/make_backup" => visitor.call(route, &true).await,
        "/fn/verify_backup" | "/fn/one_backup" | "/fn/drill_backup" | "/fn/backup_archive" | "/fn/make_backup_link" => {
            visitor.call(route, &"none").await
        }
        "/fn/revoke_backup_link" => visitor.call(route, &("none", "none")).await,
        "/fn/run_job" => visitor.call(route, &"tidying").await,
        "/api/v1/jobs/{name}/run" => visitor.request(method, "/api/v1/jobs/tidying/run").send().await.expect("an answer"),
        "/fn/remove_credential_set" => visitor.call(route, &"nightly").await,
        "/fn/executor_pause" => visitor.call(route, &false).await,
        "/api/v1/operations" => {
            let new = json!({ "device": "srv-1", "username": "root", "connector": "pam", "operation": CHANGE, "schedule": "2027-06-01T00:00:00Z" });
            visitor.post(route, new).await
        }
        "/api/v1/operations/actions" => visitor.post(route, json!({ "action": "cancel", "ids": [operation] })).await,
        "/api/v1/operations/lease" => visitor.post(route, json!({ "connector": "guarded" })).await,
        "/api/v1/operations/{id}" => visitor.get(&format!("/api/v1/operations/{operation}")).await,
        "/api/v1/operations/{id}/attempts/{number}" => {
            visitor.post(&format!("/api/v1/operations/{operation}/attempts/1"), json!({ "result": "running" })).await
        }
        "/api/v1/credential-sets/{name}" if method == "PUT" => {
            let set = json!({
                "operation": CHANGE, "credentials": [{ "device": "srv-1", "username": "root", "connector": "pam" }], "every_days": 30,
                "window": { "from": "22:00", "to": "04:00", "zone": "UTC" }, "enabled": false,
            });
            visitor.request(method, "/api/v1/credential-sets/nightly").json(&set).send().await.expect("an answer")
        }
        "/api/v1/credential-sets/{name}" => visitor.request(method, "/api/v1/credential-sets/nightly").send().await.expect("an answer"),
        "/api/v1/executor" if method == "PUT" => {
            visitor.request(method, route).json(&json!({ "paused": false })).send().await.expect("an answer")
        }
        _ if route.starts_with("/fn/") => visitor.call(route, &()).await,
        "/api/v1/events" => visitor.request(method, "/api/v1/events?source=x").body("").send().await.expect("an answer"),
        "/api/v1/tokens" if method == "POST" => visitor.post(route, json!({ "name": format!("t{}", unique()), "scope": "read" })).await,
        "/api/v1/tokens/{name}" => visitor.request(method, "/api/v1/tokens/to-be-revoked").send().await.expect("an answer"),
        "/api/v1/quarantine" if method == "DELETE" => {
            visitor.request(method, "/api/v1/quarantine?all=true&source=none").send().await.expect("an answer")
        }
        "/api/v1/quarantine/{id}" => visitor.get("/api/v1/quarantine/1").await,
        "/api/v1/quarantine/replay" => visitor.post(route, json!({ "all": true, "source": "none" })).await,
        "/api/v1/mappings/try" => visitor.post(route, json!({ "lines": ["none"] })).await,
        "/api/v1/session" if method == "POST" => visitor.post(route, json!({ "username": "manager", "password": PASSWORD })).await,
        "/api/v1/reports/{report}/groups/{by}/average/{column}" => {
            visitor.get("/api/v1/reports/password-operation/groups/status/average/attempts").await
        }
        _ => {
            let route = route.replace("{report}", view).replace("{key}", view).replace("{id}", id);
            let route = route.replace("{column}", "user").replace("{by}", "user").replace("{step}", "day");
            visitor.request(method, &route).send().await.expect("an answer")
        }
    }
}
