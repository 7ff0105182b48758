//! How an exchange ended, and what kind of failure a message speaks of.

use super::record::Record;
use crate::error_classes;
use crate::mask;
use crate::openbao_errors::flatten;
use vigia_app::model::ErrorClass;

/// What stands for the answer when there is none.
pub(super) const NO_RESPONSE: &str = "No response was logged: the outcome is unknown.";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Done,
    /// OpenBao's policies, or its check of the token, said no.
    Denied,
    Failed,
    /// The response is missing.
    Unknown,
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExchangeEnd {
    pub state: State,
    /// What the system said when it did not do as asked; empty when it did.
    pub message: String,
}

impl ExchangeEnd {
    pub(super) fn of(record: &Record<'_>) -> Self {
        if !record.error.is_empty() {
            let message = flatten(&mask::secrets(&record.error));
            let state = if message == "permission denied" { State::Denied } else { State::Failed };
            return Self { state, message };
        }
        if record.auth.policy_results.as_ref().is_some_and(|results| &*results.allowed == "false") && !has_auth(record) {
            return Self { state: State::Denied, message: "permission denied".to_owned() };
        }
        let Some(response) = &record.response else {
            return Self { state: State::Unknown, message: NO_RESPONSE.to_owned() };
        };
        match &response.data {
            // An answer that is an error is made of that one field.
            Some(data) if data.fields == 1 && !data.error.is_empty() => {
                let message = if is_hashed(&data.error) {
                    format!("The request was refused; the log has the reason only {}.", name(&data.error))
                } else {
                    flatten(&mask::secrets(&data.error))
                };
                Self { state: State::Failed, message }
            }
            Some(data) => match data.http_status_code.parse::<u16>() {
                Ok(404) => {
                    Self { state: State::Failed, message: "Not found: not there, deleted or destroyed (HTTP status 404).".to_owned() }
                }
                Ok(status @ 400..) => Self { state: State::Failed, message: format!("The request failed (HTTP status {status}).") },
                _ => Self::DONE,
            },
            None => Self::DONE,
        }
    }

    const DONE: Self = Self { state: State::Done, message: String::new() };

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }
}

/// Whether the answer signed somebody in: paths of logins need no policy.
fn has_auth(record: &Record<'_>) -> bool {
    record.response.as_ref().is_some_and(|response| response.auth.is_some())
}

/// The kind of failure an exchange ended with; the words of an attempt's error class.
pub(super) fn error_class(outcome: &ExchangeEnd) -> &'static str {
    match outcome.state {
        State::Done => "",
        State::Denied => ErrorClass::PermissionDenied.name(),
        State::Unknown => ErrorClass::Inconclusive.name(),
        State::Failed => error_classes::of_message(&outcome.message).name(),
    }
}

/// Whether OpenBao hashed the value.
pub(super) fn is_hashed(value: &str) -> bool {
    value.starts_with("hmac-sha256:")
}

/// A value to be shown where a name is expected: one that is hashed says so, `hashed (hmac-sha256:1a2b3c4d…)`.
pub(super) fn name(value: &str) -> String {
    match value.strip_prefix("hmac-sha256:") {
        Some(hash) => format!("hashed (hmac-sha256:{}…)", hash.chars().take(8).collect::<String>()),
        None => mask::secrets(value).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashed_name_says_that_it_is_hashed() {
        assert_eq!(name("hmac-sha256:1a2b3c4d5e6f"), "hashed (hmac-sha256:1a2b3c4d…)");
        assert_eq!(name("hmac-sha256:é"), "hashed (hmac-sha256:é…)");
        assert_eq!(name("erp"), "erp");
    }
}
