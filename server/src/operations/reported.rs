//! What webhooks, callbacks, commands and programs report of an attempt: JSON of the same shape everywhere.

use super::outcome::{Failure, Outcome, Script};
use super::turn::Log;
use crate::error_classes;
use serde::Deserialize;
use vigia_app::model::{Attempt, ErrorClass};

/// The end of an attempt, as it was reported. What is not named here is not looked at, and not kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reported {
    pub result: Verdict,
    /// What was verified after the change; a success needs it.
    #[serde(default)]
    pub verified: String,
    /// One of the words of [`ErrorClass`]; read from the message where it is missing.
    #[serde(default)]
    pub error_class: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub template: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub log: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Success,
    Error,
}

impl Reported {
    /// What it says, with its log lines after those that are there.
    pub fn outcome(self, log: &Log) -> Outcome {
        let lines = self.log.len().saturating_sub(Attempt::MAX_LOG);
        for line in &self.log[lines..] {
            log.line(line);
        }
        let script = Script { template: self.template, version: self.version };
        match self.result {
            Verdict::Success => Outcome::done(self.verified, self.message, script),
            Verdict::Error => {
                let class = ErrorClass::parse(&self.error_class).unwrap_or_else(|| {
                    if !self.error_class.is_empty() {
                        log.line(&format!("There is no error class {:?}; it was told from the message.", self.error_class));
                    }
                    error_classes::of_message(&self.message)
                });
                let message = if self.message.is_empty() { "No reason was reported.".to_owned() } else { self.message };
                Failure { class, message, script }.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(json: &str) -> Outcome {
        serde_json::from_str::<Reported>(json).expect("is a report").outcome(&Log::default())
    }

    #[test]
    fn a_class_is_taken_as_reported_or_told_from_the_message() {
        for (json, class) in [
            (r#"{"result":"error","error_class":"policy_rejected","message":"too short"}"#, ErrorClass::PolicyRejected),
            (r#"{"result":"error","message":"connection refused by srv"}"#, ErrorClass::Connectivity),
            (r#"{"result":"error","error_class":"Bad luck","message":"connection refused"}"#, ErrorClass::Connectivity),
            (r#"{"result":"error"}"#, ErrorClass::Other),
            (r#"{"result":"success"}"#, ErrorClass::Inconclusive),
        ] {
            let Outcome::Failed(failure) = outcome(json) else { panic!("{json} is not a success") };
            assert_eq!(failure.class, class, "{json}");
            assert!(!failure.message.is_empty(), "{json}");
        }
    }
}
