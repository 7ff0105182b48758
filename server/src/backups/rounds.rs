//! What is done without anybody asking for it: backups that are due, removing those that no rule keeps, and copies that a place does not have yet.

use super::archive::manifest::Type;
use super::slots::due;
use super::turn::SPACE;
use super::{BackupError, Backups, Wanted, rows};
use crate::config::Schedule;
use crate::identity::Actor;
use crate::jobs::{Job, On};
use std::collections::BTreeSet;
use std::time::Duration;
use vigia_app::model::Timestamp;
use vigia_app::text;

/// Between two looks whether a backup is due.
const ROUND: Duration = Duration::from_secs(20);

/// Makes backups when they are due.
pub fn job(backups: Backups) -> Job {
    Job::every("backups", text!("job.purpose.backups"), ROUND, On::One, move || {
        let backups = backups.clone();
        async move { backups.round().await }
    })
    .acting()
}

/// Copies backups to the places that lack them, and removes from there what no rule keeps. A job of its own: a store that is away delays no backup.
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
        let (full, partial) = (self.setup.policy.full.clone(), self.setup.policy.partial.clone());
        let mut wrong = Vec::new();
        self.recover().await?;
        for (r#type, schedule) in [(Type::Full, full), (Type::Partial, partial)] {
            let Some(schedule) = schedule else { continue };
            match self.made_when_due(r#type, &schedule).await {
                Ok(true) => {
                    if let Err(error) = self.prune(&Actor::vigia()).await {
                        wrong.push(error.to_string());
                    }
                }
                Ok(false) => {}
                Err(error) => wrong.push(error.to_string()),
            }
        }
        let drill = self.setup.policy.drill.clone();
        if let Some(drill) = drill
            && self.is_due("slot/drill", &drill).await?
            && let Err(error) = self.drill(None, &Actor::vigia()).await
        {
            wrong.push(error.to_string());
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
            wrong.extend(self.copy(&name, &mut away).await?);
        }
        if wrong.is_empty() { Ok(()) } else { Err(anyhow::Error::msg(wrong.join(" "))) }
    }

    /// Whether a backup is due, and nobody has made it yet.
    async fn is_any_due(&self) -> Result<bool, BackupError> {
        let now = (self.clock)();
        for (r#type, schedule) in [(Type::Full, &self.setup.policy.full), (Type::Partial, &self.setup.policy.partial)] {
            let kept = self.store.kept().get(SPACE, &slot(r#type)).await?;
            if let (Some(schedule), Some(after)) = (schedule, kept.as_deref().and_then(|kept| kept.parse().ok()))
                && due(schedule, self.setup.policy.zone, Timestamp::saturating(after), now).now.is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a time of a schedule has come since the last look.
    async fn is_due(&self, key: &str, schedule: &Schedule) -> Result<bool, BackupError> {
        let now = (self.clock)();
        let kept = self.store.kept().get(SPACE, key).await?;
        let after = kept.as_deref().and_then(|kept| kept.parse().ok()).map(Timestamp::saturating);
        let due = after.is_some_and(|after| due(schedule, self.setup.policy.zone, after, now).now.is_some());
        if due || after.is_none() {
            self.store.kept().set(SPACE, vec![(key.to_owned(), Some(now.millis().to_string()))]).await?;
        }
        Ok(due)
    }

    /// Makes a backup if one is due, and says whether it was. Those that went by have rows that say so.
    async fn made_when_due(&self, r#type: Type, schedule: &Schedule) -> Result<bool, BackupError> {
        let now = (self.clock)();
        let key = slot(r#type);
        let kept = self.store.kept().get(SPACE, &key).await?;
        let Some(after) = kept.as_deref().and_then(|kept| kept.parse().ok()).map(Timestamp::saturating) else {
            // The first look at a schedule: what was due before it is nobody's.
            self.store.kept().set(SPACE, vec![(key, Some(now.millis().to_string()))]).await?;
            return Ok(false);
        };
        let due = due(schedule, self.setup.policy.zone, after, now);
        let Some(slot) = due.now else { return Ok(false) };
        if !due.missed.is_empty() {
            let keys = self.keys().await?;
            self.store.append(due.missed.iter().map(|missed| rows::missed(&keys.name, *missed, r#type)).collect()).await?;
        }
        let made = self.make(Wanted { contents: self.contents(r#type), reason: "Scheduled", actor: Actor::vigia() }).await;
        // One that failed is said, and the time has had its run. Where another is being made it has not; nor where this process dies meanwhile.
        if !matches!(made, Err(BackupError::Busy { .. })) {
            self.store.kept().set(SPACE, vec![(key, Some(slot.millis().to_string()))]).await?;
        }
        made.map(|_| true)
    }
}

/// Where it is kept which time of a schedule was seen last.
fn slot(r#type: Type) -> String {
    format!("slot/{}", r#type.word())
}
