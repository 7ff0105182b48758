//! Carrying operations out from outside: leases, and results that are called back.

use super::id;
use crate::http::problem::Refused;
use crate::http::rest::body::Body;
use crate::http::session::{Executor, Ticket};
use crate::http::state::AppState;
use crate::operations::remote::{Leased, Taken, Told};
use crate::operations::reported::{Reported, Verdict};
use crate::operations::task::Task;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vigia_app::model::{ApiError, Attempt, ErrorClass, ErrorKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeaseJson {
    connector: String,
    #[serde(default = "one")]
    want: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Serialize)]
pub(crate) struct LeasedJson {
    operations: Vec<serde_json::Value>,
}

/// The task, with the ticket for `Authorization: Bearer` of the reports on it, and the end of the lease.
fn task(Leased { job, ticket, until }: &Leased) -> serde_json::Value {
    let mut task = json!(Task::of(job));
    task["ticket"] = json!(ticket);
    task["until"] = json!(until.rfc3339());
    task
}

/// `POST /api/v1/operations/lease`
pub(crate) async fn lease(
    State(state): State<AppState>,
    Executor(token): Executor,
    Body(wanted): Body<LeaseJson>,
) -> Result<Json<LeasedJson>, Refused> {
    if !token.sources.is_empty() && !token.sources.iter().any(|name| name.eq_ignore_ascii_case(&wanted.connector)) {
        let words = format!("This token may carry out operations of {} only.", token.sources.join(", "));
        return Err(ApiError { field: Some("connector".to_owned()), ..ApiError::new(ErrorKind::Forbidden, words) }.into());
    }
    let leased = state.operations().lease(&token.name, &wanted.connector, wanted.want).await?;
    Ok(Json(LeasedJson { operations: leased.iter().map(task).collect() }))
}

/// Checked more strictly than what programs and webhooks answer: whoever calls can be told what is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldJson {
    result: String,
    #[serde(default)]
    verified: String,
    #[serde(default)]
    error_class: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    template: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    log: Vec<String>,
}

impl ToldJson {
    fn told(self) -> Result<Told, ApiError> {
        let Self { result, verified, error_class, message, template, version, log } = self;
        let result = match result.to_ascii_lowercase().as_str() {
            "running" => return Ok(Told::Running),
            "success" => Verdict::Success,
            "error" => Verdict::Error,
            _ => return Err(ApiError::invalid("result", format!("{result:?} is not a result. Write running, success or error."))),
        };
        if result == Verdict::Success && verified.trim().is_empty() {
            let words = "A success has to say what was verified, for example \"the new password signs in\". Without that, report an error \
                         of the class inconclusive.";
            return Err(ApiError::invalid("verified", words));
        }
        if result == Verdict::Error && ErrorClass::parse(&error_class).is_none() {
            let known = ErrorClass::ALL.map(ErrorClass::name).join(", ");
            return Err(ApiError::invalid("error_class", format!("{error_class:?} is not a class of errors. Classes are: {known}.")));
        }
        if log.len() > Attempt::MAX_LOG {
            return Err(ApiError::invalid("log", format!("A log has up to {} lines; send the last ones.", Attempt::MAX_LOG)));
        }
        Ok(Told::Ended(Reported { result, verified, error_class, message, template, version, log }))
    }
}

#[derive(Serialize)]
pub(crate) struct TakenJson {
    /// How the operation stands.
    status: &'static str,
    /// Until when the attempt is held, where it goes on.
    until: Option<String>,
}

/// `POST /api/v1/operations/{id}/attempts/{number}`
pub(crate) async fn told(
    State(state): State<AppState>,
    Ticket(ticket): Ticket,
    Path((operation, number)): Path<(String, u32)>,
    Body(body): Body<ToldJson>,
) -> Result<Json<TakenJson>, Refused> {
    let taken = state.operations().told(&ticket, id(&operation)?, number, body.told()?).await?;
    Ok(Json(match taken {
        Taken::Until(until) => TakenJson { status: "Running", until: Some(until.rfc3339()) },
        Taken::Ended(status) => TakenJson { status: status.name(), until: None },
    }))
}
