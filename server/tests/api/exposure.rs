//! Tests for `/api/v1/credentials`: what was seen, who could know it, and having it changed.

use crate::harness::{Server, Visitor, minutes_ago, problem};
use serde_json::{Value, json};
use vigia::event::Event;
use vigia_app::model::Role;
use vigia_app::reports::PASSWORD_VIEW;

const SEEN: &str = "/api/v1/credentials/seen";
const CHANGES: &str = "/api/v1/credentials/changes";

/// Of a user who leaves: one credential twice, one that no route leads to, and one whose account nobody has named.
async fn started() -> Server {
    let server = Server::start().await;
    let view = |number: i64, source: &str, device: &str, username: &str| {
        let mut event = Event::new(&PASSWORD_VIEW, &source.into(), format!("leaver-{number}"), minutes_ago(30 - number));
        event.set("operation", "Copy password").set("user", "Lea Ver").set("login", "lea").set("device", device);
        event.set("username", username).set("actor_kind", "Person").set("credential_type", "Local User");
        event
    };
    let views = vec![
        view(1, "test", "srv-1", "root"),
        view(2, "test", "SRV-1", "root"),
        view(3, "elsewhere", "srv-2", "root"),
        view(4, "test", "srv-3", ""),
    ];
    server.store.append(views).await.expect("stored");
    server
}

async fn ask(visitor: &Visitor, count: u32, key: &str) -> (u16, Value) {
    let request = visitor.request("POST", CHANGES).header("Idempotency-Key", key);
    let answer = request.json(&json!({ "user": "lea ver", "count": count })).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn what_somebody_has_seen_is_listed_once() {
    let server = started().await;
    let [manager, admin] = [server.signed_in(Role::Manager).await, server.signed_in(Role::Admin).await];
    let list = manager.json(&format!("{SEEN}?user=LEA+VER")).await;
    let of =
        |list: &Value, key: &str| list["credentials"].as_array().expect("a list").iter().map(|seen| seen[key].clone()).collect::<Vec<_>>();
    assert_eq!((of(&list, "views"), &list["unchanged"]), (vec![json!(1), json!(1), json!(2)], &json!(3)), "the last first: {list}");
    assert_eq!(of(&list, "sources"), [json!(["test"]), json!(["elsewhere"]), json!(["test"])]);
    assert_eq!(of(&list, "connector"), [Value::Null, Value::Null, Value::Null], "what would change it is for who may have it changed");
    let list = admin.json(&format!("{SEEN}?user=Lea+Ver&until={}", minutes_ago(27).rfc3339())).await;
    assert_eq!(of(&list, "connector"), [json!("pam")], "before that moment: {list}");
    let all = manager.json(SEEN).await;
    assert_eq!(all["unchanged"], 8, "with those of another user: {all}");
    let knowers = manager.json("/api/v1/credentials/known-by?device=srv-1&username=ROOT").await;
    assert_eq!((&knowers[0]["user"], &knowers[0]["views"], knowers.as_array().map(Vec::len)), (&json!("Lea Ver"), &json!(2), Some(1)));
    let earlier = format!("/api/v1/credentials/known-by?device=srv-1&username=root&at={}", minutes_ago(29).rfc3339());
    assert_eq!(manager.json(&earlier).await[0]["views"], 1, "one of the two was later");
}

#[tokio::test]
async fn what_several_ask_for_at_once_is_asked_for_once() {
    let server = started().await;
    let more = (0..20).map(|number| {
        let mut event = Event::new(&PASSWORD_VIEW, &"test".into(), format!("more-{number}"), minutes_ago(20));
        event.set("operation", "View password").set("user", "Lea Ver").set("device", format!("srv-more-{number}")).set("username", "root");
        event
    });
    server.store.append(more.collect()).await.expect("stored");
    let admins = [server.signed_in(Role::Admin).await, server.signed_in(Role::Admin).await, server.signed_in(Role::Admin).await];
    let said = futures_util::future::join_all(admins.iter().zip(["one", "two", "three"]).map(|(admin, key)| ask(admin, 23, key))).await;
    assert!(said.iter().all(|(status, _)| *status == 200), "{said:?}");
    let rows = admins[0].json("/api/v1/reports/password-operation?username=root&limit=100&columns=device,tags").await;
    let mut devices: Vec<_> = rows["rows"].as_array().expect("rows").iter().map(|row| row["device"].to_string()).collect();
    devices.sort();
    let all = devices.len();
    devices.dedup();
    assert_eq!((all, devices.len()), (21, 21), "each credential with a route once: {said:?}");
    let list = admins[0].json(&format!("{SEEN}?user=Lea+Ver")).await;
    assert_eq!(list["progress"]["statuses"][0]["operations"], 21, "the progress is theirs, whoever asked last: {list}");
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let server = started().await;
    let manager = server.signed_in(Role::Manager).await;
    for (path, field) in [
        (format!("{SEEN}?user="), "user"),
        (format!("{SEEN}?until=2026-11-01"), "user"),
        (format!("{SEEN}?user=a&until=soon"), "until"),
        (format!("{SEEN}?whom=a"), "query"),
        ("/api/v1/credentials/known-by".to_owned(), "device"),
        ("/api/v1/credentials/known-by?device=a&at=2026-13-01".to_owned(), "at"),
    ] {
        let (status, _, named) = problem(manager.get(&path).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{path}");
    }
}

#[tokio::test]
async fn all_that_can_be_changed_is_asked_for_once_and_the_rest_is_told() {
    let server = started().await;
    let admin = server.signed_in(Role::Admin).await;
    let (status, said) = ask(&admin, 2, "first").await;
    assert_eq!((status, &said["field"]), (400, &json!("count")), "{said}");
    let (status, said) = ask(&admin, 3, "first").await;
    assert_eq!(status, 200, "{said}");
    let of = |said: &Value, device: &str| {
        let all = said.as_array().expect("a list");
        all.iter().find(|one| one["device"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(device))).expect("one").clone()
    };
    let id = of(&said, "srv-1")["id"].as_str().expect("an operation").to_owned();
    for (device, why) in [("srv-2", "route"), ("srv-3", "user")] {
        let refused = of(&said, device);
        assert!(refused["id"].is_null() && refused["refused"].as_str().is_some_and(|said| said.contains(why)), "{refused}");
    }
    let operation = admin.json(&format!("/api/v1/reports/password-operation/{id}")).await;
    let fields = &operation["fields"];
    let tag = fields["tags"].as_str().expect("a tag").to_owned();
    assert_eq!(
        (&fields["operation"], &fields["requester"], &fields["username"]),
        (&json!("Change password"), &json!("admin"), &json!("root"))
    );

    let list = admin.json(&format!("{SEEN}?user=Lea+Ver")).await;
    assert_eq!((&list["progress"]["tag"], &list["progress"]["by"]), (&json!(tag), &json!("admin")), "{list}");
    assert_eq!(list["progress"]["statuses"][0]["operations"], 1, "{list}");
    let (_, repeated) = ask(&admin, 3, "first").await;
    assert_eq!(of(&repeated, "srv-1")["id"], json!(id), "the same key, the same operation: {repeated}");
    let (_, again) = ask(&admin, 3, "second").await;
    assert!(of(&again, "srv-1")["refused"].as_str().is_some_and(|said| said.contains("under way")), "{again}");
    let rows = admin.json("/api/v1/reports/password-operation?username=root").await;
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(1), "one operation, however often it is asked for");

    let trail = admin.json("/api/v1/reports/audit-tracking?entity=Password+operation&sort=date&columns=operation,entity_name,change").await;
    let names: Vec<_> = trail["rows"].as_array().expect("rows").iter().map(|row| row["entity_name"].clone()).collect();
    assert_eq!(names, [json!("1 operation"), json!("0 operations"), json!("0 operations")], "each request is in the trail: {trail}");
}
