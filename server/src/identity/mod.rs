//! Who may sign in, and how: passwords, sessions, and the trail of both.
//!
//! Every action here is an event of the audit tracking report, written before the action; an action whose record cannot
//! be written is refused.

mod demo;
mod demo_users;
mod device;
mod failures;
mod first_start;
mod hashing;
mod names;
mod password;
mod refusals;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;
mod token;
mod tokens;
pub mod trail;
mod users;

pub use demo_users::DemoUser;
pub use first_start::OneTimePassword;
pub use names::TOKEN as TOKEN_NAME;
pub use refusals::Refusals;
pub use session::SignedIn;
pub(crate) use token::{bytes as random_bytes, hash as token_hash, text as random_text};
pub use tokens::{
    GOOD_FOR as TOKEN_GOOD_FOR, IssuedToken, NewToken, PREFIX as TOKEN_PREFIX, RefusedToken, fingerprint as token_fingerprint,
};
pub use trail::{Actor, Trail};
pub use users::NewUser;

use crate::clock::Clock;
use crate::store::Store;
use failures::Failures;
use hashing::Hasher;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Signs people in and out, and keeps the list of those who may.
pub struct Identity {
    store: Arc<dyn Store>,
    clock: Clock,
    hasher: Hasher,
    failures: Failures,
    refusals: Refusals,
    /// Whose holder notes that a token was used.
    noting: Arc<Semaphore>,
}

impl Identity {
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self::with_hasher(store, clock, Hasher::default())
    }

    fn with_hasher(store: Arc<dyn Store>, clock: Clock, hasher: Hasher) -> Self {
        let (failures, noting) = (Failures::new(store.clone()), Arc::new(Semaphore::new(1)));
        Self { failures, refusals: Refusals::default(), noting, hasher, store, clock }
    }
}
