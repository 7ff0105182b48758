//! `/api/v1/risk/settings`: how scores are made, for administrators.

use super::body::Body;
use crate::http::endpoint::{Endpoint, Invalid, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigia_app::model::risk::{RiskSettings, RiskState};
use vigia_app::model::{ApiError, Timestamp};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(settings), endpoint!(set)]
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RiskSettings)]
struct SettingsJson {
    /// Views are compared with those of so many days before their own day, and of that day.
    #[schema(minimum = 1, maximum = 1000)]
    history_days: u16,
    weights: WeightsJson,
}

/// How much each part of a score counts: 0 leaves it out; in steps of 0.1.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RiskWeights)]
struct WeightsJson {
    #[schema(minimum = 0, maximum = 3)]
    time: f64,
    #[schema(minimum = 0, maximum = 3)]
    origin: f64,
    #[schema(minimum = 0, maximum = 3)]
    credential: f64,
    #[schema(minimum = 0, maximum = 3)]
    volume: f64,
    #[schema(minimum = 0, maximum = 3)]
    emergency: f64,
    #[schema(minimum = 0, maximum = 3)]
    governance: f64,
    #[schema(minimum = 0, maximum = 3)]
    change: f64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Risk)]
struct StateJson {
    settings: SettingsJson,
    /// Views of this time and later ones are still to be scored again; null where none is.
    #[schema(required, format = DateTime)]
    again: Option<String>,
}

impl From<RiskState> for StateJson {
    fn from(state: RiskState) -> Self {
        let [time, origin, credential, volume, emergency, governance, change] =
            state.settings.weights.map(|tenths| f64::from(tenths) / 10.0);
        let weights = WeightsJson { time, origin, credential, volume, emergency, governance, change };
        Self { settings: SettingsJson { history_days: state.settings.history_days, weights }, again: state.again.map(Timestamp::rfc3339) }
    }
}

impl TryFrom<SettingsJson> for RiskSettings {
    type Error = ApiError;

    fn try_from(set: SettingsJson) -> Result<Self, ApiError> {
        let WeightsJson { time, origin, credential, volume, emergency, governance, change } = set.weights;
        let mut weights = [0; Self::PARTS.len()];
        for ((tenths, weight), part) in
            weights.iter_mut().zip([time, origin, credential, volume, emergency, governance, change]).zip(Self::PARTS)
        {
            let rounded = (weight * 10.0).round();
            if !(0.0..=f64::from(Self::MOST_WEIGHT)).contains(&rounded) || (weight * 10.0 - rounded).abs() > 1e-6 {
                return Err(ApiError::invalid(format!("weights.{part}"), sentence!("risk.weight")));
            }
            *tenths = rounded as u8;
        }
        Ok(Self { history_days: set.history_days, weights })
    }
}

/// How scores are made
#[utoipa::path(get, path = "/api/v1/risk/settings", operation_id = "risk_settings", tag = tags::RISK,
    responses((status = 200, description = "The settings, and whether views are being scored again.", body = StateJson)))]
async fn settings(_: Admin, State(state): State<AppState>) -> Result<Json<StateJson>, Refused> {
    Ok(Json(state.risk().state().await?.into()))
}

/// Set how scores are made
///
/// All views are then scored again, from the first on.
#[utoipa::path(put, path = "/api/v1/risk/settings", operation_id = "set_risk", tag = tags::RISK, request_body = SettingsJson,
    responses((status = 204, description = "The settings hold, and scoring begins anew."), Invalid))]
async fn set(Admin(actor): Admin, State(state): State<AppState>, Body(set): Body<SettingsJson>) -> Result<StatusCode, Refused> {
    state.risk().set(set.try_into()?, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
