//! `/api/v1/instance`: whether an instance that was restored acts already, for administrators.

use crate::http::endpoint::{Endpoint, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::store::hold::{Hold, held};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use vigia_app::model::ApiError;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(instance), endpoint!(let_act)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Instance)]
struct InstanceJson {
    /// Why it does nothing by itself; null where it does.
    #[schema(required)]
    held: Option<HoldJson>,
    /// Operations that are due, and those that were under way.
    due: u64,
    running: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Hold)]
struct HoldJson {
    /// The backup it was restored from.
    backup: String,
    #[schema(format = DateTime)]
    start: String,
}

/// Whether this instance acts
///
/// One that was restored from a backup carries nothing out, tells nobody, removes nothing and makes no backups by itself until it is released.
#[utoipa::path(get, path = "/api/v1/instance", operation_id = "instance", tag = tags::BACKUPS,
    responses((status = 200, description = "How it stands, and what waits.", body = InstanceJson)))]
async fn instance(_: Admin, State(state): State<AppState>) -> Result<Json<InstanceJson>, Refused> {
    let held = held(&*state.store).await.map_err(ApiError::from)?;
    let counts = state.store.operations().counts((state.clock)()).await.map_err(ApiError::from)?;
    let held = held.map(|Hold { backup, start }| HoldJson { backup, start });
    Ok(Json(InstanceJson { held, due: counts.due, running: counts.running }))
}

/// Release an instance that was restored
///
/// From then on it acts: operations that are due are carried out, notifications are sent.
#[utoipa::path(post, path = "/api/v1/instance/release", operation_id = "release_instance", tag = tags::BACKUPS,
    responses((status = 204, description = "It acts, every server of it.")))]
async fn let_act(Admin(actor): Admin, State(state): State<AppState>) -> Result<StatusCode, Refused> {
    state.backups.release(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
