//! The server dies (SIGKILL) while it tells of views: the next one tells of each, and what it tells again is the same message.

use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::clock;
use ::vigia::event::Event;
use ::vigia::identity::{Actor, Identity};
use ::vigia::notifications::{Delivery, NotificationDesk};
use ::vigia::outgoing::Allowed;
use ::vigia::store;
use ::vigia::watched::WatchDesk;
use ::vigia_app::model::{Channel, NotificationRule, Occasion};
use ::vigia_app::reports::PASSWORD_VIEW;
use ::vigia_app::story::Subject;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The steps.
const PLACES: [&str; 2] = ["notification.noticed", "notification.sent"];
const VIEWS: usize = 40;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_views_are_told_wherever_it_dies() {
    for place in PLACES {
        let folder = tempfile::tempdir().expect("a folder");
        are_told(&format!("sqlite://{}", folder.path().join("vigia.db").display()), place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_views_are_told_wherever_it_dies() {
    for place in PLACES {
        are_told(&postgres::Server::shared().database().await, place).await;
    }
}

/// Receives webhooks: their ids and the ids of their views.
async fn receiver() -> (String, mpsc::UnboundedReceiver<(String, Vec<String>)>) {
    let (send, heard) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let handler = move |headers: axum::http::HeaderMap, body: String| async move {
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let views = body["data"]["views"].as_array().expect("views").iter().map(|view| view["id"].as_str().expect("an id").to_owned());
        send.send((headers["webhook-id"].to_str().expect("text").to_owned(), views.collect())).expect("the test listens");
        axum::http::StatusCode::NO_CONTENT
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(handler));
    tokio::spawn(::vigia::http::run(listener, router, std::future::pending()));
    (url, heard)
}

async fn are_told(database: &str, place: &'static str) {
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    let (url, mut heard) = receiver().await;
    let identity = Identity::new(store.clone(), clock::system());
    let delivery = Delivery { hosts: vec![Allowed::try_from("127.0.0.1".to_owned()).expect("an address")], ..Delivery::default() };
    let rule = NotificationRule::of("watched".to_owned(), Occasion::WatchedView, Channel::Webhook { url });
    NotificationDesk { store: &*store, identity: &identity, delivery: &delivery }.save(rule, &Actor::vigia()).await.expect("kept");
    let watching = WatchDesk { store: &*store, identity: &identity };
    watching.watch(Subject::Device("srv-1".to_owned()), "It is moved.", &Actor::vigia()).await.expect("watched");
    let now = clock::system()();
    let view = |number: usize| {
        let mut event = Event::new(&PASSWORD_VIEW, &"vault".into(), number.to_string(), now);
        event
            .set("user", format!("user {number}"))
            .set("device", if number.is_multiple_of(2) { "SRV-1" } else { "srv-2" })
            .set("username", "root");
        event
    };
    store.append((0..2 * VIEWS).map(view).collect()).await.expect("stored");
    store.settle().await;

    let mut server = Vigia::new(database).with(&["--notify-hosts", "127.0.0.1"]);
    server.crash_at(Some(place));
    server.start().await;
    let begun = Instant::now();
    while !server.has_crashed() {
        assert!(begun.elapsed() < PATIENCE, "{place}: it does not die");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.kill();
    server.crash_at(None);
    server.start().await;
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let is_sent = async || {
        let kept = store.kept().get("notification_place", "watched").await.expect("kept").expect("there");
        let kept: Value = serde_json::from_str(&kept).expect("JSON");
        !kept["sent"].is_null() && kept["noticed"]["waiting"] == serde_json::json!([])
    };
    while !is_sent().await {
        assert!(begun.elapsed() < 2 * PATIENCE, "{place}: it is not told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while let Ok((id, views)) = heard.try_recv() {
        let before = told.insert(id, views.clone());
        assert!(before.is_none_or(|before| before == views), "{place}: the same message says the same");
    }
    let views: Vec<&String> = told.values().flatten().collect();
    let once: BTreeSet<&String> = views.iter().copied().collect();
    assert_eq!((views.len(), once.len()), (VIEWS, VIEWS), "{place}: each in one message: {told:?}");
    server.kill();
}
