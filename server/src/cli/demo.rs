//! `vigia demo`: made-up events, and the devices they are about.

mod backups;
mod part;
mod server;

pub(super) use part::Part;
pub(super) use server::DemoServer;

use super::Status;
use super::deed::Deed;
use super::out::Out;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::sandbox::Sandbox;
use crate::demo::{self, SEED};
use crate::event::Event;
use crate::identity::{Actor, Identity, Trail};
use crate::index::Index;
use crate::notifications::{Delivery, NotificationDesk};
use crate::operations::operation_desk::OperationDesk;
use crate::operations::setup::Setup;
use crate::reports::ReportService;
use crate::store::{Appended, Store, StoreError};
use anyhow::Context as _;
use clap::Args;
use std::io::Write;
use std::sync::Arc;

const EVENTS: u64 = 50_000;
const DAYS: u32 = 90;

/// Events a commit: large groups are stored faster, small ones need less memory.
const BATCH: usize = 10_000;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
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
    /// Remove everything of the demo: events, devices with their vault and mailbox, credential sets, notification rule. The users of the
    /// demo stay (see `vigia user list`)
    #[arg(long, conflicts_with_all = ["events", "days", "seed"])]
    pub(super) remove: bool,
    /// Bring up the devices of the demo that are down, and unlock its locked accounts
    #[arg(long, conflicts_with_all = ["events", "days", "seed", "remove"])]
    pub(super) mend: bool,
    #[command(subcommand)]
    pub(super) part: Option<Part>,
}

impl Demo {
    pub(super) async fn run(
        &self,
        config: &Config,
        store: Arc<dyn Store>,
        clock: &Clock,
        actor: &Actor,
        out: &mut Out<impl Write>,
    ) -> anyhow::Result<Status> {
        let sandbox = Sandbox::beside(&config.database.folder());
        let deed = Deed::begin(&store, clock, actor, self.trail(&sandbox)).await?;
        if self.mend {
            let mended = sandbox.mend().map_err(Into::into).and_then(|mended| {
                mended.with_context(|| format!("There is no demo in {}; `vigia serve --demo` sets it up.", sandbox.folder().display()))
            });
            let counts = |(devices, accounts): &(usize, usize)| {
                vec![("Devices brought up", devices.to_string()), ("Accounts unlocked", accounts.to_string())]
            };
            let (devices, accounts) = deed.ended(mended, counts).await?;
            out.line(&format!("Devices brought up: {devices}. Accounts unlocked: {accounts}."))?;
            return Ok(Status::Done);
        }
        if self.remove {
            let removed = remove(&sandbox, store, clock, actor, out).await;
            deed.ended(removed, |removed| vec![("Events removed", removed.to_string())]).await?;
            return Ok(Status::Done);
        }
        let appended = fill(&*store, demo::generate(self.events, self.days, self.seed, clock())).await.map_err(Into::into);
        let counts = |appended: &Appended| vec![("Stored", appended.stored.to_string()), ("There already", appended.duplicate.to_string())];
        let appended = deed.ended(appended, counts).await?;
        out.line(&format!("Stored {} made-up events; {} were there already.", appended.stored, appended.duplicate))?;
        out.line("`vigia demo --remove` removes them again.")?;
        Ok(Status::Done)
    }

    fn trail(&self, sandbox: &Sandbox) -> Trail {
        match (self.mend, self.remove) {
            (true, _) => Trail::new("Update", "Demo").on(sandbox.folder().display().to_string()),
            (_, true) => Trail::new("Deletion", "Demo").on("Made-up events, devices, credential sets and rule"),
            _ => Trail::new("Creation", "Demo").on(format!("{} made-up events of {} days, seed {}", self.events, self.days, self.seed)),
        }
    }
}

/// Removes everything of the demo, and says how many events there were.
async fn remove(sandbox: &Sandbox, store: Arc<dyn Store>, clock: &Clock, actor: &Actor, out: &mut Out<impl Write>) -> anyhow::Result<u64> {
    let removed = store.remove_source(demo::SOURCE).await?;
    let (identity, reports) =
        (Identity::new(store.clone(), clock.clone()), ReportService::new(store.clone(), clock.clone(), Index::default()));
    let (setup, delivery) = (Setup::default(), Delivery::default());
    let desk = OperationDesk { store: &*store, reports: &reports, identity: &identity, setup: &setup };
    let rules = NotificationDesk { store: &*store, identity: &identity, delivery: &delivery };
    Sandbox::empty(&desk, &rules, actor).await.map_err(anyhow::Error::msg)?;
    out.line(&format!("Removed {removed} made-up events, and the demo's credential sets and notification rule."))?;
    if sandbox.remove()? {
        out.line(&format!("Removed the demo's devices, vault and mailbox in {}.", sandbox.folder().display()))?;
    }
    Ok(removed)
}

async fn fill(store: &dyn Store, made: impl Iterator<Item = Event>) -> Result<Appended, StoreError> {
    let mut made = made;
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
