//! Whether the policy is kept: what became of the scheduled times, and what would be lost now.

use super::archive::manifest::Type;
use super::before::REASON as BEFORE_UPGRADE;
use super::counted::{LATE, Row, count};
use super::place::Stored;
use super::rows::Status;
use super::slots::{between, next};
use super::turn::SPACE;
use super::{BackupError, Backups, DAY};
use crate::config::Schedule;
use crate::identity::trail::SOURCE;
use crate::store::value::{Value, cell};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use vigia_app::model::{BackupStanding, Column, EventId, Timestamp, TypeStanding};
use vigia_app::reports::PERFORMED_BACKUPS;

/// Rows that are read at once.
const STEP: u32 = 2_000;
/// The longest period that is looked at, in milliseconds: of a longer one, the end.
const LONGEST: i64 = 366 * DAY;

/// A schedule, and since when it is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Policy {
    cron: String,
    zone: String,
    since: i64,
}

impl Backups {
    /// Types that have a schedule.
    pub(super) fn scheduled(&self) -> impl Iterator<Item = (Type, &Schedule)> {
        let policy = &self.setup.policy;
        [(Type::Full, &policy.full), (Type::Partial, &policy.partial)]
            .into_iter()
            .filter_map(|(of, schedule)| Some((of, schedule.as_ref()?)))
    }

    /// Keeps since when the schedules are what they are: what was not meant to be made was not missed.
    pub(super) async fn keep_policy(&self) -> Result<(), BackupError> {
        for of in Type::ALL {
            // One that comes back later did not apply meanwhile.
            if self.scheduled().all(|(scheduled, _)| scheduled != of) && self.store.kept().get(SPACE, &key(of)).await?.is_some() {
                self.store.kept().set(SPACE, vec![(key(of), None)]).await?;
            }
        }
        for (of, schedule) in self.scheduled() {
            if self.since(of, schedule).await?.is_none() {
                let policy = Policy { since: (self.clock)().millis(), ..self.policy(schedule) };
                let kept = serde_json::to_string(&policy).map_err(std::io::Error::other)?;
                self.store.kept().set(SPACE, vec![(key(of), Some(kept))]).await?;
            }
        }
        Ok(())
    }

    /// Since when a type has this schedule.
    pub(super) async fn since(&self, of: Type, schedule: &Schedule) -> Result<Option<Timestamp>, BackupError> {
        let kept = self.store.kept().get(SPACE, &key(of)).await?;
        let policy: Option<Policy> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
        let is_same = |policy: &Policy| Policy { since: policy.since, ..self.policy(schedule) } == *policy;
        Ok(policy.filter(is_same).map(|policy| Timestamp::saturating(policy.since)))
    }

    fn policy(&self, schedule: &Schedule) -> Policy {
        Policy { cron: schedule.to_string(), zone: self.setup.policy.zone.name().to_owned(), since: 0 }
    }

    /// How the policy was kept in a period, as far as it was there, and what would be lost now.
    ///
    /// # Errors
    /// When the backups cannot be read, or the database does not answer.
    pub async fn standing(&self, period: Range<Timestamp>) -> Result<BackupStanding, BackupError> {
        let (now, zone) = ((self.clock)(), self.setup.policy.zone);
        let end = period.end.min(Timestamp::saturating(now.millis() + 1));
        let begin = period.start.max(Timestamp::saturating(end.millis() - LONGEST));
        let good = self.good().await?;
        let mut types = Vec::new();
        for (of, schedule) in self.scheduled() {
            let since = self.since(of, schedule).await?.unwrap_or(now);
            let period = begin.max(since)..end;
            let times = between(schedule, zone, &period);
            let rows = self.rows(of, period).await?;
            let last = good.iter().rfind(|stored| stored.manifest.contents.r#type == of).map(|stored| stored.manifest.began());
            let due = next(schedule, zone, last.map_or(since, |last| last.max(since)));
            types.push(TypeStanding {
                full: of == Type::Full,
                cron: schedule.to_string(),
                zone: zone.name().to_owned(),
                last_good: last.map(|last| (last, age(last, now))),
                overdue: due.is_some_and(|due| now.millis() - due.millis() > LATE),
                times: count(&times, &rows, now),
            });
        }
        let drill = self.last_drill().await?.map(|drilled| (drilled.at, drilled.took));
        Ok(BackupStanding { types, exposed: covered(&good).map(|until| age(until, now)), drill })
    }

    /// How old the last backup of each type is that was not found damaged, in milliseconds.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub async fn ages(&self) -> Result<HashMap<Type, i64>, BackupError> {
        let now = (self.clock)();
        let age = |stored: &Stored| (stored.manifest.contents.r#type, age(stored.manifest.began(), now));
        Ok(self.good().await?.iter().map(age).collect())
    }

    /// Backups of this instance that were not found damaged, oldest first; without those that were made before an upgrade.
    async fn good(&self) -> Result<Vec<Stored>, BackupError> {
        let (all, instance) = (self.list().await?, self.keys().await?.name);
        let mut good = Vec::new();
        for stored in all.into_iter().filter(|stored| stored.manifest.instance == instance && stored.manifest.database.is_none()) {
            if self.checked(&stored.name).await?.is_none_or(|(_, wrong)| wrong.is_none()) {
                good.push(stored);
            }
        }
        Ok(good)
    }

    /// What the report says of this instance's backups of a type, in the order of time.
    async fn rows(&self, of: Type, period: Range<Timestamp>) -> Result<Vec<Row>, BackupError> {
        let place = |key: &str| PERFORMED_BACKUPS.stored().position(|column| column.key == key);
        let places = (place("source"), place("type"), place("status"), place("reason"));
        let (Some(source), Some(kind), Some(status), Some(reason)) = places else { return Ok(Vec::new()) };
        let word = |key: &str, value: &Value| {
            let column: Option<&'static Column> = PERFORMED_BACKUPS.column(key);
            column.map(|column| cell(column, value.clone()).plain()).unwrap_or_default()
        };
        let (mut after, mut rows) = (EventId::first(period.start).get() - 1, Vec::new());
        loop {
            let read = self.store.transfer().events_after(&PERFORMED_BACKUPS, after, STEP).await?;
            let more = read.len() >= STEP as usize;
            for event in read {
                after = event.id;
                let start = EventId::from_i64(event.id).map_or(Timestamp::MIN, EventId::time);
                if start >= period.end {
                    return Ok(rows);
                }
                let is_meant = event.cells[source] == Value::Text(SOURCE.to_owned())
                    && word("type", &event.cells[kind]) == of.word()
                    && word("reason", &event.cells[reason]) != BEFORE_UPGRADE;
                if let Some(status) = is_meant.then(|| Status::of(&word("status", &event.cells[status]))).flatten() {
                    rows.push(Row { start, status });
                }
            }
            if !more {
                return Ok(rows);
            }
        }
    }
}

/// Until when everything is in a good backup: a partial one counts where it goes on from what others have.
fn covered(good: &[Stored]) -> Option<Timestamp> {
    let full = good.iter().filter(|stored| stored.manifest.contents.r#type == Type::Full).map(|stored| stored.manifest.began()).max()?;
    let partial = good.iter().filter_map(|stored| {
        let from = stored.manifest.contents.from.as_ref().filter(|_| stored.manifest.contents.goes_on())?;
        let from = chrono::DateTime::parse_from_rfc3339(from).ok()?;
        Some((Timestamp::from(from.to_utc()), stored.manifest.began()))
    });
    Some(partial.fold(full, |until, (from, began)| if from <= until { until.max(began) } else { until }))
}

fn age(of: Timestamp, now: Timestamp) -> i64 {
    (now.millis() - of.millis()).max(0)
}

/// Where it is kept since when a type has its schedule.
fn key(of: Type) -> String {
    format!("policy/{}", of.word())
}
