//! Tests for `GET /healthz` and `GET /readyz`. What they say of a failing database is in `broken_store`.

use crate::harness::Server;

#[tokio::test]
async fn a_server_that_is_up_and_can_answer_says_so() {
    let server = Server::start().await;
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let response = server.anonymous().get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.text().await.expect("text"), text);
    }
}
