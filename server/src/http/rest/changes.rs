//! `/api/v1/dashboards/password-changes`: what the board of password changes shows, as numbers.

use super::behavior::{STEPS, name, steps};
use super::counts::OwnedCell;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Reader;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::behavior::Top;
use vigia_app::behavior::changes::{Alike, Changes, ChangesSpan, Outcome, OutcomeFigure, Standing};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(changes)]
}

/// The board of password changes
///
/// How changes of passwords stand, and what became of those that were due in a period, beside the period before. It is asked as the report Password operation
/// is; where nothing is said of time, it is about the last 15 days. Each number is that of the rows that the report has for the same question.
#[utoipa::path(get, path = "/api/v1/dashboards/password-changes", operation_id = "read_password_changes", tag = tags::REPORTS,
    responses((status = 200, description = "The whole board.", body = ChangesJson), Invalid))]
async fn changes(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<ChangesJson>, Refused> {
    Ok(Json(state.behavior.changes(&viewer, query.as_deref().unwrap_or_default()).await?.into()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Changes)]
struct ChangesJson {
    /// How long spans are.
    #[schema(schema_with = steps)]
    step: &'static str,
    /// The spans that the period is cut into; none where nothing of it has ended.
    spans: Vec<SpanJson>,
    /// How operations stand now, whenever they are due.
    standing: Vec<StandingJson>,
    /// What became of the operations that were due in the period.
    outcomes: Vec<OutcomeJson>,
    /// Failed operations by class of error, by device and by site.
    failed: Vec<FailedJson>,
    /// Failed operations by class of error and device, the largest groups first.
    alike: Vec<AlikeJson>,
    /// How many such groups there are.
    alike_total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesSpan)]
struct SpanJson {
    /// On the clock of the zone; in UTC, with a `Z`, where that shows the time twice.
    from: String,
    to: String,
    succeeded: u64,
    /// Those of the succeeded that took more than one attempt.
    succeeded_again: u64,
    failed: u64,
    /// Succeeded in the same span of the period before, up to the same moment in it.
    succeeded_before: u64,
    /// It has not ended.
    so_far: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesStanding)]
struct StandingJson {
    #[schema(schema_with = standings)]
    standing: &'static str,
    operations: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesOutcome)]
struct OutcomeJson {
    /// `exhausted`: failed by a cause that is tried again, and was. `not_verified`: nobody knows whether the last attempt has changed anything, however the
    /// operation stands.
    #[schema(schema_with = outcomes)]
    outcome: &'static str,
    now: u64,
    /// In the period before, up to the same moment.
    before: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesFailed)]
struct FailedJson {
    column: String,
    /// Those with most failures first.
    values: Vec<ValueJson>,
    /// How many values there are beside them, and how many failures those have.
    other_values: u64,
    other_failed: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesFailedValue)]
struct ValueJson {
    #[schema(value_type = Option<String>, required)]
    value: OwnedCell,
    failed: u64,
    exhausted: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangesAlike)]
struct AlikeJson {
    #[schema(value_type = Option<String>, required)]
    error_class: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    failed: u64,
}

const STANDINGS: [(&str, Standing); 3] =
    [("awaiting_approval", Standing::Awaiting), ("scheduled", Standing::Scheduled), ("running", Standing::Running)];
const OUTCOMES: [(&str, Outcome); 4] = [
    ("succeeded", Outcome::Succeeded),
    ("failed", Outcome::Failed),
    ("exhausted", Outcome::Exhausted),
    ("not_verified", Outcome::Unverified),
];

fn standings() -> Object {
    schema::word(STANDINGS.map(|(name, _)| name))
}

fn outcomes() -> Object {
    schema::word(OUTCOMES.map(|(name, _)| name))
}

impl From<Changes> for ChangesJson {
    fn from(shown: Changes) -> Self {
        let span = |span: ChangesSpan| SpanJson {
            from: span.from,
            to: span.to,
            succeeded: span.succeeded,
            succeeded_again: span.again,
            failed: span.failed,
            succeeded_before: span.before,
            so_far: span.so_far,
        };
        let outcome =
            |OutcomeFigure { outcome, now, before }: OutcomeFigure| OutcomeJson { outcome: name(&outcome, &OUTCOMES), now, before };
        let failed = |Top { column, values, others }: Top| FailedJson {
            column,
            values: values.into_iter().map(|(value, failed, exhausted)| ValueJson { value: OwnedCell(value), failed, exhausted }).collect(),
            other_values: others.0,
            other_failed: others.1,
        };
        let alike = |Alike { class, device, failed }: Alike| AlikeJson { error_class: OwnedCell(class), device: OwnedCell(device), failed };
        Self {
            step: name(&shown.step, &STEPS),
            spans: shown.spans.into_iter().map(span).collect(),
            standing: shown
                .standing
                .into_iter()
                .map(|(standing, operations)| StandingJson { standing: name(&standing, &STANDINGS), operations })
                .collect(),
            outcomes: shown.outcomes.into_iter().map(outcome).collect(),
            failed: shown.failed.into_iter().map(failed).collect(),
            alike: shown.alike.into_iter().map(alike).collect(),
            alike_total: shown.alike_there,
        }
    }
}
