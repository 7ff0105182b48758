//! Signing in.

use super::failures::Wait;
use super::{Actor, Identity, SignedIn, Trail, names};
use crate::causes;
use crate::store::User;
use std::net::IpAddr;
use vigia_app::model::{ActorKind, ApiError, ErrorKind, Timestamp};
use vigia_app::sentence;

impl Identity {
    /// Checks name and password and opens a session; `device` is what the browser was given when somebody last signed in with it.
    ///
    /// A wrong password, a name nobody has and a disabled user get the same answer after the same work. Errors:
    /// [`ErrorKind::SignedOut`] when name or password is wrong, [`ErrorKind::SlowDown`] after too many failures,
    /// [`ErrorKind::Invalid`] when one of the two is missing, and the database's.
    pub async fn sign_in(&self, username: &str, password: &str, ip: Option<IpAddr>, device: Option<&str>) -> Result<SignedIn, ApiError> {
        let username = username.trim();
        if username.is_empty() {
            return Err(ApiError::invalid("username", sentence!("sign-in.no-name")));
        }
        if password.is_empty() {
            return Err(ApiError::invalid("password", sentence!("sign-in.no-password")));
        }
        let now = (self.clock)();
        let user = self.store.user(username).await?;
        let actor = actor(username, user.as_ref(), ip);
        let known = self.known_device(device, username);
        let tried = match self.failures.begin(username, ip, known.as_deref(), now).await? {
            Ok(tried) => tried,
            Err(wait) => return Err(self.slow_down(&wait, Trail::new("Login failed", "Session"), &actor).await?),
        };
        match self.tried(user, password, known.is_some(), now, &actor).await {
            Ok(Ok(signed_in)) => {
                self.failures.succeeded(tried).await?;
                self.sweep(now).await;
                Ok(signed_in)
            }
            Ok(Err(failure)) => {
                self.failures.failed(tried, now).await?;
                self.record(failure, &actor).await?;
                Err(ApiError::new(ErrorKind::SignedOut, sentence!("sign-in.wrong")))
            }
            Err(error) => {
                self.failures.untold(tried).await;
                Err(error)
            }
        }
    }

    /// Opens a session for the user of the password; what the trail says where it is not theirs. An error is the server's failure.
    async fn tried(
        &self,
        user: Option<User>,
        password: &str,
        known: bool,
        now: Timestamp,
        actor: &Actor,
    ) -> Result<Result<SignedIn, Trail>, ApiError> {
        let hash = user.as_ref().filter(|user| !user.disabled && !is_over(user, now)).map(|user| user.password_hash.as_str());
        let right = if known { self.hasher.verify_known(password, hash).await? } else { self.hasher.verify(password, hash).await? };
        let user = match user {
            Some(user) if right => user,
            other => return Ok(Err(failure(other.as_ref(), now))),
        };
        self.record(Trail::new("Login", "Session").on(&user.username), actor).await?;
        let signed_in = self.open_session(&user).await?;
        let changed = || Trail::new("Login failed", "Session").note("Reason", "The user or the password was changed meanwhile");
        Ok(signed_in.ok_or_else(changed))
    }

    /// The answer to a try that came too early. The first one of each wait is recorded.
    pub(super) async fn slow_down(&self, wait: &Wait, trail: Trail, actor: &Actor) -> Result<ApiError, ApiError> {
        if wait.first {
            self.record(trail.note("Reason", "Refused unseen: too many failed sign-ins shortly before"), actor).await?;
        }
        Ok(ApiError::new(ErrorKind::SlowDown, sentence!("sign-in.wait", count = wait.seconds)))
    }

    /// Removes what has expired. Nobody waits for it to succeed.
    async fn sweep(&self, now: Timestamp) {
        if let Err(error) = self.store.sweep(now).await
            && !error.is_told()
        {
            tracing::warn!(error = causes::chain(&error), "expired sessions could not be removed");
        }
    }
}

fn actor(typed: &str, user: Option<&User>, ip: Option<IpAddr>) -> Actor {
    let (name, username) = user.map_or(("", names::shown(typed)), |user| (&user.name, &user.username));
    Actor { user: name.to_owned(), username: username.to_owned(), ip, origin: "Web", kind: user.map(|_| ActorKind::Person) }
}

/// Why it failed is for the trail alone: the answer does not tell.
fn failure(user: Option<&User>, now: Timestamp) -> Trail {
    let reason = match user {
        None => "Nobody has this user name",
        Some(user) if user.disabled => "The user is disabled",
        Some(user) if is_over(user, now) => "The password was for one sign-in, and was used or has ended",
        Some(_) => "Wrong password",
    };
    Trail::new("Login failed", "Session").note("Reason", reason)
}

/// Whether the user's password was for one sign-in, and is good for none any more.
fn is_over(user: &User, now: Timestamp) -> bool {
    user.one_time.is_some_and(|until| until <= now)
}
