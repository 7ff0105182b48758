//! What people say of events: the last word in the event's row, and beside it how it came to be.

use super::StoreError;
use super::value::{MISSING, Value, cut};
use crate::event::Event;
use async_trait::async_trait;
use vigia_app::model::{EventId, Report, ReviewEntry, Timestamp, Verdict};

/// What somebody says of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub report: &'static Report,
    /// None of them twice.
    pub ids: Vec<EventId>,
    pub step: ReviewEntry,
    /// For whoever derives something from a verdict: a space of what is kept, where the id is put down of each event that has this verdict from
    /// then on or had it until then.
    pub heeded: Option<(Verdict, &'static str)>,
}

impl Said {
    /// The space where the id of an event with this verdict is to be put down, if it is.
    pub(super) fn space(&self, was: &str) -> Option<&'static str> {
        let (verdict, space) = self.heeded?;
        (self.step.verdict == Some(verdict) || Verdict::read(was) == Some(verdict)).then_some(space)
    }
}

/// Keeping what people say, of a report whose events are [reviewed](Report::is_reviewed).
#[async_trait]
pub trait Reviews: Send + Sync {
    /// Adds a step to the reviews of events, all or none, and says which of them are there; those that are gone are passed over. On return it is
    /// durable.
    async fn review(&self, said: Said) -> Result<Vec<EventId>, StoreError>;
    /// How an event came to be judged as it is, oldest first; nothing where nobody has reviewed it.
    async fn reviews(&self, report: &'static Report, id: EventId) -> Result<Vec<ReviewEntry>, StoreError>;
    /// When the last step of all was made; `None` where there is none. It reads all steps.
    async fn last(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// What a step has a row say from then on, a value for each of [`COLUMNS`].
pub(super) fn row(step: &ReviewEntry) -> [Value; 3] {
    match step.verdict {
        Some(verdict) => [Value::Text(verdict.name().to_owned()), Value::Text(step.who.clone()), Value::Number(step.at.millis())],
        None => [Value::Text(String::new()), Value::Text(String::new()), Value::Number(MISSING)],
    }
}

/// The columns of a row that say how an event was reviewed.
pub(super) const COLUMNS: [&str; 3] = ["review", "reviewed_by", "reviewed"];

/// The same with its texts as they are kept.
pub(super) fn kept(said: Said) -> Said {
    let step = ReviewEntry {
        who: cut(&said.step.who, Event::MAX_NAME).into_owned(),
        comment: cut(&said.step.comment, ReviewEntry::MAX_COMMENT).into_owned(),
        ..said.step
    };
    Said { step, ..said }
}

/// A verdict as it is kept: nothing where one was taken back.
pub(super) fn word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("", Verdict::name)
}
