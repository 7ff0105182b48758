//! `vigia import`: logs of other systems.

use super::Status;
use super::deed::Deed;
use super::measured::Measured;
use super::out::Out;
use crate::clock;
use crate::config::Config;
use crate::event::Event;
use crate::identity::{Actor, Trail};
use crate::ingest::{self, Broken, Formats, Summary};
use crate::manner::Manner;
use crate::store::quarantine::Refused;
use crate::store::{Appended, Store, StoreError};
use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;
use vigia_app::model::Timestamp;

#[derive(Args)]
pub(super) struct Import {
    /// What the files are; without a known name, the error lists them [default: the format of --mapping]
    #[arg(long, value_name = "NAME", required_unless_present = "mapping")]
    pub(super) format: Option<String>,
    /// File with a mapping of your own, read as a further format
    #[arg(long, value_name = "FILE")]
    pub(super) mapping: Option<PathBuf>,
    /// Name of the system the events come from; give each of several systems its own [default: the format's name]
    #[arg(long, value_name = "NAME", value_parser = source)]
    pub(super) source: Option<String>,
    #[command(flatten)]
    pub(super) manner: Manner,
    /// Files to read, plain or packed with gzip or zstd; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
}

pub(super) fn source(text: &str) -> Result<String, String> {
    crate::source_name::check(text).map(|()| text.to_owned()).map_err(String::from)
}

impl Import {
    /// The format, once the settings have told which there are.
    fn open(&self, config: &Config) -> anyhow::Result<(Reading, Origin)> {
        let mut formats = Formats::with(&config.mappings)?;
        let mapped = self.mapping.as_deref().map(|file| formats.read(file).cloned()).transpose()?;
        let known = match (&self.format, mapped) {
            (Some(name), _) => formats.named(name)?.clone(),
            (None, Some(mapped)) => mapped,
            (None, None) => formats.named("")?.clone(),
        };
        let source = self.source.as_deref().unwrap_or(&known.source);
        // The name of a format may be one of Vigia's own: its own format is called so.
        crate::source_name::check(source)
            .map_err(|wrong| anyhow::anyhow!("The source {source:?} cannot be: {wrong}. Add --source NAME."))?;
        let known = known.clone().read_in(self.manner);
        let reading = known.open(source, &ingest::Context::system(config.log_zone));
        Ok((reading, Origin { source: source.into(), format: known.name }))
    }

    /// Reads the files one after the other, as one stream: what a rotated log says at the end of one file may be answered in the
    /// next. A file that cannot be read does not keep the others from being read.
    pub(super) async fn run(&self, config: &Config, actor: &Actor, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let mut status = Status::Done;
        let (mut format, origin) = self.open(config)?;
        let store = super::open(config).await?;
        for path in &self.files {
            if self.files.len() > 1 {
                out.line(&format!("{}:", path.display()))?;
            }
            let trail = Trail::new("Creation", "Import").on(path.display().to_string()).note("Format", &*origin.format);
            let deed = Deed::begin(&store, &clock::system(), actor, trail.note("Source of the events", &*origin.source)).await?;
            let read;
            let measured = Measured::default();
            (format, read) = read_file(format, store.clone(), origin.clone(), path.clone(), measured.clone()).await?;
            let counts = measured.counts(read.as_ref().ok());
            match &read {
                Ok(_) => deed.end(Ok::<&[_], String>(&counts)).await,
                Err(error) => {
                    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{name}: {count}")).collect();
                    deed.end(Err(format!("{error:#} ({})", counts.join("; ")))).await;
                }
            }
            match read {
                Ok(summary) => {
                    out.line(summary.to_string().trim_end())?;
                    if summary.broken_lines > 0 && status == Status::Done {
                        status = Status::BrokenLines;
                    }
                }
                Err(error) if self.files.len() > 1 => {
                    out.line(super::sentences(&error).trim_end())?;
                    status = Status::Failed;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(status)
    }
}

type Reading = Box<dyn ingest::Format + Send>;

/// What the broken lines are called in the quarantine.
#[derive(Clone)]
struct Origin {
    source: Arc<str>,
    format: String,
}

/// The store, for a thread that may wait.
struct Into {
    store: Arc<dyn Store>,
    origin: Origin,
    runtime: Handle,
}

impl ingest::Sink for Into {
    fn append(&mut self, events: Vec<Event>) -> Result<Appended, StoreError> {
        self.runtime.block_on(self.store.append(events))
    }

    fn refuse(&mut self, lines: Vec<Broken>) -> Result<u64, StoreError> {
        let count = lines.len() as u64;
        let Origin { source, format } = &self.origin;
        let line = |Broken { reason, detail, original }| Refused {
            source: source.clone(),
            format: format.clone(),
            reason: reason.to_owned(),
            detail,
            original,
        };
        let lines = lines.into_iter().map(line).collect();
        self.runtime.block_on(self.store.quarantine().add(lines, (clock::system())()))?;
        Ok(count)
    }
}

/// Reads a file off the async threads, and gives the format back with what it has seen.
async fn read_file(
    mut format: Reading,
    store: Arc<dyn Store>,
    origin: Origin,
    path: PathBuf,
    measured: Measured,
) -> anyhow::Result<(Reading, anyhow::Result<Summary>)> {
    let mut sink = Into { store, origin, runtime: Handle::current() };
    let work = tokio::task::spawn_blocking(move || {
        let summary = open(&path).and_then(|(reader, written)| {
            format.written(written);
            let imported = ingest::import(measured.of(reader), format.as_mut(), &mut sink);
            imported.with_context(|| format!("{} was not imported to its end.", path.display()))
        });
        (format, summary)
    });
    Ok(work.await?)
}

/// A file, and when it was last written.
fn open(path: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<Timestamp>)> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be opened.", path.display()))?;
    let about = file.metadata()?;
    anyhow::ensure!(!about.is_dir(), "{} is a folder. Name the files in it.", path.display());
    let written = about.is_file().then(|| about.modified().ok()).flatten();
    Ok((Box::new(file), written.map(|at| DateTime::<Utc>::from(at).into())))
}
