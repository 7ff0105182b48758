//! Hashing passwords: argon2id, off the threads that answer requests, and few at once.

use super::token;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use tokio::sync::{Semaphore, TryAcquireError};
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const PARAMS: Params = Params::DEFAULT;
/// Hashes computed at once; each takes a core and 19 MiB.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn. More would wait longer than a browser does, and hold memory meanwhile.
const WAITING: usize = 64;
/// The same for those who sign in on a device they have signed in on: no crowd of strangers takes their place.
const KNOWN_AT_ONCE: usize = 1;
const KNOWN_WAITING: usize = 16;

/// Hashes and verifies passwords.
pub(super) struct Hasher {
    params: Params,
    pub(super) anybody: Lane,
    known: Lane,
    /// The hash of no password, with the parameters of all others.
    nobody: Arc<str>,
    #[cfg(test)]
    pub(super) verified: std::sync::atomic::AtomicUsize,
}

/// Where callers wait for their turn.
pub(super) struct Lane {
    turns: Arc<Semaphore>,
    pub(super) places: Semaphore,
}

impl Lane {
    fn new(at_once: usize, waiting: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), places: Semaphore::new(at_once + waiting) }
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new(PARAMS)
    }
}

impl Hasher {
    pub(super) fn new(params: Params) -> Self {
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        Self {
            nobody: format!("$argon2id$v=19$m={m},t={t},p={p}$bm9ib2R5J3Mgc2FsdA${}", "A".repeat(43)).into(),
            params,
            anybody: Lane::new(AT_ONCE, WAITING),
            known: Lane::new(KNOWN_AT_ONCE, KNOWN_WAITING),
            #[cfg(test)]
            verified: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// A new PHC string for the password.
    pub(super) async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let salt: [u8; 16] = token::bytes()?;
        let password = password.to_owned();
        self.work(&self.anybody, move |argon| argon.hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| broken(&error.to_string()))
    }

    /// Whether the password is the one of the hash. Without a hash the answer is no, after the same work: how long it takes
    /// does not tell whether there is one.
    pub(super) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        self.verify_in(&self.anybody, password, hash).await
    }

    /// The same for somebody on a device they have signed in on.
    pub(super) async fn verify_known(&self, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        self.verify_in(&self.known, password, hash).await
    }

    async fn verify_in(&self, lane: &Lane, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        #[cfg(test)]
        self.verified.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let somebody = hash.is_some();
        let hash = hash.map_or_else(|| self.nobody.clone(), Arc::from);
        let password = password.to_owned();
        let outcome = self
            .work(lane, move |argon| {
                let hash = PasswordHash::new(&hash)?;
                argon.verify_password(password.as_bytes(), &hash)
            })
            .await?;
        match outcome {
            Ok(()) => Ok(somebody),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(broken(&error.to_string())),
        }
    }

    /// Runs the work when its turn comes. The turn belongs to the work, not to the caller: a caller who hangs up does not let
    /// another one in while the work goes on.
    async fn work<T: Send + 'static>(&self, lane: &Lane, work: impl FnOnce(Argon2<'static>) -> T + Send + 'static) -> Result<T, ApiError> {
        let _place = lane.places.try_acquire().map_err(|error| match error {
            TryAcquireError::NoPermits => ApiError::new(ErrorKind::Unavailable, sentence!("sign-in.crowd")),
            TryAcquireError::Closed => broken("the queue is closed"),
        })?;
        let turn = lane.turns.clone().acquire_owned().await.map_err(|error| broken(&error.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        tokio::task::spawn_blocking(move || {
            let result = work(argon);
            drop(turn);
            result
        })
        .await
        .map_err(|error| broken(&error.to_string()))
    }
}

fn broken(cause: &str) -> ApiError {
    tracing::error!(cause, "a password could not be hashed or verified");
    ApiError::new(ErrorKind::Internal, sentence!("sign-in.unchecked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_kept_as_argon2id_with_the_parameters_owasp_names() {
        let hasher = Hasher::default();
        let hash = hasher.hash("violet harbor 12").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(hasher.verify("violet harbor 12", Some(&hash)).await, Ok(true));
        assert_eq!(hasher.verify("violet harbor 13", Some(&hash)).await, Ok(false));
    }

    #[tokio::test]
    async fn the_hash_of_nobody_can_be_worked_on_like_any_other() {
        let hasher = Hasher::default();
        let (cost, somebody) = (hasher.nobody.split('$').nth(3), hasher.hash("violet harbor 12").await.expect("a hash"));
        assert_eq!(cost, somebody.split('$').nth(3));
        assert_eq!(PasswordHash::new(&hasher.nobody).expect("a PHC string").hash.expect("a hash").len(), 32);
        assert_eq!(hasher.verify("violet harbor 12", None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_hash_that_is_none_is_a_fault_and_no_wrong_password() {
        let error = Hasher::default().verify("violet harbor 12", Some("plain")).await.expect_err("no PHC string");
        assert_eq!(error.kind, ErrorKind::Internal);
    }

    #[tokio::test]
    async fn nobody_waits_in_a_queue_that_is_too_long() {
        let hasher = Hasher::default();
        let _crowd = hasher.anybody.places.acquire_many(66).await.expect("places");
        let error = hasher.hash("violet harbor 12").await.expect_err("no place");
        assert_eq!(error.kind, ErrorKind::Unavailable);
        assert_eq!(hasher.verify_known("violet harbor 12", None).await, Ok(false), "there are places for those who are known");
    }
}
