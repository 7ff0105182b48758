//! Starting and stopping.

use crate::fake_store::{Broken, Gate};
use crate::harness::{Server, Setup};
use std::sync::Arc;
use vigia::store::{Store, StoreError};
use vigia_app::model::Role;

#[tokio::test]
async fn an_address_that_is_taken_is_named_with_a_way_out() {
    let server = Server::start().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let error = vigia::http::bind(address.parse().expect("an address")).await.expect_err("taken").to_string();
    assert!(error.contains(&address) && error.contains("another program") && error.contains("choose another port"), "{error}");
}

#[tokio::test]
async fn an_address_of_another_machine_cannot_be_listened_on() {
    let error = vigia::http::bind("192.0.2.1:0".parse().expect("an address")).await.expect_err("not ours").to_string();
    assert!(error.contains("192.0.2.1:0") && error.contains("no such address"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_closes_idle_connections_and_is_gone() {
    let mut server = Server::start().await;
    let visitor = server.anonymous();
    assert_eq!(visitor.get("/healthz").await.status(), 200, "the connection is kept open");
    server.stop.take().expect("not stopped yet").send(()).expect("runs");
    (&mut server.stopped).await.expect("stops");
    assert!(visitor.request("GET", "/healthz").send().await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_request_that_is_being_answered_is_answered_before_the_server_stops() {
    let gate = Arc::new(Gate::default());
    let held = gate.clone();
    let between =
        move |users| -> Arc<dyn Store> { Arc::new(Broken { users, error: || StoreError::Locked, gate: Some(held), door: Arc::default() }) };
    let mut server = Server::with(Setup { store: Some(Box::new(between)), ..Setup::default() }).await;
    let manager = server.signed_in(Role::Manager).await;
    let answer = tokio::spawn(async move { manager.get("/api/v1/reports/password-view").await.status() });
    gate.reached.notified().await;
    server.stop.take().expect("not stopped yet").send(()).expect("runs");
    gate.open.notify_one();
    assert_eq!(answer.await.expect("asks"), 200);
    server.stopped.await.expect("stops");
}
