//! The queue as plainly as it can be said: lists in memory, and no thought for speed.

use super::super::{Change, Claim, Claimed, Ending, Finish, Finished, NewOperation};
use super::super::{ErrorClass, EventId, OperationStatus, Swept, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use vigia::store::operations::{Enqueued, Hold, Plan, QueueCounts};
use vigia_app::model::{Move, Priority};
use vigia_app::words::Sentence;

/// An operation, and everything that has become of it.
#[derive(Debug, Clone)]
pub struct Operation {
    pub name: String,
    pub status: OperationStatus,
    pub plan: Plan,
    pub device: String,
    pub priority: Priority,
    pub due: Timestamp,
    /// Result, error class and end of each.
    pub attempts: Vec<(&'static str, &'static str, Option<Timestamp>)>,
    pub tries: u32,
    pub runs: u32,
    pub started: Timestamp,
    pub unsure: Option<Timestamp>,
    pub fence: i64,
    pub lease: Timestamp,
    pub approve_by: Option<Timestamp>,
    /// How it stood after each step.
    pub history: Vec<OperationStatus>,
    requests: BTreeSet<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub operations: BTreeMap<EventId, Operation>,
}

impl Operation {
    fn go(&mut self, step: Move) -> Result<(), Sentence> {
        self.status = self.status.after(step)?;
        self.fence += 1;
        self.history.push(self.status);
        Ok(())
    }

    /// Fails, or is due once more.
    fn fail(&mut self, class: ErrorClass, retry: Option<Timestamp>) {
        match retry {
            Some(due) if self.tries < self.plan.max_tries => {
                self.go(Move::Retry).expect("it runs");
                self.due = due;
                if class == ErrorClass::Inconclusive {
                    self.unsure = self.unsure.or(Some(self.started));
                }
            }
            _ => self.go(Move::Fail).expect("it runs"),
        }
    }
}

impl Model {
    pub fn enqueue(&mut self, new: &NewOperation, answer: Enqueued) {
        let known = self.operations.iter().find(|(_, operation)| operation.name == new.event.source_id);
        let id = match (answer, known) {
            (Enqueued::Known(id), Some((known, _))) => return assert_eq!(id, *known),
            (Enqueued::New(id), None) => id,
            (answer, known) => panic!("{answer:?}, but {known:?}"),
        };
        let status = if new.approve_by.is_some() { OperationStatus::AwaitingApproval } else { OperationStatus::Scheduled };
        let operation = Operation {
            name: new.event.source_id.clone(),
            status,
            plan: new.plan.clone(),
            device: new.event.get("device").plain().to_ascii_lowercase(),
            priority: new.priority,
            due: new.event.time,
            attempts: Vec::new(),
            tries: 0,
            runs: 0,
            started: Timestamp::MIN,
            unsure: None,
            fence: 0,
            lease: Timestamp::MIN,
            approve_by: new.approve_by,
            history: vec![status],
            requests: BTreeSet::new(),
        };
        assert!(self.operations.insert(id, operation).is_none(), "an id is given once");
    }

    fn running(&self, wanted: impl Fn(&Operation) -> bool) -> u32 {
        let running = |operation: &&Operation| operation.status == OperationStatus::Running && wanted(operation);
        u32::try_from(self.operations.values().filter(running).count()).expect("few")
    }

    /// Checks that what was taken might be taken, and takes it. Who waits for whom is the store's own business: see [`super::settle`].
    pub fn claim(&mut self, claim: &Claim, claimed: &Claimed, now: Timestamp) {
        assert!(claimed.jobs.len() <= claim.want as usize, "no more than wanted");
        let mut last = None;
        for job in &claimed.jobs {
            let operation = self.operations[&job.id].clone();
            assert!(claim.connectors.contains(&operation.plan.connector) && operation.due <= now, "{job:?}");
            assert_eq!(self.running(|other| other.plan.credential == operation.plan.credential), 0, "one of a credential: {job:?}");
            assert!(operation.device.is_empty() || self.running(|other| other.device == operation.device) < claim.limits.device, "{job:?}");
            assert!(self.running(|_| true) < claim.limits.total, "{job:?}");
            let place = (std::cmp::Reverse(operation.priority), operation.due, job.id);
            assert!(last.is_none_or(|last| last < place), "the most urgent first");
            last = Some(place);
            let operation = self.operations.get_mut(&job.id).expect("it is there");
            operation.go(Move::Start).expect("it is scheduled");
            operation.tries += 1;
            operation.started = now;
            operation.lease = claim.lease;
            operation.attempts.push(("Running", "", None));
            let expected = (operation.fence, operation.attempts.len(), operation.tries, operation.unsure, &operation.plan);
            assert_eq!((job.fence, job.attempt as usize, job.tries, job.unsure, &job.plan), expected);
            assert_eq!(job.key, format!("{}-{}", job.id, operation.runs));
        }
    }

    fn held(&mut self, hold: Hold) -> Option<&mut Operation> {
        let held = |operation: &&mut Operation| operation.status == OperationStatus::Running && operation.fence == hold.fence;
        self.operations.get_mut(&hold.id).filter(held)
    }

    pub fn heartbeat(&mut self, hold: Hold, lease: Timestamp) -> Vec<Hold> {
        match self.held(hold) {
            Some(operation) => {
                operation.lease = lease;
                Vec::new()
            }
            None => vec![hold],
        }
    }

    pub fn finish(&mut self, finish: &Finish) -> Finished {
        let Some(operation) = self.held(finish.hold) else {
            if let Some(operation) = self.operations.get_mut(&finish.hold.id) {
                operation.history.push(operation.status);
            }
            return Finished::Late;
        };
        let attempt = match &finish.ending {
            Ending::Success { verified } if !verified.is_empty() => {
                operation.go(Move::Succeed).expect("it runs");
                operation.unsure = None;
                ("Success", "")
            }
            Ending::Success { .. } => {
                operation.fail(ErrorClass::Inconclusive, Some(finish.at));
                ("Unknown", "Inconclusive")
            }
            Ending::Failed { class, retry } => {
                operation.fail(*class, *retry);
                (if *class == ErrorClass::Inconclusive { "Unknown" } else { "Error" }, class.name())
            }
        };
        *operation.attempts.last_mut().expect("it has begun") = (attempt.0, attempt.1, Some(finish.at));
        Finished::Done(operation.status)
    }

    pub fn change(&mut self, change: &Change) -> Vec<super::super::Changed> {
        change.ids.iter().map(|id| self.operations.get_mut(id).map(|operation| change_one(operation, change))).collect()
    }

    pub fn sweep(&mut self, now: Timestamp, retry: Timestamp) -> Swept {
        let mut swept = Swept::default();
        for (id, operation) in &mut self.operations {
            if operation.status == OperationStatus::Running && operation.lease < now {
                operation.fail(ErrorClass::Inconclusive, Some(retry));
                *operation.attempts.last_mut().expect("it has begun") = ("Unknown", "Inconclusive", None);
                swept.lost.push(*id);
            } else if operation.status == OperationStatus::AwaitingApproval && operation.approve_by.is_some_and(|by| by < now) {
                operation.go(Move::Expire).expect("it awaits approval");
                swept.expired.push(*id);
            }
        }
        swept
    }

    /// How many there were.
    pub fn remove_before(&mut self, before: Timestamp) -> u64 {
        let all = self.operations.len();
        self.operations.retain(|id, _| id.time() >= before);
        (all - self.operations.len()) as u64
    }

    pub fn counts(&self, now: Timestamp) -> QueueCounts {
        let count = |status, due_by| {
            let wanted = |operation: &&Operation| operation.status == status && operation.due <= due_by;
            self.operations.values().filter(wanted).count() as u64
        };
        QueueCounts {
            scheduled: count(OperationStatus::Scheduled, Timestamp::MAX),
            due: count(OperationStatus::Scheduled, now),
            running: count(OperationStatus::Running, Timestamp::MAX),
        }
    }
}

fn change_one(operation: &mut Operation, change: &Change) -> Result<OperationStatus, Sentence> {
    use vigia_app::model::Action;
    if operation.requests.contains(&change.request) {
        return Ok(operation.status);
    }
    operation.go(change.action.step())?;
    if !change.request.is_empty() {
        operation.requests.insert(change.request.clone());
    }
    if let Action::Restart | Action::RunNow = change.action {
        operation.due = change.at;
        operation.priority = Priority::Immediate;
    }
    if change.action == Action::Restart {
        operation.tries = 0;
        operation.runs += 1;
        operation.unsure = None;
        let guarded = operation.approve_by.is_some() || change.guarded.contains(&operation.plan.connector);
        operation.approve_by = guarded.then_some(change.approve_by);
        if guarded {
            operation.status = OperationStatus::AwaitingApproval;
            *operation.history.last_mut().expect("it has moved") = operation.status;
        }
    }
    Ok(operation.status)
}
