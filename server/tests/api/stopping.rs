//! Starting and stopping.

use crate::harness::Server;

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
