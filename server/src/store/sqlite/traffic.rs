//! How many events are on their way into the tables, and how many came of late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// With so many others on their way, one more would wait long for its commit.
const OTHERS: usize = 4;
/// With so many events on their way, too.
const EVENTS: usize = 400;
/// So many events in [`WINDOW`] are stored faster in large groups than as they come.
const RECENT: usize = 2_000;
const WINDOW: Duration = Duration::from_secs(1);
/// A batch this large is best stored as it is.
const LARGE: usize = 4_000;

#[derive(Default)]
pub(super) struct Traffic {
    batches: AtomicUsize,
    events: AtomicUsize,
    recent: Mutex<Recent>,
}

/// Events in the window at hand, and in the one before it.
#[derive(Default)]
struct Recent {
    since: Option<Instant>,
    now: usize,
    before: usize,
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
        let recent = if small { self.recent.lock().unwrap_or_else(PoisonError::into_inner).count(events, Instant::now()) } else { 0 };
        let crowded = small && (recent > RECENT || others >= OTHERS || (others > 0 && waiting + events > EVENTS));
        Passage { traffic: self, events, crowded, small }
    }
}

impl Recent {
    /// Counts events, and says how many there were in this window and the one before.
    fn count(&mut self, events: usize, now: Instant) -> usize {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed >= WINDOW {
            self.before = if passed < 2 * WINDOW { self.now } else { 0 };
            (self.since, self.now) = (Some(now), 0);
        }
        self.now += events;
        self.before + self.now
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.traffic.batches.fetch_sub(1, Ordering::Relaxed);
        self.traffic.events.fetch_sub(self.events, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_of_late_counts() {
        let start = Instant::now();
        let mut recent = Recent::default();
        let mut at = |tenths: u64, events| recent.count(events, start + Duration::from_millis(tenths * 100));
        assert_eq!([at(0, 10), at(5, 10), at(11, 1), at(19, 1)], [10, 20, 21, 22]);
        assert_eq!(at(22, 1), 3, "the window before had two");
        assert_eq!(at(99, 1), 1);
    }

    #[test]
    fn a_large_batch_is_never_crowded_and_a_lone_one_neither() {
        let traffic = Traffic::default();
        let lone = traffic.enter(100);
        assert!(!lone.crowded && lone.small);
        assert!(traffic.enter(EVENTS).crowded, "beside another one");
        assert!(!traffic.enter(LARGE).crowded);
        drop(lone);
        assert!(traffic.enter(RECENT).crowded, "many in a second");
    }
}
