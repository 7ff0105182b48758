//! Whether the policy of backups is kept.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// How the backups that Vigia makes of itself by schedule stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupStanding {
    /// Each type that has a schedule.
    pub types: Vec<TypeStanding>,
    /// For how long, in milliseconds, what is stored is in no backup that was not found damaged; nothing where there is no full one.
    pub exposed: Option<i64>,
    /// When a full backup was last restored in a drill, and how long that took, in milliseconds.
    pub drill: Option<(Timestamp, i64)>,
}

/// How the backups of one type stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeStanding {
    pub full: bool,
    /// As cron has it.
    pub cron: String,
    /// On whose clock.
    pub zone: String,
    /// When the last one was begun that was not found damaged, and how long ago that is, in milliseconds.
    pub last_good: Option<(Timestamp, i64)>,
    /// A time of the schedule has passed since, and there is none of it.
    pub overdue: bool,
    /// What became of the scheduled times of the period.
    pub times: Times,
}

/// What became of scheduled times. Each is in one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// A backup was begun in time, and made.
    pub kept: u64,
    /// It was begun later, or was made after others had failed, but before the next time.
    pub late: u64,
    /// Those that were begun did not come to be.
    pub failed: u64,
    /// None was begun.
    pub missed: u64,
}

/// When something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rhythm {
    /// At a minute of every hour.
    Hourly(u16),
    /// At a minute of every day.
    Daily(u16),
    /// On a day of the week, 0 for Sunday, at a minute of it.
    Weekly(u16, u16),
    /// As cron has it.
    Other(String),
}

impl BackupStanding {
    /// What became of all scheduled times.
    pub fn times(&self) -> Times {
        self.types.iter().fold(Times::default(), |all, one| Times {
            kept: all.kept + one.times.kept,
            late: all.late + one.times.late,
            failed: all.failed + one.times.failed,
            missed: all.missed + one.times.missed,
        })
    }
}

impl Times {
    /// Those in time and late ones, in tenths of a percent of all, never more than there are; nothing where there are none.
    pub fn share(self) -> Option<u64> {
        let all = self.kept + self.late + self.failed + self.missed;
        ((self.kept + self.late) * 1000).checked_div(all)
    }
}

impl TypeStanding {
    /// Whether the policy is kept: nothing is overdue, and nothing failed or was missed in the period.
    pub fn is_kept(&self) -> bool {
        !self.overdue && self.times.failed + self.times.missed == 0
    }
}

impl Rhythm {
    /// Of five fields as cron has them.
    pub fn of(cron: &str) -> Self {
        let other = || Self::Other(cron.to_owned());
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let [minute, hour, "*", "*", day] = fields[..] else { return other() };
        let Some(minute) = number(minute, 59) else { return other() };
        match (hour, day) {
            ("*", "*") => Self::Hourly(minute),
            _ => match (number(hour, 23), day, number(day, 7)) {
                (Some(hour), "*", _) => Self::Daily(hour * 60 + minute),
                (Some(hour), _, Some(day)) => Self::Weekly(day % 7, hour * 60 + minute),
                _ => other(),
            },
        }
    }
}

/// Digits that say a number up to `most`.
fn number(text: &str, most: u16) -> Option<u16> {
    let number = text.parse().ok().filter(|number| *number <= most)?;
    text.bytes().all(|one| one.is_ascii_digit()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_schedules_have_words() {
        for (cron, rhythm) in [
            ("0 2 * * *", Rhythm::Daily(120)),
            ("5 * * * *", Rhythm::Hourly(5)),
            ("30 4 * * 7", Rhythm::Weekly(0, 270)),
            ("30 4 * * 1", Rhythm::Weekly(1, 270)),
        ] {
            assert_eq!(Rhythm::of(cron), rhythm, "{cron}");
        }
        for cron in
            ["*/5 * * * *", "0 2 1 * *", "0 2 * 1 *", "0 2 * * MON", "0 1,2 * * *", "* * * * *", "+1 * * * *", "0 * * * 1", "0 2 * *", ""]
        {
            assert_eq!(Rhythm::of(cron), Rhythm::Other(cron.to_owned()));
        }
    }

    #[test]
    fn a_share_is_never_said_to_be_greater_than_it_is() {
        let times = |kept, late, missed| Times { kept, late, missed, failed: 0 };
        assert_eq!(times(2_999, 0, 1).share(), Some(999));
        assert_eq!((times(8, 2, 0).share(), times(1, 0, 2).share(), times(0, 0, 0).share()), (Some(1000), Some(333), None));
    }
}
