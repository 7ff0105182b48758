//! Tests for `/api/v1/watched`, and for telling of views of what is watched.

use crate::harness::{Visitor, problem};
use crate::notifications::{receiver, save, send, server};
use reqwest::Response;
use serde_json::{Value, json};
use vigia_app::model::Role;

async fn ask(visitor: &Visitor, method: &str, query: &str, body: Option<Value>) -> Response {
    let request = visitor.request(method, &format!("/api/v1/watched?{query}"));
    let request = if let Some(body) = body { request.json(&body) } else { request };
    request.send().await.expect("an answer")
}

async fn watch(visitor: &Visitor, query: &str, reason: &str) {
    assert_eq!(ask(visitor, "PUT", query, Some(json!({ "reason": reason }))).await.status(), 204, "{query}");
}

/// What the trail says of watching, the last first: operation, name, and the parts that were noted.
async fn trail(visitor: &Visitor) -> Vec<(Value, Value, Value)> {
    let rows = visitor.json("/api/v1/reports/audit-tracking?entity=Watch").await;
    let mut trail = Vec::new();
    for row in rows["rows"].as_array().expect("rows") {
        let record = visitor.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        trail.push((row["operation"].clone(), row["entity_name"].clone(), record["extra"].clone()));
    }
    trail
}

#[tokio::test]
async fn what_is_watched_is_a_list_that_auditors_keep() {
    let server = server(None).await;
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    watch(&auditor, "device=%20SRV-1%20&username=root", "Leaves in May").await;
    watch(&admin, "user=Ana%20Lima", "").await;
    // The same by another case: the reason is another one, who and since stay.
    watch(&admin, "device=srv-1&username=ROOT", "Left").await;
    watch(&admin, "device=srv-1&username=root", "Left").await;
    let all = auditor.json("/api/v1/watched").await;
    let mut named: Vec<[&Value; 5]> =
        all.as_array().expect("a list").iter().map(|one| ["user", "device", "username", "by", "reason"].map(|key| &one[key])).collect();
    named.sort_by_key(|[user, ..]| user.to_string());
    let (null, text) = (Value::Null, |text: &str| json!(text));
    let [user, device, root, by, admins, left, none] = ["Ana Lima", "SRV-1", "root", "auditor", "admin", "Left", ""].map(text);
    assert_eq!(named, [[&user, &null, &null, &admins, &none], [&null, &device, &root, &by, &left]]);
    assert_eq!(ask(&auditor, "DELETE", "user=ANA%20LIMA", None).await.status(), 204);
    assert_eq!(ask(&auditor, "DELETE", "user=Ana%20Lima", None).await.status(), 404, "it is not watched any more");
    assert_eq!(auditor.json("/api/v1/watched").await.as_array().map(Vec::len), Some(1));
    let trail = trail(&auditor).await;
    let said: Vec<(&Value, &Value)> = trail.iter().map(|(operation, name, _)| (operation, name)).collect();
    let credential = json!("root on SRV-1");
    let (deleted, updated, created) = (json!("Deletion"), json!("Update"), json!("Creation"));
    let other = json!("ROOT on srv-1");
    assert_eq!(said, [(&deleted, &json!("ANA LIMA")), (&updated, &other), (&created, &user), (&created, &credential)]);
    let noted = trail.iter().map(|(.., extra)| extra.to_string()).collect::<Vec<_>>();
    assert!(noted[0].contains("Watched by admin since") && noted[0].contains("Not watched"), "{noted:?}");
    assert!(noted[1].contains("Leaves in May") && noted[1].contains("Left"), "{noted:?}");
}

#[tokio::test]
async fn what_cannot_be_watched_is_said() {
    let server = server(None).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let long = format!("device={}", "x".repeat(513));
    for (query, reason, field) in [
        ("", "", "user"),
        ("user=a&device=b", "", "user"),
        ("username=root", "", "user"),
        ("device=%20", "", "device"),
        ("device=a&username=", "", "username"),
        (&long, "", "device"),
        ("user=a", &"x".repeat(501), "reason"),
        ("ticket=a", "", "query"),
    ] {
        let (status, words, named) = problem(ask(&auditor, "PUT", query, Some(json!({ "reason": reason }))).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{query}: {words}");
    }
    assert_eq!(auditor.json("/api/v1/watched").await, json!([]));
}

#[tokio::test]
async fn views_of_what_is_watched_are_told_once_whoever_stops_watching_meanwhile() {
    let (address, mut heard) = receiver(vec![204]).await;
    let server = server(None).await;
    let admin = server.signed_in(Role::Admin).await;
    let hook = json!({ "webhook": { "url": format!("http://{address}/hook") } });
    assert_eq!(save(&admin, "watched", json!({ "occasion": "watched_view", "channel": hook })).await.status(), 200);
    let view = |id: &str, user: &str, device: &str, username: &str, early: i64| {
        let time = vigia_app::model::Timestamp::saturating(vigia::clock::system()().millis() - early).rfc3339();
        let line = json!({
            "report": "password-view", "source_id": id, "time": time, "operation": "Copy password", "user": user, "device": device, "username": username,
        });
        format!("{line}\n")
    };
    for (query, reason) in [("user=Ana%20Lima", ""), ("device=srv-db-01", "It is moved."), ("device=srv-db-02&username=root", "")] {
        watch(&admin, query, reason).await;
    }
    let lines = [
        view("by-user", "ANA LIMA", "srv-web-01", "app", 0),
        view("on-device", "Rui", "SRV-DB-01", "app", 0),
        view("of-credential", "Rui", "srv-db-02", "root", 0),
        view("before", "Ana Lima", "srv-web-01", "app", 60_000),
        view("of-another", "Rui", "srv-db-02", "app", 0),
    ];
    send(&server, lines.concat()).await;
    server.store.settle().await;
    server.tell().await;
    let body: Value = serde_json::from_str(&heard.try_recv().expect("a message").body).expect("JSON");
    assert_eq!(body["type"], "watched_view");
    let mut told: Vec<_> =
        body["data"]["views"].as_array().expect("views").iter().map(|view| view["device"].as_str().expect("text")).collect();
    told.sort_unstable();
    assert_eq!(told, ["SRV-DB-01", "srv-db-02", "srv-web-01"], "{body}");
    let profiles: Vec<_> = body["data"]["views"].as_array().expect("views").iter().filter_map(|view| view["profile"].as_str()).collect();
    assert!(profiles.contains(&"https://vigia.example/profile?user=ANA%20LIMA"), "{profiles:?}");
    server.tell().await;
    assert!(heard.try_recv().is_err(), "once");

    // What was watched when it was viewed is told, also where nobody watches any more when it can be.
    send(&server, view("last", "Rui", "srv-db-01", "app", 0)).await;
    server.store.settle().await;
    server.tell().await;
    assert!(heard.try_recv().is_err(), "within the minute it waits");
    assert_eq!(ask(&admin, "DELETE", "device=srv-db-01", None).await.status(), 204);
    send(&server, view("after", "Rui", "srv-db-01", "app", 0)).await;
    server.store.settle().await;
    // Whoever saves a rule anew has it tell from then on; so time is what has to go by.
    let (key, kept) = server.store.kept().all("notification_place").await.expect("kept").remove(0);
    let mut progress: Value = serde_json::from_str(&kept).expect("JSON");
    progress["sent"] = json!(null);
    server.store.kept().set("notification_place", vec![(key, Some(progress.to_string()))]).await.expect("kept");
    server.tell().await;
    let body: Value = serde_json::from_str(&heard.try_recv().expect("a message").body).expect("JSON");
    assert_eq!(body["data"]["views"].as_array().map(Vec::len), Some(1), "{body}");
}

#[tokio::test]
async fn views_of_what_is_watched_are_to_be_reviewed_where_an_administrator_says_so() {
    let server = server(None).await;
    let (admin, auditor) = (server.signed_in(Role::Admin).await, server.signed_in(Role::Auditor).await);
    let path = "/api/v1/reviews/settings";
    let settings = json!({ "rules": [], "managers": true, "since": null, "watched": true });
    let set = admin.request("PUT", path).json(&settings).send().await.expect("an answer");
    assert_eq!(set.status(), 204);
    assert_eq!(admin.json(path).await, settings);
    watch(&auditor, "device=srv-db-01", "").await;
    watch(&auditor, "user=Ana%20Lima", "").await;
    let now = vigia::clock::system()().rfc3339();
    let view = |id: &str, user: &str, device: &str| {
        let line = json!({
            "report": "password-view", "source_id": id, "time": now, "operation": "View password", "user": user, "device": device, "username": "root",
        });
        format!("{line}\n")
    };
    // One of them is of both, and counts once in the sum.
    send(&server, [view("both", "Ana Lima", "SRV-DB-01"), view("one", "Rui", "srv-db-01"), view("none", "Rui", "srv-db-09")].concat())
        .await;
    server.store.settle().await;
    let state = auditor.json("/api/v1/reviews").await;
    let mut queues: Vec<(&Value, &Value)> =
        state["queues"].as_array().expect("queues").iter().map(|queue| (&queue["name"], &queue["to_review"])).collect();
    queues.sort_by_key(|(name, _)| name.to_string());
    let names = [json!("Watched: Ana Lima"), json!("Watched: srv-db-01")];
    assert_eq!((queues, &state["to_review"]), (vec![(&names[0], &json!(1)), (&names[1], &json!(2))], &json!(2)), "{state}");
    for queue in state["queues"].as_array().expect("queues") {
        let rows = auditor.json(&format!("/api/v1/reports/password-view?{}", queue["query"].as_str().expect("a query"))).await;
        assert_eq!(
            rows["rows"].as_array().map(Vec::len),
            queue["to_review"].as_u64().and_then(|count| usize::try_from(count).ok()),
            "{queue}"
        );
    }
    let manager = server.signed_in(Role::Manager).await;
    assert_eq!(manager.json("/api/v1/reviews").await["queues"], json!([]), "they are not told what is watched");
}
