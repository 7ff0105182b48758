//! What each step makes of an operation: the same for every database, which only has to find operations and to keep what comes out.

use super::operations::{Change, Claim, Ending, Finish, Plan};
use super::value::{clean, cut};
use crate::event::{ERROR_CLASS, Event};
use serde::{Deserialize, Serialize};
use vigia_app::model::{Action, Attempt, Cell, ErrorClass, Move, OperationStatus, Priority, Timestamp};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Longest sentence of a history, in bytes; more is cut off.
pub const MAX_NOTE: usize = 1_000;
/// Most operations that one claim looks at.
pub const SCAN: u32 = 512;
/// Most operations, or names, of each kind that one sweep deals with.
pub const SWEPT: u32 = 500;
/// Who moves what nobody asked for.
const VIGIA: &str = "vigia";
const LOST: &str = "The executor did not come back; whether the change took effect is not known.";
const LAPSED: &str = "Nobody approved it in time.";
const UNVERIFIED: &str = "Success was reported without what was verified.";
/// What an attempt without a known outcome says it ended with.
const UNKNOWN: &str = "Unknown";

/// Why an operation that is due is left alone.
pub const PARKED_NOT: i64 = 0;
pub const PARKED_CREDENTIAL: i64 = 1;
pub const PARKED_DEVICE: i64 = 2;

/// An operation as the queue keeps it, but for its ticket: that ends with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// An [`EventId`](vigia_app::model::EventId).
    pub id: i64,
    pub status: OperationStatus,
    pub plan: Plan,
    pub device: String,
    pub priority: i64,
    pub due: Timestamp,
    pub parked: i64,
    /// Number of the last attempt.
    pub attempt: u32,
    pub tries: u32,
    pub runs: i64,
    pub unsure: Option<Timestamp>,
    pub fence: i64,
    /// Empty, and `None`, unless it is running.
    pub owner: String,
    pub lease: Option<Timestamp>,
    /// Until when it has to be approved; stays when it is, and says that each of its executions needs an approval.
    pub approve_by: Option<Timestamp>,
    /// The user who asked for the execution that is due or was the last: whoever restarts it asks anew. Empty for nobody who is known.
    #[serde(default)]
    pub asked_by: String,
}

/// What a step changes beside the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Columns of the report's row.
    pub row: Vec<(&'static str, Cell)>,
    pub at: Timestamp,
    pub who: String,
    pub note: String,
}

impl Entry {
    /// One that another system has carried out.
    pub fn adopted(id: i64, status: OperationStatus, plan: Plan, device: String, due: Timestamp) -> Self {
        Self {
            id,
            status,
            plan: Plan {
                connector: clean(&plan.connector).into_owned(),
                credential: clean(&plan.credential).into_owned(),
                max_tries: plan.max_tries.max(1),
                ..plan
            },
            device,
            priority: Priority::default().number(),
            due,
            parked: PARKED_NOT,
            attempt: 0,
            tries: 0,
            runs: 0,
            unsure: None,
            fence: 0,
            owner: String::new(),
            lease: None,
            approve_by: None,
            asked_by: String::new(),
        }
    }

    /// Somebody takes it, and its next attempt begins.
    pub fn start(&mut self, claim: &Claim, now: Timestamp) -> Result<Step, String> {
        self.go(Move::Start)?;
        self.owner = clean(&claim.executor).into_owned();
        self.lease = Some(claim.lease);
        self.attempt += 1;
        self.tries += 1;
        let row =
            vec![self.status_cell(), ("last_attempt", Cell::Time(now)), ("attempts", Cell::from(self.attempt)), (ERROR_CLASS, Cell::Empty)];
        Ok(Step { row, at: now, who: self.owner.clone(), note: format!("Attempt {} started.", self.attempt) })
    }

    /// Whether this is still the end of its attempt.
    pub fn is_held(&self, fence: i64) -> bool {
        self.status == OperationStatus::Running && self.fence == fence
    }

    /// The attempt, which began at `start`, ends.
    pub fn finish(&mut self, finish: &Finish, start: Timestamp) -> Result<(Step, Attempt), String> {
        let (number, who) = (self.attempt, self.owner.clone());
        let verified = match &finish.ending {
            Ending::Success { verified } if !verified.trim().is_empty() => Some(verified),
            _ => None,
        };
        let said = match (&finish.ending, verified) {
            (_, Some(verified)) if finish.message.is_empty() => verified,
            (Ending::Success { .. }, None) if finish.message.is_empty() => UNVERIFIED,
            _ => &finish.message,
        };
        let message = cut(said, Event::MAX_TEXT).into_owned();
        let mut attempt = Attempt {
            end: Some(finish.at),
            executor: who.clone(),
            message: message.clone(),
            connector: self.plan.connector.clone(),
            template: cut(&finish.template, Event::MAX_NAME).into_owned(),
            version: cut(&finish.version, Event::MAX_NAME).into_owned(),
            log: log(&finish.log),
            ..Attempt::begun(number, start)
        };
        let note = match verified {
            Some(verified) => {
                self.go(Move::Succeed)?;
                self.unsure = None;
                OperationStatus::Success.name().clone_into(&mut attempt.result);
                format!("Attempt {number} succeeded: {verified}")
            }
            None => {
                let (class, retry) = match finish.ending {
                    Ending::Failed { class, retry } => (class, retry),
                    Ending::Success { .. } => (ErrorClass::Inconclusive, Some(finish.at)),
                };
                let word = if class == ErrorClass::Inconclusive { UNKNOWN } else { OperationStatus::Error.name() };
                word.clone_into(&mut attempt.result);
                class.name().clone_into(&mut attempt.error_class);
                self.fail(class, retry, start, &format!("Attempt {number} failed ({class}): {message}"))?
            }
        };
        let class = (ERROR_CLASS, Cell::text(attempt.error_class.clone()));
        let mut row = vec![self.status_cell(), class, ("message", Cell::text(message))];
        if self.status != OperationStatus::Scheduled {
            row.push(("execution_date", Cell::Time(finish.at)));
        }
        if !attempt.template.is_empty() {
            row.push(("template", Cell::text(attempt.template.clone())));
        }
        Ok((Step { row, at: finish.at, who, note: noted(&note) }, attempt))
    }

    /// What the history says of an end that came too late.
    pub fn late(&self, finish: &Finish) -> Step {
        let how = match &finish.ending {
            Ending::Success { .. } => OperationStatus::Success.name().to_owned(),
            Ending::Failed { class, .. } => format!("{} ({class})", OperationStatus::Error),
        };
        let note = noted(&format!("A late result of an attempt was refused: {how}: {}", finish.message));
        Step { row: Vec::new(), at: finish.at, who: String::new(), note }
    }

    /// Whoever held it did not come back. Its attempt began at `start`; the next one is due at `retry`.
    pub fn lose(&mut self, now: Timestamp, retry: Timestamp, start: Timestamp) -> Result<(Step, Attempt), String> {
        let attempt = Attempt {
            executor: self.owner.clone(),
            result: UNKNOWN.to_owned(),
            error_class: ErrorClass::Inconclusive.name().to_owned(),
            message: LOST.to_owned(),
            connector: self.plan.connector.clone(),
            ..Attempt::begun(self.attempt, start)
        };
        let note = self.fail(ErrorClass::Inconclusive, Some(retry), start, &format!("Attempt {} was lost: {LOST}", self.attempt))?;
        let class = (ERROR_CLASS, Cell::text(attempt.error_class.clone()));
        let mut row = vec![self.status_cell(), class, ("message", Cell::text(LOST))];
        if self.status == OperationStatus::Error {
            row.push(("execution_date", Cell::Time(now)));
        }
        Ok((Step { row, at: now, who: VIGIA.to_owned(), note }, attempt))
    }

    /// Nobody has approved it.
    pub fn expire(&mut self, now: Timestamp) -> Result<Step, String> {
        self.go(Move::Expire)?;
        let row = vec![self.status_cell(), ("message", Cell::text(LAPSED))];
        Ok(Step { row, at: now, who: VIGIA.to_owned(), note: LAPSED.to_owned() })
    }

    /// Does what an administrator asks, or says why not.
    pub fn change(&mut self, change: &Change) -> Result<Step, Sentence> {
        self.status.after(change.action.step())?;
        self.check_approval(change)?;
        self.go(change.action.step())?;
        let (who, note) = (clean(&change.who).into_owned(), clean(&change.note));
        match change.action {
            Action::Restart => {
                self.tries = 0;
                self.runs += 1;
                self.unsure = None;
                self.asked_by = clean(&change.person).into_owned();
                // What was approved was one execution: this is another.
                let guarded = self.approve_by.is_some() || change.guarded.contains(&self.plan.connector);
                self.approve_by = guarded.then_some(change.approve_by);
                if guarded {
                    self.status = OperationStatus::AwaitingApproval;
                }
                self.urge(change.at);
            }
            Action::RunNow => self.urge(change.at),
            Action::Cancel | Action::Approve | Action::Disapprove => {}
        }
        let mut row = vec![self.status_cell()];
        let done = match change.action {
            Action::Cancel => "Canceled",
            Action::Disapprove => "Disapproved",
            Action::Restart | Action::RunNow | Action::Approve => "",
        };
        if !done.is_empty() {
            let message = if note.is_empty() { format!("{done} by {who}.") } else { format!("{done} by {who}. {note}") };
            row.push(("message", Cell::text(message)));
        }
        let label = change.action.label().english();
        let note = if note.is_empty() { label.to_owned() } else { format!("{label}: {note}") };
        Ok(Step { row, at: change.at, who, note: noted(&note) })
    }

    /// Four eyes are two people: nobody approves what they have asked for, by whatever name, and only somebody can.
    fn check_approval(&self, change: &Change) -> Result<(), Sentence> {
        if change.action != Action::Approve {
            return Ok(());
        }
        if change.person.is_empty() {
            return Err(sentence!("operation.nobody"));
        }
        if self.asked_by.eq_ignore_ascii_case(&change.person) { Err(sentence!("operation.own")) } else { Ok(()) }
    }

    /// The same for every attempt until it is restarted.
    pub fn key(&self) -> String {
        format!("{}-{}", vigia_app::model::EventId::from_i64(self.id).map_or_else(String::new, |id| id.to_string()), self.runs)
    }

    fn go(&mut self, step: Move) -> Result<(), Sentence> {
        self.status = self.status.after(step)?;
        self.fence += 1;
        self.parked = PARKED_NOT;
        self.owner = String::new();
        self.lease = None;
        Ok(())
    }

    fn urge(&mut self, at: Timestamp) {
        self.due = at;
        self.priority = Priority::Immediate.number();
    }

    /// Fails, or is due once more; returns the note of it.
    fn fail(&mut self, class: ErrorClass, retry: Option<Timestamp>, start: Timestamp, note: &str) -> Result<String, String> {
        let note = noted(note);
        match retry.filter(|_| self.tries < self.plan.max_tries) {
            Some(due) => {
                self.go(Move::Retry)?;
                self.due = due;
                if class == ErrorClass::Inconclusive {
                    self.unsure = self.unsure.or(Some(start));
                }
                let stop = if note.ends_with(['.', '…']) { "" } else { "." };
                Ok(format!("{note}{stop} Another attempt is due."))
            }
            None => {
                self.go(Move::Fail)?;
                Ok(note)
            }
        }
    }

    fn status_cell(&self) -> (&'static str, Cell) {
        ("status", Cell::text(self.status.name()))
    }
}

fn noted(note: &str) -> String {
    cut(note, MAX_NOTE).into_owned()
}

/// Whether an operation of another system that stands so may be made one of the queue: no other system is at it, or is going to be.
pub const fn is_adoptable(status: OperationStatus) -> bool {
    use OperationStatus as S;
    matches!(status, S::Success | S::Error | S::Expired | S::Canceled)
}

/// The lines of a log that are kept.
pub fn log(lines: &[String]) -> Vec<String> {
    let lines: Vec<&str> = lines.iter().flat_map(|line| line.lines()).collect();
    let last = lines.len().saturating_sub(Attempt::MAX_LOG);
    lines[last..].iter().map(|line| cut(line, Attempt::MAX_LOG_LINE).into_owned()).collect()
}
