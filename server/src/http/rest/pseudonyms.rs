//! `/api/v1/pseudonyms`: whether managers see names, for administrators.

use super::body::Body;
use crate::http::endpoint::{Endpoint, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(pseudonyms), endpoint!(set)]
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Pseudonyms)]
struct PseudonymsJson {
    /// Managers see pseudonyms in place of names, and nothing of texts that may name anybody.
    for_managers: bool,
}

/// Who sees pseudonyms
#[utoipa::path(get, path = "/api/v1/pseudonyms", operation_id = "pseudonyms", tag = tags::PSEUDONYMS,
    responses((status = 200, description = "As it was set last; names are seen until then.", body = PseudonymsJson)))]
async fn pseudonyms(_: Admin, State(state): State<AppState>) -> Result<Json<PseudonymsJson>, Refused> {
    Ok(Json(PseudonymsJson { for_managers: state.pseudonyms().for_managers().await? }))
}

/// Set who sees pseudonyms
///
/// A name has the same pseudonym in every report and answer. Managers filter by pseudonyms; what they ask for by a name, they do not find, and by
/// names they cannot sort.
#[utoipa::path(put, path = "/api/v1/pseudonyms", operation_id = "set_pseudonyms", tag = tags::PSEUDONYMS, request_body = PseudonymsJson,
    responses((status = 204, description = "It holds from the next answer on, of every server.")))]
async fn set(Admin(actor): Admin, State(state): State<AppState>, Body(set): Body<PseudonymsJson>) -> Result<StatusCode, Refused> {
    state.pseudonyms().set(set.for_managers, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
