//! Rows that a rule has noticed, until they are told.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use vigia_app::model::EventId;

/// What waits to be told at most; of what comes beside it, only how many there are is told.
const WAITING: usize = 1_000;
/// What is known to have been noticed: it is not told again when its row changes.
const KNOWN: usize = 5_000;

/// What a rule has noticed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noticed {
    /// In the order in which they were noticed.
    pub waiting: Vec<EventId>,
    /// How many of them the message has that is on its way: it is the same however often it is sent, and whatever comes meanwhile.
    #[serde(default)]
    pub batch: usize,
    /// How many more there are than wait.
    pub beside: u64,
    known: Vec<EventId>,
}

impl Noticed {
    /// Nothing.
    pub const fn new() -> Self {
        Self { waiting: Vec::new(), batch: 0, beside: 0, known: Vec::new() }
    }

    pub fn notice(&mut self, ids: impl Iterator<Item = EventId>) {
        let mut known: HashSet<EventId> = self.known.iter().copied().collect();
        for id in ids.filter(|id| known.insert(*id)) {
            self.known.push(id);
            if self.waiting.len() < WAITING {
                self.waiting.push(id);
            } else {
                self.beside += 1;
            }
        }
        self.known.drain(..self.known.len().saturating_sub(KNOWN));
    }

    /// The same with a message on its way that has up to so many.
    pub fn batched(&self, most: usize) -> Self {
        Self { batch: self.waiting.len().min(most), ..self.clone() }
    }

    /// The same once the first so many were told, and how many there are beside them.
    pub fn told(&self, count: usize) -> Self {
        let waiting = self.waiting.get(count..).unwrap_or_default().to_vec();
        Self { beside: if waiting.is_empty() { 0 } else { self.beside }, waiting, batch: 0, known: self.known.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: std::ops::Range<i64>) -> impl Iterator<Item = EventId> {
        numbers.filter_map(EventId::from_i64)
    }

    #[test]
    fn what_is_noticed_twice_waits_once() {
        let mut noticed = Noticed::new();
        noticed.notice(ids(1..4));
        noticed.notice(ids(2..5));
        assert_eq!(noticed.waiting, ids(1..5).collect::<Vec<_>>());
        let batched = noticed.batched(3);
        assert_eq!((batched.batch, batched.told(3).batch, noticed.batched(9).batch), (3, 0, 4));
        let mut told = batched.told(3);
        assert_eq!(told.waiting, ids(4..5).collect::<Vec<_>>());
        told.notice(ids(1..5));
        assert_eq!(told.waiting.len(), 1, "what was told is not told again");
    }

    #[test]
    fn what_cannot_wait_is_counted() {
        let mut noticed = Noticed::new();
        noticed.notice(ids(1..WAITING as i64 + 8));
        assert_eq!((noticed.waiting.len(), noticed.beside), (WAITING, 7));
        let told = noticed.told(200);
        assert_eq!(told.beside, 7, "until the last of those that wait are told");
        assert_eq!(told.told(WAITING).beside, 0);
        noticed.notice(ids(10_000..10_000 + 2 * KNOWN as i64));
        assert_eq!(noticed.known.len(), KNOWN);
    }
}
