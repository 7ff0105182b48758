//! Carrying operations out from outside: leases, and results that are called back.

use super::id;
use crate::http::problem::Refused;
use crate::http::rest::body::Body;
use crate::http::session::{Executor, Ticket};
use crate::http::state::AppState;
use crate::operations::remote::{Leased, Said, Taken, Told};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vigia_app::model::{ApiError, Attempt, ErrorClass, ErrorKind, Timestamp};

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
    operations: Vec<JobJson>,
}

#[derive(Serialize)]
struct JobJson {
    id: String,
    attempt: u32,
    /// For `Authorization: Bearer` of the reports on this attempt.
    ticket: String,
    until: String,
    operation: String,
    device: String,
    username: String,
    credential_type: String,
    parameters: BTreeMap<String, String>,
    /// The same for every attempt until the operation is restarted.
    idempotency_key: String,
    /// Start of an earlier attempt whose outcome is not known: look first whether it took effect.
    unsure_since: Option<String>,
}

impl From<Leased> for JobJson {
    fn from(Leased { job, ticket, until }: Leased) -> Self {
        Self {
            id: job.id.to_string(),
            attempt: job.attempt,
            ticket,
            until: until.rfc3339(),
            operation: job.operation,
            device: job.device,
            username: job.username,
            credential_type: job.credential_type,
            parameters: job.plan.parameters.into_iter().collect(),
            idempotency_key: job.key,
            unsure_since: job.unsure.map(Timestamp::rfc3339),
        }
    }
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
    Ok(Json(LeasedJson { operations: leased.into_iter().map(Into::into).collect() }))
}

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
        let said = match self.result.to_ascii_lowercase().as_str() {
            "running" => Said::Running,
            "success" => Said::Success { verified: self.verified },
            "error" => {
                let class = ErrorClass::parse(&self.error_class);
                let known = || ErrorClass::ALL.map(ErrorClass::name).join(", ");
                let wrong =
                    || ApiError::invalid("error_class", format!("{:?} is no class of errors. Classes are: {}.", self.error_class, known()));
                Said::Error { class: class.ok_or_else(wrong)? }
            }
            _ => {
                let words = format!("{:?} is no result. Write running, success or error.", self.result);
                return Err(ApiError::invalid("result", words));
            }
        };
        if self.log.len() > Attempt::MAX_LOG {
            return Err(ApiError::invalid("log", format!("A log has up to {} lines; send the last ones.", Attempt::MAX_LOG)));
        }
        Ok(Told { said, message: self.message, template: self.template, version: self.version, log: self.log })
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
