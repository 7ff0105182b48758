//! Tokens of the API: made and revoked by an administrator, and what the bearer of one may do.

use super::{Actor, Identity, Trail, names, token};
use crate::causes;
use crate::digest::hex;
use crate::look_alike::look;
use crate::source_name;
use crate::store::tokens::{ApiToken, Scope};
use crate::store::{StoreError, User};
use std::fmt;
use vigia_app::model::{ApiError, ErrorKind, Role, Timestamp};
use vigia_app::words::Text;
use vigia_app::{sentence, text};

/// What the text of every token starts with, so that one that leaked is recognised.
pub const PREFIX: &str = "vigia_";
/// How long a token is good where nothing is said, in milliseconds: a year.
pub const GOOD_FOR: i64 = 365 * 24 * 60 * 60 * 1000;
/// Most sources one token may be bound to.
const MAX_SOURCES: usize = 100;
/// The last use is noted at most this often, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// A token to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken<'a> {
    pub name: &'a str,
    /// The user it belongs to and ends with, an administrator; empty for one that the command line makes where there are no users.
    pub owner: &'a str,
    pub scope: Scope,
    /// The sources a writer may send for; none for any.
    pub sources: &'a [String],
    /// `None` for one that does not expire.
    pub expires: Option<Timestamp>,
}

/// A token that was just made, with the text that is shown this once. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    pub token: ApiToken,
    pub text: String,
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken").field("name", &self.token.name).finish_non_exhaustive()
    }
}

/// A token that opens nothing here, and which that is, where it is known.
#[derive(Debug)]
pub struct RefusedToken {
    pub token: Option<ApiToken>,
    pub error: ApiError,
}

impl From<StoreError> for RefusedToken {
    fn from(error: StoreError) -> Self {
        Self { token: None, error: error.into() }
    }
}

/// What tells the text of a token that nobody knows from others in the trail: the beginning of its hash, of which nobody finds the text.
pub fn fingerprint(text: &str) -> String {
    hex(&token::hash(text)[..4])
}

impl Identity {
    /// Every token, revoked and expired ones included, by name.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, ApiError> {
        self.store.tokens().all().await.map_err(ApiError::from)
    }

    /// Makes a token. Errors name the input: `name`, `owner`, `sources` or `expires`.
    pub async fn issue_token(&self, new: &NewToken<'_>, actor: &Actor) -> Result<IssuedToken, ApiError> {
        let created = (self.clock)();
        check(new, created)?;
        let known = self.tokens().await?;
        if known.iter().any(|known| known.name.eq_ignore_ascii_case(new.name)) {
            return Err(taken(new.name));
        }
        let looks = look(new.name);
        if let Some(known) = known.iter().find(|known| look(&known.name) == looks) {
            return Err(ApiError::invalid("name", sentence!("token.alike", name = new.name, known = &known.name)));
        }
        self.check_no_persons_name(new.name).await?;
        let owner = match new.owner {
            "" => String::new(),
            owner => self.administrator(owner).await?,
        };
        let text = format!("{PREFIX}{}", token::text::<32>()?);
        let token = ApiToken {
            name: new.name.to_owned(),
            hash: token::hash(&text),
            scope: new.scope,
            sources: new.sources.to_vec(),
            created,
            created_by: actor.username.clone(),
            owner,
            expires: new.expires,
            revoked: None,
            last_used: None,
        };
        let expires = new.expires.map_or_else(|| "Never".to_owned(), Timestamp::rfc3339);
        let sources = if new.sources.is_empty() { "Any".to_owned() } else { new.sources.join(", ") };
        let trail = Trail::new("Creation", "Token").on(new.name).changing().note("Scope", new.scope.name());
        let trail = if matches!(new.scope, Scope::Write | Scope::Execute) { trail.note("Sources", sources) } else { trail };
        self.record(trail.note("Belongs to", &*token.owner).note("Expires", expires), actor).await?;
        match self.store.tokens().add(token.clone()).await? {
            true => Ok(IssuedToken { token, text }),
            false => Err(taken(new.name)),
        }
    }

    /// Makes a token worthless, at once and for good; false when it is so already.
    pub async fn revoke_token(&self, name: &str, actor: &Actor) -> Result<bool, ApiError> {
        let known = self.tokens().await?.into_iter().find(|known| known.name.eq_ignore_ascii_case(name)).ok_or_else(|| unknown(name))?;
        if known.revoked.is_some() {
            return Ok(false);
        }
        self.record(Trail::new("Revocation", "Token").on(&known.name).changing().note("Scope", known.scope.name()), actor).await?;
        self.store.tokens().revoke(&known.name, (self.clock)()).await.map_err(ApiError::from)
    }

    /// Whether the token of this hash is good still.
    pub async fn is_good(&self, hash: [u8; 32]) -> Result<bool, StoreError> {
        let known = self.store.tokens().by_hash(hash).await?;
        Ok(known.is_some_and(|(token, owner)| ended(&token, owner.as_ref(), (self.clock)()).is_none()))
    }

    /// The token of this text, if it may be used for `scope`; [`ErrorKind::SignedOut`] where it is worth nothing,
    /// [`ErrorKind::Forbidden`] where it is for something else.
    pub async fn bearer(&self, text: &str, scope: Scope) -> Result<ApiToken, RefusedToken> {
        let now = (self.clock)();
        let worthless = |token, why: Text| RefusedToken { token, error: ApiError::new(ErrorKind::SignedOut, why) };
        let known = self.store.tokens().by_hash(token::hash(text)).await?;
        let (token, owner) = known.ok_or_else(|| worthless(None, text!("token.not-known")))?;
        if let Some(why) = ended(&token, owner.as_ref(), now) {
            return Err(worthless(Some(token), why));
        }
        if token.scope != scope {
            let words = match token.scope {
                Scope::Read => text!("token.only.read"),
                Scope::Write => text!("token.only.write"),
                Scope::Operate => text!("token.only.operate"),
                Scope::Execute => text!("token.only.execute"),
            };
            return Err(RefusedToken { token: Some(token), error: ApiError::new(ErrorKind::Forbidden, words) });
        }
        self.note_use(&token, now);
        Ok(token)
    }

    /// Whose a token that the command line makes is, where nothing is said: the only administrator's; empty where there is nobody at all.
    /// The error names the input `owner`.
    pub async fn default_owner(&self) -> Result<String, ApiError> {
        let users = self.users().await?;
        let admins: Vec<&str> = users.iter().filter(|user| is_administrator(user)).map(|user| &*user.username).collect();
        match admins[..] {
            [] if users.is_empty() => Ok(String::new()),
            [one] => Ok(one.to_owned()),
            _ => Err(ApiError::invalid("owner", sentence!("token.whose", known = admins.join(", ")))),
        }
    }

    /// The name of an administrator, as it is kept.
    async fn administrator(&self, username: &str) -> Result<String, ApiError> {
        let owner = self.store.user(username).await?.filter(is_administrator);
        let wrong = || ApiError::invalid("owner", sentence!("token.no-owner", name = format!("{username:?}")));
        owner.map(|owner| owner.username).ok_or_else(wrong)
    }

    /// Beside the request: nobody waits for it, and when it fails, the next use notes it. One at a time: where the database takes its time, uses
    /// must not keep its connections from others.
    fn note_use(&self, token: &ApiToken, now: Timestamp) {
        if token.last_used.is_some_and(|last| now.millis() - last.millis() < NOTED_EVERY) {
            return;
        }
        let Ok(turn) = self.noting.clone().try_acquire_owned() else { return };
        let (store, hash) = (self.store.clone(), token.hash);
        tokio::spawn(async move {
            let _turn = turn;
            if let Err(error) = store.tokens().used(hash, now).await
                && !error.is_told()
            {
                tracing::warn!(error = causes::chain(&error), "the last use of a token could not be noted");
            }
        });
    }
}

/// Why a token is good no more, if so.
fn ended(token: &ApiToken, owner: Option<&User>, now: Timestamp) -> Option<Text> {
    match () {
        () if token.revoked.is_some() => Some(text!("token.revoked")),
        () if token.expires.is_some_and(|expires| expires <= now) => Some(text!("token.expired")),
        () if !token.owner.is_empty() && !owner.is_some_and(is_administrator) => Some(text!("token.owner")),
        () => None,
    }
}

/// Whether tokens of the user are good.
fn is_administrator(user: &User) -> bool {
    user.role == Role::Admin && !user.disabled
}

fn check(new: &NewToken<'_>, now: Timestamp) -> Result<(), ApiError> {
    if !names::is_user_name(new.name) {
        let words = sentence!("token.no-name", name = format!("{:?}", new.name));
        return Err(ApiError::invalid("name", words));
    }
    if matches!(new.scope, Scope::Read | Scope::Operate) && !new.sources.is_empty() {
        let words = sentence!("token.unbound");
        return Err(ApiError::invalid("sources", words));
    }
    if new.sources.len() > MAX_SOURCES {
        return Err(ApiError::invalid("sources", sentence!("token.sources", most = MAX_SOURCES)));
    }
    for name in new.sources {
        source_name::check(name)
            .map_err(|wrong| ApiError::invalid("sources", sentence!("source.wrong", source = format!("{name:?}"), wrong = wrong)))?;
    }
    if new.expires.is_some_and(|expires| expires <= now) {
        return Err(ApiError::invalid("expires", sentence!("token.past")));
    }
    Ok(())
}

fn taken(name: &str) -> ApiError {
    ApiError::invalid("name", sentence!("token.taken", name = name))
}

fn unknown(name: &str) -> ApiError {
    ApiError {
        field: Some("name".to_owned()),
        ..ApiError::new(ErrorKind::NotFound, sentence!("token.unknown", name = format!("{name:?}")))
    }
}
