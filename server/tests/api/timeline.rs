//! Tests of the timeline over the API.

use crate::harness::{Server, minutes_ago, problem};
use crate::server_functions::answer;
use serde_json::{Value, json};
use std::sync::Arc;
use vigia::event::Event;
use vigia_app::model::Role;
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};
use vigia_app::story::Timeline;

const PATH: &str = "/api/v1/timeline";

/// Something of one person in every report, and something of somebody else.
async fn started() -> Server {
    let server = Server::start().await;
    let source: Arc<str> = "hr".into();
    let mut view = Event::new(&PASSWORD_VIEW, &source, "view", minutes_ago(30));
    view.set("operation", "View password").set("user", "Zelda Quorn").set("login", "zquorn").set("device", "srv-7");
    view.set("username", "root").set("governance_id", "CHG-7").set("message", "The view was approved.");
    let mut operation = Event::new(&PASSWORD_OPERATION, &source, "operation", minutes_ago(31));
    operation.set("operation", "Change password").set("status", "Success").set("device", "srv-7").set("username", "root");
    operation.set("requester", "zquorn");
    let mut backup = Event::new(&PERFORMED_BACKUPS, &source, "backup", minutes_ago(90));
    backup.set("type", "Full").set("status", "Success").set("requested_by", "Zelda Quorn");
    let mut trail = Event::new(&AUDIT_TRACKING, &source, "trail", minutes_ago(32));
    trail.set("operation", "Update").set("entity", "Device").set("entity_name", "srv-7").set("username", "zquorn");
    server.store.append(vec![view, operation, backup, trail]).await.expect("stored");
    server
}

fn of<'a>(page: &'a Value, member: &str) -> Vec<&'a Value> {
    page["rows"].as_array().expect("rows").iter().map(|row| &row[member]).collect()
}

#[tokio::test]
async fn a_person_is_followed_through_all_reports() {
    let server = started().await;
    let reader = server.signed_in(Role::Auditor).await;
    let page = reader.json(&format!("{PATH}?user=Zelda%20Quorn&user=zquorn")).await;
    assert_eq!(of(&page, "report"), ["password-view", "password-operation", "audit-tracking", "performed-backups"]);
    assert_eq!(
        of(&page, "what"),
        ["View password of root on srv-7", "Change password of root on srv-7", "Update: Device srv-7", "Full backup"]
    );
    assert_eq!(of(&page, "outcome"), [&json!("The view was approved."), &json!("Success"), &json!(null), &json!("Success")]);
    let view = &page["rows"][0];
    assert_eq!((&view["users"], &view["governance_id"]), (&json!(["Zelda Quorn", "zquorn"]), &json!("CHG-7")));
    assert_eq!(of(&reader.json(&format!("{PATH}?device=srv-7&username=root")).await, "report"), ["password-view", "password-operation"]);
    assert_eq!(of(&reader.json(&format!("{PATH}?governance_id=chg-7")).await, "report"), ["password-view"]);
    let around = format!("{PATH}?event=password-view/{}&within=1m", view["id"].as_str().expect("an id"));
    assert_eq!(of(&reader.json(&around).await, "report"), ["password-view", "password-operation"]);
    let upwards = reader.json(&format!("{PATH}?user=zquorn&sort=date")).await;
    assert_eq!(of(&upwards, "report"), ["audit-tracking", "password-operation", "password-view"]);
}

#[tokio::test]
async fn following_next_and_previous_walks_the_timeline_and_back() {
    let server = started().await;
    let reader = server.signed_in(Role::Manager).await;
    let whole = reader.json(&format!("{PATH}?source=hr&source=test")).await;
    let mut pages = vec![reader.json(&format!("{PATH}?source=hr&source=test&limit=4")).await];
    while let Some(next) = pages[pages.len() - 1]["next"].as_str() {
        pages.push(reader.json(next).await);
    }
    let walked: Vec<_> = pages.iter().flat_map(|page| of(page, "id")).collect();
    assert_eq!((pages.len(), walked), (3, of(&whole, "id")));
    assert_eq!(pages[0]["previous"], json!(null));
    let back = reader.json(pages[2]["previous"].as_str().expect("a page before")).await;
    assert_eq!(of(&back, "id"), of(&pages[1], "id"));
}

#[tokio::test]
async fn what_the_timeline_cannot_read_is_named() {
    let server = Server::start().await;
    let reader = server.signed_in(Role::Manager).await;
    for (query, field) in [
        ("risk.min=50", "risk.min"),
        ("sort=user", "sort"),
        ("event=password-view", "event"),
        ("within=15m", "within"),
        ("zone=Mars/Olympus", "zone"),
        ("report=performed-backups&device=x&zone=Mars/Olympus", "zone"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let (status, _, named) = problem(reader.get(&format!("{PATH}?{query}")).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{query}");
    }
}

/// A manager asks by pseudonyms, and finds what others find by names.
#[tokio::test]
async fn a_manager_follows_a_pseudonym() {
    let server = started().await;
    let [admin, manager] = [server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await];
    let switched = admin.request("PUT", "/api/v1/pseudonyms").json(&json!({ "for_managers": true })).send().await.expect("an answer");
    assert_eq!(switched.status(), 204);
    let named = of(&manager.json(&format!("{PATH}?user=zquorn")).await, "id").len();
    assert_eq!(named, 0, "a name is found as little as one that nobody has");
    let view = manager.json("/api/v1/reports/password-view?source=hr&columns=login").await;
    let alias = view["rows"][0]["login"].as_str().expect("a pseudonym").to_owned();
    let (theirs, others) = (manager.json(&format!("{PATH}?user={alias}")).await, admin.json(&format!("{PATH}?user=zquorn")).await);
    assert_eq!((of(&theirs, "id"), of(&theirs, "id").len()), (of(&others, "id"), 3));
    let page: Timeline = answer(manager.call("/fn/timeline_page", &format!("user={alias}")).await).await;
    assert_eq!(page.rows.len(), 3);
    for said in [format!("{page:?}"), theirs.to_string()] {
        assert!(!said.to_lowercase().contains("quorn") && said.contains(&alias), "{said}");
    }
}
