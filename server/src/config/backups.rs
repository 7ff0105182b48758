//! When backups are made, for whom, and how long they are kept.

use super::{CopyPlace, Rate};
use age::x25519;
use chrono_tz::Tz;
use croner::Cron;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// What is done without anybody asking for it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPolicy {
    /// Where backups are kept; `None` for a folder that follows from the database.
    pub folder: Option<PathBuf>,
    /// Further places, each of which has a copy of every backup.
    pub copies: Vec<CopyPlace>,
    /// Whom they are made for beside the instance itself.
    pub recipients: Vec<Recipient>,
    /// Whether they are made for those alone, and the instance opens none.
    pub offline_only: bool,
    pub full: Option<Schedule>,
    pub partial: Option<Schedule>,
    /// When the newest full one is restored where nobody uses it.
    pub drill: Option<Schedule>,
    /// When those are read whose verification is missing or too old.
    pub verify: Option<Schedule>,
    /// How many days a verification is good for.
    pub verify_days: u32,
    /// How many days of events a partial one has.
    pub partial_days: u32,
    /// Keys of the reports whose events a partial one has, where whoever wants it says nothing; all where there is none.
    pub partial_reports: Vec<String>,
    /// On whose clock the schedules are.
    pub zone: Tz,
    pub keep: Keep,
    /// Whether a database of an earlier version is backed up before it is brought to this one, where the settings say so.
    pub before_upgrade: Option<bool>,
    /// How long links to backups are good for, in minutes.
    pub link_minutes: u32,
    /// How fast one download of a backup may be.
    pub download_rate: Option<Rate>,
}

impl Default for BackupPolicy {
    fn default() -> Self {
        Self {
            folder: None,
            copies: Vec::new(),
            recipients: Vec::new(),
            offline_only: false,
            full: None,
            partial: None,
            drill: None,
            verify: None,
            verify_days: 30,
            partial_days: 1,
            partial_reports: Vec::new(),
            zone: Tz::UTC,
            keep: Keep::default(),
            before_upgrade: None,
            link_minutes: 60,
            download_rate: None,
        }
    }
}

impl BackupPolicy {
    /// Whom the next backup is made for, where the instance has this key.
    pub fn keys(&self, own: Recipient) -> impl Iterator<Item = Recipient> {
        Some(own).filter(|_| !self.offline_only).into_iter().chain(self.recipients.iter().cloned())
    }

    /// Whether what is said of backups goes together; otherwise the setting that is wrong, and what would be right.
    pub(super) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let wrong = match self {
            Self { offline_only: false, .. } => return Ok(()),
            Self { recipients, .. } if recipients.is_empty() => {
                "nobody could open a backup. Name in backup_recipients whom they are made for, public keys of age whose secret ones are kept elsewhere, or leave it out"
            }
            Self { drill: Some(_), .. } => {
                "the instance cannot restore what it cannot open, and backup_drill has it do so. Leave backup_drill out, and drill by hand with `vigia backup drill FILE --identity KEY`; or leave this one out"
            }
            Self { .. } => return Ok(()),
        };
        Err(("backup_offline_only", wrong))
    }

    /// Whether a database of an earlier version is backed up before it is brought to this one: where backups have a schedule, unless the settings say otherwise.
    pub fn before_upgrade(&self) -> bool {
        self.before_upgrade.unwrap_or(self.full.is_some() || self.partial.is_some())
    }
}

/// Times, as cron has them: minute, hour, day of the month, month, day of the week.
#[derive(Clone)]
pub struct Schedule {
    text: String,
    pub cron: Cron,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Schedule {}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "is not a schedule; write five fields as cron has them, as in 0 2 * * * for every day at 02:00".to_owned();
        let text = text.trim();
        if text.split_whitespace().count() != 5 {
            return Err(wrong());
        }
        let cron = Cron::from_str(text).map_err(|_| wrong())?;
        Ok(Self { text: text.to_owned(), cron })
    }
}

/// Whom a backup is made for: an age recipient, `age1...`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(pub x25519::Recipient);

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|_| {
            // What was written may be the secret key: the message does not repeat it.
            "has one that is not a recipient of age; write the public key that `age-keygen` prints, age1..., and keep the secret one elsewhere".to_owned()
        })
    }
}

/// Which backups stay, of each type: one that any of these means. Nothing means that all stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// The last ones.
    pub last: u32,
    /// Those not older than so many days.
    pub days: u32,
    /// The last one of each of so many days, weeks (from Monday) and months that have one.
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
}

impl Keep {
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut keep = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || {
                format!(
                    "does not say which backups stay ({part:?}); write last=, days=, daily=, weekly= or monthly= and a number from 1 to 3650"
                )
            };
            let (name, number) = part.split_once('=').ok_or_else(wrong)?;
            let number = number.trim().parse().ok().filter(|number| (1..=3_650).contains(number)).ok_or_else(wrong)?;
            let place = match name.trim() {
                "last" => &mut keep.last,
                "days" => &mut keep.days,
                "daily" => &mut keep.daily,
                "weekly" => &mut keep.weekly,
                "monthly" => &mut keep.monthly,
                _ => return Err(wrong()),
            };
            if *place != 0 {
                return Err(format!("says twice how many stay ({part:?}); leave one of the two out"));
            }
            *place = number;
        }
        Ok(keep)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [("last", self.last), ("days", self.days), ("daily", self.daily), ("weekly", self.weekly), ("monthly", self.monthly)];
        let said = all.iter().filter(|(_, number)| *number > 0).map(|(name, number)| format!("{name}={number}"));
        f.write_str(&said.collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_kept() {
        let keep: Keep = "daily=7, weekly=5,monthly=12".parse().expect("a rule");
        assert_eq!((keep.last, keep.daily, keep.weekly, keep.monthly), (0, 7, 5, 12));
        assert_eq!(keep.to_string(), "daily=7,weekly=5,monthly=12");
        assert!("".parse::<Keep>().is_ok_and(|keep| keep.is_all()));
        for wrong in ["daily", "daily=0", "hourly=3", "daily=x", "daily=7,daily=8", "daily=99999"] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_schedule_has_five_fields() {
        assert_eq!("0 2 * * *".parse::<Schedule>().map(|schedule| schedule.to_string()), Ok("0 2 * * *".to_owned()));
        for wrong in ["", "daily", "0 2 * *", "0 0 2 * * *", "61 2 * * *", "@daily"] {
            assert!(wrong.parse::<Schedule>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn somebody_has_to_open_backups_and_drills_need_the_instance() {
        let key: Recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse().expect("a recipient");
        let mut policy = BackupPolicy { offline_only: true, ..BackupPolicy::default() };
        assert!(policy.check().is_err_and(|(_, wrong)| wrong.contains("backup_recipients")));
        policy.recipients.push(key);
        assert_eq!(policy.check(), Ok(()));
        policy.drill = Some("0 4 * * 7".parse().expect("a schedule"));
        assert!(policy.check().is_err_and(|(_, wrong)| wrong.contains("backup_drill")));
        policy.offline_only = false;
        assert_eq!(policy.check(), Ok(()));
    }

    #[test]
    fn a_secret_key_is_not_repeated() {
        let secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQSXYZ";
        assert!(secret.parse::<Recipient>().is_err_and(|message| !message.contains("QQQ")));
        assert!("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse::<Recipient>().is_ok());
    }
}
