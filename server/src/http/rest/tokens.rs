//! `/api/v1/tokens`: the tokens of programs, for administrators.

use super::body::Body;
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::identity::NewToken;
use crate::store::tokens::{ApiToken, Scope};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use vigia_app::model::{ApiError, Timestamp};

/// `GET /api/v1/tokens`
pub(crate) async fn list(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<TokenJson>>, Refused> {
    Ok(Json(state.identity.tokens().await?.into_iter().map(|token| TokenJson::new(token, None)).collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    name: String,
    scope: String,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    expires: Option<String>,
}

/// `POST /api/v1/tokens`; the answer has the token's text, this once.
pub(crate) async fn create(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<TokenJson>), Refused> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.name() == wanted.scope);
    let scope = scope
        .ok_or_else(|| ApiError::invalid("scope", format!("{:?} is not a scope. Write read, write, operate or execute.", wanted.scope)))?;
    let expires = wanted.expires.as_deref().map(|text| time("expires", text, "or null for a token that does not expire")).transpose()?;
    let new = NewToken { name: &wanted.name, scope, sources: &wanted.sources, expires };
    let issued = state.identity.issue_token(&new, &actor).await?;
    Ok((StatusCode::CREATED, Json(TokenJson::new(issued.token, Some(issued.text)))))
}

/// `DELETE /api/v1/tokens/{name}`; one that is revoked already is what was asked for, too.
pub(crate) async fn revoke(State(state): State<AppState>, Admin(actor): Admin, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.identity.revoke_token(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A time in RFC 3339; `or` says what may stand instead.
pub(crate) fn time(field: &str, text: &str, or: &str) -> Result<Timestamp, ApiError> {
    let parsed = DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc).timestamp_millis());
    parsed
        .and_then(Timestamp::from_millis)
        .ok_or_else(|| ApiError::invalid(field, format!("{text:?} is not a time. Write it as in 2027-01-31T00:00:00Z, {or}.")))
}

#[derive(Serialize)]
pub(crate) struct TokenJson {
    name: String,
    scope: &'static str,
    sources: Vec<String>,
    created: String,
    created_by: String,
    expires: Option<String>,
    revoked: Option<String>,
    last_used: Option<String>,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl TokenJson {
    fn new(token: ApiToken, text: Option<String>) -> Self {
        Self {
            name: token.name,
            scope: token.scope.name(),
            sources: token.sources,
            created: token.created.rfc3339(),
            created_by: token.created_by,
            expires: token.expires.map(Timestamp::rfc3339),
            revoked: token.revoked.map(Timestamp::rfc3339),
            last_used: token.last_used.map(Timestamp::rfc3339),
            token: text,
        }
    }
}
