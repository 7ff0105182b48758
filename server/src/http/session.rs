//! Who is asking: the session cookie, and signing in and out with it; or the bearer of a token.

use super::observe::Who;
use super::peer::address;
use super::problem::Refused;
use super::shares::Taken;
use super::state::AppState;
use crate::doors::household;
use crate::exports::{Exporter, Right};
use crate::identity::{self, Actor, RefusedToken, TOKEN_NAME, TOKEN_PREFIX, Trail, token_fingerprint};
use crate::operations::operation_desk::{self, Asker, RequesterKind};
use crate::operations::ticket::PREFIX as TICKET;
use crate::store::tokens::{ApiToken, Scope};
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use std::convert::Infallible;
use std::net::IpAddr;
use vigia_app::BY_ITSELF;
use vigia_app::model::{ApiError, ErrorKind, Role, Viewer};
use vigia_app::sentence;
use vigia_app::words::LANGUAGES;

/// What the browser is to drop of what it has of this site.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Whoever sent the request, signed in or not.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Of the session, from the cookie.
    token: Option<String>,
    /// Of a browser that somebody has signed in with before, from its cookie.
    device: Option<String>,
    /// Of the API, from the header `Authorization`.
    bearer: Option<String>,
    /// Where the request came from; see [`address`].
    pub ip: Option<IpAddr>,
    /// Whether a page asks by itself, and nobody in front of it: that does not keep a session alive.
    by_itself: bool,
    who: Option<Who>,
    taken: Taken,
    /// Method and route, for the trail.
    asked: String,
}

impl Caller {
    pub(super) fn of(state: &AppState, parts: &Parts) -> Self {
        Self {
            token: state.cookies.token(&parts.headers),
            device: state.cookies.device(&parts.headers),
            bearer: bearer(&parts.headers),
            ip: address(parts, &state.outfit.proxies),
            by_itself: parts.headers.contains_key(BY_ITSELF),
            who: parts.extensions.get::<Who>().cloned(),
            taken: parts.extensions.get::<Taken>().cloned().unwrap_or_default(),
            asked: asked(parts),
        }
    }

    /// Has the log name whom this request is answered for.
    pub(super) fn stands_for(&self, username: &str) {
        if let Some(who) = &self.who {
            who.is(username);
        }
    }

    /// The signed-in user, if any. To ask is no use of the session.
    pub(super) async fn viewer(&self, state: &AppState) -> Result<Option<Viewer>, ApiError> {
        let Some(token) = &self.token else { return Ok(None) };
        let viewer = state.identity.viewer(token).await?;
        if let Some(viewer) = &viewer {
            self.stands_for(&viewer.username);
        }
        Ok(viewer)
    }

    /// The signed-in user, or the error that says that nobody is, or that they have to choose a password first.
    pub(super) async fn signed_in(&self, state: &AppState) -> Result<Viewer, ApiError> {
        if self.by_itself {
            return self.looking_on(state).await;
        }
        let viewer = state.identity.signed_in(self.session()?).await?;
        self.stands_for(&viewer.username);
        Ok(viewer)
    }

    /// The same for what a page asks for by itself, which does not keep a session alive.
    pub(super) async fn looking_on(&self, state: &AppState) -> Result<Viewer, ApiError> {
        let viewer = state.identity.looking_on(self.session()?).await?;
        self.stands_for(&viewer.username);
        Ok(viewer)
    }

    /// The session's token, from the cookie.
    fn session(&self) -> Result<&str, ApiError> {
        if self.bearer.is_some() {
            return Err(ApiError::new(ErrorKind::Forbidden, sentence!("session.token")));
        }
        self.token.as_deref().ok_or_else(ApiError::signed_out)
    }

    /// The signed-in user, who is about to ask about reports: no more at a time than a person may.
    pub(super) async fn asks(&self, state: &AppState) -> Result<Viewer, ApiError> {
        let viewer = self.signed_in(state).await?;
        self.takes_share(state, &viewer).await?;
        Ok(viewer)
    }

    /// Has this viewer's share of questions until the answer is taken.
    pub(super) async fn takes_share(&self, state: &AppState, viewer: &Viewer) -> Result<(), ApiError> {
        self.taken.take(&state.questions, &viewer.username).await
    }

    /// Somebody who need not be known and asks for something large: no more at a time than a person may, of one address.
    pub(super) async fn looks(&self, state: &AppState) -> Result<(), ApiError> {
        self.taken.take(&state.questions, &self.household()).await
    }

    /// Whose address it is, for what is counted by address.
    pub(super) fn household(&self) -> String {
        self.ip.map(household).map_or_else(|| "nowhere".to_owned(), |ip| format!("address {ip}"))
    }

    /// The signed-in administrator, for the trail; see [`Caller::at_least`].
    pub(super) async fn admin(&self, state: &AppState, asked: &str) -> Result<Actor, ApiError> {
        self.at_least(Role::Admin, state, asked).await.map(|(_, actor)| actor)
    }

    /// The signed-in user, who may review events: an auditor or administrator, or a manager where an administrator lets them.
    pub(super) async fn reviewer(&self, state: &AppState, asked: &str) -> Result<(Viewer, Actor), ApiError> {
        self.at_least(state.reviews().role().await?, state, asked).await
    }

    /// The signed-in user, who may export: an auditor or administrator, or a manager where an administrator lets them.
    pub(super) async fn exporter(&self, state: &AppState, asked: &str) -> Result<Exporter, ApiError> {
        let (viewer, actor) = self.at_least(state.exports().role().await?, state, asked).await?;
        let right = Right::User(viewer.role);
        Ok(Exporter { viewer, actor, right })
    }

    /// The signed-in user, for the trail.
    pub(super) async fn user(&self, state: &AppState) -> Result<(Viewer, Actor), ApiError> {
        let viewer = self.signed_in(state).await?;
        let actor = Actor::web(&viewer, self.ip);
        Ok((viewer, actor))
    }

    /// The signed-in auditor or administrator.
    pub(super) async fn auditor(&self, state: &AppState, asked: &str) -> Result<(Viewer, Actor), ApiError> {
        self.at_least(Role::Auditor, state, asked).await
    }

    /// The signed-in user of this role or one that may do more. Anybody else is refused, and the refusal of a user recorded, with what was
    /// asked for.
    async fn at_least(&self, role: Role, state: &AppState, asked: &str) -> Result<(Viewer, Actor), ApiError> {
        let (viewer, actor) = self.user(state).await?;
        if viewer.role >= role {
            return Ok((viewer, actor));
        }
        let trail = Trail::new("Access denied", "Address").on(asked);
        state.identity.record_refusal(asked, trail.note("Reason", role.reserved().english()), &actor).await?;
        Err(ApiError::new(ErrorKind::Forbidden, role.reserved()))
    }

    /// The token the caller bears, if it is good for `scope`. A cookie is none: a page of another site could have it sent.
    async fn bears(&self, state: &AppState, scope: Scope) -> Result<ApiToken, ApiError> {
        let bearer = self.bearer.as_deref().ok_or_else(|| {
            let words = sentence!("session.bearer", scope = scope.name(), prefix = TOKEN_PREFIX);
            ApiError::new(ErrorKind::SignedOut, words)
        })?;
        match state.identity.bearer(bearer, scope).await {
            Ok(token) => {
                self.stands_for(&token_name(&token));
                Ok(token)
            }
            Err(RefusedToken { token, error }) => {
                self.record_refused(state, bearer, token.as_ref(), &error).await;
                Err(error)
            }
        }
    }

    /// Has the trail tell of a token that opened nothing. It is refused all the same where that cannot be written.
    async fn record_refused(&self, state: &AppState, bearer: &str, token: Option<&ApiToken>, error: &ApiError) {
        let known = token.map_or("(unknown)", |token| &token.name);
        let mut trail = Trail::new("Access denied", "Token").on(known).note("Asked for", &*self.asked);
        trail = trail.note("Reason", error.message.told(&LANGUAGES[0]));
        let written = match (token, error.kind) {
            // It is good, for something else: whoever bears it is known.
            (Some(token), ErrorKind::Forbidden) => state.identity.record_refusal(&self.asked, trail, &Actor::token(token, self.ip)).await,
            (Some(token), ErrorKind::SignedOut) => state.identity.record_stranger("token", trail, &Actor::token(token, self.ip)).await,
            (None, ErrorKind::SignedOut) => {
                let trail = trail.note("Beginning of its SHA-256", token_fingerprint(bearer));
                state.identity.record_stranger("token", trail, &Actor::stranger(self.ip)).await
            }
            // Not the token was at fault.
            _ => Ok(()),
        };
        if let Err(error) = written {
            tracing::warn!(error = %error.message, "the refusal of a token could not be written into Audit tracking");
        }
    }

    /// Has the trail tell that a token may not do this for whom it names; see [`Caller::record_refused`].
    pub(super) async fn record_unbound(&self, state: &AppState, token: &ApiToken, error: &ApiError) {
        if error.kind == ErrorKind::Forbidden {
            self.record_refused(state, "", Some(token), error).await;
        }
    }

    /// Signs in, and returns the `Set-Cookie`s to answer with.
    pub(super) async fn sign_in(
        &self,
        state: &AppState,
        username: &str,
        password: &str,
    ) -> Result<(identity::SignedIn, [HeaderValue; 2]), ApiError> {
        let signed_in = state.identity.sign_in(username, password, self.ip, self.device.as_deref()).await;
        let result = if signed_in.is_ok() { "success" } else { "refused" };
        metrics::counter!("vigia_sign_ins_total", "result" => result).increment(1);
        let signed_in = signed_in?;
        self.stands_for(&signed_in.viewer.username);
        let cookies = state.cookies.signed_in(&signed_in)?;
        Ok((signed_in, cookies))
    }

    /// Ends the session, if there is one, and returns the headers that have the browser forget it, with every page that it could go back to.
    pub(super) async fn sign_out(&self, state: &AppState) -> Result<[(HeaderName, HeaderValue); 2], ApiError> {
        if let Some(token) = &self.token {
            state.identity.sign_out(token, self.ip).await?;
        }
        Ok([(header::SET_COOKIE, state.cookies.set(None)?), (CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""))])
    }

    /// Changes the password, and returns the `Set-Cookie`s of the session that takes the place of all others.
    pub(super) async fn change_password(&self, state: &AppState, current: &str, new: &str) -> Result<[HeaderValue; 2], ApiError> {
        let token = self.token.as_deref().ok_or_else(ApiError::signed_out)?;
        let signed_in = state.identity.change_password(token, current, new, self.ip, self.device.as_deref()).await?;
        state.cookies.signed_in(&signed_in)
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(state, parts))
    }
}

/// The signed-in user of a REST request; a request without one is refused.
pub(super) struct SignedIn(pub Viewer);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        Ok(Self(Caller::of(state, parts).signed_in(state).await?))
    }
}

/// The token of the header `Authorization`, if it is one of ours: a proxy may have put something else there.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(TOKEN_PREFIX)).then(|| token.to_owned())
}

/// What a request asks for, for the trail: method and route, without what is in the address.
fn asked(parts: &Parts) -> String {
    format!("{} {}", parts.method, parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str))
}

/// How a token is named where users are: nobody is called so.
fn token_name(token: &ApiToken) -> String {
    format!("{TOKEN_NAME}{}", token.name)
}

/// The bearer of a token, who may what a role may.
fn token_viewer(token: &ApiToken, role: Role) -> Viewer {
    Viewer { username: token_name(token), name: token_name(token), role }
}

/// Whoever reads reports: the signed-in user, or the bearer of a token that reads, who may what an auditor may.
pub(super) struct Reader(pub Viewer);

impl FromRequestParts<AppState> for Reader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        if caller.bearer.is_none() {
            return Ok(Self(caller.asks(state).await?));
        }
        let token = caller.bears(state, Scope::Read).await?;
        caller.taken.take(&state.questions, &format!("token {}", token.name)).await?;
        Ok(Self(token_viewer(&token, Role::Auditor)))
    }
}

/// The signed-in user of a request that a page makes by itself; it does not keep a session alive.
pub(super) struct LookingOn {
    pub caller: Caller,
    pub viewer: Viewer,
}

impl FromRequestParts<AppState> for LookingOn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        let viewer = caller.looking_on(state).await?;
        Ok(Self { caller, viewer })
    }
}

/// A signed-in administrator, or the bearer of a token that reads. That a request comes from this machine says nothing: so does everybody's behind a
/// proxy on it.
pub(super) struct Watcher;

impl FromRequestParts<AppState> for Watcher {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        if caller.bearer.is_some() {
            caller.bears(state, Scope::Read).await?;
        } else if caller.signed_in(state).await?.role != Role::Admin {
            let words = sentence!("session.metrics");
            return Err(ApiError::new(ErrorKind::Forbidden, words).into());
        }
        Ok(Self)
    }
}

/// The bearer of a token that writes. A session is not enough: its cookie comes along by itself.
pub(super) struct Writer {
    pub token: ApiToken,
    pub caller: Caller,
}

impl FromRequestParts<AppState> for Writer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        let token = caller.bears(state, Scope::Write).await?;
        Ok(Self { token, caller })
    }
}

/// A signed-in user of any role, for the trail.
pub(super) struct User {
    pub viewer: Viewer,
    pub actor: Actor,
}

impl FromRequestParts<AppState> for User {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let (viewer, actor) = Caller::of(state, parts).user(state).await?;
        Ok(Self { viewer, actor })
    }
}

/// A signed-in administrator, for the trail; see [`Caller::admin`].
pub(super) struct Admin(pub Actor);

impl FromRequestParts<AppState> for Admin {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        Ok(Self(Caller::of(state, parts).admin(state, &asked(parts)).await?))
    }
}

/// A signed-in auditor or administrator.
pub(super) struct Auditor {
    pub viewer: Viewer,
    pub actor: Actor,
}

impl FromRequestParts<AppState> for Auditor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let (viewer, actor) = Caller::of(state, parts).auditor(state, &asked(parts)).await?;
        Ok(Self { viewer, actor })
    }
}

/// A signed-in user who may review events; see [`Caller::reviewer`].
pub(super) struct Reviewer {
    pub viewer: Viewer,
    pub actor: Actor,
}

impl FromRequestParts<AppState> for Reviewer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let (viewer, actor) = Caller::of(state, parts).reviewer(state, &asked(parts)).await?;
        Ok(Self { viewer, actor })
    }
}

/// Whoever may look at reviews: a [`Reviewer`], or the bearer of a token that reads, who may what an auditor may.
pub(super) struct ReviewReader(pub Viewer);

impl FromRequestParts<AppState> for ReviewReader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        if caller.bearer.is_some() {
            return Ok(Self(Reader::from_request_parts(parts, state).await?.0));
        }
        let (viewer, _) = caller.reviewer(state, &asked(parts)).await?;
        caller.takes_share(state, &viewer).await?;
        Ok(Self(viewer))
    }
}

/// Whoever exports; see [`Caller::exporter`]. Or the bearer of a token that reads, who may what an auditor may.
pub(super) struct Exporting(pub Exporter);

impl FromRequestParts<AppState> for Exporting {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        if caller.bearer.is_none() {
            return Ok(Self(caller.exporter(state, &asked(parts)).await?));
        }
        let token = caller.bears(state, Scope::Read).await?;
        let (actor, right) = (Actor::token(&token, caller.ip), Right::Token(token.hash));
        Ok(Self(Exporter { viewer: token_viewer(&token, Role::Auditor), actor, right }))
    }
}

/// Whoever may create and move operations: a signed-in user of the role that the report's declaration names, or the bearer of a token that
/// operates.
pub(super) struct Operator {
    pub asker: Asker,
    /// For reading what a filter matches.
    pub viewer: Viewer,
}

impl Operator {
    /// The user of a page's request.
    pub(super) async fn of(caller: &Caller, state: &AppState, asked: &str) -> Result<Self, ApiError> {
        let (viewer, actor) = caller.at_least(operation_desk::role(), state, asked).await?;
        Ok(Self { asker: Asker::user(actor), viewer })
    }
}

impl FromRequestParts<AppState> for Operator {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let caller = Caller::of(state, parts);
        if caller.bearer.is_none() {
            return Ok(Self::of(&caller, state, &caller.asked).await?);
        }
        let token = caller.bears(state, Scope::Operate).await?;
        let (actor, viewer) = (Actor::token(&token, caller.ip), token_viewer(&token, operation_desk::role()));
        Ok(Self { asker: Asker { actor, kind: RequesterKind::Task, person: token.owner }, viewer })
    }
}

/// The bearer of a token that carries operations out.
pub(super) struct Executor(pub ApiToken);

impl FromRequestParts<AppState> for Executor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        Ok(Self(Caller::of(state, parts).bears(state, Scope::Execute).await?))
    }
}

/// The ticket of an attempt, from the header `Authorization`.
pub(super) struct Ticket(pub String);

impl FromRequestParts<AppState> for Ticket {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Refused> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
        let ticket = sent.filter(|(scheme, ticket)| scheme.eq_ignore_ascii_case("bearer") && ticket.trim().starts_with(TICKET));
        let words = || ApiError::new(ErrorKind::SignedOut, sentence!("session.ticket", prefix = TICKET));
        Ok(Self(ticket.map(|(_, ticket)| ticket.trim().to_owned()).ok_or_else(words)?))
    }
}
