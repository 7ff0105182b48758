//! When the store fails, callers get a sentence and no details.

use crate::harness::{Server, Setup, problem};
use async_trait::async_trait;
use std::sync::Arc;
use vigia::event::Event;
use vigia::store::{Appended, Events, Failures, Identities, ResolvedQuery, SessionRow, Store, StoreError, User};
use vigia_app::model::{Count, EventId, Page, Record, Report, Role, Timestamp};

/// A fake: users, sessions and the trail of sign-ins are the real store's; reading events fails.
struct Broken(Arc<dyn Store>, fn() -> StoreError);

#[async_trait]
impl Events for Broken {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        self.0.append(events).await
    }
    async fn page(&self, _: ResolvedQuery) -> Result<Page, StoreError> {
        Err((self.1)())
    }
    async fn count(&self, _: ResolvedQuery) -> Result<Count, StoreError> {
        Err((self.1)())
    }
    async fn newest(&self, _: &'static Report, _: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Err((self.1)())
    }
    async fn record(&self, _: &'static Report, _: EventId) -> Result<Option<Record>, StoreError> {
        panic!("details that nobody must read")
    }
    async fn remove_source(&self, _: &str) -> Result<u64, StoreError> {
        Err((self.1)())
    }
    async fn has_source(&self, _: &str) -> Result<bool, StoreError> {
        Err((self.1)())
    }
}

#[async_trait]
impl Identities for Broken {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.0.users().await
    }
    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        self.0.user(username).await
    }
    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        self.0.add_user(user).await
    }
    async fn set_password(&self, username: &str, hash: &str, keep: Option<[u8; 32]>) -> Result<bool, StoreError> {
        self.0.set_password(username, hash, keep).await
    }
    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        self.0.set_disabled(username, disabled).await
    }
    async fn add_session(&self, session: SessionRow) -> Result<(), StoreError> {
        self.0.add_session(session).await
    }
    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        self.0.session(token_hash, now).await
    }
    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.0.end_session(token_hash).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0.sweep(now).await
    }
    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        self.0.failures(key).await
    }
    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        self.0.add_failure(key, now).await
    }
    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        self.0.clear_failures(key).await
    }
}

impl Store for Broken {
    fn describe(&self) -> String {
        "a fake".to_owned()
    }
}

async fn server(between: fn(Arc<dyn Store>) -> Arc<dyn Store>) -> Server {
    Server::with(Setup { store: Some(between), ..Setup::default() }).await
}

#[tokio::test]
async fn a_fault_of_the_database_is_a_500_without_its_details() {
    let server = server(|store| Arc::new(Broken(store, || StoreError::Failed(anyhow::anyhow!("SQL near SELECT"))))).await;
    let (status, detail, _) = problem(server.signed_in(Role::Admin).await.get("/api/v1/reports/password-view").await).await;
    assert_eq!(status, 500);
    assert!(!detail.contains("SQL"), "{detail}");
}

#[tokio::test]
async fn a_database_that_cannot_answer_now_is_a_503_that_says_why() {
    let server = server(|store| Arc::new(Broken(store, || StoreError::TooSlow(5)))).await;
    let (status, detail, _) = problem(server.signed_in(Role::Admin).await.get("/api/v1/reports/password-view").await).await;
    assert!(status == 503 && detail.contains("Narrow the time range"), "{status}: {detail}");
}

#[tokio::test]
async fn a_server_whose_database_does_not_answer_is_up_but_not_ready() {
    let server = server(|store| Arc::new(Broken(store, || StoreError::Locked))).await;
    assert_eq!(server.anonymous().get("/healthz").await.status(), 200);
    let response = server.anonymous().get("/readyz").await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.expect("text").contains("locked by another process"));
}

#[tokio::test]
async fn a_panic_is_a_500_without_details_and_the_server_goes_on() {
    let server = server(|store| Arc::new(Broken(store, || StoreError::Locked))).await;
    let admin = server.signed_in(Role::Admin).await;
    let (status, detail, _) = problem(admin.get("/api/v1/reports/password-view/0000000000000").await).await;
    assert!(status == 500 && !detail.contains("nobody must read"), "{status}: {detail}");
    assert_eq!(admin.get("/api/v1/session").await.status(), 200);
}
