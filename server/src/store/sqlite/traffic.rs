//! How many events are on their way into the tables at the moment.

use std::sync::atomic::{AtomicUsize, Ordering};

/// With so many others on their way, or so many events in all, one more would wait long for its commit.
const OTHERS: usize = 4;
const EVENTS: usize = 400;
/// A batch this large is best stored as it is.
const LARGE: usize = 2_000;

#[derive(Default)]
pub(super) struct Traffic {
    batches: AtomicUsize,
    events: AtomicUsize,
}

/// Counts a batch while it is there.
pub(super) struct Passage<'a> {
    traffic: &'a Traffic,
    events: usize,
    /// Whether the batch had better go through the inbox.
    pub crowded: bool,
    /// Whether it could.
    pub small: bool,
}

impl Traffic {
    pub(super) fn enter(&self, events: usize) -> Passage<'_> {
        let (others, waiting) = (self.batches.fetch_add(1, Ordering::Relaxed), self.events.fetch_add(events, Ordering::Relaxed));
        let small = events < LARGE;
        let crowded = small && (others >= OTHERS || (others > 0 && waiting + events > EVENTS));
        Passage { traffic: self, events, crowded, small }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.traffic.batches.fetch_sub(1, Ordering::Relaxed);
        self.traffic.events.fetch_sub(self.events, Ordering::Relaxed);
    }
}
