//! The tries of an operation, and how it stands after them.

use super::calendar::{HOUR, MINUTE, SECOND};
use super::dice::Dice;
use super::estate::{Credential, Device};
use super::offices::OFFICES;
use super::outcomes::{CONNECTIVITY, DENIED, INCONCLUSIVE, LOCKED, REJECTED, error_texts, success_text};
use super::plan::Fate;
use super::texts::fill;
use super::troubles::Trouble;
use super::world::World;
use vigia_app::model::{Attempt, Timestamp};

/// Operations that set a password, or try one.
pub(super) const PASSWORDS: [&str; 4] = ["Change password", "Child password change", "Reconcile password", "Verify password"];
/// The system gives up after so many tries.
const MOST: usize = 5;
/// An approval that has not come after so long is not waited for.
const APPROVAL_PERIOD: i64 = 24 * HOUR;

/// What became of an operation.
pub(super) struct Course {
    pub(super) status: &'static str,
    pub(super) attempts: Vec<Attempt>,
    pub(super) message: String,
}

/// An operation, as far as its course depends on it.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) at: u16,
    pub(super) operation: &'static str,
    /// When it is due, in milliseconds.
    pub(super) due: i64,
    /// Number of the operation.
    pub(super) serial: u64,
}

impl Case<'_> {
    pub(super) fn course(&self, fate: Fate, dice: &mut Dice) -> Course {
        let untried = |status, message: &str| Course { status, attempts: Vec::new(), message: message.to_owned() };
        match fate {
            Fate::Awaiting => untried("Awaiting approval", "Waiting for approval."),
            Fate::Ahead => untried("Scheduled", ""),
            Fate::Running => self.running(dice),
            Fate::Open if self.serial % 40 == 7 && self.due < self.world.now - APPROVAL_PERIOD => {
                untried("Expired", "Nobody approved the operation within 24 hours.")
            }
            Fate::Open if self.serial % 40 == 23 => untried("Canceled", "Canceled before it started."),
            Fate::Open => self.tried(dice),
        }
    }

    fn running(&self, dice: &mut Dice) -> Course {
        let start = Timestamp::saturating(self.due + dice.between(200, 2000));
        let (_, device) = self.what();
        let attempt = Attempt {
            end: None,
            executor: executor(device, dice),
            result: "Running".to_owned(),
            error_class: String::new(),
            message: String::new(),
            ..Attempt::begun(1, start.min(Timestamp::saturating(self.world.now)))
        };
        Course { status: "Running", attempts: vec![attempt], message: String::new() }
    }

    /// An operation that has been tried until it succeeded, or was given up.
    fn tried(&self, dice: &mut Dice) -> Course {
        let (_, device) = self.what();
        let mut start = self.due + dice.between(200, 2500);
        let mut attempts = Vec::with_capacity(1);
        let (failures, class, gives_up) = match self.world.stories.outage(device.office, start) {
            Some(outage) => {
                let (mut failures, mut at) = (1, start);
                while failures < MOST - 1 && at + backoff(failures) < outage.to {
                    at += backoff(failures);
                    failures += 1;
                }
                if dice.percent(outage.given_up) { (MOST, CONNECTIVITY, true) } else { (failures, CONNECTIVITY, false) }
            }
            None => match self.world.troubles.at(self.at, start) {
                Some(Trouble::Down) => (MOST, CONNECTIVITY, true),
                Some(Trouble::Locked) => (1, LOCKED, true),
                Some(Trouble::Drifted) if self.operation == "Verify password" => (1, REJECTED, true),
                _ if self.world.stories.locked(self.at, start) => (1, LOCKED, true),
                _ => ordinary(dice, PASSWORDS.contains(&self.operation)),
            },
        };
        for number in 1..=failures {
            attempts.push(self.attempt(number, start, Some(class), dice));
            start += backoff(number) + dice.between(0, 20) * SECOND;
        }
        if !gives_up {
            if let Some(outage) = self.world.stories.outage(device.office, start) {
                start = outage.to + dice.between(2, 40) * MINUTE;
            }
            attempts.push(self.attempt(failures + 1, start, None, dice));
        }
        // What would be tried only after now has not been tried: the last try that was is the last.
        let now = Timestamp::saturating(self.world.now);
        while attempts.len() > 1 && attempts.last().is_some_and(|last| last.end.is_none_or(|end| end > now)) {
            attempts.pop();
        }
        if let [only] = &mut attempts[..] {
            only.start = only.start.min(now);
            only.end = only.end.map(|end| end.min(now));
        }
        let last = attempts.last();
        Course {
            status: if last.is_some_and(|last| last.result == "Success") { "Success" } else { "Error" },
            message: last.map(|last| last.message.clone()).unwrap_or_default(),
            attempts,
        }
    }

    fn attempt(&self, number: usize, start: i64, error_class: Option<&'static str>, dice: &mut Dice) -> Attempt {
        let what = self.what();
        let duration = match error_class {
            Some(CONNECTIVITY) => dice.between(29_000, 31_500),
            Some(_) => dice.between(600, 5000),
            None => dice.between(700, 14_000),
        };
        let template = error_class.map_or_else(|| success_text(self.operation), |class| *dice.pick(error_texts(class)));
        Attempt {
            end: Some(Timestamp::saturating(start + duration)),
            executor: executor(what.1, dice),
            result: if error_class.is_none() { "Success" } else { "Error" }.to_owned(),
            error_class: error_class.unwrap_or_default().to_owned(),
            message: fill(template, what, "", 3 + dice.below(9)),
            ..Attempt::begun(number as u32, Timestamp::saturating(start))
        }
    }

    fn what(&self) -> (&Credential, &Device) {
        self.world.estate.credential(self.at)
    }
}

/// How often an operation fails on an ordinary day, why, and whether it is given up then. Only what may help is tried
/// again: a wrong password sent again locks the account. Where no password is set or tried, less is given up.
fn ordinary(dice: &mut Dice, password: bool) -> (usize, &'static str, bool) {
    match dice.below(1000) {
        roll @ 960.. if !password && roll % 5 > 0 => (0, "", false),
        0..920 => (0, "", false),
        920..950 => (1, CONNECTIVITY, false),
        950..960 => (2 + dice.below(2), CONNECTIVITY, false),
        960..966 => (MOST, CONNECTIVITY, true),
        966..980 => (1, REJECTED, true),
        980..986 => (1, LOCKED, true),
        986..993 => (1, DENIED, true),
        993..997 => (1, INCONCLUSIVE, false),
        _ => (2, INCONCLUSIVE, true),
    }
}

/// How long after the try of this number the next one starts.
const fn backoff(number: usize) -> i64 {
    match number {
        1 => 2 * MINUTE,
        2 => 10 * MINUTE,
        3 => 30 * MINUTE,
        _ => 90 * MINUTE,
    }
}

fn executor(device: &Device, dice: &mut Dice) -> String {
    format!("executor-{}-{}", OFFICES[device.office].code, 1 + dice.below(3))
}
