//! Tests of the profiles of users, devices and credentials over the API.

use crate::harness::{Server, minutes_ago, problem};
use serde_json::{Value, json};
use std::sync::Arc;
use vigia::event::Event;
use vigia_app::model::Role;
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

const PATH: &str = "/api/v1/profile";

fn view(source: &str, id: &str, minutes: i64) -> Event {
    let mut view = Event::new(&PASSWORD_VIEW, &Arc::from(source), id, minutes_ago(minutes));
    view.set("operation", "View password").set("user", "Zelda Quorn").set("login", "zquorn").set("device", "srv-7");
    view.set("username", "root").set("risk", 80_u32).set("first_access", true);
    view
}

/// Somebody whom two sources know, a view that is long ago, and operations.
async fn started() -> Server {
    let server = Server::start().await;
    let mut events = vec![view("hr", "1", 30), view("hr", "2", 60), view("other", "1", 90), view("hr", "3", 46 * 24 * 60)];
    for (id, status, attempts) in [("1", "Error", 3_u32), ("2", "Error", 2), ("3", "Success", 1)] {
        let mut operation = Event::new(&PASSWORD_OPERATION, &"hr".into(), id, minutes_ago(40));
        operation.set("operation", "Change password").set("status", status).set("device", "srv-7").set("username", "root");
        operation.set("requester", "zquorn").set("attempts", attempts);
        events.push(operation);
    }
    server.store.append(events).await.expect("stored");
    server
}

fn reports(profile: &Value) -> Vec<(&str, u64)> {
    let reports = profile["reports"].as_array().expect("reports").iter();
    reports
        .map(|one| (one["report"].as_str().expect("a key"), one["rows"].as_u64().expect("a number")))
        .filter(|(_, rows)| *rows > 0)
        .collect()
}

#[tokio::test]
async fn a_profile_says_what_the_reports_have() {
    let server = started().await;
    let reader = server.signed_in(Role::Auditor).await;
    for (search, rows) in [
        ("user=Zelda%20Quorn", vec![("password-view", 4)]),
        ("user=zquorn", vec![("password-operation", 3), ("password-view", 4)]),
        ("device=srv-7", vec![("password-operation", 3), ("password-view", 4)]),
        ("device=SRV-7&username=root", vec![("password-operation", 3), ("password-view", 4)]),
    ] {
        let profile = reader.json(&format!("{PATH}?{search}")).await;
        assert_eq!(reports(&profile), rows, "{search}");
        for report in profile["reports"].as_array().expect("reports").iter().filter(|report| report["rows"] != 0) {
            let page = reader.json(report["href"].as_str().expect("an address")).await;
            assert_eq!(page["rows"].as_array().map(Vec::len), report["rows"].as_u64().map(|rows| rows as usize), "{search}: {report}");
        }
        let figures = ["views", "with_risk", "first_accesses_total", "without_governance_id", "emergency"].map(|key| &profile[key]);
        assert_eq!(json!(figures), json!([3, 3, 3, 3, 0]), "{search}: one is longer ago than 45 days");
        let lists = ["days", "week", "latest", "riskiest", "first_accesses"].map(|key| profile[key].as_array().map_or(0, Vec::len));
        assert_eq!(lists, [45, 168, 3, 3, 3], "{search}");
        assert_eq!(profile["sources"][0]["source"], "hr", "{search}");
        assert_eq!(profile["sources"].as_array().map(Vec::len), Some(2), "{search}: two use the name");
    }
    let profile = reader.json(&format!("{PATH}?user=zquorn")).await;
    let operations =
        json!([{ "status": "Error", "operations": 2, "attempts": 2.5 }, { "status": "Success", "operations": 1, "attempts": 1.0 }]);
    assert_eq!(profile["operations"], operations);
    assert_eq!(profile["last_operations"].as_array().map(Vec::len), Some(3));
    let none = reader.json(&format!("{PATH}?user=nobody")).await;
    assert_eq!((reports(&none), &none["days"], &none["operations"]), (vec![], &none["days"], &json!([])));
}

#[tokio::test]
async fn what_is_still_open_is_the_rows_that_it_leads_to() {
    let server = started().await;
    let mut changed = view("hr", "4", 20);
    changed.set("device", "srv-8").set("changed", minutes_ago(10)).set("risk", 10_u32);
    let mut service = view("hr", "5", 20);
    service.set("user", "backup-bot").set("login", "bot").set("actor_kind", "Service").set("risk", 10_u32);
    server.store.append(vec![changed, service]).await.expect("stored");
    let auditor = server.signed_in(Role::Auditor).await;
    let rows = async |path: String| auditor.json(&path).await["rows"].as_array().map_or(0, Vec::len) as u64;
    let null = Value::Null;
    for (search, views, seen) in [
        ("user=Zelda%20Quorn", 4, [&null, &json!("srv-7"), &json!("root")]),
        ("user=zquorn", 4, [&null, &json!("srv-7"), &json!("root")]),
        ("user=backup-bot", 1, [&null, &json!("srv-7"), &json!("root")]),
        ("device=srv-7", 4, [&null, &null, &json!("root")]),
        ("device=srv-7&username=root", 4, [&json!("Zelda Quorn"), &null, &null]),
    ] {
        let profile = auditor.json(&format!("{PATH}?{search}")).await;
        let known = &profile["still_known"];
        assert_eq!((&known["views"], &known["different"]), (&json!(views), &json!(1)), "{search}: {known}");
        let most = &known["most"][0];
        assert_eq!([&most["user"], &most["device"], &most["username"]], seen, "{search}: {known}");
        assert_eq!(most["views"], views, "{search}");
        assert_eq!(rows(known["href"].as_str().expect("an address").to_owned()).await, views, "{search}");
        let open = &profile["reviews"];
        let risky = if search.contains("bot") { 0 } else { 4 };
        assert_eq!(open["to_review"], risky, "{search}: {open}");
        for queue in open["queues"].as_array().expect("queues") {
            assert_eq!((&queue["name"], &queue["to_review"]), (&json!("Risk from 70"), &json!(4)), "{search}");
            let query = queue["query"].as_str().expect("a query");
            assert_eq!(rows(format!("/api/v1/reports/password-view?{query}")).await, 4, "{search}: {query}");
        }
        assert_eq!(open["queues"].as_array().map(Vec::len), Some(usize::from(risky > 0)), "{search}");
    }
    let page = auditor.json("/api/v1/reports/password-view?source=other").await;
    let said = json!({ "report": "password-view", "ids": [page["rows"][0]["id"]], "verdict": "Expected" });
    assert_eq!(auditor.post("/api/v1/reviews", said).await.status(), 200);
    assert_eq!(auditor.json(&format!("{PATH}?user=zquorn")).await["reviews"]["to_review"], 3);
    let nobody = auditor.json(&format!("{PATH}?user=nobody")).await;
    assert_eq!((&nobody["still_known"]["views"], &nobody["reviews"]["to_review"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn what_is_to_be_reviewed_is_told_to_those_who_review() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let profile = format!("{PATH}?user=zquorn");
    assert_eq!(manager.json(&profile).await["reviews"], Value::Null);
    let mut settings = admin.json("/api/v1/reviews/settings").await;
    settings["managers"] = json!(true);
    let set = admin.request("PUT", "/api/v1/reviews/settings").json(&settings).send().await.expect("an answer");
    assert_eq!(set.status(), 204);
    assert_eq!(manager.json(&profile).await["reviews"]["to_review"], 4);
}

#[tokio::test]
async fn a_profile_is_of_one_name() {
    let server = Server::start().await;
    let reader = server.signed_in(Role::Manager).await;
    for query in ["", "user=a&user=b", "username=root", "user=a&device=b", "user.contains=a", "user=a&time=today"] {
        let (status, detail, field) = problem(reader.get(&format!("{PATH}?{query}")).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("user")), "{query}");
        assert!(detail.contains("a device and a username"), "{detail}");
    }
    let (status, _, field) = problem(reader.get(&format!("{PATH}?user=a&zone=Mars/Olympus")).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("zone")));
}

#[tokio::test]
async fn a_manager_sees_the_profile_of_a_pseudonym() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let switched = admin.request("PUT", "/api/v1/pseudonyms").json(&json!({ "for_managers": true })).send().await.expect("an answer");
    assert_eq!(switched.status(), 204);
    assert_eq!(reports(&manager.json(&format!("{PATH}?user=zquorn")).await), [], "a name is found as little as one that nobody has");
    let rows = manager.json("/api/v1/reports/password-view?source=other&columns=login").await;
    let alias = rows["rows"][0]["login"].as_str().expect("a pseudonym").to_owned();
    let (theirs, named) = (manager.json(&format!("{PATH}?user={alias}")).await, admin.json(&format!("{PATH}?user=zquorn")).await);
    assert_eq!(reports(&theirs), [("password-operation", 3), ("password-view", 4)]);
    assert_eq!([&theirs["days"], &theirs["week"], &theirs["operations"]], [&named["days"], &named["week"], &named["operations"]]);
    let device = manager.json(&format!("{PATH}?device=srv-7")).await;
    let credential = manager.json(&format!("{PATH}?device=srv-7&username=root")).await;
    for said in [theirs.to_string(), device.to_string(), credential.to_string()] {
        assert!(!said.to_lowercase().contains("quorn") && said.contains("Alias-"), "{said}");
    }
}
