//! How fast bytes may go.

use std::num::NonZeroU64;
use std::time::Duration;
use tokio::time::Instant;

/// What was missed, because the client or the disk was slow or a timer late, is made up for this long: a burst is no more than that.
const MADE_UP: Duration = Duration::from_millis(100);

/// Keeps a stream to so many bytes a second.
#[derive(Debug)]
pub(super) struct Pace {
    per_second: NonZeroU64,
    /// When the next bytes are due.
    due: Instant,
}

impl Pace {
    pub(super) fn new(per_second: NonZeroU64, now: Instant) -> Self {
        Self { per_second, due: now }
    }

    /// How many bytes go at once: a tenth of a second's, so that a slow stream does not stand still for long.
    pub(super) fn at_once(&self) -> usize {
        usize::try_from(self.per_second.get() / 10).unwrap_or(usize::MAX).max(1)
    }

    /// When so many bytes may go that are there now.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> Instant {
        let at = now.checked_sub(MADE_UP).map_or(self.due, |earliest| self.due.max(earliest));
        self.due = at + Duration::from_secs_f64(bytes as f64 / self.per_second.get() as f64);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(per_second: u64) -> (Pace, Instant) {
        let start = Instant::now();
        (Pace::new(NonZeroU64::new(per_second).expect("some"), start), start)
    }

    /// How long it takes, where each piece comes up so long after the one before may go.
    fn takes(per_second: u64, total: usize, late: Duration) -> Duration {
        let (mut pace, start) = pace(per_second);
        let (mut now, mut left) = (start, total);
        while left > 0 {
            let piece = left.min(pace.at_once());
            now = pace.take(piece, now).max(now) + late;
            left -= piece;
        }
        now - start
    }

    #[test]
    fn a_minute_of_bytes_takes_a_minute() {
        for per_second in [1, 7, 1000, 1 << 20, 1 << 30] {
            let took = takes(per_second, usize::try_from(per_second).expect("fits") * 60, Duration::ZERO);
            assert!((Duration::from_secs(58)..=Duration::from_secs(61)).contains(&took), "{per_second} bytes a second: {took:?}");
        }
    }

    #[test]
    fn timers_that_are_late_do_not_slow_it_down() {
        let took = takes(1 << 20, 60 << 20, Duration::from_millis(2));
        assert!(took < Duration::from_secs(61), "{took:?}");
    }

    #[test]
    fn a_client_that_stood_still_gets_no_burst() {
        let (mut pace, start) = pace(1000);
        let later = start + Duration::from_secs(3600);
        assert_eq!(pace.take(100, later), later - MADE_UP);
        assert_eq!(pace.take(100, later), later);
        assert_eq!(pace.take(100, later), later + Duration::from_millis(100));
    }
}
