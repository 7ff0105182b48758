//! `vigia mapping`: mapping files, before they are put to use.

use super::Status;
use super::log::escaped;
use super::out::Out;
use crate::config::Config;
use crate::event::Event;
use crate::ingest::{Context, Format, Formats, Skip, lines};
use anyhow::Context as _;
use clap::Subcommand;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum Mapping {
    /// Say whether a mapping file is sound, and what it makes of sample lines.
    ///
    /// Nothing is stored. Each line of the sample is printed with the event it becomes, or with the reason why it becomes none.
    Check {
        /// The mapping file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Lines to try it on, gzipped or not
        #[arg(value_name = "SAMPLE")]
        sample: Option<PathBuf>,
    },
}

impl Mapping {
    pub(super) fn run(&self, config: &Config, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let Self::Check { file, sample } = self;
        let mut formats = Formats::built_in();
        let known = formats.read(file)?;
        out.line(&format!("{} is sound: format {}. {}", file.display(), known.name, known.reads))?;
        match sample {
            Some(sample) => try_on(known.open(&known.source, &Context::system(config.log_zone)).as_mut(), sample, out),
            None => Ok(Status::Done),
        }
    }
}

fn try_on(format: &mut dyn Format, sample: &Path, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
    let file = File::open(sample).with_context(|| format!("{} cannot be opened.", sample.display()))?;
    let read = |error| anyhow::Error::new(error).context(format!("{} cannot be read.", sample.display()));
    let mut lines = lines::Lines::new(lines::decompress(file).map_err(read)?);
    let mut status = Status::Done;
    loop {
        let mut events = Vec::new();
        let (number, result) = match lines.next_line().map_err(read)? {
            Some((number, Ok(line))) => (number, format.line(number, line, &mut events)),
            Some((number, Err(no_text))) => (number, Err(Skip::broken(no_text.reason()))),
            None => return Ok(status),
        };
        match result {
            Ok(()) => {}
            Err(Skip::Unwanted(why)) => out.line(&format!("line {number}: left out: {why}"))?,
            Err(Skip::Broken { reason, detail }) => {
                status = Status::BrokenLines;
                out.line(&format!("line {number}: {reason}: {}", escaped(&detail)))?;
            }
        }
        for event in &events {
            out.line(&format!("line {number}: {}", event.report.words.title.english()))?;
            show(event, out)?;
        }
    }
}

/// An event, a value a line.
fn show(event: &Event, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let cells = event.report.stored().filter(|column| column.key != "source").zip(&event.cells);
    let cells = cells.filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| [column.key.to_owned(), escaped(&cell.plain())]);
    let attempts = event.attempts.iter().map(|attempt| {
        [format!("attempt {}", attempt.number), escaped(&format!("{} {} {}", attempt.result, attempt.executor, attempt.message))]
    });
    let extra = event.extra.iter().map(|(name, value)| [format!("+ {}", escaped(name)), escaped(value)]);
    let first = [[event.report.time.to_owned(), event.time.rfc3339()], ["source id".to_owned(), escaped(&event.source_id)]];
    for [name, value] in first.into_iter().chain(cells).chain(attempts).chain(extra) {
        out.line(format!("  {name:24} {value}").trim_end())?;
    }
    Ok(())
}
