//! `vigia demo`: made-up events, and the devices they are about.

use super::Status;
use super::out::Out;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::sandbox::{Network, Request, Sandbox, Vault};
use crate::demo::{self, SEED};
use crate::event::Event;
use crate::identity::{Actor, Identity};
use crate::notifications::{Delivery, NotificationDesk};
use crate::operations::desk::Desk;
use crate::operations::setup::Setup;
use crate::reports::ReportService;
use crate::store::{Appended, Store, StoreError};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::Value;
use std::io::{Write, stdin};
use std::path::PathBuf;
use std::sync::Arc;
use vigia_app::model::OperationStatus;

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

/// What the scripts of the demo's connector call.
#[derive(Subcommand)]
pub(super) enum Part {
    /// Be a made-up device: read one request from standard input, and answer it.
    ///
    /// A request is JSON, as in {"do": "set", "device": "srv-db-01", "username": "root", "password": "..."}; instead of `set` also `reach`
    /// and `sign_in`.
    Device(Folder),
    /// Be the vault of the made-up devices.
    Vault {
        #[command(flatten)]
        folder: Folder,
        #[command(subcommand)]
        verb: Verb,
    },
}

#[derive(Args)]
pub(super) struct Folder {
    /// Where the devices are kept
    #[arg(long, value_name = "FOLDER")]
    folder: PathBuf,
}

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Print the record of an account; nothing where there is none
    Get(Of),
    /// Keep a record, JSON from standard input, for an account
    Put(Of),
}

/// An account.
#[derive(Args)]
pub(super) struct Of {
    /// The device's name in hexadecimal
    device: Hex,
    /// The user name in hexadecimal
    username: Hex,
}

/// A text that was given in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hex(String);

impl std::str::FromStr for Hex {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(|pair| digit(pair).filter(|_| pair.len() == 2)).collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(Self).ok_or_else(|| "is not UTF-8 in hexadecimal; write for example 726f6f74 for root".to_owned())
    }
}

impl Part {
    /// # Errors
    /// When the sandbox cannot be read or written, or the request cannot be read; what a device refuses is an answer.
    pub(super) fn run(&self, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        match self {
            Self::Device(Folder { folder }) => {
                let request: Request = serde_json::from_reader(stdin()).context("the request cannot be read")?;
                let answer = Network::new(folder, std::thread::sleep).ask(&request)?;
                out.line(&serde_json::to_string(&answer)?)?;
            }
            Self::Vault { folder, verb: Verb::Get(of) } => {
                if let Some(record) = Vault::new(&folder.folder).get(&of.device.0, &of.username.0)? {
                    out.line(&record.to_string())?;
                }
            }
            Self::Vault { folder, verb: Verb::Put(of) } => {
                let record: Value = serde_json::from_reader(stdin()).context("the record cannot be read")?;
                Vault::new(&folder.folder).put(&of.device.0, &of.username.0, record)?;
            }
        }
        Ok(Status::Done)
    }
}

impl Demo {
    pub(super) async fn run(
        &self,
        config: &Config,
        store: Arc<dyn Store>,
        clock: &Clock,
        account: &str,
        out: &mut Out<impl Write>,
    ) -> anyhow::Result<Status> {
        let sandbox = Sandbox::beside(&config.database.folder());
        if self.mend {
            let Some((devices, accounts)) = sandbox.mend()? else {
                bail!("There is no demo in {}; `vigia serve --demo` sets it up.", sandbox.folder().display());
            };
            out.line(&format!("Devices brought up: {devices}. Accounts unlocked: {accounts}."))?;
            return Ok(Status::Done);
        }
        if self.remove {
            remove(&sandbox, store, clock, account, out).await?;
            return Ok(Status::Done);
        }
        let appended = fill(&*store, demo::generate(self.events, self.days, self.seed, clock())).await?;
        out.line(&format!("Stored {} made-up events; {} were there already.", appended.stored, appended.duplicate))?;
        out.line("`vigia demo --remove` removes them again.")?;
        Ok(Status::Done)
    }

    /// What `vigia serve --demo` shows: events as without any flag, unless some are there. `waiting` says whether those operations are
    /// among them that have not been carried out yet: with a sandbox they are operations that Vigia carries out.
    pub(super) async fn ensure(store: &dyn Store, clock: &Clock, waiting: bool) -> Result<Option<Appended>, StoreError> {
        if store.has_source(demo::SOURCE).await? {
            return Ok(None);
        }
        let made = demo::generate(EVENTS, DAYS, SEED, clock());
        let waits = [OperationStatus::Scheduled, OperationStatus::AwaitingApproval].map(OperationStatus::name);
        let suits = |event: &Event| waiting || !waits.contains(&event.get("status").plain().as_str());
        fill(store, made.filter(suits)).await.map(Some)
    }
}

async fn remove(sandbox: &Sandbox, store: Arc<dyn Store>, clock: &Clock, account: &str, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let removed = store.remove_source(demo::SOURCE).await?;
    let (identity, reports) = (Identity::new(store.clone(), clock.clone()), ReportService::new(store.clone(), clock.clone()));
    let (setup, delivery) = (Setup::default(), Delivery::default());
    let desk = Desk { store: &*store, reports: &reports, identity: &identity, setup: &setup };
    let rules = NotificationDesk { store: &*store, identity: &identity, delivery: &delivery };
    Sandbox::empty(&desk, &rules, &Actor::command_line(account)).await.map_err(anyhow::Error::msg)?;
    out.line(&format!("Removed {removed} made-up events, and the demo's credential sets and notification rule."))?;
    if sandbox.remove()? {
        out.line(&format!("Removed the demo's devices, vault and mailbox in {}.", sandbox.folder().display()))?;
    }
    Ok(())
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
