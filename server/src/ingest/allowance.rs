//! How fast the quarantine may grow: whoever sends what nobody understands would otherwise fill the disk.
//!
//! Each source may bring so much at once, and so much a minute after that; so may all together, since a sender may choose what its source is called.
//! What is beyond is told, counted and not kept. The same line again takes nothing: it is kept once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vigia_app::model::Timestamp;

/// How many bytes may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    pub at_once: u64,
    /// So many come back.
    pub a_minute: u64,
}

/// Of one source.
const SOURCE: Growth = Growth { at_once: 64 << 20, a_minute: 1 << 20 };
/// Of all together.
const ALL: Growth = Growth { at_once: 256 << 20, a_minute: 4 << 20 };
/// Sources that are remembered, but for those that have their whole allowance; further ones have one together.
const REMEMBERED: usize = 1_000;
/// Those that need not be remembered are looked for this often at most, in milliseconds.
const SWEPT_EVERY: i64 = 1_000;
/// That something was not kept is in the log this often at most, in milliseconds.
const WARNED_EVERY: i64 = 60_000;
const MINUTE: i64 = 60_000;

/// What is left to everybody. Cheap to clone.
#[derive(Clone)]
pub(super) struct Allowance {
    source: Growth,
    left: Arc<Mutex<Left>>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self::new(SOURCE)
    }
}

#[derive(Default)]
struct Left {
    all: Bucket,
    sources: HashMap<Arc<str>, Bucket>,
    /// Lines that were not kept since the log said so, and when that was.
    left_out: u64,
    warned: Option<Timestamp>,
    swept: Option<Timestamp>,
}

impl Left {
    fn bucket(&mut self, source: &Arc<str>, growth: Growth, now: Timestamp) -> &mut Bucket {
        let is_full = |left: &Self| left.sources.len() >= REMEMBERED && !left.sources.contains_key(source);
        if is_full(self) && has_passed(self.swept, now, SWEPT_EVERY) {
            self.swept = Some(now);
            self.sources.retain(|_, bucket| {
                bucket.until(now, growth);
                bucket.used > 0
            });
        }
        let name = if is_full(self) { "".into() } else { source.clone() };
        self.sources.entry(name).or_default()
    }
}

fn has_passed(since: Option<Timestamp>, now: Timestamp, millis: i64) -> bool {
    since.is_none_or(|since| now.millis().saturating_sub(since.millis()) >= millis)
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// Bytes that were taken and have not come back.
    used: u64,
    at: i64,
}

impl Bucket {
    fn until(&mut self, now: Timestamp, growth: Growth) {
        let passed = now.millis().saturating_sub(self.at).clamp(0, i64::from(u32::MAX));
        let back = growth.a_minute.saturating_mul(passed.unsigned_abs()) / MINUTE.unsigned_abs();
        if back > 0 || self.used == 0 {
            self.used = self.used.saturating_sub(back);
            self.at = now.millis();
        }
    }

    const fn has(&self, bytes: u64, growth: Growth) -> bool {
        self.used.saturating_add(bytes) <= growth.at_once
    }
}

impl Allowance {
    /// So much for each source.
    pub(super) fn new(source: Growth) -> Self {
        Self { source, left: Arc::default() }
    }

    /// Takes so many bytes of what a source may bring; false where they are not left.
    pub(super) fn take(&self, source: &Arc<str>, bytes: usize, now: Timestamp) -> bool {
        let bytes = bytes as u64;
        let mut left = self.left();
        left.all.until(now, ALL);
        let of_all = left.all.has(bytes, ALL);
        let bucket = left.bucket(source, self.source, now);
        bucket.until(now, self.source);
        if of_all && bucket.has(bytes, self.source) {
            bucket.used += bytes;
            left.all.used += bytes;
            return true;
        }
        left.left_out += 1;
        if has_passed(left.warned, now, WARNED_EVERY) {
            let lines = std::mem::take(&mut left.left_out);
            tracing::warn!(%source, lines, "broken lines come faster than the quarantine keeps them; they are not kept");
            left.warned = Some(now);
        }
        false
    }

    /// Gives back what was taken for lines that were there already.
    pub(super) fn give_back(&self, source: &Arc<str>, bytes: u64) {
        let mut left = self.left();
        left.all.used = left.all.used.saturating_sub(bytes);
        let name: &str = if left.sources.contains_key(source) { source } else { "" };
        if let Some(bucket) = left.sources.get_mut(name) {
            bucket.used = bucket.used.saturating_sub(bytes);
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::saturating(1_795_356_207_000 + seconds * 1000)
    }

    #[test]
    fn a_source_has_its_allowance_at_once_and_then_so_much_a_minute() {
        let (allowance, noisy, other) = (Allowance::default(), "noisy".into(), "other".into());
        assert!((0..64).all(|_| allowance.take(&noisy, MIB, at(0))));
        assert!(!allowance.take(&noisy, MIB, at(0)));
        assert!(allowance.take(&other, MIB, at(0)), "another one has its own");
        assert!(!allowance.take(&noisy, MIB, at(59)));
        assert!(allowance.take(&noisy, MIB, at(61)) && !allowance.take(&noisy, MIB, at(61)));
        assert!((0..600).all(|second| allowance.take(&noisy, MIB / 60, at(62 + second))), "a little each second adds up");
        allowance.give_back(&noisy, 2 * MIB as u64);
        assert!(allowance.take(&noisy, 2 * MIB, at(662)), "what was there already takes nothing");
    }

    #[test]
    fn names_that_are_made_up_have_no_more_together() {
        let allowance = Allowance::default();
        let kept = (0..5_000).filter(|number| allowance.take(&format!("source-{number}").into(), MIB, at(0))).count();
        assert_eq!(kept, 256);
        assert!(allowance.take(&"later".into(), 4 * MIB, at(60)));
        assert!(allowance.left().sources.len() <= REMEMBERED + 1, "they are not all remembered");
    }
}
