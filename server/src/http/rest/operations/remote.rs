//! Carrying operations out from outside: leases, and results that are called back.

use super::id;
use crate::http::endpoint::{NotFound, tags};
use crate::http::problem::Refused;
use crate::http::rest::body::Body;
use crate::http::rest::schema;
use crate::http::session::{Executor, Ticket};
use crate::http::state::AppState;
use crate::operations::remote::{Leased, MAX_LEASED, Taken, Told};
use crate::operations::reported::{Reported, Verdict};
use crate::operations::task::Task;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{ApiError, Attempt, ErrorClass, ErrorKind};
use vigia_app::sentence;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Lease)]
pub(super) struct LeaseJson {
    /// A connector of the kind pull.
    connector: String,
    #[serde(default = "one")]
    #[schema(schema_with = want)]
    want: u32,
}

fn want() -> Object {
    let mut want = schema::count(MAX_LEASED);
    want.default = Some(one().into());
    want
}

const fn one() -> u32 {
    1
}

#[derive(Serialize, ToSchema)]
#[schema(as = Leased)]
pub(super) struct LeasedJson {
    #[schema(value_type = Vec<LeasedOperation>)]
    operations: Vec<Value>,
}

// What [`task`] makes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for its schema")]
struct LeasedOperation {
    id: String,
    attempt: u32,
    /// vigiat_...: proves who holds the attempt.
    ticket: String,
    /// The lease ends then, without a report.
    #[schema(format = DateTime)]
    until: String,
    #[schema(schema_with = super::operations)]
    operation: String,
    device: String,
    username: String,
    credential_type: String,
    parameters: BTreeMap<String, String>,
    /// The same for every attempt until the operation is restarted.
    key: String,
    /// Start of an earlier attempt whose outcome is not known: look first whether it took effect.
    #[schema(required, format = DateTime)]
    unsure_since: Option<String>,
}

/// The task, with the ticket for `Authorization: Bearer` of the reports on it, and the end of the lease.
fn task(Leased { job, ticket, until }: &Leased) -> Value {
    let mut task = json!(Task::of(job));
    task["ticket"] = json!(ticket);
    task["until"] = json!(until.rfc3339());
    task
}

/// Take operations of a pull connector, to carry them out
///
/// Each operation that is handed out is an attempt that has begun; whoever has its ticket reports on it, before the lease ends.
#[utoipa::path(post, path = "/api/v1/operations/lease", operation_id = "lease_operations", tag = tags::OPERATIONS, request_body = LeaseJson,
    responses((status = 200, description = "The operations; none where none is due, or the executors are paused.", body = LeasedJson)))]
pub(super) async fn lease(
    Executor(token): Executor,
    State(state): State<AppState>,
    Body(wanted): Body<LeaseJson>,
) -> Result<Json<LeasedJson>, Refused> {
    if !token.sources.is_empty() && !token.sources.iter().any(|name| name.eq_ignore_ascii_case(&wanted.connector)) {
        let words = sentence!("token.connectors", connectors = token.sources.join(", "));
        return Err(ApiError { field: Some("connector".to_owned()), ..ApiError::new(ErrorKind::Forbidden, words) }.into());
    }
    let leased = state.operations().lease(&token.name, &wanted.connector, wanted.want).await?;
    Ok(Json(LeasedJson { operations: leased.iter().map(task).collect() }))
}

// Checked more strictly than what programs and webhooks answer: whoever calls can be told what is wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttemptReport)]
pub(super) struct ToldJson {
    #[schema(schema_with = results)]
    result: String,
    /// What was verified; a success needs it.
    #[serde(default)]
    verified: String,
    #[serde(default)]
    #[schema(schema_with = error_classes)]
    error_class: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    template: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    #[schema(schema_with = log)]
    log: Vec<String>,
}

fn results() -> Object {
    schema::word(["running", "success", "error"])
}

fn error_classes() -> Object {
    let mut class = schema::text();
    class.examples = ErrorClass::ALL.map(|class| class.name().into()).into();
    schema::described(class, "Why it failed, by one of these words; an error needs it. Case does not matter; `_` and `-` stand for blanks.")
}

fn log() -> Array {
    schema::list(0..=Attempt::MAX_LOG, schema::text())
}

impl ToldJson {
    fn told(self) -> Result<Told, ApiError> {
        let Self { result, verified, error_class, message, template, version, log } = self;
        let result = match result.to_ascii_lowercase().as_str() {
            "running" => return Ok(Told::Running),
            "success" => Verdict::Success,
            "error" => Verdict::Error,
            _ => return Err(ApiError::invalid("result", sentence!("request.result", result = format!("{result:?}")))),
        };
        if result == Verdict::Success && verified.trim().is_empty() {
            let words = sentence!("request.verified");
            return Err(ApiError::invalid("verified", words));
        }
        if result == Verdict::Error && ErrorClass::parse(&error_class).is_none() {
            let known = ErrorClass::ALL.map(ErrorClass::name).join(", ");
            return Err(ApiError::invalid(
                "error_class",
                sentence!("request.error-class", class = format!("{error_class:?}"), known = known),
            ));
        }
        if log.len() > Attempt::MAX_LOG {
            return Err(ApiError::invalid("log", sentence!("request.log", most = Attempt::MAX_LOG)));
        }
        Ok(Told::Ended(Reported { result, verified, error_class, message, template, version, log }))
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = AttemptTaken)]
pub(super) struct TakenJson {
    #[schema(schema_with = super::json::statuses)]
    status: &'static str,
    /// Until when the attempt is held, where it goes on.
    #[schema(required, format = DateTime)]
    until: Option<String>,
}

/// Report on an attempt
///
/// For whoever carries the attempt out: a program that leased it, or one that a webhook asked. `running` holds on to it for another lease;
/// `success` and `error` end it. A success says what was verified. Never send a password: whatever looks like one is masked.
#[utoipa::path(post, path = "/api/v1/operations/{id}/attempts/{number}", operation_id = "report_attempt", tag = tags::OPERATIONS,
    params(("id" = String, Path, description = "The operation's id."), ("number" = u32, Path, description = "The attempt's number.", minimum = 1)),
    request_body = ToldJson, responses((status = 200, description = "It was taken.", body = TakenJson), NotFound))]
pub(super) async fn told(
    Ticket(ticket): Ticket,
    State(state): State<AppState>,
    Path((operation, number)): Path<(String, u32)>,
    Body(body): Body<ToldJson>,
) -> Result<Json<TakenJson>, Refused> {
    let taken = state.operations().told(&ticket, id(&operation)?, number, body.told()?).await?;
    Ok(Json(match taken {
        Taken::Until(until) => TakenJson { status: "Running", until: Some(until.rfc3339()) },
        Taken::Ended(status) => TakenJson { status: status.name(), until: None },
    }))
}
