//! A question put to all segments, by all cores where they are many.

use crate::index::segment::Damaged;
use crate::index::snapshot::Held;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

/// Rows from which on the segments are shared out: with fewer, beginning a thread takes longer than it saves.
const MANY: u64 = 2 << 20;

/// What `ask` says of each segment, in their order.
pub fn each<T: Send>(all: &[Held], ask: impl Fn(&Held) -> Result<T, Damaged> + Sync) -> Result<Vec<T>, Damaged> {
    let cores = available_parallelism().map_or(1, NonZero::get).min(all.len());
    if cores < 2 || all.iter().map(Held::rows).sum::<u64>() < MANY {
        return all.iter().map(ask).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, T)>, Damaged> {
        let mut said = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(held) = all.get(place) else { return Ok(said) };
            said.push((place, ask(held)?));
        }
    };
    let mut said = scope(|threads| {
        let others: Vec<_> = (1..cores).map(|_| threads.spawn(work)).collect();
        let mut said = work()?;
        for other in others {
            said.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(said)
    })?;
    said.sort_unstable_by_key(|(place, _)| *place);
    Ok(said.into_iter().map(|(_, said)| said).collect())
}
