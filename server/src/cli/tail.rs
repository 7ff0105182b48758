//! `vigia tail`: a log of another system, while it grows.

use super::Status;
use super::deed::Deed;
use super::import::source;
use super::out::Out;
use crate::config::Config;
use crate::identity::{Actor, Trail};
use crate::ingest::tail::Tail as Following;
use crate::manner::Manner;
use crate::stop;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Tail {
    /// The file; it may not be there yet
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// What the file is; without a known name, the error lists them
    #[arg(long, value_name = "NAME")]
    pub(super) format: String,
    /// Name of the system the events come from; give each of several systems its own [default: the format's name]
    #[arg(long, value_name = "NAME", value_parser = source)]
    pub(super) source: Option<String>,
    #[command(flatten)]
    pub(super) manner: Manner,
}

impl Tail {
    pub(super) async fn run(&self, config: &Config, actor: &Actor, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let intake = super::intake(config, super::open(config).await?)?;
        let known = &intake.formats.named(&self.format)?.clone().read_in(self.manner);
        let source = self.source.as_deref().unwrap_or(&known.source);
        crate::source_name::check(source)
            .map_err(|wrong| anyhow::anyhow!("The source {source:?} cannot be: {wrong}. Add --source NAME."))?;
        let tail = Following::new(&intake, known, source, &self.file)?;
        let trail = Trail::new("Creation", "Import").on(self.file.display().to_string()).note("Way", "Followed while it grows");
        let trail = trail.note("Format", &*known.name).note("Source of the events", source);
        let deed = Deed::begin(&intake.store, &intake.context.clock, actor, trail).await?;
        let stop = stop::on_signal()?;
        out.line(&format!("Following {} until Ctrl-C or SIGTERM.", self.file.display()))?;
        deed.ended(tail.run(&stop).await, |gaps| if *gaps > 0 { vec![("Gaps", gaps.to_string())] } else { Vec::new() }).await?;
        Ok(Status::Done)
    }
}
