//! Sessions: what a token stands for, until it ends.

use super::{Actor, Identity, Trail, password, token};
use crate::store::{SessionRow, User};
use std::fmt;
use std::net::IpAddr;
use vigia_app::model::{ApiError, Timestamp, Viewer};
use vigia_app::sentence;

/// How long a session lasts, in milliseconds: a working day, however busy.
const LIFETIME: i64 = 12 * 60 * 60 * 1000;

/// Somebody who has just signed in. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub viewer: Viewer,
    /// 32 random bytes as base64url, for the cookie. The store has only its hash.
    pub token: String,
}

impl SignedIn {
    /// How long the cookie is good for, in seconds.
    pub const SECONDS: i64 = LIFETIME / 1000;
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("viewer", &self.viewer).finish_non_exhaustive()
    }
}

impl Identity {
    /// The user a token stands for, if its session has not ended.
    pub async fn viewer(&self, token: &str) -> Result<Option<Viewer>, ApiError> {
        Ok(self.session_of(token).await?.map(|user| viewer(&user)))
    }

    /// Ends the session. Without one there is nothing to do.
    pub async fn sign_out(&self, token: &str, ip: Option<IpAddr>) -> Result<(), ApiError> {
        let Some(user) = self.session_of(token).await? else { return Ok(()) };
        let viewer = viewer(&user);
        self.record(Trail::new("Logout", "Session").on(&viewer.username), &Actor::web(&viewer, ip)).await?;
        self.store.end_session(token::hash(token)).await.map_err(ApiError::from)
    }

    /// Sets a new password and ends the user's other sessions.
    ///
    /// Errors name the input, `current` or `new`. A wrong current password counts as a failed sign-in: a session somebody
    /// else got hold of must not be a way to guess the password at leisure.
    pub async fn change_password(&self, token: &str, current: &str, new: &str, ip: Option<IpAddr>) -> Result<(), ApiError> {
        let user = self.session_of(token).await?.ok_or_else(ApiError::signed_out)?;
        let actor = Actor::web(&viewer(&user), ip);
        password::check_new("new", new, &user.username)?;
        let now = (self.clock)();
        let tried = match self.failures.begin(&user.username, ip, now).await? {
            Ok(tried) => tried,
            Err(wait) => return Err(self.slow_down(&wait, Trail::new("Access denied", "User").on(&user.username), &actor).await?),
        };
        if !self.hasher.verify(current, Some(&user.password_hash)).await? {
            self.failures.failed(tried, now).await?;
            let trail = Trail::new("Access denied", "User").on(&user.username);
            self.record(trail.note("Reason", "Wrong current password when changing the password"), &actor).await?;
            return Err(ApiError::invalid("current", sentence!("password.wrong")));
        }
        self.failures.succeeded(tried).await?;
        if current == new {
            return Err(ApiError::invalid("new", sentence!("password.same")));
        }
        let hash = self.hasher.hash(new).await?;
        self.record(Trail::new("Update", "User").on(&user.username).changing().note("Changed", "Password"), &actor).await?;
        if self.store.set_password(&user.username, &hash, Some(token::hash(token))).await? { Ok(()) } else { Err(ApiError::signed_out()) }
    }

    pub(super) async fn open_session(&self, user: &User) -> Result<SignedIn, ApiError> {
        let token = token::text::<32>()?;
        let created = (self.clock)();
        let expires = Timestamp::saturating(created.millis() + LIFETIME);
        let row = SessionRow { token_hash: token::hash(&token), username: user.username.clone(), created, expires };
        self.store.add_session(row).await?;
        Ok(SignedIn { viewer: viewer(user), token })
    }

    async fn session_of(&self, token: &str) -> Result<Option<User>, ApiError> {
        let found = self.store.session(token::hash(token), (self.clock)()).await?;
        Ok(found.map(|(_, user)| user))
    }
}

fn viewer(user: &User) -> Viewer {
    Viewer { username: user.username.clone(), name: user.name.clone(), role: user.role }
}
