//! Managing users from the command line.

use super::{Actor, Identity, Trail, names, password};
use crate::look_alike::look;
use crate::source_name;
use crate::store::User;
use std::fmt;
use vigia_app::model::{ApiError, ErrorKind, Role, Timestamp};
use vigia_app::sentence;

/// A user to be. `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser<'a> {
    pub username: &'a str,
    /// Name for people.
    pub name: &'a str,
    pub role: Role,
    pub password: &'a str,
}

impl fmt::Debug for NewUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, name, role, password: _ } = self;
        f.debug_struct("NewUser").field("username", username).field("name", name).field("role", role).finish_non_exhaustive()
    }
}

impl Identity {
    /// Every user, in the store's order.
    pub async fn users(&self) -> Result<Vec<User>, ApiError> {
        self.store.users().await.map_err(ApiError::from)
    }

    /// Adds a user. Errors name the input: `username`, `name` or `password`.
    pub async fn add_user(&self, new: &NewUser<'_>, actor: &Actor) -> Result<(), ApiError> {
        self.check_free(new.username, new.name).await?;
        password::check_new("password", new.password, new.username, new.name)?;
        self.create(new, actor).await
    }

    /// Whether a user of this name can be added; to be asked before somebody has to think of a password.
    pub async fn check_free(&self, username: &str, name: &str) -> Result<(), ApiError> {
        names::check_user_name(username)?;
        names::check_full_name(name)?;
        if let Some(user) = self.store.user(username).await? {
            return Err(taken(&user.username));
        }
        let looks = look(username);
        let (users, tokens) = (self.users().await?, self.tokens().await?);
        // What Vigia does by itself stands in the trail under this name.
        if look(username) == look(source_name::OWN) {
            return Err(ApiError::invalid("username", sentence!("user.alike", name = username, known = source_name::OWN)));
        }
        let known =
            users.into_iter().map(|user| user.username).chain(tokens.into_iter().map(|token| format!("{}{}", names::TOKEN, token.name)));
        match known.into_iter().find(|known| look(known.strip_prefix(names::TOKEN).unwrap_or(known)) == looks) {
            Some(known) => Err(ApiError::invalid("username", sentence!("user.alike", name = username, known = known))),
            None => Ok(()),
        }
    }

    /// Whether there is such a user; to be asked before somebody has to think of a password.
    pub async fn check_known(&self, username: &str) -> Result<(), ApiError> {
        self.known(username).await.map(|_| ())
    }

    /// Sets a user's password, ends their sessions and lifts their wait.
    pub async fn set_password(&self, username: &str, new: &str, actor: &Actor) -> Result<(), ApiError> {
        let user = self.known(username).await?;
        password::check_new("password", new, &user.username, &user.name)?;
        let hash = self.hasher.hash(new).await?;
        self.record(Trail::new("Update", "User").on(&user.username).changing().note("Changed", "Password"), actor).await?;
        if !self.store.set_password(&user.username, &hash, None).await? {
            return Err(unknown(username));
        }
        self.failures.forget(&user.username).await
    }

    /// Keeps a user from signing in and ends their sessions, or lets them in again; false when they are so already.
    pub async fn set_disabled(&self, username: &str, disabled: bool, actor: &Actor) -> Result<bool, ApiError> {
        let user = self.known(username).await?;
        if user.disabled == disabled {
            return Ok(false);
        }
        let change = if disabled { "Enabled to disabled" } else { "Disabled to enabled" };
        self.record(Trail::new("Update", "User").on(&user.username).changing().note("Changed", change), actor).await?;
        match self.store.set_disabled(&user.username, disabled).await? {
            true => Ok(true),
            false => Err(unknown(username)),
        }
    }

    async fn create(&self, new: &NewUser<'_>, actor: &Actor) -> Result<(), ApiError> {
        match self.create_unless_taken(new, None, actor).await? {
            true => Ok(()),
            false => Err(taken(new.username)),
        }
    }

    /// Adds a user whose password is not judged: the first one, and those of the demo; false, and nothing done, where there is one of the name. Several
    /// servers may start at once.
    pub(super) async fn create_unless_taken(
        &self,
        new: &NewUser<'_>,
        one_time: Option<Timestamp>,
        actor: &Actor,
    ) -> Result<bool, ApiError> {
        let user = User {
            username: new.username.to_owned(),
            name: new.name.trim().to_owned(),
            role: new.role,
            password_hash: self.hasher.hash(new.password).await?,
            disabled: false,
            one_time,
        };
        // That takes its time, in which another server may have been quicker: then there is nothing to write into the trail.
        if self.store.user(new.username).await?.is_some() {
            return Ok(false);
        }
        self.record(Trail::new("Creation", "User").on(new.username).changing().note("Role", new.role.name()), actor).await?;
        Ok(self.store.add_user(user).await?)
    }

    async fn known(&self, username: &str) -> Result<User, ApiError> {
        self.store.user(username).await?.ok_or_else(|| unknown(username))
    }
}

fn taken(username: &str) -> ApiError {
    ApiError::invalid("username", sentence!("user.taken", name = username))
}

fn unknown(username: &str) -> ApiError {
    ApiError {
        field: Some("username".to_owned()),
        ..ApiError::new(ErrorKind::NotFound, sentence!("user.unknown", name = format!("{username:?}")))
    }
}
