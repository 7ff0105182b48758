//! A store in memory that can be told to fail.

use crate::event::Event;
use crate::store::{Appended, Events, Failures, Identities, ResolvedQuery, SessionRow, Store, StoreError, User};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use vigia_app::model::{Count, EventId, Page, Record, Report, Timestamp};

#[derive(Default)]
pub(super) struct FakeStore {
    kept: Mutex<Kept>,
    /// While set, nothing can be appended.
    pub(super) full: AtomicBool,
}

#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    users: Vec<User>,
    sessions: Vec<SessionRow>,
    failures: HashMap<String, Failures>,
}

impl FakeStore {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no test panicked with it")
    }

    pub(super) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.kept().events)
    }

    pub(super) fn sessions(&self) -> Vec<SessionRow> {
        self.kept().sessions.clone()
    }

    /// The keys failures are counted under.
    pub(super) fn failure_keys(&self) -> Vec<String> {
        self.kept().failures.keys().cloned().collect()
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

impl Kept {
    fn user(&mut self, username: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| same(&user.username, username))
    }
}

#[async_trait]
impl Events for FakeStore {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError::NotWritable("no space left on device".to_owned()));
        }
        let stored = events.len() as u64;
        self.kept().events.extend(events);
        Ok(Appended { stored, duplicate: 0 })
    }

    async fn page(&self, _: ResolvedQuery) -> Result<Page, StoreError> {
        Err(StoreError::Unusable("the fake has no pages".to_owned()))
    }

    async fn count(&self, _: ResolvedQuery) -> Result<Count, StoreError> {
        Err(StoreError::Unusable("the fake does not count".to_owned()))
    }

    async fn newest(&self, _: &'static Report) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn record(&self, _: &'static Report, _: EventId) -> Result<Option<Record>, StoreError> {
        Ok(None)
    }

    async fn remove_source(&self, _: &str) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn has_source(&self, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[async_trait]
impl Identities for FakeStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(self.kept().users.clone())
    }

    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        Ok(self.kept().user(username).cloned())
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let free = kept.user(&user.username).is_none();
        if free {
            kept.users.push(user);
        }
        Ok(free)
    }

    async fn set_password(&self, username: &str, hash: &str, keep: Option<[u8; 32]>) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let Some(user) = kept.user(username) else { return Ok(false) };
        hash.clone_into(&mut user.password_hash);
        kept.sessions.retain(|session| !same(&session.username, username) || Some(session.token_hash) == keep);
        Ok(true)
    }

    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let Some(user) = kept.user(username) else { return Ok(false) };
        user.disabled = disabled;
        kept.sessions.retain(|session| !disabled || !same(&session.username, username));
        Ok(true)
    }

    async fn add_session(&self, session: SessionRow) -> Result<(), StoreError> {
        self.kept().sessions.push(session);
        Ok(())
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        let mut kept = self.kept();
        let found = kept.sessions.iter().find(|session| session.token_hash == token_hash && session.expires > now).cloned();
        Ok(found.and_then(|session| {
            let user = kept.user(&session.username).filter(|user| !user.disabled).cloned();
            user.map(|user| (session, user))
        }))
    }

    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.kept().sessions.retain(|session| session.token_hash != token_hash);
        Ok(())
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.kept().sessions.retain(|session| session.expires > now);
        Ok(())
    }

    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        Ok(self.kept().failures.get(key).copied())
    }

    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        let mut kept = self.kept();
        let failures = kept.failures.entry(key.to_owned()).or_insert(Failures { count: 0, last: now });
        *failures = Failures { count: failures.count + 1, last: now };
        Ok(*failures)
    }

    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        self.kept().failures.remove(key);
        Ok(())
    }
}

impl Store for FakeStore {
    fn describe(&self) -> String {
        "a fake in memory".to_owned()
    }
}
