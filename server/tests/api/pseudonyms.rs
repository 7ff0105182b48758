//! Pseudonyms: what a manager sees in place of names, whatever they ask for, and that nobody else sees any.

use crate::harness::{Server, Visitor, minutes_ago, problem};
use crate::roles::{TABLE, ask};
use crate::server_functions::answer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vigia::event::Event;
use vigia::veil::{Cover, cover};
use vigia_app::behavior::{Asked, Behavior, Patterns, ViewSeen, having};
use vigia_app::model::{
    Attempt, Cell, Column, Count, EventId, Failures, OperationState, Page, Record, Refreshed, Report, Role, Summary, codec,
};
use vigia_app::reports::{ALL, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};

const ADDRESS: &str = "/api/v1/pseudonyms";

/// Name and login of each.
const PEOPLE: [(&str, &str); 4] = [("Zelda Quorn", "zquorn"), ("Ödön Ñandú", "odonn"), ("wim VEXLER", "vexler7"), ("Xi Yrja", "xiyrja")];
/// Of those who use the server.
const USERS: [&str; 2] = ["The admin", "The auditor"];

fn names() -> Vec<&'static str> {
    PEOPLE.iter().flat_map(|(name, login)| [*name, *login]).chain(USERS).collect()
}

/// Events of every report that name people, in columns and in prose.
fn events() -> Vec<Event> {
    let source: Arc<str> = "hr".into();
    let mut events = Vec::new();
    for (number, (name, login)) in (0..).zip(PEOPLE) {
        let said = format!("{name} ({login}) has asked for it");
        for view in 0..=number {
            let at = minutes_ago(100 + number * 10 + view);
            let mut event = Event::new(&PASSWORD_VIEW, &source, format!("{login}-view-{view}"), at);
            event.set("operation", "View password").set("user", name).set("login", login).set("device", format!("srv-{view}"));
            event.set("username", "root").set("justification", said.as_str()).set("message", said.as_str()).set("risk", 80_u32);
            event.set("first_access", true).set("unusual_volume", true);
            event.set("origin", "Web").set("ip", std::net::IpAddr::from([10, 0, 0, 9])).add("mail", format!("{login}@example.org"));
            event.original = format!("view by {name}");
            events.push(event);
        }
        let mut event = Event::new(&PASSWORD_OPERATION, &source, format!("{login}-operation"), minutes_ago(200 + number));
        event.set("operation", "Change password").set("status", "Error").set("device", "srv-0").set("requester", name);
        event.set("requester_kind", "User").set("message", said.as_str()).set("attempts", 1_u32);
        event.attempts.push(Attempt {
            result: "Error".to_owned(),
            error_class: "Connectivity".to_owned(),
            message: said.clone(),
            log: vec![said.clone()],
            ..Attempt::begun(1, minutes_ago(200 + number))
        });
        events.push(event);
        let mut event = Event::new(&PERFORMED_BACKUPS, &source, format!("{login}-backup"), minutes_ago(300 + number));
        event.set("type", "Full").set("status", "Success").set("requested_by", name);
        events.push(event);
        let mut event = Event::new(&AUDIT_TRACKING, &source, format!("{login}-trail"), minutes_ago(400 + number));
        event.set("operation", "Update").set("entity", "User").set("entity_id", login).set("entity_name", name);
        event.set("user", name).set("username", login).set("change", true);
        events.push(event);
    }
    events
}

async fn started() -> Server {
    let server = Server::start().await;
    server.store.append(events()).await.expect("stores the events");
    server
}

async fn switch(admin: &Visitor, on: bool) {
    let response = admin.request("PUT", ADDRESS).json(&json!({ "for_managers": on })).send().await.expect("an answer");
    assert_eq!(response.status(), 204);
}

fn columns(report: &'static Report, of: Cover) -> Vec<&'static Column> {
    report.columns.iter().filter(|column| cover(report, column) == Some(of)).collect()
}

fn all_columns(report: &'static Report) -> String {
    report.columns.iter().map(|column| column.key).collect::<Vec<_>>().join(",")
}

/// A value as it stands in a query string.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn count(visitor: &Visitor, report: &str, query: &str) -> u64 {
    let summary: Summary = answer(visitor.call("/fn/report_summary", &(report, query)).await).await;
    match summary.count {
        Count::Exactly(count) => count,
        Count::Prepared(percent) => panic!("{percent}% are prepared"),
    }
}

/// The pseudonyms of all names, by what an auditor and a manager see in the same rows.
async fn pseudonyms(auditor: &Visitor, manager: &Visitor) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for report in ALL {
        let query = format!("columns={}&limit=500", all_columns(report));
        let named: Page = answer(auditor.call("/fn/report_page", &(report.key, &query)).await).await;
        let veiled: Page = answer(manager.call("/fn/report_page", &(report.key, &query)).await).await;
        // Whoever signed in between has left a trail.
        for row in veiled.rows {
            let Some(same) = named.rows.iter().find(|one| one.id == row.id) else { continue };
            for (column, (name, seen)) in report.columns.iter().zip(same.cells.iter().zip(row.cells)) {
                match cover(report, column) {
                    None => assert_eq!(*name, seen, "{} of {}", column.key, report.key),
                    Some(Cover::Prose) => assert_eq!(seen, Cell::Empty, "{} of {}", column.key, report.key),
                    Some(Cover::Names) if name.is_empty() => assert_eq!(seen, Cell::Empty),
                    Some(Cover::Names) => {
                        let before = known.insert(name.plain().to_lowercase(), seen.plain());
                        assert!(before.is_none_or(|before| before == seen.plain()), "{name:?} has one pseudonym in all reports");
                    }
                }
            }
        }
    }
    known
}

/// Everything that a manager can have said, of every report and by every way there is, as bytes; each with what was asked.
async fn said_to(manager: &Visitor, operations: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut said = Vec::new();
    let mut keep = async |asked: String, response: reqwest::Response| {
        let mut bytes: Vec<u8> = response.headers().values().flat_map(|value| value.as_bytes().to_vec()).collect();
        bytes.extend(response.bytes().await.expect("a body"));
        said.push((asked, bytes));
    };
    let mut queries: Vec<String> = ["", "q=a", "q=Quorn", "limit=2", "sort=-device", "sort=user"].into_iter().map(str::to_owned).collect();
    for name in names() {
        queries.extend(
            ["user", "login", "requester", "requested_by", "entity_name", "username"].map(|key| format!("{key}={}", escaped(name))),
        );
        queries.push(format!("q={}", escaped(name)));
    }
    for report in ALL {
        let key = report.key;
        let path = format!("/api/v1/reports/{key}");
        let all = format!("columns={}", all_columns(report));
        for query in queries.iter().map(|query| format!("{query}&{all}")) {
            keep(format!("{path}?{query}"), manager.get(&format!("{path}?{query}")).await).await;
            keep(format!("page {key} {query}"), manager.call("/fn/report_page", &(key, &query)).await).await;
            keep(format!("summary {key} {query}"), manager.call("/fn/report_summary", &(key, &query)).await).await;
        }
        let page: Page = answer(manager.call("/fn/report_page", &(key, "limit=500")).await).await;
        let ids: Vec<EventId> = page.rows.iter().map(|row| row.id).collect();
        keep(format!("refresh {key}"), manager.call("/fn/report_refresh", &(key, &all, &ids)).await).await;
        for id in ids {
            keep(format!("{path}/{id}"), manager.get(&format!("{path}/{id}")).await).await;
            keep(format!("record {key} {id}"), manager.call("/fn/report_record", &(key, id)).await).await;
            keep(format!("risk {id}"), manager.call("/fn/view_risk", &id).await).await;
        }
        for column in report.stored().map(|column| column.key) {
            for address in [format!("{path}/values/{column}?limit=500"), format!("{path}/groups/{column},source?limit=500")] {
                keep(address.clone(), manager.get(&address).await).await;
            }
        }
    }
    for id in operations {
        keep(format!("operation {id}"), manager.get(&format!("/api/v1/operations/{id}")).await).await;
        keep(format!("info {id}"), manager.call("/fn/operation_info", &id.parse::<EventId>().expect("an id")).await).await;
    }
    for query in names().into_iter().map(|name| format!("user={}", escaped(name))) {
        keep(format!("profile {query}"), manager.call("/fn/profile_shown", &query).await).await;
        keep(format!("timeline {query}"), manager.call("/fn/timeline_page", &query).await).await;
    }
    for query in ["device=srv-0", "device=srv-0&username=root"] {
        keep(format!("profile {query}"), manager.get(&format!("/api/v1/profile?{query}")).await).await;
        keep(format!("timeline {query}"), manager.get(&format!("/api/v1/timeline?{query}")).await).await;
    }
    for query in ["", "show=both&services=yes", "time=this-year&show=both", "user=Zelda+Quorn", "sort=user"] {
        keep(format!("dashboard {query}"), manager.call("/fn/behavior_shown", &query).await).await;
        keep(format!("patterns {query}"), manager.call("/fn/behavior_patterns", &query).await).await;
        keep(format!("changes {query}"), manager.call("/fn/changes_shown", &query).await).await;
        keep(format!("profile {query}"), manager.call("/fn/profile_shown", &query).await).await;
        keep(format!("timeline {query}"), manager.call("/fn/timeline_page", &query).await).await;
        keep(format!("failures {query}"), manager.call("/fn/operation_failures", &query).await).await;
    }
    for name in names() {
        let whose = format!("/api/v1/credentials/seen?user={}", escaped(name));
        keep(whose.clone(), manager.get(&whose).await).await;
        keep(format!("people {name}"), manager.call("/fn/people_named", &name).await).await;
    }
    let knowers = "/api/v1/credentials/known-by?device=srv-0&username=root";
    keep(knowers.to_owned(), manager.get(knowers).await).await;
    // Whatever else the server has for managers: a route that is new is asked too.
    let view: Page = answer(manager.call("/fn/report_page", &("password-view", "limit=1")).await).await;
    let view = view.rows[0].id.to_string();
    for (method, route, statuses) in TABLE {
        // A stream without an end, whose messages have ids alone; and what would end the session, or change what it begins with.
        let ends = ["/api/v1/live", "/api/v1/session", "/fn/sign_in", "/fn/sign_out", "/fn/change_password"].contains(route);
        if statuses[1] == 200 && !ends {
            let response = ask(manager, method, route, [&view, operations[0]]).await;
            assert_eq!(response.status(), 200, "{method} {route}");
            keep(format!("{method} {route}"), response).await;
        }
    }
    said
}

/// Whether a name stands in it, whatever its case; what documents say of administrators is none.
fn holds(bytes: &[u8], name: &str) -> bool {
    String::from_utf8_lossy(bytes).to_lowercase().replace("the administrator", "").contains(&name.to_lowercase())
}

/// An operation that the administrator has asked for, and one of another system.
async fn operations(admin: &Visitor) -> [String; 2] {
    let new = json!({ "device": "srv-1", "username": "root", "connector": "pam", "operation": "Change password" });
    let created: Value = admin.post("/api/v1/operations", new).await.json().await.expect("JSON");
    let foreign = admin.json("/api/v1/reports/password-operation?source=hr").await;
    [&created["id"], &foreign["rows"][0]["id"]].map(|id| id.as_str().expect("an id").to_owned())
}

#[tokio::test]
async fn a_manager_reads_no_name_anywhere() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    server.signed_in(Role::Auditor).await;
    let operations = operations(&admin).await;
    let operations = [operations[0].as_str(), operations[1].as_str()];

    let before = said_to(&manager, &operations).await;
    for name in names() {
        assert!(before.iter().any(|(_, bytes)| holds(bytes, name)), "{name} is there to be read");
    }
    switch(&admin, true).await;
    for (asked, bytes) in said_to(&manager, &operations).await {
        let name = names().into_iter().find(|name| holds(&bytes, name));
        assert_eq!(name, None, "{asked}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_manager_asks_by_pseudonyms_and_finds_what_others_find_by_names() {
    let server = started().await;
    let [admin, auditor, manager] = [Role::Admin, Role::Auditor, Role::Manager].map(|role| server.signed_in(role));
    let (admin, auditor, manager) = (admin.await, auditor.await, manager.await);
    switch(&admin, true).await;
    let known = pseudonyms(&auditor, &manager).await;
    assert!(PEOPLE.iter().all(|(name, login)| known.contains_key(&name.to_lowercase()) && known.contains_key(*login)), "{known:?}");
    assert_eq!(known.values().collect::<BTreeSet<_>>().len(), known.len(), "no two names share one");
    for report in ALL {
        let all = count(&manager, report.key, "").await;
        assert_eq!(all, count(&auditor, report.key, "").await);
        for column in columns(report, Cover::Names).into_iter().map(|column| column.key) {
            let there = count(&auditor, report.key, &format!("{column}.empty=no")).await;
            assert_eq!(count(&manager, report.key, &format!("{column}.empty=no")).await, there, "{column} of {}", report.key);
            for (name, pseudonym) in &known {
                let rows = count(&auditor, report.key, &format!("{column}={}", escaped(name))).await;
                let (half, rest) = pseudonym.split_at(pseudonym.len() / 2);
                // Pseudonyms are random: a short name may stand in one by chance.
                let by_chance = known.values().any(|one| one.to_lowercase().contains(&name.to_lowercase()));
                for (asked, found) in [
                    (format!("{column}={pseudonym}"), rows),
                    (format!("{column}={}", pseudonym.to_lowercase()), rows),
                    (format!("{column}.not={pseudonym}"), all - rows),
                    (format!("{column}.starts={half}&{column}.contains={rest}"), rows),
                    (format!("{column}.starts=alias-"), there),
                    // A name is as good as anything that is nobody's.
                    (format!("{column}={}", escaped(name)), 0),
                    (format!("{column}.not={}", escaped(name)), all),
                    (format!("{column}.contains={}", escaped(name)), 0),
                    (format!("{column}.starts={}", escaped(name)), 0),
                    (format!("{column}={pseudonym}&{column}.contains={}", escaped(name)), 0),
                ] {
                    if by_chance && asked.contains(&format!(".contains={}", escaped(name))) {
                        continue;
                    }
                    assert_eq!(count(&manager, report.key, &asked).await, found, "{asked} of {}", report.key);
                }
            }
        }
        for name in known.keys().chain(known.values()) {
            assert_eq!(count(&manager, report.key, &format!("q={}", escaped(name))).await, 0, "{name} is looked for in {}", report.key);
        }
    }
    assert_eq!(count(&manager, "password-view", "q=srv-3").await, 1, "what is no name is found");
}

#[tokio::test]
async fn an_order_of_names_and_what_people_have_written_are_refused() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let addresses = |report: &'static Report| {
        let path = format!("/api/v1/reports/{}", report.key);
        let sorted = report.columns.iter().filter(|column| cover(report, column).is_some());
        let sorted = sorted.flat_map(|column| ["", "-"].map(|sign| (format!("?sort={sign}{}", column.key), "sort".to_owned())));
        let prose = columns(report, Cover::Prose).into_iter().flat_map(|column| {
            let key = column.key;
            [
                (format!("?{key}.contains=a"), format!("{key}.contains")),
                (format!("/values/{key}"), "column".to_owned()),
                (format!("/groups/{key}"), "by".to_owned()),
                (format!("/groups/source,{key}"), "by".to_owned()),
            ]
        });
        sorted.chain(prose).map(move |(rest, field)| (format!("{path}{rest}"), field)).collect::<Vec<_>>()
    };
    let all: Vec<_> = ALL.into_iter().flat_map(addresses).collect();
    assert!(all.len() > 20);
    // The cursor of an order that was allowed when it was made.
    let before = manager.json("/api/v1/reports/password-view?sort=user&limit=2").await;
    for (address, _) in &all {
        assert_eq!(manager.get(address).await.status(), 200, "{address}");
    }
    switch(&admin, true).await;
    for (address, field) in all.into_iter().chain([(before["next"].as_str().expect("a next page").to_owned(), "sort".to_owned())]) {
        let (status, detail, at) = problem(manager.get(&address).await).await;
        assert_eq!((status, at), (400, Some(field)), "{address}: {detail}");
        assert_eq!(admin.get(&address).await.status(), 200, "{address}");
    }
    assert_eq!(count(&manager, "password-view", "justification.empty=no").await, 10, "whether there is any is no secret");
}

/// Among equals the index has names in their order, which would tell whose pseudonym is whose.
#[tokio::test]
async fn what_is_counted_by_names_is_in_the_order_of_pseudonyms() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    // So many that their order is not that of their names by chance.
    let view = |number: u32| {
        let mut event = Event::new(&PASSWORD_VIEW, &"many".into(), format!("many-{number}"), minutes_ago(500 + i64::from(number)));
        event.set("user", format!("person {number:02}")).set("operation", "View password");
        event
    };
    server.store.append((0..20).map(view).collect()).await.expect("stores the events");
    switch(&admin, true).await;
    let path = "/api/v1/reports/password-view";
    let all = manager.json(&format!("{path}/values/user?source=many&limit=500")).await;
    let texts = |list: &Value, of: &dyn Fn(&Value) -> Value| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|one| of(one).as_str().expect("a text").to_owned()).collect()
    };
    let values = texts(&all["values"], &|one| one["value"].clone());
    assert!(values.len() == 20 && values.is_sorted(), "{values:?}");
    let first = manager.json(&format!("{path}/values/user?source=many&limit=3")).await;
    assert_eq!((texts(&first["values"], &|one| one["value"].clone()), &first["total"]), (values[..3].to_vec(), &json!(20)));
    let typed = manager.json(&format!("{path}/values/user?source=many&user.starts={}", &values[7][..10])).await;
    assert!(texts(&typed["values"], &|one| one["value"].clone()).contains(&values[7]), "{typed}");
    let groups = manager.json(&format!("{path}/groups/operation,user?source=many&limit=5")).await;
    assert_eq!((texts(&groups["groups"], &|one| one["values"][1].clone()), &groups["total"]), (values[..5].to_vec(), &json!(20)));
}

#[tokio::test]
async fn the_dashboard_has_pseudonyms_whose_links_work() {
    let server = started().await;
    let [admin, auditor, manager] = [Role::Admin, Role::Auditor, Role::Manager].map(|role| server.signed_in(role));
    let (admin, auditor, manager) = (admin.await, auditor.await, manager.await);
    switch(&admin, true).await;
    let known = pseudonyms(&auditor, &manager).await;
    for search in ["", "show=both&services=yes"] {
        let named: Behavior = answer(auditor.call("/fn/behavior_shown", &search).await).await;
        let seen: Behavior = answer(manager.call("/fn/behavior_shown", &search).await).await;
        assert_eq!((&seen.spans, &seen.figures, seen.unscored), (&named.spans, &named.figures, named.unscored));
        let users = |behavior: &Behavior| behavior.tops.iter().find(|top| top.column == "user").expect("a ranking of users").clone();
        let (shown, named_users) = (users(&seen), users(&named));
        let expected: BTreeMap<String, (u64, u64)> = named_users
            .values
            .iter()
            .map(|(user, all, risky)| (known.get(&user.plain().to_lowercase()).cloned().unwrap_or_default(), (*all, *risky)))
            .collect();
        let found: BTreeMap<String, (u64, u64)> = shown.values.iter().map(|(user, all, risky)| (user.plain(), (*all, *risky))).collect();
        assert_eq!((found, shown.others), (expected, named_users.others));
        let question = Asked::decode(search).expect("can be read").shown().expect("a question");
        let user = PASSWORD_VIEW.column("user").expect("a column");
        for (pseudonym, all, _) in &shown.values {
            let link = having(&question, user, pseudonym).expect("a link");
            assert_eq!(count(&manager, "password-view", &codec::encode(&link)).await, *all, "{pseudonym:?}");
        }
        let by_pseudonym: Behavior =
            answer(manager.call("/fn/behavior_shown", &format!("{search}&user={}", shown.values[0].0.plain())).await).await;
        assert_eq!(users(&by_pseudonym).values, [shown.values[0].clone()]);
        let patterns: Patterns = answer(manager.call("/fn/behavior_patterns", &search).await).await;
        let of_names: Patterns = answer(auditor.call("/fn/behavior_patterns", &search).await).await;
        assert_eq!((&patterns.trends, &patterns.week), (&of_names.trends, &of_names.week));
        let lists = [
            (&seen.riskiest, &named.riskiest),
            (&seen.latest, &named.latest),
            (&patterns.latest, &of_names.latest),
            (&patterns.first, &of_names.first),
        ];
        for (list, same) in lists {
            let expected = |view: &ViewSeen| (view.id, known.get(&view.user.plain().to_lowercase()).cloned().unwrap_or_default());
            assert!(!list.is_empty());
            assert_eq!(
                list.iter().map(|view| (view.id, view.user.plain())).collect::<Vec<_>>(),
                same.iter().map(expected).collect::<Vec<_>>()
            );
        }
        assert_eq!((patterns.excessive.len(), patterns.excessive_there), (of_names.excessive.len(), of_names.excessive_there));
        for excess in &patterns.excessive {
            let query = format!("user={}&device={}&unusual_volume=yes", excess.user.plain(), excess.device.plain());
            assert_eq!(count(&manager, "password-view", &query).await, excess.views, "{query}");
        }
        assert!(!patterns.excessive.is_empty());
    }
}

/// They have a name that whoever tried has chosen: its pseudonym could be read there.
#[tokio::test]
async fn a_manager_learns_no_pseudonym_by_failing_to_sign_in_under_a_name() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let tried = server.anonymous().post("/api/v1/session", json!({ "username": "zquorn", "password": "a guess of many words" })).await;
    assert_eq!(tried.status(), 401);
    let failed = admin.json("/api/v1/reports/audit-tracking?operation=Login+failed").await;
    let id = failed["rows"][0]["id"].as_str().expect("an id");
    assert_eq!(failed["rows"][0]["username"], "zquorn");
    let everything = async || {
        let path = "/api/v1/reports/audit-tracking";
        let mut said = Vec::new();
        for rest in ["?limit=500", "/values/username?limit=500", "/groups/operation,username?limit=500", "/histogram/hour"] {
            said.push(manager.json(&format!("{path}{rest}")).await);
        }
        said
    };
    switch(&admin, true).await;
    let before = everything().await;
    assert!(before.iter().all(|said| !said.to_string().contains("Login failed")), "{before:?}");
    assert_eq!(count(&manager, "audit-tracking", "operation=Login+failed").await, 0);
    assert_eq!(manager.get(&format!("/api/v1/reports/audit-tracking/{id}")).await.status(), 404);
    assert_eq!(admin.get(&format!("/api/v1/reports/audit-tracking/{id}")).await.status(), 200);
    let again = server.anonymous().post("/api/v1/session", json!({ "username": "zquorn", "password": "another guess of words" })).await;
    assert_eq!(again.status(), 401);
    assert_eq!(count(&admin, "audit-tracking", "operation=Login+failed&username=zquorn").await, 2);
    assert_eq!(everything().await, before, "nothing tells that it was tried");
}

#[tokio::test]
async fn an_event_has_nothing_that_may_name_anybody() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let operations = operations(&admin).await;
    switch(&admin, true).await;
    let id = manager.json("/api/v1/reports/password-view?source=hr&limit=1").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    let event = manager.json(&format!("/api/v1/reports/password-view/{id}")).await;
    let user = event["fields"]["user"].as_str().expect("a pseudonym");
    assert!(user.starts_with("Alias-") && event["headline"].as_str().expect("words").starts_with(user), "{event}");
    assert_eq!([&event["source_id"], &event["fields"]["justification"], &event["extra"]], [&json!(""), &json!(null), &json!(null)]);
    let failed: Record =
        answer(manager.call("/fn/report_record", &("password-operation", operations[1].parse::<EventId>().expect("an id"))).await).await;
    let attempt = &failed.attempts[0];
    assert_eq!((attempt.error_class.as_str(), attempt.message.as_str(), attempt.log.len()), ("Connectivity", "", 0));
    let state: OperationState = answer(manager.call("/fn/operation_info", &operations[0].parse::<EventId>().expect("an id")).await).await;
    assert!(!state.history.is_empty() && state.history.iter().all(|entry| entry.who.starts_with("Alias-") && entry.note.is_empty()));
    let failures: Failures = answer(manager.call("/fn/operation_failures", &"source=hr").await).await;
    assert_eq!((failures.groups.len(), failures.groups[0].ids.len(), failures.groups[0].message.as_str()), (1, 4, ""));
    let refreshed: Refreshed =
        answer(manager.call("/fn/report_refresh", &("password-view", "columns=user", vec![id.parse::<EventId>().expect("an id")])).await)
            .await;
    assert_eq!(refreshed.rows[0].cells, [Cell::text(user)]);
}

#[tokio::test]
async fn administrators_switch_them_and_nobody_else_sees_any() {
    let server = started().await;
    let [admin, auditor, manager] = [Role::Admin, Role::Auditor, Role::Manager].map(|role| server.signed_in(role));
    let (admin, auditor, manager) = (admin.await, auditor.await, manager.await);
    let reader = server.anonymous().bearing(&server.token("reader", "read", &[]).await);
    assert_eq!(admin.json(ADDRESS).await, json!({ "for_managers": false }));
    let path = format!("/api/v1/reports/password-view?columns={}&sort=user", all_columns(&PASSWORD_VIEW));
    let others = async || [auditor.json(&path).await, admin.json(&path).await, reader.json(&path).await];
    let (named, before) = (others().await, manager.json(&path).await);
    assert_eq!(before, named[0]);

    switch(&admin, true).await;
    assert_eq!(admin.json(ADDRESS).await, json!({ "for_managers": true }));
    assert!(answer::<bool>(admin.call("/fn/pseudonyms_known", &()).await).await);
    assert_eq!(others().await, named, "auditors, administrators and tokens read names");
    let first = pseudonyms(&auditor, &manager).await;
    let other = Server::on(&server, crate::harness::Setup::default()).await;
    assert_eq!(pseudonyms(&other.signed_in(Role::Auditor).await, &other.signed_in(Role::Manager).await).await, first, "on every server");

    answer::<()>(admin.call("/fn/set_pseudonyms", &false).await).await;
    assert_eq!((manager.json(&path).await, others().await), (before, named), "as it was before");
    switch(&admin, true).await;
    let again = pseudonyms(&auditor, &manager).await;
    assert!(first.iter().all(|(name, pseudonym)| again.get(name) == Some(pseudonym)), "they are what they were: {first:?}, {again:?}");

    let trail = admin.json("/api/v1/reports/audit-tracking?entity=Pseudonyms").await;
    let said: Vec<_> =
        trail["rows"].as_array().expect("rows").iter().map(|row| [&row["operation"], &row["entity_name"], &row["user"]]).collect();
    let row = |said| [json!("Update"), json!(said), json!("The admin")];
    assert_eq!(json!(said), json!([row("Switched on"), row("Switched off"), row("Switched on")]));
}

/// Names are shown to nobody for want of a key.
#[tokio::test]
async fn without_its_key_nothing_is_shown() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    switch(&admin, true).await;
    for wrong in [None, Some("short".to_owned())] {
        server.store.kept().set("pseudonyms", vec![("key".to_owned(), wrong)]).await.expect("is kept");
        assert_eq!(manager.get("/api/v1/reports/password-view").await.status(), 500);
        assert_eq!(manager.call("/fn/behavior_shown", &"").await.status(), 500);
        assert_eq!(admin.get("/api/v1/reports/password-view").await.status(), 200);
    }
}
