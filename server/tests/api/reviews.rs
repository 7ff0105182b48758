//! What people say of events after having looked at them, and what is still to be looked at.

use crate::harness::{Server, Visitor, minutes_ago, problem};
use serde_json::{Value, json};
use std::sync::Arc;
use vigia::event::Event;
use vigia_app::model::Role;
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

const REVIEWS: &str = "/api/v1/reviews";
const SETTINGS: &str = "/api/v1/reviews/settings";
const DAYS: &str = "/api/v1/reviews/days";
const DAY: i64 = 24 * 60;

/// A view so many minutes ago, with its risk.
fn view(number: i64, minutes: i64, risk: u32) -> Event {
    let source: Arc<str> = "vault".into();
    let mut event = Event::new(&PASSWORD_VIEW, &source, format!("risky-{number}"), minutes_ago(minutes));
    event.set("user", "Zelda Quorn").set("device", format!("srv-{number}")).set("risk", risk);
    event
}

async fn with(events: Vec<Event>) -> Server {
    let server = Server::start().await;
    server.store.append(events).await.expect("stored");
    server
}

async fn ids(visitor: &Visitor, report: &str, query: &str) -> Vec<String> {
    let page = visitor.json(&format!("/api/v1/reports/{report}?{query}&limit=500")).await;
    page["rows"].as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

async fn say(visitor: &Visitor, report: &str, ids: &[String], verdict: Value, comment: &str) -> reqwest::Response {
    visitor.post(REVIEWS, json!({ "report": report, "ids": ids, "verdict": verdict, "comment": comment })).await
}

async fn set(admin: &Visitor, settings: Value) {
    let response = admin.request("PUT", SETTINGS).json(&settings).send().await.expect("an answer");
    assert_eq!(response.status(), 204, "{settings}");
}

fn rule(name: &str, report: &str, query: &str) -> Value {
    json!({ "name": name, "report": report, "query": query })
}

#[tokio::test]
async fn the_last_word_stands_in_the_report_its_history_beside_it_and_every_step_in_the_trail() {
    let server = with(vec![view(1, 17, 90)]).await;
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    let id = ids(&auditor, "password-view", "user=Zelda Quorn").await;
    let row = async || {
        auditor.json("/api/v1/reports/password-view?user=Zelda Quorn&columns=review,reviewed_by,reviewed").await["rows"][0].clone()
    };
    assert_eq!(row().await["review"], Value::Null);
    let response = say(&auditor, "password-view", &id, json!("Follow up"), "Who is that?").await;
    assert_eq!((response.status().as_u16(), response.json::<Value>().await.expect("JSON")), (200, json!({ "ids": id })));
    assert_eq!(say(&admin, "password-view", &id, json!("Incident"), "").await.status(), 200);
    let said = row().await;
    assert_eq!(
        (&said["review"], &said["reviewed_by"], &said["reviewed"]),
        (&json!("Incident"), &json!("admin"), &json!("2026-11-22T14:03:27.000Z"))
    );
    assert_eq!(ids(&auditor, "password-view", "review=Incident").await, id);
    let history = auditor.json(&format!("{REVIEWS}/password-view/{}", id[0])).await;
    let steps = history["reviews"].as_array().expect("steps");
    let told: Vec<_> = steps.iter().map(|step| [&step["who"], &step["verdict"], &step["comment"]]).collect();
    assert_eq!(told, [[&json!("auditor"), &json!("Follow up"), &json!("Who is that?")], [&json!("admin"), &json!("Incident"), &json!("")]]);
    assert_eq!(say(&auditor, "password-view", &id, Value::Null, "Wrong row.").await.status(), 200);
    assert_eq!((row().await["review"].clone(), ids(&auditor, "password-view", "review.empty=no").await.len()), (Value::Null, 0));

    let trail =
        auditor.json("/api/v1/reports/audit-tracking?entity=Review&sort=date&columns=operation,user,change,entity_name,entity_id").await;
    let mut told = Vec::new();
    for row in trail["rows"].as_array().expect("rows") {
        assert_eq!((&row["operation"], &row["change"], &row["entity_id"]), (&json!("Update"), &json!(true), &json!(id[0])));
        let event = auditor.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        let note = |name: &str| {
            event["extra"]
                .as_array()
                .and_then(|all| all.iter().find(|one| one["name"] == name))
                .map_or(json!(""), |one| one["value"].clone())
        };
        told.push([row["user"].clone(), note("From"), note("To"), note("Comment")]);
    }
    assert_eq!(
        told,
        [
            ["The auditor", "Not reviewed", "Follow up", "Who is that?"],
            ["The admin", "Follow up", "Incident", ""],
            ["The auditor", "Incident", "Not reviewed", "Wrong row."],
        ]
        .map(|row| row.map(|text| json!(text)))
    );
}

#[tokio::test]
async fn what_is_to_be_reviewed_is_what_the_reports_have_for_the_same_questions() {
    let mut events: Vec<Event> = (1..=6).map(|number| view(number, number * DAY, if number % 2 == 0 { 80 } else { 10 })).collect();
    // Two rules find it, and it is one event.
    let mut both = view(7, 30, 95);
    both.set("emergency", true);
    events.push(both);
    let server = with(events).await;
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    set(&admin, json!({
        "rules": [
            rule("Denied", "audit-tracking", "operation=Access denied"), rule("Risk", "password-view", "risk.min=70"),
            { "name": "Off", "report": "password-view", "query": "", "enabled": false }, rule("Emergency", "password-view", "emergency=yes"),
        ],
        "managers": false, "since": null,
    }))
    .await;
    let agrees = async |to_review: u64| {
        let state = auditor.json(REVIEWS).await;
        let mut each = std::collections::BTreeSet::new();
        for queue in state["queues"].as_array().expect("queues") {
            let (report, query) = (queue["report"].as_str().expect("a key"), queue["query"].as_str().expect("a query"));
            let found = ids(&auditor, report, query).await;
            assert_eq!(queue["to_review"], json!(found.len()), "{queue}");
            each.extend(found.into_iter().map(|id| (report.to_owned(), id)));
        }
        assert_eq!((&state["to_review"], each.len() as u64), (&json!(to_review), to_review));
        let days: u64 = state["days"].as_array().expect("days").iter().map(|day| day["to_review"].as_u64().expect("a number")).sum();
        assert_eq!(days, to_review, "all of it is of the last days");
        state
    };
    let state = agrees(5).await;
    let names: Vec<_> = state["queues"].as_array().expect("queues").iter().map(|queue| queue["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["Denied", "Risk", "Emergency"], "in the order of the rules that are switched on");
    assert_eq!(state["oldest"], json!("2026-11-16T14:03:27.000Z"));
    let risky = ids(&auditor, "password-view", "risk.min=70&sort=date").await;
    say(&auditor, "password-view", &risky[..2], json!("Expected"), "").await;
    let state = agrees(3).await;
    assert_eq!(state["oldest"], json!("2026-11-20T14:03:27.000Z"));
    say(&auditor, "password-view", &risky[1..2], Value::Null, "").await;
    agrees(4).await;
    // Events before a time are not asked for.
    let mut settings = admin.json(SETTINGS).await;
    settings["since"] = json!("2026-11-22T00:00:00.000Z");
    set(&admin, settings.clone()).await;
    assert_eq!(admin.json(SETTINGS).await, settings);
    let state = agrees(2).await;
    assert!(state["queues"][1]["query"].as_str().is_some_and(|query| query.contains("from=")), "{state}");
    // Whoever is refused is to be looked at.
    let manager = server.signed_in(Role::Manager).await;
    assert_eq!(manager.get(SETTINGS).await.status(), 403);
    agrees(3).await;
}

#[tokio::test]
async fn a_day_is_closed_when_nothing_of_it_is_left_and_the_trail_says_so_of_an_empty_day_too() {
    let server = with(vec![view(1, DAY, 90), view(2, DAY, 20), view(3, 3 * DAY, 5)]).await;
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    set(&admin, json!({ "rules": [rule("Risk", "password-view", "risk.min=70")], "managers": true, "since": null })).await;
    let close = async |visitor: &Visitor, day: &str, zone: &str| visitor.post(DAYS, json!({ "day": day, "zone": zone })).await;
    let (status, said, field) = problem(close(&auditor, "2026-11-21", "UTC").await).await;
    assert_eq!((status, field.as_deref()), (400, Some("day")));
    assert!(said.contains("1 event of this day"), "{said}");
    for (day, zone, field) in [
        ("2026-11-22", "UTC", "day"),
        ("2026-11-21", "Pacific/Pago_Pago", "day"),
        ("2026-11-31", "UTC", "day"),
        ("2026-1-1", "UTC", "day"),
        ("yesterday", "UTC", "day"),
        ("2026-11-21", "Mars/Olympus", "zone"),
    ] {
        let (status, _, at) = problem(close(&auditor, day, zone).await).await;
        assert_eq!((status, at.as_deref()), (400, Some(field)), "{day} in {zone}");
    }
    let risky = ids(&auditor, "password-view", "risk.min=70").await;
    say(&auditor, "password-view", &risky, json!("Incident"), "").await;
    assert_eq!(
        close(&server.signed_in(Role::Manager).await, "2026-11-21", "UTC").await.status(),
        403,
        "managers review, and close no days"
    );
    for _ in 0..2 {
        assert_eq!(close(&auditor, "2026-11-21", "UTC").await.status(), 204);
    }
    assert_eq!(close(&admin, "2026-11-20", "UTC").await.status(), 204, "a day on which nothing was found");
    let state = auditor.json(REVIEWS).await;
    let day = |day: &str| state["days"].as_array().and_then(|days| days.iter().find(|one| one["day"] == day)).expect("a day").clone();
    assert_eq!(
        day("2026-11-21"),
        json!({ "day": "2026-11-21", "found": 1, "to_review": 0, "over": true, "closed": "2026-11-22T14:03:27.000Z", "closed_by": "auditor" })
    );
    assert_eq!((&day("2026-11-20")["found"], &day("2026-11-20")["closed_by"]), (&json!(0), &json!("admin")));
    assert_eq!((&day("2026-11-19")["closed"], &day("2026-11-22")["over"]), (&json!(null), &json!(false)));

    let trail = auditor.json("/api/v1/reports/audit-tracking?operation=Approval&sort=date").await;
    let mut told = Vec::new();
    for row in trail["rows"].as_array().expect("rows") {
        let event = auditor.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        let note = |name: &str| {
            event["extra"]
                .as_array()
                .and_then(|all| all.iter().find(|one| one["name"] == name))
                .map_or(json!(""), |one| one["value"].clone())
        };
        assert_eq!(
            (&row["entity"], note("To"), note("Rules")),
            (&json!("Review of a day"), json!("Closed"), json!("Risk (password-view?risk.min=70)"))
        );
        told.push([row["entity_name"].clone(), note("From"), note("Events found"), note("Incident"), note("Expected")]);
    }
    let again = "Closed by auditor at 2026-11-22T14:03:27.000Z";
    assert_eq!(
        told,
        [
            ["2026-11-21 (UTC)", "Open", "1", "1", "0"],
            ["2026-11-21 (UTC)", again, "1", "1", "0"],
            ["2026-11-20 (UTC)", "Open", "0", "0", "0"]
        ]
        .map(|row| row.map(|text| json!(text)))
    );
}

#[tokio::test]
async fn managers_review_where_an_administrator_lets_them_and_see_no_names_where_they_see_none() {
    let mut denied = Event::new(&AUDIT_TRACKING, &"vault".into(), "denied", minutes_ago(50));
    denied.set("operation", "Login failed").set("username", "zquorn");
    let server = with(vec![view(1, 17, 90), denied]).await;
    let (manager, auditor, admin) =
        (server.signed_in(Role::Manager).await, server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    let statuses = [manager.get(REVIEWS).await.status().as_u16(), auditor.get(REVIEWS).await.status().as_u16()];
    assert_eq!(statuses, [403, 200]);
    let rules = json!([
        rule("Risk", "password-view", "risk.min=70"),
        rule("Prose", "password-view", "justification.contains=x"),
        rule("Failed", "audit-tracking", "operation=Login failed")
    ]);
    set(&admin, json!({ "rules": rules, "managers": true, "since": null })).await;
    let id = ids(&auditor, "password-view", "risk.min=70").await;
    assert_eq!(say(&auditor, "password-view", &id, json!("Follow up"), "Zelda Quorn again").await.status(), 200);
    assert_eq!(say(&manager, "password-view", &id, json!("Expected"), "").await.status(), 200);
    let history = async |visitor: &Visitor| visitor.json(&format!("{REVIEWS}/password-view/{}", id[0])).await.to_string();
    assert!(history(&manager).await.contains("Zelda Quorn again"), "names are seen until somebody says otherwise");
    let switch = admin.request("PUT", "/api/v1/pseudonyms").json(&json!({ "for_managers": true })).send().await.expect("an answer");
    assert_eq!(switch.status(), 204);
    let seen = history(&manager).await;
    assert!(!seen.contains("Zelda") && !seen.contains("auditor") && seen.contains("Alias-"), "{seen}");
    assert!(history(&auditor).await.contains("Zelda Quorn again"));
    let state = manager.json(REVIEWS).await;
    let queues: Vec<_> = state["queues"]
        .as_array()
        .expect("queues")
        .iter()
        .map(|queue| (queue["name"].as_str().expect("a name"), queue["to_review"].clone()))
        .collect();
    assert_eq!(queues, [("Risk", json!(0)), ("Failed", json!(0))], "what they do not see is not counted for them");
    assert_eq!(auditor.json(REVIEWS).await["queues"][2]["to_review"], json!(1));
    // A row that is not seen cannot be reviewed, and does not say whether it is there.
    let failed = ids(&auditor, "audit-tracking", "operation=Login failed").await;
    assert_eq!(problem(say(&manager, "audit-tracking", &failed, json!("Expected"), "").await).await.0, 404);
    assert_eq!(problem(manager.get(&format!("{REVIEWS}/audit-tracking/{}", failed[0])).await).await.0, 404);
    let page = manager.json("/api/v1/reports/password-view?risk.min=70&columns=review,reviewed_by").await;
    assert_eq!(page["rows"][0]["review"], json!("Expected"));
    assert!(page["rows"][0]["reviewed_by"].as_str().is_some_and(|who| who.starts_with("Alias-")), "{page}");
}

#[tokio::test]
async fn what_cannot_be_reviewed_is_refused_with_what_would_be_right() {
    let server = with(vec![view(1, 17, 90)]).await;
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    let id = ids(&auditor, "password-view", "risk.min=70").await[0].clone();
    let many: Vec<String> = (0..501).map(|number| format!("{number:013}")).collect();
    for (body, status, field) in [
        (json!({ "report": "password-view", "ids": [], "verdict": "Expected" }), 400, Some("ids")),
        (json!({ "report": "password-view", "ids": many, "verdict": "Expected" }), 400, Some("ids")),
        (json!({ "report": "password-view", "ids": ["x"], "verdict": "Expected" }), 400, Some("ids")),
        (json!({ "report": "password-view", "ids": [many[0]], "verdict": "Expected" }), 404, None),
        (json!({ "report": "password-operation", "ids": [id], "verdict": "Expected" }), 404, None),
        (json!({ "report": "performed-backups", "ids": [id], "verdict": "Expected" }), 400, Some("report")),
        (json!({ "report": "nothing", "ids": [id], "verdict": "Expected" }), 404, Some("report")),
        (json!({ "report": "password-view", "ids": [id], "verdict": "Fine" }), 400, Some("body")),
        (json!({ "report": "password-view", "ids": [id] }), 400, Some("body")),
        (json!({ "report": "password-view", "ids": [id], "verdict": "Expected", "comment": "x".repeat(2_001) }), 400, Some("comment")),
    ] {
        let (is, said, at) = problem(auditor.post(REVIEWS, body.clone()).await).await;
        assert_eq!((is, at.as_deref()), (status, field), "{body}: {said}");
    }
    assert_eq!(ids(&auditor, "password-view", "review.empty=no").await, [""; 0], "nothing was kept");
    let before = admin.json(SETTINGS).await;
    for (rules, field) in [
        (json!([rule("", "password-view", "")]), "rules[0].name"),
        (json!([rule("a", "password-view", ""), rule("A", "password-view", "")]), "rules[1].name"),
        (json!([rule("a", "performed-backups", "")]), "rules[0].report"),
        (json!([rule("a", "password-view", "colour=red")]), "rules[0].query"),
        (json!([rule("a", "password-view", "time=today")]), "rules[0].query"),
        (json!([rule("a", "password-view", "review=Expected")]), "rules[0].query"),
    ] {
        let set = json!({ "rules": rules, "managers": false, "since": null });
        let (status, said, at) = problem(admin.request("PUT", SETTINGS).json(&set).send().await.expect("an answer")).await;
        assert_eq!((status, at.as_deref()), (400, Some(field)), "{set}: {said}");
    }
    assert_eq!(admin.json(SETTINGS).await, before);
    assert_eq!(problem(auditor.get(&format!("{REVIEWS}?zone=Mars")).await).await.2.as_deref(), Some("zone"));
    assert_eq!(problem(auditor.get(&format!("{REVIEWS}?colour=red")).await).await.2.as_deref(), Some("query"));
}

#[tokio::test]
async fn events_that_come_in_say_nothing_of_reviews() {
    let server = Server::start().await;
    let sender = server.sender("app").await;
    let line = json!({
        "report": "password-view", "source_id": "1", "time": "2026-11-22T13:00:00Z", "user": "Eve", "review": "Expected", "reviewed_by": "auditor",
        "reviewed": "2026-11-22T13:00:01Z",
    });
    let response = sender.request("POST", "/api/v1/events?source=app&format=vigia").body(line.to_string()).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{:?}", response.text().await);
    let auditor = server.signed_in(Role::Auditor).await;
    let page = auditor.json("/api/v1/reports/password-view?user=Eve&columns=user,review,reviewed_by,reviewed").await;
    let row = &page["rows"][0];
    assert_eq!(
        (&row["user"], &row["review"], &row["reviewed_by"], &row["reviewed"]),
        (&json!("Eve"), &json!(null), &json!(null), &json!(null))
    );
}
