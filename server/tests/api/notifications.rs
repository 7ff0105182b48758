//! Telling people what failed, to a real receiver of webhooks and a real conversation of SMTP.

use crate::harness::{Server, Setup, Visitor, problem};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use vigia::notifications::{Delivery, Mailer};
use vigia::outgoing::Allowed;
use vigia::risk::Scorer;
use vigia_app::model::{Role, Timestamp};

/// A request as it came in.
pub struct Heard {
    headers: axum::http::HeaderMap,
    pub body: String,
}

/// Receives webhooks, and answers with these statuses, the last one again and again.
pub async fn receiver(mut statuses: Vec<u16>) -> (SocketAddr, mpsc::UnboundedReceiver<Heard>) {
    let (send, heard) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let statuses = std::sync::Arc::new(std::sync::Mutex::new({
        statuses.reverse();
        statuses
    }));
    let handler = move |headers: axum::http::HeaderMap, body: String| async move {
        send.send(Heard { headers, body }).expect("the test listens");
        let mut left = statuses.lock().expect("not poisoned");
        let status = if left.len() > 1 { left.pop() } else { left.last().copied() };
        axum::http::StatusCode::from_u16(status.expect("a status")).expect("a status")
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(handler));
    tokio::spawn(async move { axum_serve(listener, router).await });
    (address, heard)
}

async fn axum_serve(listener: TcpListener, router: axum::Router) {
    vigia::http::run(listener, router, std::future::pending()).await;
}

/// A mail server that takes everything, and hands on what it heard.
async fn mail_server() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let (send, heard) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let send = send.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let mut all = String::new();
                let mut data = false;
                write.write_all(b"220 test\r\n").await.expect("writes");
                while let Ok(Some(line)) = lines.next_line().await {
                    all.push_str(&line);
                    all.push('\n');
                    let answer = match () {
                        () if data && line == "." => {
                            data = false;
                            send.send(std::mem::take(&mut all)).expect("the test listens");
                            "250 taken\r\n"
                        }
                        () if data => continue,
                        () if line.eq_ignore_ascii_case("data") => {
                            data = true;
                            "354 go on\r\n"
                        }
                        () if line.to_lowercase().starts_with("ehlo") => "250 test\r\n",
                        () if line.to_lowercase().starts_with("quit") => "221 bye\r\n",
                        () => "250 ok\r\n",
                    };
                    if write.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, heard)
}

pub async fn server(mailer: Option<Mailer>) -> Server {
    let hosts = vec![Allowed::try_from("127.0.0.1".to_owned()).expect("an address")];
    let delivery = Delivery { mailer, hosts, base: "https://vigia.example".to_owned() };
    Server::with(Setup { delivery, ..Setup::default() }).await
}

/// Has an operation on this device fail for good.
async fn fail(server: &Server, admin: &Visitor, runner: &Visitor, device: &str, username: &str) {
    let new = json!({ "device": device, "username": username, "connector": "pam", "operation": "Change password" });
    assert_eq!(admin.post("/api/v1/operations", new).await.status(), 201);
    let leased: Value = runner.post("/api/v1/operations/lease", json!({ "connector": "pam" })).await.json().await.expect("JSON");
    let job = &leased["operations"][0];
    let path = format!("/api/v1/operations/{}/attempts/{}", job["id"].as_str().expect("an id"), job["attempt"]);
    let told = server.anonymous().bearing(job["ticket"].as_str().expect("a ticket"));
    let failed = json!({ "result": "error", "error_class": "Permission denied", "message": "no <b>way</b>" });
    assert_eq!(told.post(&path, failed).await.status(), 200);
}

async fn runner(server: &Server) -> Visitor {
    server.anonymous().bearing(&server.token("runner", "execute", &[]).await)
}

/// What happened must have settled.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(u64::try_from(vigia::notifications::SETTLED).expect("short") + 50)).await;
}

pub async fn save(admin: &Visitor, name: &str, rule: Value) -> reqwest::Response {
    admin.request("PUT", &format!("/api/v1/notification-rules/{name}")).json(&rule).send().await.expect("an answer")
}

#[tokio::test]
async fn failures_are_told_to_a_webhook_once_and_signed() {
    let (address, mut heard) = receiver(vec![500, 204]).await;
    let server = server(None).await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, runner(&server).await);
    fail(&server, &admin, &runner, "srv-before", "root").await;
    settle().await;
    let rule =
        json!({ "occasion": "operation_failed", "device": "DB", "channel": { "webhook": { "url": format!("http://{address}/hook") } } });
    let saved: Value = save(&admin, "ops", rule.clone()).await.json().await.expect("JSON");
    let secret = saved["secret"].as_str().expect("a secret").to_owned();
    let again: Value = save(&admin, "ops", rule.clone()).await.json().await.expect("JSON");
    assert_eq!(again["secret"], Value::Null, "it is shown once");
    for device in ["srv-db-03", "srv-web-01", "srv-db-03"] {
        fail(&server, &admin, &runner, device, "root").await;
    }
    settle().await;
    server.tell().await;
    let first = heard.recv().await.expect("a message");
    let rules = admin.json("/api/v1/notification-rules").await;
    assert!(rules[0]["problem"].as_str().is_some_and(|problem| problem.contains("500")), "{rules}");
    assert!(rules[0]["retry"].is_string(), "it is tried again: {rules}");
    server.tell().await;
    assert!(heard.try_recv().is_err(), "but not at once");
    // Whoever saves the rule wants it tried at once.
    save(&admin, "ops", rule).await;
    server.tell().await;
    let second = heard.recv().await.expect("a message");
    assert_eq!(first.headers["webhook-id"], second.headers["webhook-id"], "the same message");
    let body: Value = serde_json::from_str(&second.body).expect("JSON");
    let failures = body["data"]["failures"].as_array().expect("a list");
    assert_eq!(
        (body["type"].as_str(), failures.len()),
        (Some("operation_failed"), 2),
        "since the rule is there, and of its devices: {body}"
    );
    let link = failures[0]["link"].as_str().expect("a link");
    assert!(link.starts_with("https://vigia.example/reports/events/password-operation?open="), "{link}");

    let part = |name: &str| second.headers[name].to_str().expect("text").to_owned();
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{}.{}.{}", part("webhook-id"), part("webhook-timestamp"), second.body).as_bytes());
    assert_eq!(part("webhook-signature"), format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())));
    server.tell().await;
    assert!(heard.try_recv().is_err(), "once");
    let rules = admin.json("/api/v1/notification-rules").await;
    assert!(rules[0]["sent"].is_string() && rules[0]["problem"] == "", "{rules}");
}

#[tokio::test]
async fn failures_are_told_by_e_mail() {
    let (address, mut heard) = mail_server().await;
    let mailer = Mailer::new(&format!("smtp://{address}"), "Vigia <vigia@example.com>").expect("a mailer");
    let server = server(Some(mailer)).await;
    let (admin, runner) = (server.signed_in(Role::Admin).await, runner(&server).await);
    let rule = |to: Value| json!({ "occasion": "operation_failed", "channel": { "email": { "to": to } } });
    for wrong in [json!([]), json!(["nobody"]), json!(["a@b.example\r\nBcc: eve@example.com"])] {
        let (status, words, field) = problem(save(&admin, "mail", rule(wrong)).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("channel.to")), "{words}");
    }
    assert_eq!(save(&admin, "mail", rule(json!(["ops@example.com"]))).await.status(), 200);
    let test = admin.post("/api/v1/notification-rules/mail/test", json!({})).await;
    assert_eq!(test.status(), 204);
    let mail = heard.recv().await.expect("a mail");
    assert!(mail.contains("RCPT TO:<ops@example.com>") && mail.contains("Subject: [Vigia] A test of a notification rule"), "{mail}");

    fail(&server, &admin, &runner, "srv-db-03", "root\u{202e}").await;
    settle().await;
    server.tell().await;
    let mail = heard.recv().await.expect("a mail");
    let text = mail.replace("=\n", "");
    assert!(text.contains("Permission denied") && text.contains("no <b>way</b>") && text.contains("text/plain"), "{mail}");
    assert!(!mail.contains('\u{202e}') && !mail.contains("=E2=80=AE"), "what turns the writing round is written out: {mail}");
}

#[tokio::test]
async fn webhooks_go_only_where_the_settings_allow() {
    let server = server(None).await;
    let admin = server.signed_in(Role::Admin).await;
    let rule = |url: &str| json!({ "occasion": "operation_failed", "channel": { "webhook": { "url": url } } });
    for url in
        ["https://10.0.0.1/", "https://hooks.example/", "http://hooks.example/", "ftp://127.0.0.1/", "nothing", "https://user@127.0.0.1/"]
    {
        let (status, words, field) = problem(save(&admin, "ops", rule(url)).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("channel.url")), "{url}: {words}");
    }
    let mail = json!({ "occasion": "operation_failed", "channel": { "email": { "to": ["ops@example.com"] } } });
    let (status, words, _) = problem(save(&admin, "ops", mail).await).await;
    assert!(status == 400 && words.contains("smtp"), "{words}");
    assert_eq!(admin.json("/api/v1/notification-rules").await, json!([]));
}

/// Views by this user of three credentials, one by emergency access; and failures that another system reports.
fn lines(name: &str, day: &str) -> String {
    let view = |number: u32, emergency: bool| {
        json!({
            "report": "password-view", "source_id": format!("{name}-{number}"), "time": day, "operation": "View password", "user": name,
            "device": format!("srv-db-0{number}"), "username": "root\u{202e}", "emergency": emergency,
        })
    };
    let attempt = json!({ "start": day, "result": "Error", "error_class": "Permission denied", "message": "no <b>way</b>" });
    let failed = json!({
        "report": "password-operation", "source_id": format!("{name}-failed"), "time": day, "device": "srv-db-01", "username": "app",
        "operation": "Change password", "status": "Error", "message": "no way", "attempts": [attempt],
    });
    [view(1, false), view(2, true), view(3, false), failed].map(|line| format!("{line}\n")).concat()
}

/// By the database's clock, which rules go by.
fn minutes_ago(minutes: i64) -> String {
    Timestamp::saturating(vigia::clock::system()().millis() - minutes * 60_000).rfc3339()
}

pub async fn send(server: &Server, lines: String) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let token = server.token(&format!("pam-{}", NEXT.fetch_add(1, Ordering::Relaxed)), "write", &["pam"]).await;
    let sender = server.anonymous().bearing(&token);
    let sent = sender.request("POST", "/api/v1/events").body(lines).send().await.expect("an answer");
    assert_eq!(sent.status(), 200);
}

#[tokio::test]
async fn views_and_reported_failures_are_told_once_and_together() {
    let (address, mut heard) = receiver(vec![204]).await;
    let server = server(None).await;
    let admin = server.signed_in(Role::Admin).await;
    let today = minutes_ago(5);
    send(&server, lines("before", &today)).await;
    let hook = json!({ "webhook": { "url": format!("http://{address}/hook") } });
    for (name, rule) in [
        ("emergencies", json!({ "occasion": "emergency_access", "channel": hook })),
        ("failures", json!({ "occasion": "reported_failure", "error_classes": ["Permission denied"], "channel": hook })),
        ("others", json!({ "occasion": "reported_failure", "error_classes": ["Account locked"], "channel": hook })),
        ("elsewhere", json!({ "occasion": "emergency_access", "device": "web", "channel": hook })),
    ] {
        assert_eq!(save(&admin, name, rule).await.status(), 200, "{name}");
    }
    send(&server, lines("ana", &today)).await;
    send(&server, lines("bea", &today)).await;
    send(&server, lines("long ago", &minutes_ago(8 * 24 * 60))).await;
    server.store.settle().await;
    server.tell().await;
    let mut told = Vec::new();
    while let Ok(message) = heard.try_recv() {
        told.push(serde_json::from_str::<Value>(&message.body).expect("JSON"));
    }
    told.sort_by_key(|message| message["type"].to_string());
    let [emergencies, failures] = &told[..] else { panic!("two messages: {told:?}") };
    assert_eq!((&emergencies["type"], &failures["type"]), (&json!("emergency_access"), &json!("reported_failure")));
    let users: Vec<&Value> = emergencies["data"]["views"].as_array().expect("views").iter().map(|view| &view["user"]).collect();
    assert_eq!(users, [&json!("ana"), &json!("bea")], "neither what was there before the rule, nor what is long ago");
    let link = emergencies["data"]["views"][0]["link"].as_str().expect("a link");
    assert!(link.starts_with("https://vigia.example/reports/events/password-view?open="), "{link}");
    let classes: Vec<&Value> = failures["data"]["failures"].as_array().expect("failures").iter().map(|one| &one["error_class"]).collect();
    assert_eq!(classes, [&json!("Permission denied"), &json!("Permission denied")]);

    // Scoring the views changes their rows, and what comes within the minute waits.
    send(&server, lines("eva", &today)).await;
    server.store.settle().await;
    server.tell().await;
    assert!(heard.try_recv().is_err(), "once a minute at most, and none twice");
}

#[tokio::test]
async fn risky_views_and_first_accesses_are_told_by_e_mail() {
    let (address, mut heard) = mail_server().await;
    let mailer = Mailer::new(&format!("smtp://{address}"), "Vigia <vigia@example.com>").expect("a mailer");
    let server = server(Some(mailer)).await;
    let admin = server.signed_in(Role::Admin).await;
    let mail = json!({ "email": { "to": ["ops@example.com"] } });
    let risky = json!({ "occasion": "risky_view", "risk": 1, "device": "db-03", "channel": mail });
    assert_eq!(save(&admin, "risky", risky).await.status(), 200);
    assert_eq!(save(&admin, "first", json!({ "occasion": "first_access", "channel": mail })).await.status(), 200);
    send(&server, lines("ana", &minutes_ago(5))).await;
    server.store.settle().await;
    server.tell().await;
    assert!(heard.try_recv().is_err(), "they have no score yet");
    Scorer::new(server.store.clone(), vigia::clock::system()).round().await.expect("scored");
    server.tell().await;
    let mut mails = [heard.recv().await.expect("a mail"), heard.recv().await.expect("another")];
    mails.sort_by_key(|mail| mail.contains("first access"));
    let [risky, first] = mails.map(|mail| mail.replace("=\n", ""));
    assert!(risky.contains("Subject: [Vigia] 1 view with risk") && risky.contains("srv-db-03") && risky.contains(", risk "), "{risky}");
    assert!(first.contains("first accesses of credentials") && first.contains("ana: View password"), "{first}");
    assert!(!risky.contains('\u{202e}') && !risky.contains("=E2=80=AE"), "what turns the writing round is written out: {risky}");
    server.tell().await;
    assert!(heard.try_recv().is_err(), "once");
}

#[tokio::test]
async fn a_rule_has_what_its_occasion_has() {
    let server = server(None).await;
    let admin = server.signed_in(Role::Admin).await;
    let with = |occasion: &str, field: &str, value: Value| {
        let mut rule = json!({ "occasion": occasion, "channel": { "webhook": { "url": "http://127.0.0.1:1/" } } });
        rule[field] = value;
        rule
    };
    for (rule, field) in [
        (with("risky_view", "device", json!("db")), "risk"),
        (with("risky_view", "risk", json!(0)), "risk"),
        (with("risky_view", "risk", json!(101)), "risk"),
        (with("first_access", "risk", json!(50)), "risk"),
        (with("emergency_access", "error_classes", json!(["Connectivity"])), "error_classes"),
        (with("backup_trouble", "device", json!("db")), "device"),
        (with("watched_view", "hours", json!(1)), "hours"),
        (with("source_silent", "source", json!("pam")), "hours"),
        (with("source_silent", "hours", json!(721)), "hours"),
        (with("source_silent", "device", json!("db")), "device"),
        (with("nobody_reviewed", "days", json!(0)), "days"),
        (with("nobody_reviewed", "days", json!(91)), "days"),
        (with("nobody_reviewed", "source", json!("pam")), "source"),
    ] {
        let (status, words, named) = problem(save(&admin, "ops", rule.clone()).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{rule}: {words}");
    }
    assert_eq!(save(&admin, "ops", with("risky_view", "risk", json!(100))).await.status(), 200);
    assert_eq!(admin.json("/api/v1/notification-rules").await[0]["risk"], 100);
}
