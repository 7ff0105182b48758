//! `/api/v1/backups/standing`: whether the policy of backups is kept.

use crate::backups::archive::manifest::Type;
use crate::http::endpoint::{Endpoint, Invalid, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Reader;
use crate::http::state::AppState;
use crate::reports::ReportService;
use axum::Json;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use std::ops::Range;
use utoipa::ToSchema;
use vigia_app::model::{ApiError, BackupStanding, Times, Timestamp, TypeStanding};
use vigia_app::reports::PERFORMED_BACKUPS;
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(standing)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackupStanding)]
struct StandingJson {
    /// Those that have a schedule.
    types: Vec<TypeJson>,
    /// Of all types.
    times: TimesJson,
    /// How much would be lost now: for so many seconds, what is stored is in no backup that was not found damaged. Null where there is no full one.
    #[schema(required)]
    exposed_seconds: Option<i64>,
    /// When a full backup was last restored in a drill that passed.
    #[schema(required, format = DateTime)]
    drilled: Option<String>,
    /// How long that took: from the archive to a database that is equal to it, on the disk of the backups.
    #[schema(required)]
    restore_seconds: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackupTypeStanding)]
struct TypeJson {
    r#type: Type,
    /// When they are made, as cron has it.
    cron: String,
    /// On whose clock.
    zone: String,
    /// When the last one was begun that was not found damaged.
    #[schema(required, format = DateTime)]
    last_good: Option<String>,
    #[schema(required)]
    last_good_seconds: Option<i64>,
    /// A time of the schedule has passed since, by more than ten minutes.
    overdue: bool,
    times: TimesJson,
}

/// What became of the scheduled times of the period. Each is in one of them.
#[derive(Serialize, ToSchema)]
#[schema(as = ScheduledTimes)]
struct TimesJson {
    /// A backup was begun within ten minutes, and made.
    kept: u64,
    /// It was begun later, or made after others had failed, but before the next time.
    late: u64,
    /// Those that were begun did not come to be.
    failed: u64,
    /// None was begun.
    missed: u64,
    /// How many of a hundred were kept, in time or late; null where there were no times.
    #[schema(required)]
    percent: Option<f64>,
}

impl From<BackupStanding> for StandingJson {
    fn from(standing: BackupStanding) -> Self {
        let times = standing.times().into();
        let BackupStanding { types, exposed, drill } = standing;
        Self {
            types: types.into_iter().map(Into::into).collect(),
            times,
            exposed_seconds: exposed.map(|exposed| exposed / 1000),
            drilled: drill.map(|(at, _)| at.rfc3339()),
            restore_seconds: drill.map(|(_, took)| took as f64 / 1000.0),
        }
    }
}

impl From<TypeStanding> for TypeJson {
    fn from(standing: TypeStanding) -> Self {
        let TypeStanding { full, cron, zone, last_good, overdue, times } = standing;
        Self {
            r#type: if full { Type::Full } else { Type::Partial },
            cron,
            zone,
            last_good: last_good.map(|(at, _)| Timestamp::rfc3339(at)),
            last_good_seconds: last_good.map(|(_, age)| age / 1000),
            overdue,
            times: times.into(),
        }
    }
}

impl From<Times> for TimesJson {
    fn from(times: Times) -> Self {
        let Times { kept, late, failed, missed } = times;
        Self { kept, late, failed, missed, percent: times.share().map(|share| share as f64 / 10.0) }
    }
}

/// The period of a query of the report Performed backups.
///
/// # Errors
/// When it cannot be read, or says more than a period: a policy is not kept for some rows.
pub(in crate::http) fn period(reports: &ReportService, query: &str) -> Result<Range<Timestamp>, ApiError> {
    let resolved = reports.resolve(PERFORMED_BACKUPS.key, query)?;
    let (search, filter) = (&resolved.query.search, resolved.query.filters.first());
    let field = filter.map(|filter| filter.column.key).or_else(|| (!search.is_empty()).then_some("q"));
    match field {
        Some(field) => Err(ApiError::invalid(field, sentence!("backup.period-alone"))),
        None => Ok(resolved.range),
    }
}

/// Whether the policy is kept
///
/// The policy is what the settings `backup_full` and `backup_partial` say; backups of other systems in the report have none. Counted is what is in the period,
/// from when the schedule was first there; of a period of more than 366 days the end.
#[utoipa::path(get, path = "/api/v1/backups/standing", operation_id = "backup_standing", tag = tags::BACKUPS,
    responses((status = 200, description = "How scheduled backups stand.", body = StandingJson), Invalid))]
async fn standing(_: Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<StandingJson>, Refused> {
    let period = period(&state.reports, query.as_deref().unwrap_or_default())?;
    Ok(Json(state.backups.standing(period).await?.into()))
}
