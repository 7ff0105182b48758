//! `vigia mapping`: mapping files before they are put to use, and what formats make of lines.

use super::Status;
use super::log::escaped;
use super::out::Out;
use crate::config::Config;
use crate::ingest::formats::Known;
use crate::ingest::lines::{Lines, decompress};
use crate::ingest::tried::{TriedEvent, TriedLine};
use crate::ingest::trying::{Outcome, SOURCE, Tried, Trying};
use crate::ingest::{Context, Formats};
use crate::manner::Manner;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use vigia_app::model::Report;
use vigia_app::reports;

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
    /// Say what becomes of lines: their format, the rule that decides, and the event; or why there is none.
    ///
    /// Nothing is stored. Secrets are masked as they are in what is stored.
    Try(Try),
}

#[derive(Args)]
pub(super) struct Try {
    /// The lines, gzipped or not; - is standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The format to read them by [default: each line's own, told by its marks]
    #[arg(long, value_name = "NAME")]
    pub(super) format: Option<String>,
    /// File with a mapping of your own, read as a further format
    #[arg(long, value_name = "FILE")]
    pub(super) mapping: Option<PathBuf>,
    /// Print a JSON object for each line
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) manner: Manner,
}

impl Mapping {
    pub(super) fn run(&self, config: &Config, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        match self {
            Self::Check { file, sample } => {
                let mut formats = Formats::built_in();
                let known = formats.read(file)?.clone();
                out.line(&format!("{} is sound: format {}. {}", file.display(), known.name, known.reads))?;
                let Some(sample) = sample else { return Ok(Status::Done) };
                let source = known.source.clone();
                try_on(&known, &source, config, sample, &mut |tried| show(tried, out))
            }
            Self::Try(what) => {
                let mut formats = Formats::with(&config.mappings)?;
                let mapped = what.mapping.as_deref().map(|file| formats.read(file).cloned()).transpose()?;
                let known = match (&what.format, mapped) {
                    (Some(name), _) => formats.named(name)?.clone(),
                    (None, Some(mapped)) => mapped,
                    (None, None) => formats.named(crate::ingest::AUTO)?.clone(),
                };
                try_on(&known.read_in(what.manner), SOURCE, config, &what.file, &mut |tried| {
                    if what.json { Ok(out.line(&serde_json::to_string(&TriedLine::from(tried))?)?) } else { show(tried, out) }
                })
            }
        }
    }
}

fn try_on(
    known: &Known,
    source: &str,
    config: &Config,
    path: &Path,
    show: &mut dyn FnMut(Tried) -> anyhow::Result<()>,
) -> anyhow::Result<Status> {
    let from: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("{} cannot be opened.", path.display()))?)
    };
    let read = |error| anyhow::Error::new(error).context(format!("{} cannot be read.", path.display()));
    let mut lines = Lines::new(decompress(from).map_err(read)?);
    let mut trying = Trying::new(&known.name, known.open(source, &Context::system(config.log_zone)));
    let mut status = Status::Done;
    loop {
        let tried = match lines.next_line().map_err(read)? {
            Some((_, Ok(line))) => trying.line(line),
            Some((_, Err(no_text))) => trying.no_text(no_text, lines.bytes()),
            None => break,
        };
        if tried.outcome == Outcome::Refused {
            status = Status::BrokenLines;
        }
        show(tried)?;
    }
    trying.end().map_or(Ok(()), show)?;
    Ok(status)
}

/// A line in a few words, and what it becomes, a value a line.
fn show(tried: Tried, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let Tried { line, outcome, format, why, events, .. } = tried;
    let format = format.as_deref().unwrap_or("no format");
    let why = escaped(&why);
    let said = match outcome {
        Outcome::Event | Outcome::Waiting => why,
        Outcome::LeftOut if why.starts_with("left out") => why,
        Outcome::LeftOut => format!("left out: {why}"),
        Outcome::Refused => format!("refused: {why}"),
    };
    out.line(format!("line {line}: {format}: {said}").trim_end_matches([' ', ':']))?;
    events.into_iter().try_for_each(|event| show_event(&event.into(), out))
}

fn show_event(event: &TriedEvent, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let report = reports::by_key(event.report);
    let title = report.map_or(event.report, |report| report.words.title.english());
    let time = report.map_or("time", |report| report.time);
    out.line(&format!("  {title}"))?;
    let columns = report.into_iter().flat_map(Report::stored);
    let columns = columns.filter_map(|column| Some([column.key.to_owned(), escaped(event.columns.get(column.key)?)]));
    let attempts = event.attempts.iter().map(|attempt| {
        [format!("attempt {}", attempt.number), escaped(&format!("{} {} {}", attempt.result, attempt.executor, attempt.message))]
    });
    let extra = event.extra.iter().map(|(name, value)| [format!("+ {}", escaped(name)), escaped(value)]);
    let first = [[time.to_owned(), event.time.clone()], ["source id".to_owned(), escaped(&event.source_id)]];
    for [name, value] in first.into_iter().chain(columns).chain(attempts).chain(extra) {
        out.line(format!("    {name:24} {value}").trim_end())?;
    }
    Ok(())
}
