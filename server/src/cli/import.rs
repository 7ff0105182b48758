//! `vigia import`: logs of other systems.

use super::Status;
use super::out::Out;
use crate::ingest::formats::{FORMATS, Known, by_name};
use crate::ingest::{self, Summary};
use crate::store::Store;
use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;

#[derive(Args)]
pub(super) struct Import {
    /// What the files are
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser)]
    pub(super) format: &'static Known,
    /// Name of the system the events come from; give each of several systems its own [default: the format's name]
    #[arg(long, value_name = "NAME", value_parser = source)]
    pub(super) source: Option<String>,
    /// Files to read, gzipped or not; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
}

/// Knows the formats by their names, for the help and for shells that complete.
#[derive(Clone)]
pub(super) struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = &'static Known;

    fn parse_ref(&self, command: &clap::Command, argument: Option<&Arg>, value: &OsStr) -> Result<Self::Value, clap::Error> {
        let name = PossibleValuesParser::new(FORMATS.iter().map(possible)).parse_ref(command, argument, value)?;
        by_name(&name).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidValue))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(FORMATS.iter().map(possible)))
    }
}

fn possible(known: &'static Known) -> PossibleValue {
    PossibleValue::new(known.name).aliases(known.aliases).help(known.reads)
}

pub(super) fn source(text: &str) -> Result<String, String> {
    ingest::source::check(text).map(|()| text.to_owned()).map_err(str::to_owned)
}

impl Import {
    /// Reads the files one after the other, as one stream: what a rotated log says at the end of one file may be answered in the
    /// next. A file that cannot be read does not keep the others from being read.
    pub(super) async fn run(&self, store: &Arc<dyn Store>, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let mut status = Status::Done;
        let mut format = self.format.open(self.source.as_deref().unwrap_or(self.format.source));
        for path in &self.files {
            if self.files.len() > 1 {
                out.line(&format!("{}:", path.display()))?;
            }
            let read;
            (format, read) = read_file(format, store.clone(), path.clone()).await?;
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

/// Reads a file off the async threads, and gives the format back with what it has seen.
async fn read_file(mut format: Reading, store: Arc<dyn Store>, path: PathBuf) -> anyhow::Result<(Reading, anyhow::Result<Summary>)> {
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let summary = open(&path).and_then(|reader| {
            let imported = ingest::import(reader, format.as_mut(), &mut |events| runtime.block_on(store.append(events)));
            imported.with_context(|| format!("{} was not imported to its end.", path.display()))
        });
        (format, summary)
    });
    Ok(work.await?)
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be opened.", path.display()))?;
    anyhow::ensure!(!file.metadata()?.is_dir(), "{} is a folder. Name the files in it.", path.display());
    Ok(Box::new(file))
}
