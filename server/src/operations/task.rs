//! What whoever carries an attempt out is told: programs on standard input, other systems in a webhook, pullers in the answer to a lease.

use crate::store::operations::Job;
use serde::Serialize;
use std::collections::BTreeMap;
use vigia_app::model::Timestamp;

/// An attempt, as JSON.
#[derive(Debug, Serialize)]
pub struct Task<'a> {
    id: String,
    /// The same for every attempt until the operation is restarted.
    key: &'a str,
    attempt: u32,
    operation: &'a str,
    device: &'a str,
    username: &'a str,
    credential_type: &'a str,
    parameters: BTreeMap<&'a str, &'a str>,
    /// Start of an earlier attempt whose outcome is not known: look first whether it took effect.
    unsure_since: Option<String>,
}

impl<'a> Task<'a> {
    pub fn of(job: &'a Job) -> Self {
        Self {
            id: job.id.to_string(),
            key: &job.key,
            attempt: job.attempt,
            operation: &job.operation,
            device: &job.device,
            username: &job.username,
            credential_type: &job.credential_type,
            parameters: job.plan.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            unsure_since: job.unsure.map(Timestamp::rfc3339),
        }
    }
}
