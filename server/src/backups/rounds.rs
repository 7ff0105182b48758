//! What is done without anybody asking for it: backups that are due, removing those that no rule keeps, drills, verifying, and copies that a place does not
//! have yet.

use super::archive::manifest::{Type, name};
use super::slots::{Due, due};
use super::turn::SPACE;
use super::{BackupError, Backups, DAY, Part, Wanted, rows};
use crate::config::Schedule;
use crate::identity::Actor;
use crate::jobs::{Job, On};
use crate::store::alarms::Trouble;
use std::collections::BTreeSet;
use std::time::Duration;
use vigia_app::model::Timestamp;
use vigia_app::text;

/// Between two looks whether a backup is due.
const ROUND: Duration = Duration::from_secs(20);
/// Where it is kept which time of these schedules was done last.
const DRILL: &str = "slot/drill";
const VERIFY: &str = "slot/verify";
/// What was to be verified so long ago is said to be overdue, in milliseconds.
const OVERDUE: i64 = DAY;

/// Makes backups when they are due.
pub fn job(backups: Backups) -> Job {
    Job::every("backups", text!("job.purpose.backups"), ROUND, On::One, move || {
        let backups = backups.clone();
        async move { backups.round().await }
    })
    .acting()
}

/// Copies backups to the places that lack them, and removes from there what no rule keeps. A job of its own: what a store that is away lacks is tried again without delaying a backup.
pub fn copies_job(backups: Backups) -> Job {
    Job::every("backup-copies", text!("job.purpose.backup-copies"), ROUND, On::One, move || {
        let backups = backups.clone();
        async move { backups.copy_round().await }
    })
    .acting()
}

impl Backups {
    /// Does what is due; of several backups that are, both, whatever becomes of the first.
    ///
    /// # Errors
    /// When one of them is not made, in words.
    pub async fn round(&self) -> anyhow::Result<()> {
        let mut wrong = Vec::new();
        self.recover().await?;
        self.keep_policy().await?;
        for (r#type, schedule) in self.scheduled() {
            match self.made_when_due(r#type, schedule).await {
                Ok(true) => {
                    if let Err(error) = self.prune(&Actor::vigia()).await {
                        wrong.push(error.to_string());
                    }
                }
                Ok(false) => {}
                Err(error) => wrong.push(error.to_string()),
            }
        }
        let policy = &self.setup.policy;
        if let Some(drill) = &policy.drill
            && let Some(slot) = self.waiting(DRILL, drill, Timestamp::MIN).await?.now
        {
            self.done(DRILL, slot).await?;
            wrong.extend(self.drill(None, &Actor::vigia()).await.err().map(|error| error.to_string()));
        }
        if let Some(verify) = &policy.verify {
            wrong.extend(self.verified_when_due(verify).await.err().map(|error| error.to_string()));
        }
        if wrong.is_empty() { Ok(()) } else { Err(anyhow::Error::msg(wrong.join(" "))) }
    }

    /// Does what is left to do of copies. A place that fails is asked once.
    ///
    /// # Errors
    /// When a place has no copy of what it should, or still has what it should not, in words.
    pub async fn copy_round(&self) -> anyhow::Result<()> {
        let mut wrong = self.clear().await?;
        let mut away = BTreeSet::new();
        for name in self.uncopied().await? {
            // A backup that is due has the turn before copies that are left to do.
            if self.is_any_due().await? {
                break;
            }
            match self.copy(&name, &mut away).await {
                Ok(more) => wrong.extend(more),
                Err(BackupError::Unknown(..)) => {}
                Err(error @ BackupError::Store(_)) => return Err(error.into()),
                // The others have nothing to do with it.
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(anyhow::Error::msg(wrong.join(" "))) }
    }

    /// Whether a backup is due, and nobody has made it yet.
    async fn is_any_due(&self) -> Result<bool, BackupError> {
        for (r#type, schedule) in self.scheduled() {
            if self.slot_waiting(r#type, schedule).await?.now.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the schedule of a type wants.
    async fn slot_waiting(&self, r#type: Type, schedule: &Schedule) -> Result<Due, BackupError> {
        let since = self.since(r#type, schedule).await?.unwrap_or(Timestamp::MIN);
        self.waiting(&slot(r#type), schedule, since).await
    }

    /// What a schedule that is there since then wants since its last time that was done.
    async fn waiting(&self, key: &str, schedule: &Schedule, since: Timestamp) -> Result<Due, BackupError> {
        let now = (self.clock)();
        let kept = self.store.kept().get(SPACE, key).await?;
        let Some(after) = kept.as_deref().and_then(|kept| kept.parse().ok()).map(Timestamp::saturating) else {
            // The first look at a schedule: what was due before it is nobody's.
            self.done(key, now).await?;
            return Ok(Due::default());
        };
        Ok(due(schedule, self.setup.policy.zone, after.max(since), now))
    }

    /// A time of a schedule has had its run.
    async fn done(&self, key: &str, slot: Timestamp) -> Result<(), BackupError> {
        Ok(self.store.kept().set(SPACE, vec![(key.to_owned(), Some(slot.millis().to_string()))]).await?)
    }

    /// Reads the backup whose verification is missing or the oldest, where the time for that has come and none is being made: one a round, so that what is due
    /// meanwhile comes first. The time has had its run when no verification is missing or too old.
    async fn verified_when_due(&self, schedule: &Schedule) -> Result<(), BackupError> {
        let due = self.waiting(VERIFY, schedule, Timestamp::MIN).await?;
        let Some(slot) = due.now else { return Ok(()) };
        let waiting = self.unverified().await?;
        let Some(first) = waiting.first() else { return self.done(VERIFY, slot).await };
        let since = due.missed.first().copied().unwrap_or(slot);
        if (self.clock)().millis() - since.millis() > OVERDUE {
            let why = format!("{} were to be verified at {}, and {} has waited the longest.", waiting.len(), since.rfc3339(), first.name);
            self.alarm(Trouble::VerificationOverdue, "backup_verify", &why).await?;
        }
        if self.running().await?.is_some_and(|turn| !turn.copying) {
            return Ok(());
        }
        self.verify(&first.name, &Actor::vigia()).await.map(drop)
    }

    /// Makes a backup if one is due, and says whether it was. Those that went by have rows that say so.
    async fn made_when_due(&self, r#type: Type, schedule: &Schedule) -> Result<bool, BackupError> {
        let key = slot(r#type);
        let due = self.slot_waiting(r#type, schedule).await?;
        let Some(slot) = due.now else { return Ok(false) };
        if !due.missed.is_empty() {
            let keys = self.keys().await?;
            let (first, count) = (due.missed[0], due.missed.len());
            let why = format!("{count} were due from {} on, and no server was there to make them.", first.rfc3339());
            self.alarm(Trouble::Missed, &name(&keys.name, first, r#type), &why).await?;
            self.store.append(due.missed.iter().map(|missed| rows::missed(&keys.name, *missed, r#type)).collect()).await?;
        }
        let made =
            self.make(Wanted { contents: self.contents(r#type, Part::default())?, reason: "Scheduled", actor: Actor::vigia() }).await;
        if let Err(error) = &made
            && !matches!(error, BackupError::Busy { .. } | BackupError::NotMade(..))
        {
            // It has no row.
            self.alarm(Trouble::Failed, &format!("{} {}", r#type.word(), slot.rfc3339()), &error.to_string()).await?;
        }
        // One that failed is said, and the time has had its run. Where another is being made it has not; nor where this process dies meanwhile.
        if !matches!(made, Err(BackupError::Busy { .. })) {
            let count = self.missed(r#type).await? + due.missed.len() as u64;
            let changes = [(key, slot.millis().to_string()), (missed(r#type), count.to_string())];
            self.store.kept().set(SPACE, changes.map(|(key, value)| (key, Some(value))).to_vec()).await?;
        }
        made.map(|_| true)
    }

    /// How many backups of a type were ever missed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missed(&self, r#type: Type) -> Result<u64, BackupError> {
        let kept = self.store.kept().get(SPACE, &missed(r#type)).await?;
        Ok(kept.and_then(|kept| kept.parse().ok()).unwrap_or_default())
    }
}

/// Where it is kept how many backups of a type were missed.
fn missed(r#type: Type) -> String {
    format!("missed/{}", r#type.word())
}

/// Where it is kept which time of a schedule was seen last.
fn slot(r#type: Type) -> String {
    format!("slot/{}", r#type.word())
}
