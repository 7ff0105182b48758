//! The axis of counts: whole numbers from zero on, with a few round ones marked.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use std::ops::Range;

/// Round numbers from zero to the first that is not below `largest`, evenly apart, at most `most` of them (and at least two). The
/// step is 1, 2 or 5 times a power of ten, and never less than 1: there are no halves of a view.
///
/// Where the last would be more than a `u64` holds, it is left out.
pub fn ticks(largest: u64, most: usize) -> Vec<u64> {
    let steps = most.max(2) as u64 - 1;
    let step = step(largest, steps);
    let last = largest.div_ceil(step).max(1);
    (0..=last).map_while(|count| count.checked_mul(step)).collect()
}

fn step(largest: u64, steps: u64) -> u64 {
    let least = largest.div_ceil(steps).max(1);
    let mut power = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(step) if step >= least => return step,
                Some(_) => {}
                // Twice of this is more than there is: one step has to do.
                None => return power,
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The axis itself: where a count stands between its ends.
#[derive(Clone)]
pub struct Counts {
    ticks: Vec<u64>,
    top: u64,
}

impl Counts {
    /// For counts up to `largest`, with at most `most` ticks.
    pub fn new(largest: u64, most: usize) -> Self {
        let ticks = ticks(largest, most);
        let top = ticks.last().copied().unwrap_or(1).max(largest);
        Self { ticks, top }
    }

    /// The round numbers to mark.
    pub fn ticks(&self) -> &[u64] {
        &self.ticks
    }

    /// The count, or the least that can be seen on an axis so many pixels long: what is more than nothing shows.
    pub fn seen(&self, count: u64, pixels: i32) -> u64 {
        let least = self.top.div_ceil(u64::from(pixels.max(1).unsigned_abs()));
        if count == 0 { 0 } else { count.max(least) }
    }
}

impl Ranged for Counts {
    type FormatOption = NoDefaultFormatting;
    type ValueType = u64;

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a share of the axis, which is a few thousand tenths long"
    )]
    fn map(&self, count: &u64, (zero, end): (i32, i32)) -> i32 {
        let share = (*count).min(self.top) as f64 / self.top as f64;
        zero + (f64::from(end - zero) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<u64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<u64> {
        0..self.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0, 5), [0, 1]);
        assert_eq!(ticks(1, 5), [0, 1]);
        assert_eq!(ticks(3, 5), [0, 1, 2, 3]);
        assert_eq!(ticks(4, 5), [0, 1, 2, 3, 4]);
        assert_eq!(ticks(5, 5), [0, 2, 4, 6]);
        assert_eq!(ticks(1_234, 5), [0, 500, 1_000, 1_500]);
        assert_eq!(ticks(2_000_000, 5), [0, 500_000, 1_000_000, 1_500_000, 2_000_000]);
        assert_eq!(ticks(7, 0), [0, 10], "two are the least that make an axis");
    }

    #[test]
    fn ticks_hold_for_any_count() {
        let mut counts: Vec<u64> = (0..64).flat_map(|bit| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1]).collect();
        counts.extend([u64::MAX, u64::MAX - 1, 999, 1_001, 10_000_000_000_000_000_000]);
        for largest in counts {
            for most in 2..9 {
                let ticks = ticks(largest, most);
                assert!((2..=most).contains(&ticks.len()), "{largest} in {most}: {ticks:?}");
                assert_eq!(ticks[0], 0);
                let step = ticks[1];
                assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == step), "{ticks:?}");
                let mut digits = step;
                while digits.is_multiple_of(10) {
                    digits /= 10;
                }
                assert!([1, 2, 5].contains(&digits), "{step}");
                let last = ticks[ticks.len() - 1];
                assert!(last >= largest || last.checked_add(step).is_none(), "{largest}: {ticks:?}");
            }
        }
    }

    #[test]
    fn the_axis_runs_from_zero_to_its_top() {
        for largest in [0, 1, 7, 1_000_000, u64::MAX] {
            let axis = Counts::new(largest, 5);
            let places: Vec<i32> = axis.ticks().iter().chain([&largest]).map(|tick| axis.map(tick, (1_000, 100))).collect();
            assert_eq!(places[0], 1_000);
            assert!(places.iter().all(|place| (100..=1_000).contains(place)), "{places:?}");
        }
    }

    #[test]
    fn what_is_more_than_nothing_is_seen() {
        let axis = Counts::new(1_000_000, 5);
        assert_eq!(axis.seen(0, 100), 0);
        assert_eq!(axis.map(&axis.seen(1, 100), (1_000, 0)), 990, "one pixel");
        assert_eq!(axis.seen(500_000, 100), 500_000);
    }
}
