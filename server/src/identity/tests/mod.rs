//! Signing in as users, guessers and administrators live through it.

mod guessing;
mod management;
mod sessions;
mod sign_in;
mod watched;

use super::hashing::Hasher;
use super::{Actor, Identity, NewUser};
use crate::event::Event;
use argon2::Params;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vigia_app::model::{ApiError, ErrorKind, Role, Timestamp};
use watched::Watched;

const PASSWORD: &str = "violet harbor 12";
const WRONG: &str = "violet harbour 12";

/// Vigia with a clock that stands still until it is told to go on, and quick hashes.
struct House {
    store: Arc<Watched>,
    now: Arc<AtomicI64>,
    identity: Identity,
}

impl House {
    /// An auditor `ana` with [`PASSWORD`], on 2026-11-22.
    async fn new() -> Self {
        let house = Self::empty().await;
        house.add("ana", "Ana Lima", Role::Auditor).await;
        house
    }

    async fn empty() -> Self {
        let store = Arc::new(Watched::new().await);
        let now = Arc::new(AtomicI64::new(1_795_312_800_000));
        let clock = now.clone();
        let clock = Arc::new(move || Timestamp::saturating(clock.load(Ordering::Relaxed)));
        let quick = Params::new(8, 1, 1, None).expect("parameters");
        Self { identity: Identity::with_hasher(store.clone(), clock, Hasher::new(quick)), store, now }
    }

    async fn add(&self, username: &str, name: &str, role: Role) {
        let user = NewUser { username, name, role, password: PASSWORD };
        self.identity.add_user(&user, &Actor::command_line("root")).await.expect("a new user");
    }

    fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Signs in from 192.0.2.7.
    async fn sign_in(&self, username: &str, password: &str) -> Result<String, ApiError> {
        self.sign_in_from("192.0.2.7", username, password).await
    }

    async fn sign_in_from(&self, ip: &str, username: &str, password: &str) -> Result<String, ApiError> {
        self.identity.sign_in(username, password, Some(address(ip)), None).await.map(|signed_in| signed_in.token)
    }

    async fn is_signed_in(&self, token: &str) -> bool {
        match self.identity.signed_in(token).await {
            Ok(_) => true,
            // Whoever has to choose a password first is signed in all the same.
            Err(error) if error.kind == ErrorKind::Forbidden => true,
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::SignedOut, "{error:?}");
                false
            }
        }
    }

    /// The trail since the last call: operation, entity, its name, username, origin, IP, change, and the extra fields.
    fn trail(&self) -> Vec<String> {
        self.store.take_events().iter().map(line).collect()
    }

    /// How many passwords were looked at.
    fn verified(&self) -> usize {
        self.identity.hasher.verified.load(Ordering::Relaxed)
    }
}

fn address(ip: &str) -> IpAddr {
    ip.parse().expect("an address")
}

fn line(event: &Event) -> String {
    let columns = ["operation", "entity", "entity_name", "user", "username", "origin", "ip", "change"];
    let mut line = columns.map(|key| event.get(key).plain()).join(" | ");
    for (name, value) in &event.extra {
        line.push_str(&format!(" | {name}: {value}"));
    }
    line
}
