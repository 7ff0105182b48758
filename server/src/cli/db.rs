//! `vigia db`: the database itself.

use super::Status;
use super::deed::unwritten;
use super::out::Out;
use crate::backups::{BackupSetup, before};
use crate::clock;
use crate::config::DatabaseUrl;
use crate::identity::{Actor, Identity, Trail};
use crate::store::Store;
use crate::store::copy::{CopyError, Step, contents, copy};
use anyhow::Context as _;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal as _, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Subcommand)]
pub(super) enum Db {
    /// Copy everything into an empty database of either kind.
    ///
    /// Events keep their ids and times, users their passwords; sign-ins that last are left out, so everybody signs in again. Stop
    /// every vigia that uses one of the databases first. A copy that was ended goes on when it is started again. At the end both
    /// databases are read and compared.
    Copy {
        /// Database to read, for example sqlite://data/vigia.db
        #[arg(long, value_name = "URL")]
        from: DatabaseUrl,
        /// Database to fill, for example postgres://vigia:PASSWORD@db.example/vigia
        #[arg(long, value_name = "URL")]
        to: DatabaseUrl,
    },
}

/// One question reads some thousand whole events, also from a slow disk.
const LIMIT: Duration = Duration::from_secs(600);
/// How often a line says how far the copy is where there is no terminal to draw on.
const LINE_EVERY: Duration = Duration::from_secs(10);

impl Db {
    /// Source and target know of it: the one that it was read, the other where it is from.
    pub(super) async fn run(&self, backups: &BackupSetup, actor: &Actor, out: &mut Out<impl Write + Send>) -> anyhow::Result<Status> {
        let Self::Copy { from, to } = self;
        let (source, target) = (open(from, backups).await?, open(to, backups).await?);
        out.line(&format!("Copying {} to {}", source.describe(), target.describe()))?;
        let (read, filled) = trails(&source, &target);
        // Where it goes on, the first try has said so, and the source stays as it was.
        if contents(&*target).await?.is_none() {
            unwritten(read.record(Trail::new("Export", "Database").on(target.describe()).note("Outcome", "Begun"), actor).await);
        }
        let mut progress = Progress::new();
        let copied = copy(&*source, &*target, &mut |step| progress.tell(step)).await;
        // A copy that has begun goes on later, and finds the source as it was.
        if let Err(error @ (CopyError::NotEmpty(_) | CopyError::OtherCopy)) = &copied {
            let trail = Trail::new("Export", "Database").on(target.describe()).note("Outcome", format!("Failed: {error}"));
            unwritten(read.record(trail, actor).await);
        }
        copied.context("The copy is not complete.")?;
        for line in progress.finish() {
            out.line(&line)?;
        }
        out.line("Both databases hold the same.")?;
        let done = |operation, place: String| Trail::new(operation, "Database").on(place).note("Outcome", "Success");
        unwritten(read.record(done("Export", target.describe()), actor).await);
        unwritten(filled.record(done("Creation", source.describe()).changing(), actor).await);
        Ok(Status::Done)
    }
}

/// The trails of both.
fn trails(source: &Arc<dyn Store>, target: &Arc<dyn Store>) -> (Identity, Identity) {
    let trail = |store: &Arc<dyn Store>| Identity::new(store.clone(), clock::system());
    (trail(source), trail(target))
}

async fn open(url: &DatabaseUrl, backups: &BackupSetup) -> anyhow::Result<Arc<dyn Store>> {
    before::open(url.expose(), LIMIT, &clock::system(), backups).await.with_context(|| format!("{url} cannot be used."))
}

/// A bar on a terminal, a line now and then otherwise; both on standard error.
struct Progress {
    bar: Option<ProgressBar>,
    last: Instant,
    verified: Vec<String>,
}

impl Progress {
    fn new() -> Self {
        let style =
            ProgressStyle::with_template("{msg:20} {wide_bar} {human_pos}/{human_len} {eta}").unwrap_or(ProgressStyle::default_bar());
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(0).with_style(style));
        Self { bar, last: Instant::now(), verified: Vec::new() }
    }

    fn tell(&mut self, step: Step<'_>) {
        match step {
            Step::Copied { table, done, all } => match &self.bar {
                Some(bar) => {
                    bar.set_length(all);
                    bar.set_position(done);
                    bar.set_message(table.to_owned());
                }
                None if done == all || self.last.elapsed() >= LINE_EVERY => {
                    self.last = Instant::now();
                    let _ = writeln!(std::io::stderr(), "{table}: {done} of {all} events");
                }
                None => {}
            },
            Step::Verified { table, records } => {
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("verified {table}"));
                }
                self.verified.push(format!("{table}: {records} records, equal on both sides"));
            }
        }
    }

    fn finish(self) -> Vec<String> {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.verified
    }
}
