//! `vigia quarantine`: lines that no format understood.

use super::log::escaped;
use super::out::Out;
use super::{Status, deed};
use crate::identity::{Actor, Identity};
use crate::ingest::Intake;
use crate::ingest::quarantine_desk::{Chosen, QuarantineDesk};
use crate::manner::Encoding;
use crate::store::quarantine::QuarantineFilter;
use clap::{Args, Subcommand};
use std::io::Write;

/// So much of a line is shown in the list, in characters.
const SHOWN: usize = 100;

#[derive(Subcommand)]
pub(super) enum Quarantine {
    /// Print how many lines there are of each source, format and reason, and the newest of them.
    List {
        #[command(flatten)]
        filter: Filter,
        /// Of this format
        #[arg(long, value_name = "NAME")]
        format: Option<String>,
        /// How many lines
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=10_000))]
        limit: u32,
    },
    /// Print one line, whole.
    Show {
        /// Its number, from the list
        id: i64,
    },
    /// Read lines again: those that are understood now are stored and leave the quarantine.
    Replay {
        /// Their numbers, from the list
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<i64>,
        /// All lines
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        #[command(flatten)]
        filter: Filter,
        /// Read them by this format [default: the one they came in by]
        #[arg(long, value_name = "NAME")]
        format: Option<String>,
        /// What lines are that are not UTF-8; left out, they stay
        #[arg(long, value_name = "NAME", default_value = "utf-8", hide_default_value = true)]
        encoding: Encoding,
    },
    /// Remove lines for good.
    Drop {
        /// Their numbers, from the list
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<i64>,
        /// All lines
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        #[command(flatten)]
        filter: Filter,
        /// Of this format
        #[arg(long, value_name = "NAME")]
        format: Option<String>,
    },
}

#[derive(Args)]
pub(super) struct Filter {
    /// Of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// With this reason
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Filter {
    fn with(&self, format: Option<&String>) -> QuarantineFilter {
        QuarantineFilter { source: self.source.clone(), format: format.cloned(), reason: self.reason.clone() }
    }
}

/// Lines by their numbers, or all that the filter lets through.
fn chosen(ids: &[i64], filter: QuarantineFilter) -> anyhow::Result<Chosen> {
    if ids.is_empty() {
        return Ok(Chosen::All(filter));
    }
    anyhow::ensure!(filter == QuarantineFilter::default(), "Name lines by their numbers, or narrow --all; not both.");
    Ok(Chosen::Ids(ids.to_vec()))
}

impl Quarantine {
    /// `actor` is who runs the program, for the trail.
    pub(super) async fn run(
        &self,
        intake: &Intake,
        identity: &Identity,
        actor: &Actor,
        out: &mut Out<impl Write>,
    ) -> anyhow::Result<Status> {
        let desk = QuarantineDesk { intake, identity };
        match self {
            Self::List { filter, format, limit } => {
                let filter = filter.with(format.as_ref());
                deed::seen(identity, actor, "Quarantine", Chosen::All(filter.clone()).to_string()).await;
                list(&desk, &filter, *limit, out).await?;
            }
            Self::Show { id } => {
                let line = desk.get(*id).await?;
                deed::seen(identity, actor, "Quarantine", Chosen::Ids(vec![*id]).to_string()).await;
                let received = line.received.rfc3339();
                let line = line.line;
                for (name, value) in [
                    ("received", received.as_str()),
                    ("source", &*line.source),
                    ("format", &line.format),
                    ("reason", &line.reason),
                    ("detail", &line.detail),
                    ("line", &line.original),
                ] {
                    out.line(&format!("{name:<9} {}", escaped(value)))?;
                }
            }
            Self::Replay { ids, all: _, filter, format, encoding } => {
                let replayed = desk.replay(&chosen(ids, filter.with(None))?, format.as_deref(), *encoding, actor).await?;
                out.line(&format!(
                    "{} lines are understood now: {} rows stored, {} already there. {} lines stay in the quarantine.",
                    replayed.understood, replayed.stored, replayed.duplicate, replayed.broken
                ))?;
            }
            Self::Drop { ids, all: _, filter, format } => {
                let removed = desk.discard(&chosen(ids, filter.with(format.as_ref()))?, actor).await?;
                out.line(&format!("Removed {removed} lines."))?;
            }
        }
        Ok(Status::Done)
    }
}

async fn list(desk: &QuarantineDesk<'_>, filter: &QuarantineFilter, limit: u32, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let counts = desk.counts().await?;
    if counts.is_empty() {
        return Ok(out.line("The quarantine is empty.")?);
    }
    let head = ["LINES", "SOURCE", "FORMAT", "REASON"].map(str::to_owned);
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let counts = counts.into_iter();
    let counts =
        counts.filter(|count| is(&filter.source, &count.source) && is(&filter.format, &count.format) && is(&filter.reason, &count.reason));
    let rows = counts.map(|count| [count.lines.to_string(), count.source, count.format, escaped(&count.reason)]);
    out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())?;
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let (lines, next) = desk.list(filter, before, left).await?;
        rows.extend(lines.into_iter().map(|line| {
            let beginning: String = line.line.original.chars().take(SHOWN).collect();
            let (id, received, reason) = (line.id.to_string(), line.received.rfc3339(), escaped(&line.line.reason));
            [id, received, line.line.source.to_string(), line.line.format, reason, escaped(&beginning)]
        }));
        before = next;
        if next.is_none() || rows.len() >= limit as usize {
            break;
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let head = ["ID", "RECEIVED", "SOURCE", "FORMAT", "REASON", "LINE"].map(str::to_owned);
    Ok(out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())?)
}
