//! A real database that is watched, and that can be told to take no more events.

use crate::event::Event;
use crate::store::{
    self, Appended, Events, Failures, Identities, Journal, Kept, Operations, Quarantine, Reviews, Rows, Scores, SessionRow, Signer,
    Standings, Store, StoreError, Tokens, Transfer, User,
};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use vigia_app::model::{EventId, Record, Report, Timestamp};

/// What somebody else does to `ana`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meanwhile {
    NewPassword,
    Disabled,
}

pub(super) struct Watched {
    store: Arc<dyn Store>,
    events: Mutex<Vec<Event>>,
    sessions: Mutex<Vec<SessionRow>>,
    failure_keys: Mutex<BTreeSet<String>>,
    /// While set, nothing can be appended.
    pub(super) full: AtomicBool,
    /// Happens once, when something is appended next.
    pub(super) meanwhile: Mutex<Option<Meanwhile>>,
    _folder: TempDir,
}

impl Watched {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/vigia.db", folder.path().display());
        let store = store::open(&url, Duration::from_secs(5)).await.expect("a database");
        Self {
            store,
            events: Mutex::default(),
            sessions: Mutex::default(),
            failure_keys: Mutex::default(),
            full: AtomicBool::new(false),
            meanwhile: Mutex::default(),
            _folder: folder,
        }
    }

    /// The events appended since the last call.
    pub(super) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().expect("no test panicked with it"))
    }

    /// The sessions added.
    pub(super) fn sessions(&self) -> Vec<SessionRow> {
        self.sessions.lock().expect("no test panicked with it").clone()
    }

    /// The keys failures were counted under.
    pub(super) fn failure_keys(&self) -> BTreeSet<String> {
        self.failure_keys.lock().expect("no test panicked with it").clone()
    }
}

#[async_trait]
impl Events for Watched {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError::NotWritable("no space left on device".to_owned()));
        }
        let meanwhile = self.meanwhile.lock().expect("no test panicked with it").take();
        match meanwhile {
            Some(Meanwhile::NewPassword) => drop(self.store.set_password("ana", "another hash", None).await?),
            Some(Meanwhile::Disabled) => drop(self.store.set_disabled("ana", true).await?),
            None => {}
        }
        let appended = self.store.append(events.clone()).await?;
        self.events.lock().expect("no test panicked with it").extend(events);
        Ok(appended)
    }

    async fn amend(&self, event: Event) -> Result<bool, StoreError> {
        self.store.amend(event).await
    }

    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.store.newest(report, now).await
    }

    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
        self.store.record(report, id).await
    }

    async fn remove_source(&self, source: &str) -> Result<u64, StoreError> {
        self.store.remove_source(source).await
    }

    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.store.remove_before(report, source, before, limit).await
    }

    async fn count_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.store.count_before(report, source, before, most).await
    }

    async fn sources(&self, report: &'static Report) -> Result<Vec<String>, StoreError> {
        self.store.sources(report).await
    }

    async fn has_source(&self, source: &str) -> Result<bool, StoreError> {
        self.store.has_source(source).await
    }
}

#[async_trait]
impl Identities for Watched {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.store.users().await
    }

    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        self.store.user(username).await
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        self.store.add_user(user).await
    }

    async fn set_password(&self, username: &str, hash: &str, one_time: Option<Timestamp>) -> Result<bool, StoreError> {
        self.store.set_password(username, hash, one_time).await
    }

    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        self.store.set_disabled(username, disabled).await
    }

    async fn add_session(&self, session: SessionRow, hash: &str) -> Result<bool, StoreError> {
        self.sessions.lock().expect("no test panicked with it").push(session.clone());
        self.store.add_session(session, hash).await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        self.store.session(token_hash, now, idle_since).await
    }

    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.store.end_session(token_hash).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.sweep(now).await
    }

    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        self.store.failures(key).await
    }

    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        self.failure_keys.lock().expect("no test panicked with it").insert(key.to_owned());
        self.store.add_failure(key, now).await
    }

    async fn replace_password(&self, was: &str, hash: &str, session: SessionRow) -> Result<bool, StoreError> {
        self.store.replace_password(was, hash, session).await
    }
    async fn use_session(&self, token_hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        self.store.use_session(token_hash, at).await
    }
    async fn take_failure_back(&self, key: &str, counted: Timestamp, last: Timestamp) -> Result<(), StoreError> {
        self.store.take_failure_back(key, counted, last).await
    }
    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        self.store.clear_failures(key).await
    }
}

impl Store for Watched {
    fn describe(&self) -> String {
        self.store.describe()
    }
    fn tokens(&self) -> &dyn Tokens {
        self.store.tokens()
    }
    fn quarantine(&self) -> &dyn Quarantine {
        self.store.quarantine()
    }
    fn kept(&self) -> &dyn Kept {
        self.store.kept()
    }

    fn transfer(&self) -> &dyn Transfer {
        self.store.transfer()
    }
    fn operations(&self) -> &dyn Operations {
        self.store.operations()
    }
    fn journal(&self) -> &dyn Journal {
        self.store.journal()
    }
    fn rows(&self) -> &dyn Rows {
        self.store.rows()
    }
    fn scores(&self) -> &dyn Scores {
        self.store.scores()
    }
    fn standings(&self) -> &dyn Standings {
        self.store.standings()
    }
    fn reviews(&self) -> &dyn Reviews {
        self.store.reviews()
    }
    fn signer(&self) -> &Signer {
        self.store.signer()
    }
}
