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
    for said in [theirs.to_string(), device.to_string()] {
        assert!(!said.to_lowercase().contains("quorn") && said.contains("Alias-"), "{said}");
    }
}
