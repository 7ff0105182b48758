//! The parts of a score. Each gives its bits, before its weight, and the facts of its sentence.

pub(super) mod change;
pub(super) mod credential;
pub(super) mod emergency;
pub(super) mod governance;
pub(super) mod origin;
pub(super) mod time;
pub(super) mod volume;

/// Of how many, how many, as a share for a sentence: 0 of nothing.
fn part_of(some: u32, all: u32) -> f32 {
    if all == 0 { 0.0 } else { (f64::from(some) / f64::from(all)) as f32 }
}
