//! `vigia demo`: made-up events.

use super::Status;
use super::out::Out;
use crate::clock::Clock;
use crate::demo;
use crate::store::{Appended, Store, StoreError};
use clap::Args;
use std::io::Write;

const EVENTS: u64 = 50_000;
const DAYS: u32 = 90;
const SEED: u64 = 1;

/// Events a commit: large groups are stored faster, small ones need less memory.
const BATCH: usize = 10_000;

#[derive(Args)]
pub(super) struct Demo {
    /// How many events
    #[arg(long, value_name = "N", default_value_t = EVENTS, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub(super) events: u64,
    /// Over how many days up to now
    #[arg(long, value_name = "D", default_value_t = DAYS, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(super) days: u32,
    /// The same seed makes the same events
    #[arg(long, value_name = "S", default_value_t = SEED)]
    pub(super) seed: u64,
    /// Remove all made-up events; the users of the demo stay (see `vigia user list`)
    #[arg(long, conflicts_with_all = ["events", "days", "seed"])]
    pub(super) remove: bool,
}

impl Demo {
    pub(super) async fn run(&self, store: &dyn Store, clock: &Clock, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        if self.remove {
            let removed = store.remove_source(demo::SOURCE).await?;
            out.line(&format!("Removed {removed} made-up events."))?;
            return Ok(Status::Done);
        }
        let appended = fill(store, clock, self.events, self.days, self.seed).await?;
        out.line(&format!("Stored {} made-up events; {} were there already.", appended.stored, appended.duplicate))?;
        out.line("`vigia demo --remove` removes them again.")?;
        Ok(Status::Done)
    }

    /// What `vigia serve --demo` shows: events as without any flag, unless some are there.
    pub(super) async fn ensure(store: &dyn Store, clock: &Clock) -> Result<Option<Appended>, StoreError> {
        if store.has_source(demo::SOURCE).await? {
            return Ok(None);
        }
        fill(store, clock, EVENTS, DAYS, SEED).await.map(Some)
    }
}

async fn fill(store: &dyn Store, clock: &Clock, events: u64, days: u32, seed: u64) -> Result<Appended, StoreError> {
    let mut made = demo::generate(events, days, seed, clock());
    let mut total = Appended::default();
    loop {
        let batch: Vec<_> = made.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            // Whoever looks next wants to see all of them.
            store.settle().await;
            return Ok(total);
        }
        let appended = store.append(batch).await?;
        total.stored += appended.stored;
        total.duplicate += appended.duplicate;
    }
}
