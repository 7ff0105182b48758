//! `/api/v1/tokens`: the tokens of programs, for administrators.

use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::identity::{NewToken, TOKEN_GOOD_FOR};
use crate::store::tokens::{ApiToken, Scope};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::{ApiError, Timestamp};
use vigia_app::words::Text;
use vigia_app::{sentence, text};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(create), endpoint!(revoke)]
}

/// The tokens there are, revoked and expired ones included
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = tags::TOKENS,
    responses((status = 200, description = "Every token, without its text.", body = Vec<TokenJson>)))]
async fn list(_: Admin, State(state): State<AppState>) -> Result<Json<Vec<TokenJson>>, Refused> {
    Ok(Json(state.identity.tokens().await?.into_iter().map(|token| TokenJson::new(token, None)).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
struct NewTokenJson {
    name: String,
    #[schema(schema_with = scopes)]
    scope: String,
    /// The sources that a token of the scope write may send for, and the connectors whose operations one of the scope execute may carry
    /// out; none for any.
    #[serde(default)]
    sources: Vec<String>,
    /// null for a token that does not expire; a year from now where nothing is said.
    #[serde(default, deserialize_with = "said")]
    #[schema(format = DateTime, value_type = Option<String>)]
    expires: Option<Option<String>>,
}

/// What was said, if only that there is none.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn scopes() -> Object {
    schema::word(Scope::ALL.map(Scope::name))
}

/// Make a token
///
/// It belongs to whoever makes it, and is good as long as they are an administrator who may sign in.
#[utoipa::path(post, path = "/api/v1/tokens", operation_id = "create_token", tag = tags::TOKENS, request_body = NewTokenJson,
    responses((status = 201, description = "The token, with its text in `token`, this once.", body = TokenJson)))]
async fn create(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Body(wanted): Body<NewTokenJson>,
) -> Result<(StatusCode, Json<TokenJson>), Refused> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.name() == wanted.scope);
    let scope = scope.ok_or_else(|| ApiError::invalid("scope", sentence!("token.no-scope", scope = format!("{:?}", wanted.scope))))?;
    let expires = match wanted.expires {
        None => Some(Timestamp::saturating((state.clock)().millis() + TOKEN_GOOD_FOR)),
        Some(said) => said.map(|text| time("expires", &text, text!("token.or-none"))).transpose()?,
    };
    let new = NewToken { name: &wanted.name, owner: &actor.username, scope, sources: &wanted.sources, expires };
    let issued = state.identity.issue_token(&new, &actor).await?;
    Ok((StatusCode::CREATED, Json(TokenJson::new(issued.token, Some(issued.text)))))
}

/// Make a token worthless
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", operation_id = "revoke_token", tag = tags::TOKENS,
    params(("name" = String, Path, description = "What the token is called.")),
    responses((status = 204, description = "It is worth nothing, from now on or since before."), NotFound))]
async fn revoke(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.identity.revoke_token(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A time in RFC 3339; `or` says what may stand instead.
pub(crate) fn time(field: &str, text: &str, or: Text) -> Result<Timestamp, ApiError> {
    let parsed = DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc).timestamp_millis());
    parsed
        .and_then(Timestamp::from_millis)
        .ok_or_else(|| ApiError::invalid(field, sentence!("request.time", time = format!("{text:?}"), or = or)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenJson {
    name: String,
    #[schema(schema_with = scopes)]
    scope: &'static str,
    sources: Vec<String>,
    #[schema(format = DateTime)]
    created: String,
    created_by: String,
    /// The user it belongs to, and ends with; empty for nobody who is known.
    owner: String,
    #[schema(required, format = DateTime)]
    expires: Option<String>,
    #[schema(required, format = DateTime)]
    revoked: Option<String>,
    #[schema(required, format = DateTime)]
    last_used: Option<String>,
    /// The text to send; only in the answer that made the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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
            owner: token.owner,
            expires: token.expires.map(Timestamp::rfc3339),
            revoked: token.revoked.map(Timestamp::rfc3339),
            last_used: token.last_used.map(Timestamp::rfc3339),
            token: text,
        }
    }
}
