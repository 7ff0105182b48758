//! A question put to all segments: by all cores, where that takes a while.

use crate::index::segment::Damaged;
use crate::index::snapshot::Held;
use std::borrow::Borrow;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::{Duration, Instant};

/// After so long the segments that are left are shared out: for less, beginning a thread takes longer than it saves.
const LONG: Duration = Duration::from_millis(2);

/// What `ask` says of each segment, in their order; an error where what it read was damaged.
pub fn each<'a, H: Borrow<Held> + Sync, T: Send>(
    all: &'a [H],
    ask: impl Fn(&'a Held) -> Result<T, Damaged> + Sync,
) -> Result<Vec<T>, Damaged> {
    let ask = |held: &'a H| {
        let held = held.borrow();
        let said = ask(held)?;
        held.segment.sound()?;
        Ok(said)
    };
    let begun = Instant::now();
    let mut said = Vec::with_capacity(all.len());
    while let Some(held) = all.get(said.len())
        && begun.elapsed() < LONG
    {
        said.push(ask(held)?);
    }
    let left = &all[said.len()..];
    let cores = available_parallelism().map_or(1, NonZero::get).min(left.len());
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, T)>, Damaged> {
        let mut said = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(held) = left.get(place) else { return Ok(said) };
            said.push((place, ask(held)?));
        }
    };
    let mut rest = scope(|threads| {
        let others: Vec<_> = (1..cores).map(|_| threads.spawn(work)).collect();
        let mut rest = work()?;
        for other in others {
            rest.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(rest)
    })?;
    rest.sort_unstable_by_key(|(place, _)| *place);
    said.extend(rest.into_iter().map(|(_, one)| one));
    Ok(said)
}
