//! Operations through the API: created, moved, carried out from outside, and looked at.

use crate::harness::{Server, Setup, Visitor, minutes_ago, problem};
use chrono::Timelike as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use vigia::event::Event;
use vigia_app::model::{CredentialSet, EventId, Role, Target, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

const OPERATIONS: &str = "/api/v1/operations";

fn new(device: &str) -> Value {
    json!({ "device": device, "username": "root", "connector": "pam", "operation": "Change password" })
}

async fn created(visitor: &Visitor, new: Value) -> String {
    let response = visitor.post(OPERATIONS, new).await;
    assert_eq!(response.status(), 201);
    let place = response.headers()["location"].to_str().expect("text").to_owned();
    let id = response.json::<Value>().await.expect("JSON")["id"].as_str().expect("an id").to_owned();
    assert_eq!(place, format!("{OPERATIONS}/{id}"));
    id
}

async fn act(visitor: &Visitor, action: &str, id: &str) -> Value {
    let response = visitor.post("/api/v1/operations/actions", json!({ "action": action, "ids": [id], "note": "CHG-1" })).await;
    assert_eq!(response.status(), 200, "{action}");
    response.json::<Value>().await.expect("JSON")["results"][0].clone()
}

async fn leased(executor: &Visitor, connector: &str) -> Vec<Value> {
    let response = executor.post("/api/v1/operations/lease", json!({ "connector": connector, "want": 10 })).await;
    assert_eq!(response.status(), 200);
    response.json::<Value>().await.expect("JSON")["operations"].as_array().expect("a list").clone()
}

async fn told(server: &Server, job: &Value, said: Value) -> reqwest::Response {
    let path = format!("{OPERATIONS}/{}/attempts/{}", job["id"].as_str().expect("an id"), job["attempt"]);
    server.anonymous().bearing(job["ticket"].as_str().expect("a ticket")).post(&path, said).await
}

async fn executor(server: &Server) -> Visitor {
    server.anonymous().bearing(&server.token("runner", "execute", &["pam", "guarded"]).await)
}

#[tokio::test]
async fn an_operation_is_asked_for_taken_and_reported_on() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    let id = created(&admin, new("srv-1")).await;
    assert_eq!(admin.json(&format!("{OPERATIONS}/{id}")).await["status"], "Scheduled");

    let [job] = &leased(&runner, "pam").await[..] else { panic!("one operation is due") };
    assert_eq!((job["id"].as_str(), &job["device"], &job["attempt"]), (Some(&*id), &json!("srv-1"), &json!(1)));
    assert!(leased(&runner, "pam").await.is_empty(), "it is taken once");
    assert_eq!(told(&server, job, json!({ "result": "running" })).await.status(), 200);
    let wordless = told(&server, job, json!({ "result": "success", "verified": " " })).await;
    assert_eq!(problem(wordless).await.2.as_deref(), Some("verified"), "a success says what was verified");
    let said = json!({ "result": "success", "verified": "The new password signs in.", "message": "Changed; password=hunter22222", "template": "linux", "version": "3", "log": ["connected", "changed"] });
    let taken: Value = told(&server, job, said.clone()).await.json().await.expect("JSON");
    assert_eq!(taken, json!({ "status": "Success", "until": null }));
    assert_eq!(problem(told(&server, job, said).await).await.0, 401, "the ticket is worth nothing now");

    let auditor = server.signed_in(Role::Auditor).await;
    let record = auditor.json(&format!("/api/v1/reports/password-operation/{id}")).await;
    let attempt = &record["attempts"][0];
    assert_eq!(
        (&attempt["result"], &attempt["executor"], &attempt["connector"], &attempt["version"]),
        (&json!("Success"), &json!("runner"), &json!("pam"), &json!("3"))
    );
    assert_eq!(attempt["log"], json!(["connected", "changed"]));
    assert!(!record.to_string().contains("hunter22222"), "what looks like a password is masked: {record}");
    assert_eq!((&record["fields"]["requester"], &record["fields"]["requester_kind"]), (&json!("admin"), &json!("User")));
    let info = auditor.json(&format!("{OPERATIONS}/{id}")).await;
    assert_eq!(info["actions"], json!([]), "an auditor looks");
    let notes: Vec<_> =
        info["history"].as_array().expect("a list").iter().map(|entry| entry["note"].as_str().unwrap_or_default()).collect();
    assert_eq!(notes, ["Submitted.", "Attempt 1 started.", "Attempt 1 succeeded: The new password signs in."]);
}

#[tokio::test]
async fn a_key_makes_repeating_safe() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let send = async |key: &str, body: Value| {
        admin.request("POST", OPERATIONS).header("idempotency-key", key).json(&body).send().await.expect("an answer")
    };
    let first: Value = send("k1", new("srv-1")).await.json().await.expect("JSON");
    let second: Value = send("k1", new("srv-1")).await.json().await.expect("JSON");
    assert_eq!(first, second);
    let (status, words, field) = problem(send("k1", new("srv-2")).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("Idempotency-Key")), "{words}");
    let other: Value = send("k2", new("srv-1")).await.json().await.expect("JSON");
    assert_ne!(first, other);
}

#[tokio::test]
async fn what_is_repeated_after_its_time_gets_the_first_answer() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    // As late as a clock that is behind may say it, by a second.
    let send = async |key: Option<&str>, schedule: i64| {
        let mut body = new("srv-1");
        body["schedule"] = json!(Timestamp::saturating(schedule).rfc3339());
        let request = admin.request("POST", OPERATIONS).json(&body);
        key.into_iter().fold(request, |request, key| request.header("idempotency-key", key)).send().await.expect("an answer")
    };
    let mut tries = 0;
    let (schedule, first) = loop {
        tries += 1;
        let schedule = vigia::clock::system()().millis() - 5 * 60_000 + 1_000;
        let answer = send(Some(&format!("k{tries}")), schedule).await;
        if answer.status() == 201 {
            break (schedule, answer.json::<Value>().await.expect("JSON"));
        }
    };
    let refused = loop {
        let answer = send(None, schedule).await;
        if answer.status() != 201 {
            break problem(answer).await;
        }
    };
    assert_eq!((refused.0, refused.2.as_deref()), (400, Some("schedule")), "its time has passed: {}", refused.1);
    let again = send(Some(&format!("k{tries}")), schedule).await;
    assert_eq!((again.status().as_u16(), again.json::<Value>().await.expect("JSON")), (201, first));
    let (status, _, field) = problem(send(Some(&format!("k{tries}")), schedule - 60_000).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("Idempotency-Key")), "another request is not the same");
    let (status, _, field) = problem(send(Some("new"), schedule).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("schedule")));
}

#[tokio::test]
async fn two_who_press_restart_cause_one_execution() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    let id = created(&admin, new("srv-1")).await;
    let [job] = &leased(&runner, "pam").await[..] else { panic!("one operation is due") };
    let failed = told(&server, job, json!({ "result": "error", "error_class": "policy_rejected", "message": "too short" })).await;
    assert_eq!(failed.json::<Value>().await.expect("JSON")["status"], "Error", "a password that does not fit is not tried again by itself");

    let other = server.signed_in(Role::Admin).await;
    let (one, two) = tokio::join!(act(&admin, "restart", &id), act(&other, "restart", &id));
    let done = [&one, &two].into_iter().filter(|result| result["status"] == "Scheduled").count();
    assert_eq!(done, 1, "{one} {two}");
    let refused = [&one, &two].into_iter().find_map(|result| result["refused"].as_str()).expect("a reason");
    assert!(refused.contains("cannot be restarted"), "{refused}");
    assert_eq!(leased(&runner, "pam").await.len(), 1);
    assert!(leased(&runner, "pam").await.is_empty());
    let trail = admin.json("/api/v1/reports/audit-tracking?operation=Restart").await;
    assert_eq!(trail["rows"].as_array().map(Vec::len), Some(2), "both are in the trail, before what came of it");
    let refusals = admin.json("/api/v1/reports/audit-tracking?operation=Access%20denied").await;
    assert_eq!(refusals["rows"].as_array().map(Vec::len), Some(1), "and so is the refusal");
}

#[tokio::test]
async fn an_operation_of_another_system_is_restarted_where_a_route_leads_to_a_connector() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    let id = admin.json("/api/v1/reports/password-operation").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    let info = admin.json(&format!("{OPERATIONS}/{id}")).await;
    assert_eq!((&info["actions"], &info["connector"]), (&json!(["restart"]), &json!("pam")));
    assert!(act(&admin, "cancel", &id).await["refused"].as_str().is_some_and(|why| why.contains("cannot be canceled")));
    assert_eq!(act(&admin, "restart", &id).await["status"], "Scheduled");
    let [job] = &leased(&runner, "pam").await[..] else { panic!("one operation is due") };
    assert_eq!(job["attempt"], 2, "the attempt of the other system stays");
    told(&server, job, json!({ "result": "success", "verified": "It signs in." })).await;
    let record = admin.json(&format!("/api/v1/reports/password-operation/{id}")).await;
    let results: Vec<_> = record["attempts"].as_array().expect("a list").iter().map(|attempt| &attempt["result"]).collect();
    assert_eq!(results, ["Error", "Success"]);
    let now = admin.json("/api/v1/reports/password-operation?status=Success&attempts.min=2").await;
    assert_eq!(now["rows"][0]["id"], json!(id));
}

#[tokio::test]
async fn nobody_approves_what_they_asked_for() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    let mut guarded = new("srv-1");
    guarded["connector"] = json!("guarded");
    let id = created(&admin, guarded).await;
    assert_eq!(admin.json(&format!("{OPERATIONS}/{id}")).await["status"], "Awaiting approval");
    assert!(leased(&runner, "guarded").await.is_empty(), "it waits");
    assert!(act(&admin, "approve", &id).await["refused"].as_str().is_some_and(|why| why.contains("somebody else")));
    let other = server.colleague("bea").await;
    assert_eq!(act(&other, "approve", &id).await["status"], "Scheduled");
    assert_eq!(leased(&runner, "guarded").await.len(), 1);
}

/// A request for an operation of the connector that asks for approvals.
fn guarded(device: &str) -> Value {
    let mut guarded = new(device);
    guarded["connector"] = json!("guarded");
    guarded
}

async fn is_own(visitor: &Visitor, id: &str) {
    let result = act(visitor, "approve", id).await;
    assert!(result["refused"].as_str().is_some_and(|why| why.contains("somebody else")), "{result}");
}

#[tokio::test]
async fn one_administrator_with_tokens_is_one_person() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let (first, second) = (server.token("first", "operate", &[]).await, server.token("second", "operate", &[]).await);
    let (first, second) = (server.anonymous().bearing(&first), server.anonymous().bearing(&second));
    for (asks, approves) in [(&admin, &first), (&first, &admin), (&first, &second)] {
        let id = created(asks, guarded("srv-1")).await;
        is_own(approves, &id).await;
    }
    let id = created(&first, guarded("srv-2")).await;
    let bea = server.colleague("bea").await;
    let wanted = json!({ "name": "beas-bot", "scope": "operate" });
    let made: Value = bea.post("/api/v1/tokens", wanted).await.json().await.expect("JSON");
    let bot = server.anonymous().bearing(made["token"].as_str().expect("the text"));
    assert_eq!(act(&bot, "approve", &id).await["status"], "Scheduled", "a token of somebody else is somebody else");
    let trail = admin.json("/api/v1/reports/audit-tracking?operation=Approval&columns=user,username").await["rows"][0].clone();
    assert_eq!((&trail["user"], &trail["username"]), (&json!("token:beas-bot of bea"), &json!("token:beas-bot")));
    let row =
        admin.json("/api/v1/reports/password-operation?requester=token:first&columns=requester,requester_kind").await["rows"][0].clone();
    assert_eq!((&row["requester"], &row["requester_kind"]), (&json!("token:first"), &json!("Task")));
}

#[tokio::test]
async fn nobody_approves_what_their_own_credential_set_asks_for() {
    let server = Server::start().await;
    let (admin, bea) = (server.signed_in(Role::Admin).await, server.colleague("bea").await);
    let set = json!({
        "operation": "Change password", "credentials": [{ "device": "srv-1", "username": "root", "connector": "guarded" }],
        "every_days": 7, "window": { "from": "00:00", "to": "00:00", "zone": "UTC" },
    });
    let saved = admin.request("PUT", "/api/v1/credential-sets/weekly").json(&set).send().await.expect("an answer");
    assert_eq!(saved.status(), 204);
    server.run_sets().await;
    let rows = admin.json("/api/v1/reports/password-operation?requester=weekly").await["rows"].clone();
    let id = rows[0]["id"].as_str().expect("an id").to_owned();
    is_own(&admin, &id).await;
    let who = admin.json(&format!("{OPERATIONS}/{id}")).await["history"][0]["who"].clone();
    assert_eq!(who, "set:weekly", "no set is taken for a user");
    assert_eq!(act(&bea, "approve", &id).await["status"], "Scheduled");
}

#[tokio::test]
async fn a_made_up_event_is_restarted_with_an_approval_or_not_at_all() {
    let connectors = "[connector.guarded]\nkind = \"pull\"\nhosts = [\"srv-*\"]\napproval = true\n[[route]]\nmatch = { source = \"made-up\" }\nconnector = \"guarded\"";
    let server = Server::with(Setup { connectors: Some(connectors), ..Setup::default() }).await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    let mut event = Event::new(&PASSWORD_OPERATION, &"made-up".into(), "1", minutes_ago(5));
    event.set("device", "srv-1").set("username", "root").set("operation", "Change password").set("status", "Error");
    event.set("last_attempt", minutes_ago(5)).set("attempts", 1u32);
    server.store.append(vec![event]).await.expect("stored");
    server.store.settle().await;
    let ids: Vec<i64> = server.store.rows().ids_after(&PASSWORD_OPERATION, -1, 100).await.expect("ids");
    let mut found = None;
    for id in ids {
        let id = EventId::from_i64(id).expect("an id").to_string();
        let record = admin.json(&format!("/api/v1/reports/password-operation/{id}")).await;
        if record["fields"]["source"] == "made-up" {
            found = Some(id);
        }
    }
    let id = found.expect("the event");
    assert_eq!(act(&admin, "restart", &id).await["status"], "Awaiting approval");
    assert!(leased(&runner, "guarded").await.is_empty(), "it waits");
    is_own(&admin, &id).await;
    assert_eq!(act(&server.colleague("bea").await, "approve", &id).await["status"], "Scheduled");
    assert_eq!(leased(&runner, "guarded").await.len(), 1);
}

#[tokio::test]
async fn what_was_approved_once_is_approved_again_before_it_is_done_again() {
    let server = Server::start().await;
    let (admin, bea, runner) = (server.signed_in(Role::Admin).await, server.colleague("bea").await, executor(&server).await);
    let id = created(&admin, guarded("srv-1")).await;
    assert_eq!(act(&bea, "approve", &id).await["status"], "Scheduled");
    let [job] = &leased(&runner, "guarded").await[..] else { panic!("one operation is due") };
    assert_eq!(told(&server, job, json!({ "result": "success", "verified": "It signs in." })).await.status(), 200);
    assert_eq!(act(&bea, "restart", &id).await["status"], "Awaiting approval");
    assert!(leased(&runner, "guarded").await.is_empty(), "it waits");
    is_own(&bea, &id).await;
    assert_eq!(act(&admin, "approve", &id).await["status"], "Scheduled", "bea asked this time");
}

#[tokio::test]
async fn no_token_and_no_set_is_called_like_somebody() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    server.colleague("bill").await;
    for name in ["bill", "BILL", "b1ll", "bi11"] {
        let (status, words, field) = problem(admin.post("/api/v1/tokens", json!({ "name": name, "scope": "operate" })).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("name")), "{name}: {words}");
    }
    let set = json!({
        "operation": "Change password", "credentials": [{ "device": "srv-1", "username": "root", "connector": "pam" }],
        "every_days": 7, "window": { "from": "00:00", "to": "00:00", "zone": "UTC" },
    });
    for name in ["Bill", "token:first"] {
        let saved = admin.request("PUT", &format!("/api/v1/credential-sets/{name}")).json(&set).send().await.expect("an answer");
        assert_eq!(problem(saved).await.2.as_deref(), Some("name"), "{name}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_rights_of_whoever_looks() {
    let server = Server::start().await;
    let mut streams = Vec::new();
    for username in ["manager", "auditor"] {
        let visitor = server.signed_in(if username == "manager" { Role::Manager } else { Role::Auditor }).await;
        let mut stream = visitor.get("/api/v1/live").await;
        stream.chunk().await.expect("a chunk").expect("it has begun");
        streams.push((visitor, stream));
    }
    let (_, disabled) = &mut streams[0];
    server.store.set_disabled("manager", true).await.expect("is disabled");
    let end = async |stream: &mut reqwest::Response| {
        let ending = async { while stream.chunk().await.expect("a chunk").is_some() {} };
        tokio::time::timeout(Duration::from_secs(10), ending).await.expect("it ends");
    };
    end(disabled).await;
    let (visitor, signed_out) = &mut streams[1];
    assert_eq!(visitor.request("DELETE", "/api/v1/session").send().await.expect("an answer").status(), 204);
    end(signed_out).await;
}

#[tokio::test]
async fn all_that_a_filter_matches_is_moved_once_it_was_confirmed() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for device in ["srv-1", "srv-2", "db-1"] {
        let mut later = new(device);
        later["schedule"] = json!("2027-06-01T00:00:00Z");
        created(&admin, later).await;
    }
    let matching =
        |count: u32| json!({ "action": "cancel", "matching": { "query": "device.starts=srv-&status=Scheduled", "count": count } });
    let (status, words, field) = problem(admin.post("/api/v1/operations/actions", matching(1)).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("count")), "{words}");
    let results: Value = admin.post("/api/v1/operations/actions", matching(2)).await.json().await.expect("JSON");
    let results = results["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|result| result["status"] == "Canceled"), "{results:?}");
    let left = admin.json("/api/v1/reports/password-operation?status=Scheduled").await;
    assert_eq!(left["rows"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn failures_are_grouped_by_class_and_device() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    for username in ["root", "backup"] {
        let mut on_one = new("srv-db-03");
        on_one["username"] = json!(username);
        created(&admin, on_one).await;
    }
    for job in leased(&runner, "pam").await {
        told(&server, &job, json!({ "result": "error", "error_class": "Permission denied", "message": "no" })).await;
    }
    let groups = admin.json("/api/v1/operations/failures").await["groups"].clone();
    let shown: BTreeSet<_> = groups
        .as_array()
        .expect("a list")
        .iter()
        .map(|group| (group["error_class"].to_string(), group["ids"].as_array().map(Vec::len)))
        .collect();
    assert_eq!(shown, BTreeSet::from([("\"Permission denied\"".to_owned(), Some(2)), ("\"Connectivity\"".to_owned(), Some(1))]));
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let with = |key: &str, value: Value| {
        let mut new = new("srv-1");
        new[key] = value;
        new
    };
    for (body, field) in [
        (with("device", json!(" ")), "target.device"),
        (with("username", json!("a\nb")), "target.username"),
        (with("connector", json!("none")), "target.connector"),
        (with("operation", json!("Guess password")), "operation"),
        (with("operation", json!("Group creation")), "operation"),
        (with("schedule", json!("2020-01-01T00:00:00Z")), "schedule"),
        (with("schedule", json!("2040-01-01T00:00:00Z")), "schedule"),
        (with("schedule", json!("tomorrow")), "schedule"),
        (with("parameters", json!({ "other": "x" })), "target.parameters"),
        (with("priority", json!("urgent")), "body"),
    ] {
        let shown = body.to_string();
        let (status, words, at) = problem(admin.post(OPERATIONS, body).await).await;
        assert_eq!((status, at.as_deref()), (400, Some(field)), "{shown}: {words}");
    }
    assert_eq!(problem(admin.get("/api/v1/operations/nothing").await).await.0, 404);
    let unknown = act(&admin, "restart", "0000000000001").await;
    assert_eq!(unknown["refused"], "There is no such operation.");
}

#[tokio::test]
async fn paused_executors_take_nothing() {
    let server = Server::start().await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, executor(&server).await);
    created(&admin, new("srv-1")).await;
    let put = async |paused: bool| {
        let response = admin.request("PUT", "/api/v1/executor").json(&json!({ "paused": paused })).send().await.expect("an answer");
        assert_eq!(response.status(), 204);
    };
    put(true).await;
    assert!(leased(&runner, "pam").await.is_empty());
    let executor = admin.json("/api/v1/executor").await;
    assert_eq!((&executor["paused"], &executor["due"], &executor["running"]), (&json!(true), &json!(1), &json!(0)));
    put(false).await;
    assert_eq!(leased(&runner, "pam").await.len(), 1);
}

#[tokio::test]
async fn a_set_asks_for_its_credentials_when_it_is_due() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let credential = |device: &str| json!({ "device": device, "username": "root", "connector": "pam" });
    let set = json!({
        "operation": "Change password", "credentials": [credential("srv-1"), credential("srv-2")], "every_days": 7,
        "window": { "from": "00:00", "to": "00:00", "zone": "America/Sao_Paulo" },
    });
    let save = async |set: &Value| admin.request("PUT", "/api/v1/credential-sets/weekly").json(set).send().await.expect("an answer");
    let mut wrong = set.clone();
    wrong["credentials"][1]["connector"] = json!("none");
    let (status, words, field) = problem(save(&wrong).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("credentials[1].connector")), "{words}");
    assert_eq!(save(&set).await.status(), 204);

    server.run_sets().await;
    server.run_sets().await;
    let rows = admin.json("/api/v1/reports/password-operation?requester=weekly&columns=device,requester_kind").await["rows"].clone();
    let asked: BTreeSet<_> =
        rows.as_array().expect("a list").iter().map(|row| (row["device"].to_string(), row["requester_kind"].to_string())).collect();
    let expected = ["\"srv-1\"", "\"srv-2\""].map(|device| (device.to_owned(), "\"Set\"".to_owned()));
    assert_eq!(asked, BTreeSet::from(expected), "once, and for each");
    let next = admin.json("/api/v1/credential-sets").await[0]["next"].as_str().expect("a time").to_owned();
    let next = chrono::DateTime::parse_from_rfc3339(&next).expect("a time");
    let ahead = next.timestamp_millis() - vigia::clock::system()().millis();
    assert!((6 * 24..=7 * 24).contains(&(ahead / 3_600_000)), "{next}");
    assert_eq!(admin.request("DELETE", "/api/v1/credential-sets/weekly").send().await.expect("an answer").status(), 204);
    assert_eq!(problem(admin.request("DELETE", "/api/v1/credential-sets/weekly").send().await.expect("an answer")).await.0, 404);
}

#[tokio::test]
async fn a_set_asks_once_for_what_it_missed_and_while_its_window_is_open() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let clock = vigia::clock::system()().utc();
    let minute = u16::try_from(clock.hour() * 60 + clock.minute()).expect("minutes of a day");
    let in_hours = |hours: u16| (minute + hours * 60) % (24 * 60);
    for (name, window) in [("any", (0, 0)), ("open", (in_hours(22), in_hours(3))), ("closed", (in_hours(3), in_hours(5)))] {
        let target = Target { device: "srv-1".into(), username: "root".into(), connector: "pam".into(), ..Target::default() };
        let three_weeks_ago = Timestamp::from(clock - chrono::Days::new(21));
        let set = CredentialSet {
            name: name.to_owned(),
            operation: "Change password".to_owned(),
            credentials: vec![target],
            every_days: 1,
            window,
            zone: "UTC".to_owned(),
            approval: false,
            enabled: true,
            next: Some(three_weeks_ago),
        };
        let text = serde_json::to_string(&set).expect("text");
        server.store.kept().set("credential_set", vec![(name.to_owned(), Some(text))]).await.expect("kept");
    }
    for _ in 0..3 {
        server.run_sets().await;
    }
    let rows = admin.json("/api/v1/reports/password-operation?requester_kind=Set&columns=requester&sort=requester").await["rows"].clone();
    let asked: Vec<_> = rows.as_array().expect("a list").iter().map(|row| row["requester"].as_str().unwrap_or_default()).collect();
    assert_eq!(asked, ["any", "open"], "once each");
    let sets = admin.json("/api/v1/credential-sets").await;
    let next = |at: usize| chrono::DateTime::parse_from_rfc3339(sets[at]["next"].as_str().expect("a time")).expect("a time").to_utc();
    let opening = |hours| clock + chrono::Duration::hours(hours);
    for (at, opens) in [(0, opening(24)), (1, opening(3)), (2, opening(22))] {
        assert!((0..60).contains(&(opens - next(at)).num_seconds()), "{} is due next at {}", sets[at]["name"], next(at));
    }
}

#[tokio::test]
async fn a_page_that_is_looked_at_is_told_what_moves() {
    let server = Server::start().await;
    let (manager, admin) = (server.signed_in(Role::Manager).await, server.signed_in(Role::Admin).await);
    let mut stream = manager.get("/api/v1/live").await;
    assert_eq!(
        (stream.status().as_u16(), &stream.headers()["content-type"], &stream.headers()["x-accel-buffering"]),
        (200, &"text/event-stream".parse().expect("a value"), &"no".parse().expect("a value"))
    );
    let mut heard = String::new();
    let mut until = async |text: &str| {
        let listening = async {
            while !heard.contains(text) {
                let chunk = stream.chunk().await.expect("a chunk").expect("the stream goes on");
                heard.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        tokio::time::timeout(Duration::from_secs(20), listening).await.expect("is told");
    };
    until(r#"{"kind":"alive"}"#).await;
    let id = created(&admin, new("srv-1")).await;
    until(r#"{"kind":"moved","ids":["#).await;
    until(r#"{"kind":"stored","report":"password-operation"}"#).await;
    act(&admin, "cancel", &id).await;
    until("moved").await;
}

#[tokio::test]
async fn a_manager_does_not_see_what_routes_take_from_beyond_the_columns() {
    let connectors = r#"
        [connector.pam]
        kind = "pull"
        hosts = ["srv-db-*"]
        parameters = { lease = "required" }
        [[route]]
        match = { source = "test" }
        connector = "pam"
        parameters = { lease = { from = "{extra:lease}", one_of = ["database/creds/x"] } }
    "#;
    let server = Server::with(Setup { connectors: Some(connectors), ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    let reports = admin.json("/api/v1/reports/password-operation").await;
    let id = reports["rows"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/operations/{id}");
    let manager = server.signed_in(Role::Manager).await;
    let hidden = async || {
        let state = manager.json(&path).await;
        assert!(!state.to_string().contains("database/creds"), "{state}");
        assert_eq!(state["hint"], "", "what is wrong with a route says what is in the event: {state}");
    };
    assert_eq!(admin.json(&path).await["parameters"], json!({ "lease": "database/creds/x" }));
    hidden().await;
    assert_eq!(act(&admin, "restart", &id).await["status"], "Scheduled");
    assert_eq!(admin.json(&path).await["parameters"], json!({ "lease": "database/creds/x" }));
    hidden().await;
}
