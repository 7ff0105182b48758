//! When the store fails, callers get a sentence and no details.

use crate::fake_store::Broken;
use crate::harness::{Server, Setup, problem};
use std::sync::Arc;
use vigia::store::{Store, StoreError};
use vigia_app::model::Role;

async fn failing_with(error: fn() -> StoreError) -> Server {
    let between = move |users| -> Arc<dyn Store> { Arc::new(Broken { users, error, gate: None, door: Arc::default() }) };
    Server::with(Setup { store: Some(Box::new(between)), ..Setup::default() }).await
}

#[tokio::test]
async fn a_fault_of_the_database_is_a_500_without_its_details() {
    let server = failing_with(|| StoreError::Failed(anyhow::anyhow!("SQL near SELECT"))).await;
    let (status, detail, _) = problem(server.signed_in(Role::Admin).await.get("/api/v1/reports/password-view").await).await;
    assert_eq!(status, 500);
    assert!(!detail.contains("SQL"), "{detail}");
}

#[tokio::test]
async fn a_database_that_cannot_answer_now_is_a_503_that_says_why() {
    let server = failing_with(|| StoreError::TooSlow(5)).await;
    let (status, detail, _) = problem(server.signed_in(Role::Admin).await.get("/api/v1/reports/password-view").await).await;
    assert!(status == 503 && detail.contains("Narrow the time range"), "{status}: {detail}");
}

#[tokio::test]
async fn a_server_whose_database_does_not_answer_is_up_but_not_ready() {
    let server = failing_with(|| StoreError::Locked).await;
    assert_eq!(server.anonymous().get("/healthz").await.status(), 200);
    let response = server.anonymous().get("/readyz").await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.expect("text").contains("locked by another process"));
}

#[tokio::test]
async fn a_panic_is_a_500_without_details_and_the_server_goes_on() {
    let server = failing_with(|| StoreError::Locked).await;
    let admin = server.signed_in(Role::Admin).await;
    let (status, detail, _) = problem(admin.get("/api/v1/reports/password-view/0000000000000").await).await;
    assert!(status == 500 && !detail.contains("nobody must read"), "{status}: {detail}");
    assert_eq!(admin.get("/api/v1/session").await.status(), 200);
}
