//! Backups as rows of the report Performed backups, as Vigia says them of itself.

use super::archive::keys::Keys;
use super::archive::manifest::{KeyOf, Type, name};
use super::copies::Copies;
use super::place::Stored;
use crate::config::BackupPolicy;
use crate::event::Event;
use crate::identity::trail::SOURCE;
use std::sync::Arc;
use vigia_app::model::{Cell, Timestamp};
use vigia_app::reports::PERFORMED_BACKUPS;

/// How a backup stands, in the words of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Running,
    Success,
    Error,
    Canceled,
    Missed,
    Removed,
}

impl Status {
    const ALL: [Self; 6] = [Self::Running, Self::Success, Self::Error, Self::Canceled, Self::Missed, Self::Removed];

    /// By its word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether it was made, also where it has gone since.
    pub(super) const fn is_good(self) -> bool {
        matches!(self, Self::Success | Self::Removed)
    }

    /// Whether it was begun and did not come to be.
    pub(super) const fn is_failure(self) -> bool {
        matches!(self, Self::Error | Self::Canceled)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Error => "Error",
            Self::Canceled => "Canceled",
            Self::Missed => "Missed",
            Self::Removed => "Removed by retention",
        }
    }
}

/// One that has begun.
pub(super) fn begun(name: &str, start: Timestamp, r#type: Type, reason: &str, requested_by: &str, keys: &[KeyOf]) -> Event {
    let source: Arc<str> = SOURCE.into();
    let mut event = Event::new(&PERFORMED_BACKUPS, &source, name, start);
    event
        .set("type", r#type.word())
        .set("reason", reason)
        .set("start", Cell::Time(start))
        .set("requested_by", requested_by)
        .set("status", Status::Running.word())
        .set("encrypted", true)
        .set("keys", self::keys(keys));
    event
}

/// One that was due, and was not made.
pub(super) fn missed(instance: &str, due: Timestamp, r#type: Type) -> Event {
    let mut event = begun(&format!("missed {}", name(instance, due, r#type)), due, r#type, "Scheduled", SOURCE, &[]);
    event.set("status", Status::Missed.word()).set("encrypted", Cell::Empty);
    event.add("Message", "It was due, and no server was there to make it.");
    event
}

/// The same when it has ended, and why where that was no success.
pub(super) fn ended(mut event: Event, end: Timestamp, status: Status, why: &str) -> Event {
    event.set("end", Cell::Time(end)).set("status", status.word()).add("Message", why);
    event
}

/// One that is stored, when it was last found whole (of one that the instance does not open, when its hash was last found right), when it was last restored in a drill, and where its copies are.
pub(super) fn stored(stored: &Stored, status: Status, verified: Option<Timestamp>, drilled: Option<Timestamp>, copies: &Copies) -> Event {
    let manifest = &stored.manifest;
    let mut event =
        begun(&stored.name, manifest.began(), manifest.contents.r#type, &manifest.reason, &manifest.requested_by, &manifest.keys);
    event.set("status", status.word()).set("end", Cell::Time(manifest.ended()));
    if let Some(archive) = &manifest.archive {
        event.set("size", Cell::Number(i64::try_from(archive.size).unwrap_or(i64::MAX))).set("checksum", archive.sha256.as_str());
    }
    let (whole, hash) = if manifest.opens_here() { (verified, None) } else { (None, verified) };
    event.set("verified", whole.map_or(Cell::Empty, Cell::Time)).set("drill", drilled.map_or(Cell::Empty, Cell::Time));
    event.add("File", stored.path.display().to_string());
    event.add("Events and records", manifest.rows().to_string());
    if let Some(at) = hash {
        event.add("Verification", format!("Hash checked, content not: {}", at.rfc3339()));
    }
    event.add("Newest event", manifest.newest.clone().unwrap_or_default());
    event.add("Reports", manifest.contents.reports.join(", "));
    event.add("From", manifest.contents.from.clone().unwrap_or_default());
    event.add("To", manifest.contents.to.clone().unwrap_or_default());
    event.add("Configuration", if manifest.contents.configuration { "In it" } else { "Not in it" });
    event.add("Files to have at hand", manifest.left_out.join(", "));
    event.add("Instance", &*manifest.instance);
    event.add("Copies", copies.checked().collect::<Vec<_>>().join(", "));
    for (place, wrong) in copies.wrong() {
        let what = if copies.unwanted { "It is still in" } else { "There is no copy yet in" };
        event.add("Message", format!("{what} {place}: {wrong}"));
    }
    event
}

/// The keys that open a backup, in a few words.
pub(super) fn keys(keys: &[KeyOf]) -> String {
    let key = |key: &KeyOf| if key.own { "This instance".to_owned() } else { key.recipient.clone() };
    keys.iter().map(key).collect::<Vec<_>>().join(", ")
}

/// The keys of a backup that is to be made.
pub(super) fn keys_of(keys: &Keys, policy: &BackupPolicy) -> Vec<KeyOf> {
    let own = keys.recipient();
    policy.keys(own.clone()).map(|key| KeyOf { recipient: key.to_string(), own: key == own }).collect()
}
