//! A store that fails, or waits.

use async_trait::async_trait;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::{Notify, RwLock};
use vigia::event::Event;
use vigia::store::rows::KeptRow;
use vigia::store::{
    Appended, Events, Failures, Identities, Journal, Kept, Operations, Quarantine, Reviews, Rows, Scores, SessionRow, Signer, Standings,
    Store, StoreError, Tokens, Transfer, User,
};
use vigia_app::model::{Direction, EventId, Record, Report, Timestamp};

/// A fake: users, sessions and the trail of sign-ins are the real store's; reading events fails.
pub struct Broken {
    pub users: Arc<dyn Store>,
    /// What goes wrong.
    pub error: fn() -> StoreError,
    /// Where there is one, a page waits at it and is then empty.
    pub gate: Option<Arc<Gate>>,
    /// Who stores events goes through; a test that holds it keeps them out.
    pub door: Arc<RwLock<()>>,
}

/// Lets a test hold a request while it is being answered.
#[derive(Default)]
pub struct Gate {
    pub reached: Notify,
    pub open: Notify,
}

#[async_trait]
impl Events for Broken {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        let _through = self.door.read().await;
        self.users.append(events).await
    }
    async fn amend(&self, event: Event) -> Result<bool, StoreError> {
        self.users.amend(event).await
    }
    async fn newest(&self, _: &'static Report, _: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Err((self.error)())
    }
    async fn record(&self, _: &'static Report, _: EventId) -> Result<Option<Record>, StoreError> {
        panic!("details that nobody must read")
    }
    async fn remove_source(&self, _: &str) -> Result<u64, StoreError> {
        Err((self.error)())
    }
    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.users.remove_before(report, source, before, limit).await
    }
    async fn count_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.users.count_before(report, source, before, most).await
    }
    async fn sources(&self, report: &'static Report) -> Result<Vec<String>, StoreError> {
        self.users.sources(report).await
    }
    async fn has_source(&self, _: &str) -> Result<bool, StoreError> {
        Err((self.error)())
    }
}

/// No index comes about.
#[async_trait]
impl Rows for Broken {
    async fn rows_of(&self, _: &'static Report, _: Vec<i64>) -> Result<Vec<KeptRow>, StoreError> {
        Err((self.error)())
    }
    async fn rows_within(&self, _: &'static Report, _: Range<i64>, direction: Direction, _: u32) -> Result<Vec<KeptRow>, StoreError> {
        // Who builds an index reads upwards.
        let Some(gate) = self.gate.as_ref().filter(|_| direction == Direction::Descending) else { return Err((self.error)()) };
        gate.reached.notify_one();
        gate.open.notified().await;
        Ok(Vec::new())
    }
    async fn count_within(&self, _: &'static Report, _: Range<i64>) -> Result<u64, StoreError> {
        Err((self.error)())
    }
    async fn ids_after(&self, _: &'static Report, _: i64, _: u32) -> Result<Vec<i64>, StoreError> {
        Err((self.error)())
    }
}

#[async_trait]
impl Identities for Broken {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.users.users().await
    }
    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        self.users.user(username).await
    }
    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        self.users.add_user(user).await
    }
    async fn set_password(&self, username: &str, hash: &str, one_time: Option<Timestamp>) -> Result<bool, StoreError> {
        self.users.set_password(username, hash, one_time).await
    }
    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        self.users.set_disabled(username, disabled).await
    }
    async fn add_session(&self, session: SessionRow, hash: &str) -> Result<bool, StoreError> {
        self.users.add_session(session, hash).await
    }
    async fn session(&self, token_hash: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        self.users.session(token_hash, now, idle_since).await
    }
    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.users.end_session(token_hash).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.users.sweep(now).await
    }
    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        self.users.failures(key).await
    }
    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        self.users.add_failure(key, now).await
    }
    async fn replace_password(&self, was: &str, hash: &str, session: SessionRow) -> Result<bool, StoreError> {
        self.users.replace_password(was, hash, session).await
    }
    async fn use_session(&self, token_hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        self.users.use_session(token_hash, at).await
    }
    async fn take_failure_back(&self, key: &str, counted: Timestamp, last: Timestamp) -> Result<(), StoreError> {
        self.users.take_failure_back(key, counted, last).await
    }
    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        self.users.clear_failures(key).await
    }
}

impl Store for Broken {
    fn describe(&self) -> String {
        "a fake".to_owned()
    }
    fn tokens(&self) -> &dyn Tokens {
        self.users.tokens()
    }
    fn quarantine(&self) -> &dyn Quarantine {
        self.users.quarantine()
    }
    fn kept(&self) -> &dyn Kept {
        self.users.kept()
    }
    fn transfer(&self) -> &dyn Transfer {
        self.users.transfer()
    }
    fn operations(&self) -> &dyn Operations {
        self.users.operations()
    }
    fn journal(&self) -> &dyn Journal {
        self.users.journal()
    }
    fn rows(&self) -> &dyn Rows {
        self
    }
    fn scores(&self) -> &dyn Scores {
        self.users.scores()
    }
    fn standings(&self) -> &dyn Standings {
        self.users.standings()
    }
    fn reviews(&self) -> &dyn Reviews {
        self.users.reviews()
    }
    fn signer(&self) -> &Signer {
        self.users.signer()
    }
}
