//! Runs a program of this machine that changes and verifies a password.
//!
//! The program gets the operation as JSON on standard input, and says on standard output what came of it, as JSON too. Its exit status alone
//! is never a success: that needs something that was verified.

mod process;

use super::Connector;
use crate::operations::outcome::{Failure, Outcome, Script};
use crate::operations::reported::{Reported, Verdict};
use crate::operations::setup::kind;
use crate::operations::task::Task;
use crate::operations::turn::Turn;
use async_trait::async_trait;
use process::{Ended, GRACE, Ran};
use serde_json::json;
use std::time::Duration;
use vigia_app::model::ErrorClass;

pub(super) struct Command {
    settings: kind::Command,
    timeout: Duration,
}

impl Command {
    pub(super) fn new(settings: &kind::Command, timeout: Duration) -> Self {
        Self { settings: settings.clone(), timeout }
    }

    fn program(&self) -> &str {
        self.settings.command.first().map_or("", String::as_str)
    }
}

#[async_trait]
impl Connector for Command {
    async fn run(&self, turn: &Turn<'_>) -> Outcome {
        let input = json!(Task::of(turn.job)).to_string();
        match process::run(&self.settings, input, self.timeout).await {
            Ok(ran) => outcome(&ran, turn, self.program()),
            Err(error) => Failure::new(ErrorClass::Configuration, format!("{} cannot be run: {error}.", self.program())).into(),
        }
    }

    fn limit(&self) -> Duration {
        self.timeout + 2 * GRACE
    }
}

/// What a run means.
fn outcome(ran: &Ran, turn: &Turn<'_>, program: &str) -> Outcome {
    let errors = String::from_utf8_lossy(&ran.errors).into_owned();
    for line in errors.lines().filter(|line| !line.trim().is_empty()) {
        turn.log.line(line);
    }
    let unknown = |message: String| Outcome::from(Failure::new(ErrorClass::Inconclusive, message));
    let code = match ran.ended {
        Ended::Code(code) => code,
        Ended::Signal(signal) => return unknown(format!("The program was ended by signal {signal}.")),
        Ended::Late(limit) => {
            return unknown(format!("The program took longer than {} and was ended.", humantime::format_duration(limit)));
        }
        Ended::TooMuch => return unknown(format!("The program printed more than {} KiB and was ended.", process::MOST / 1024)),
    };
    let template = program.rsplit('/').next().unwrap_or_default();
    let named = |outcome: Outcome| name(outcome, template);
    match (code, serde_json::from_slice::<Reported>(&ran.output)) {
        (0, Ok(reported)) => named(reported.outcome(turn.log)),
        (0, Err(error)) => unknown(format!("The program ended well, but did not say on standard output what came of it: {error}.")),
        (code, Ok(reported)) if reported.result == Verdict::Success => {
            unknown(format!("The program reported a success, and ended with status {code}."))
        }
        (_, Ok(reported)) => named(reported.outcome(turn.log)),
        (code, Err(_)) => {
            let last = errors.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing on standard error");
            named(Failure::new(class_of(code), format!("The program ended with status {code}: {last}")).into())
        }
    }
}

/// What an exit status means, as in `sysexits.h`.
fn class_of(code: i32) -> ErrorClass {
    match code {
        64 | 78 | 126 | 127 => ErrorClass::Configuration,
        67 => ErrorClass::NotFound,
        68 => ErrorClass::Connectivity,
        69 | 75 => ErrorClass::Unavailable,
        77 => ErrorClass::PermissionDenied,
        _ => ErrorClass::Other,
    }
}

/// With the program's name as template, where it gave none.
fn name(mut outcome: Outcome, template: &str) -> Outcome {
    let script: Option<&mut Script> = match &mut outcome {
        Outcome::Done(done) => Some(&mut done.script),
        Outcome::Failed(failure) => Some(&mut failure.script),
        Outcome::Later { .. } => None,
    };
    if let Some(script) = script.filter(|script| script.template.is_empty()) {
        template.clone_into(&mut script.template);
    }
    outcome
}
