//! Sessions: what a token stands for, until it ends.

use super::{Actor, Identity, Trail, password, token};
use crate::causes;
use crate::store::{SessionRow, User};
use std::fmt;
use std::net::IpAddr;
use vigia_app::model::{ApiError, ErrorKind, Timestamp, Viewer};
use vigia_app::sentence;

/// How long a session lasts, in milliseconds: a working day, however busy.
const LIFETIME: i64 = 12 * 60 * 60 * 1000;
/// How long a session may be left alone, in milliseconds: an hour. What a page asks for by itself is no use.
const IDLE: i64 = 60 * 60 * 1000;
/// The last use is noted at most this often, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// Somebody who has just signed in. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub viewer: Viewer,
    /// Whether the password was for this one sign-in: nothing else is possible before another is chosen.
    pub chooses_password: bool,
    /// 32 random bytes as base64url, for the cookie. The store has only its hash.
    pub token: String,
    /// What makes the browser a known device of the user, for a cookie that stays.
    pub device: String,
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
    /// The user a token stands for, if its session has not ended. That is a use of the session.
    pub async fn viewer(&self, token: &str) -> Result<Option<Viewer>, ApiError> {
        Ok(self.session_of(token).await?.map(|(_, user)| viewer(&user)))
    }

    /// The user a token stands for, who may do what their role may: [`ErrorKind::SignedOut`] where the session has ended,
    /// [`ErrorKind::Forbidden`] while they have to choose a password first. That is a use of the session.
    pub async fn signed_in(&self, token: &str) -> Result<Viewer, ApiError> {
        acting(self.used_session(token).await?)
    }

    /// The same for what goes on by itself, and is no use of the session.
    pub async fn looking_on(&self, token: &str) -> Result<Viewer, ApiError> {
        acting(self.session_of(token).await?.map(|(_, user)| user))
    }

    /// Ends the session. Without one there is nothing to do.
    pub async fn sign_out(&self, token: &str, ip: Option<IpAddr>) -> Result<(), ApiError> {
        let Some((_, user)) = self.session_of(token).await? else { return Ok(()) };
        let viewer = viewer(&user);
        self.record(Trail::new("Logout", "Session").on(&viewer.username), &Actor::web(&viewer, ip)).await?;
        self.store.end_session(token::hash(token)).await.map_err(ApiError::from)
    }

    /// Sets a new password, ends all sessions of the user and opens another: what anybody had of the old ones is worth nothing.
    ///
    /// Errors name the input, `current` or `new`. A wrong current password counts as a failed sign-in: a session somebody
    /// else got hold of must not be a way to guess the password at leisure.
    pub async fn change_password(
        &self,
        token: &str,
        current: &str,
        new: &str,
        ip: Option<IpAddr>,
        device: Option<&str>,
    ) -> Result<SignedIn, ApiError> {
        let user = self.used_session(token).await?.ok_or_else(ApiError::signed_out)?;
        let actor = Actor::web(&viewer(&user), ip);
        password::check_new("new", new, &user.username, &user.name)?;
        let now = (self.clock)();
        let known = self.known_device(device, &user.username);
        let tried = match self.failures.begin(&user.username, ip, known.as_deref(), now).await? {
            Ok(tried) => tried,
            Err(wait) => return Err(self.slow_down(&wait, Trail::new("Access denied", "User").on(&user.username), &actor).await?),
        };
        let right = match self.hasher.verify(current, Some(&user.password_hash)).await {
            Ok(right) => right,
            Err(error) => {
                self.failures.untold(tried).await;
                return Err(error);
            }
        };
        if !right {
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
        let (row, signed_in) = self.new_session(&user)?;
        // Somebody else may have set another one, or disabled the user, while the passwords were looked at.
        if self.store.replace_password(&user.password_hash, &hash, row).await? { Ok(signed_in) } else { Err(ApiError::signed_out()) }
    }

    /// Opens a session for a user whose password was right, if nothing has changed about them meanwhile.
    pub(super) async fn open_session(&self, user: &User) -> Result<Option<SignedIn>, ApiError> {
        let (row, signed_in) = self.new_session(user)?;
        Ok(self.store.add_session(row, &user.password_hash).await?.then_some(signed_in))
    }

    fn new_session(&self, user: &User) -> Result<(SessionRow, SignedIn), ApiError> {
        let token = token::text::<32>()?;
        let created = (self.clock)();
        let expires = Timestamp::saturating(created.millis() + LIFETIME);
        let row = SessionRow { token_hash: token::hash(&token), username: user.username.clone(), created, expires, used: created };
        Ok((
            row,
            SignedIn { viewer: viewer(user), chooses_password: user.one_time.is_some(), token, device: self.new_device(&user.username)? },
        ))
    }

    async fn session_of(&self, token: &str) -> Result<Option<(SessionRow, User)>, ApiError> {
        let now = (self.clock)();
        let idle_since = Timestamp::saturating(now.millis() - IDLE);
        Ok(self.store.session(token::hash(token), now, idle_since).await?)
    }

    async fn used_session(&self, token: &str) -> Result<Option<User>, ApiError> {
        let Some((session, user)) = self.session_of(token).await? else { return Ok(None) };
        let now = (self.clock)();
        if now.millis() - session.used.millis() >= NOTED_EVERY
            && let Err(error) = self.store.use_session(session.token_hash, now).await
        {
            tracing::warn!(error = causes::chain(&error), "the last use of a session could not be noted");
        }
        Ok(Some(user))
    }
}

fn acting(user: Option<User>) -> Result<Viewer, ApiError> {
    let user = user.ok_or_else(ApiError::signed_out)?;
    if user.one_time.is_some() {
        return Err(ApiError::new(ErrorKind::Forbidden, sentence!("session.choose-password")));
    }
    Ok(viewer(&user))
}

fn viewer(user: &User) -> Viewer {
    Viewer { username: user.username.clone(), name: user.name.clone(), role: user.role }
}
