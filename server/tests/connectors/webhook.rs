//! Tests for the connector `webhook`, with a receiver that checks what it is sent, and with some that no one should meet.

use crate::house::{House, until};
use crate::rogue::{Authority, Rogue};
use ::vigia::store::operations::{Ending, Finish, Finished};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use vigia_app::model::{Attempt, OperationStatus};

const KEY: [u8; 32] = *b"a key that nobody else may know.";

/// A receiver of webhooks: what it got, and what it says.
#[derive(Clone)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    status: StatusCode,
    says: Arc<str>,
}

impl Receiver {
    async fn start(status: u16, says: &str) -> (Self, SocketAddr) {
        let receiver = Self { got: Arc::default(), status: StatusCode::from_u16(status).expect("a status"), says: says.into() };
        let router = Router::new()
            .route("/hook", post(Self::take))
            .route("/elsewhere", post(async || Redirect::temporary("/hook")))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, address)
    }

    /// Checks the signature as the standard says, then the body.
    async fn take(State(receiver): State<Self>, headers: HeaderMap, body: Bytes) -> Response {
        let header = |name: &str| headers[name].to_str().expect("text").to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).expect("a key");
        mac.update(format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), str::from_utf8(&body).expect("text")).as_bytes());
        let signature = header("webhook-signature");
        let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1,").expect("version 1")).expect("base64");
        if mac.verify_slice(&signature).is_err() {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        receiver.got.lock().expect("no panic").push((headers, serde_json::from_slice(&body).expect("JSON")));
        (receiver.status, receiver.says.to_string()).into_response()
    }

    fn got(&self) -> Vec<(HeaderMap, Value)> {
        self.got.lock().expect("no panic").clone()
    }
}

async fn house(url: &str, more: &str) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = format!("whsec_{}\n", BASE64_STANDARD.encode(KEY));
    vigia::file::put(&folder.path().join("secret"), secret.as_bytes()).expect("written");
    let file = format!(
        r#"
        [limits]
        attempts = 1
        backoff_first = "10ms"
        backoff_cap = "10ms"
        [connector.pam]
        kind = "webhook"
        hosts = ["srv-*"]
        url = "{url}"
        secret_file = "{{folder}}/secret"
        parameters = {{ site = "optional" }}
        {more}
        "#
    );
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    House::with(folder, &url, &file).await
}

async fn answered(status: u16, says: &str) -> (OperationStatus, Attempt) {
    let (_, address) = Receiver::start(status, says).await;
    let (status, mut attempts) = house(&format!("http://{address}/hook"), "").await.carry_out("pam", &[]).await;
    (status, attempts.remove(0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_system_gets_a_signed_request_and_answers_at_once() {
    let says = json!({ "result": "success", "verified": "signed in with the new one", "message": "Changed.", "template": "pam-linux", "version": "7", "log": ["a line"] });
    let (receiver, address) = Receiver::start(200, &says.to_string()).await;
    let house = house(&format!("http://{address}/hook"), "").await;
    let (status, attempts) = house.carry_out("pam", &[("site", "Porto")]).await;
    assert_eq!(status, OperationStatus::Success, "{attempts:?}");
    assert_eq!(
        (attempts[0].message.as_str(), attempts[0].template.as_str(), attempts[0].log.as_slice()),
        ("Changed.", "pam-linux", &["a line".to_owned()][..])
    );
    let (headers, body) = receiver.got().remove(0);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!((body["type"].as_str(), body["data"]["operation"].as_str()), (Some("operation.attempt"), Some("Change password")));
    let data = &body["data"];
    assert_eq!(
        (data["device"].as_str(), data["username"].as_str(), data["parameters"]["site"].as_str()),
        (Some("srv-1"), Some("app"), Some("Porto"))
    );
    let (id, key) = (data["id"].as_str().expect("an id"), data["key"].as_str().expect("a key"));
    assert_eq!(headers["webhook-id"].to_str().ok(), Some(format!("op_{key}-1").as_str()));
    assert_eq!(data["callback"]["url"].as_str(), Some(format!("https://vigia.example/api/v1/operations/{id}/attempts/1").as_str()));
    assert!(data["callback"]["ticket"].as_str().is_some_and(|ticket| ticket.starts_with("vigiat_")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_system_calls_back_later_whatever_becomes_of_the_executor() {
    let (receiver, address) = Receiver::start(202, "").await;
    let house = house(&format!("http://{address}/hook"), "answer_within = \"1h\"").await;
    let id = house.enqueue("pam", "srv-1", "app", &[]).await;
    let running = house.executor();
    until("it is asked", async || !receiver.got().is_empty()).await;
    running.stop().await;
    assert_eq!(house.status(id).await, OperationStatus::Running);
    let late = vigia_app::model::Timestamp::saturating(house.now().await.millis() + 50 * 60 * 1000);
    assert!(house.store.operations().sweep(late, late).await.expect("swept").lost.is_empty(), "it has its hour");

    let ticket = receiver.got()[0].1["data"]["callback"]["ticket"].as_str().expect("a ticket").to_owned();
    let (hold, attempt) = house.store.operations().by_ticket(Sha256::digest(&ticket).into()).await.expect("an answer").expect("is known");
    assert_eq!((hold.id, attempt), (id, 1));
    let ending = Ending::Success { verified: "signed in".to_owned() };
    let (message, template, version) = (String::new(), String::new(), String::new());
    let finish = Finish { hold, at: house.now().await, ending, message, template, version, log: Vec::new() };
    let finished = house.store.operations().finish(vec![finish]).await.expect("finished");
    assert_eq!(finished, [Finished::Done(OperationStatus::Success)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_call_back_in_time_is_asked_again_and_told_so() {
    let (receiver, address) = Receiver::start(202, "").await;
    let house = house(&format!("http://{address}/hook"), "answer_within = \"1s\"\nattempts = 2").await;
    let (status, attempts) = house.carry_out("pam", &[]).await;
    let results: Vec<_> = attempts.iter().map(|attempt| (attempt.result.as_str(), attempt.error_class.as_str())).collect();
    assert_eq!((status, results), (OperationStatus::Error, vec![("Unknown", "Inconclusive"); 2]));
    let got = receiver.got();
    let [(first, one), (second, two)] = got.as_slice() else { panic!("{got:?}") };
    assert_eq!(one["data"]["key"], two["data"]["key"], "the same change");
    assert_ne!(first["webhook-id"], second["webhook-id"], "another message");
    assert_ne!(one["data"]["callback"]["ticket"], two["data"]["callback"]["ticket"]);
    assert!(one["data"]["unsure_since"].is_null() && two["data"]["unsure_since"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_result_has_the_class_of_its_status() {
    for (status, says, class) in [
        (200, "{\"result\":\"success\"}", "Inconclusive"),
        (200, "changed it", "Inconclusive"),
        (200, "{\"result\":\"error\",\"error_class\":\"Account locked\",\"message\":\"x\"}", "Account locked"),
        (204, "", "Inconclusive"),
        (401, "bad signature", "Credential rejected"),
        (403, "not yours", "Permission denied"),
        (404, "", "Configuration"),
        (410, "", "Configuration"),
        (429, "slower", "Unavailable"),
        (500, "oops password=hunter2", "Inconclusive"),
        (503, "", "Unavailable"),
    ] {
        let (stands, attempt) = answered(status, says).await;
        assert_eq!((stands, attempt.error_class.as_str()), (OperationStatus::Error, class), "{status} {says}: {attempt:?}");
        assert!(!attempt.message.contains("hunter2"), "{attempt:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let (receiver, address) = Receiver::start(200, "{\"result\":\"success\",\"verified\":\"x\"}").await;
    let (_, attempts) = house(&format!("http://{address}/elsewhere"), "").await.carry_out("pam", &[]).await;
    assert_eq!(attempts[0].error_class, "Configuration", "{attempts:?}");
    assert!(attempts[0].message.contains("pointed elsewhere"), "{attempts:?}");
    assert!(receiver.got().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_to_this_machine_is_refused_unless_its_address_is_listed() {
    let (receiver, address) = Receiver::start(200, "{\"result\":\"success\",\"verified\":\"x\"}").await;
    let url = format!("http://localhost:{}/hook", address.port());
    let (_, attempts) = house(&url, "").await.carry_out("pam", &[]).await;
    assert_eq!(attempts[0].error_class, "Configuration", "{attempts:?}");
    assert!(attempts[0].message.contains("not in the allow-list"), "{attempts:?}");
    assert!(receiver.got().is_empty());
    let (status, _) = house(&url, "allow = [\"localhost\", \"127.0.0.0/8\"]").await.carry_out("pam", &[]).await;
    assert_eq!(status, OperationStatus::Success);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_server_that_misbehaves_nobody_knows_what_it_did() {
    for rogue in Rogue::ALL {
        let address = rogue.start().await;
        let (status, attempts) = house(&format!("http://{address}/hook"), "timeout = \"2s\"").await.carry_out("pam", &[]).await;
        let attempt = &attempts[0];
        assert_eq!(
            (status, attempt.error_class.as_str(), attempt.result.as_str()),
            (OperationStatus::Error, "Inconclusive", "Unknown"),
            "{rogue:?}: {attempt:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_there_or_shows_the_wrong_certificate_is_not_reached() {
    let (own, other) = (Authority::new(), Authority::new());
    let says = "{\"result\":\"success\",\"verified\":\"signed in\"}";
    let port = async |authority: &Authority, host: &str| authority.serve(host, says).await.port();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let ca = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(ca.path(), &own.pem).expect("written");
    let more = format!("allow = [\"localhost\", \"127.0.0.1\", \"::1\"]\nca = \"{}\"", ca.path().display());
    for (port, class) in [
        (port(&own, "localhost").await, ""),
        (port(&own, "other.example").await, "Connectivity"),
        (port(&other, "localhost").await, "Connectivity"),
        (closed, "Connectivity"),
    ] {
        let (_, attempts) = house(&format!("https://localhost:{port}/hook"), &more).await.carry_out("pam", &[]).await;
        assert_eq!(attempts[0].error_class, class, "{attempts:?}");
    }
}
