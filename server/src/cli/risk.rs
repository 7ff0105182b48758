//! `vigia risk`: what the scores are worth.

use super::Status;
use super::out::Out;
use crate::risk::evaluate::{Figures, evaluate};
use anyhow::Context as _;
use clap::Subcommand;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Risk {
    /// Score the views of a file in which some are known to be somebody else's, and print how many of them the scores find.
    ///
    /// CSV in the order of time, also compressed (gzip), with the columns time, user, credential and label (1: somebody else's); ip, origin, device,
    /// emergency, governance_id and test (1: to be compared) where there are any. docs/risk.md says what the figures mean.
    Evaluate {
        /// The file.
        file: PathBuf,
    },
}

impl Risk {
    pub(super) fn run(&self, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let Self::Evaluate { file } = self;
        let reader = BufReader::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?);
        let found = evaluate(reader).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
        out.line(&format!("{} rows, {} of them compared, {} of those somebody else's", found.rows, found.compared, found.labels))?;
        let row = |name: &str, figures: &Figures| {
            [
                name.to_owned(),
                figure(figures.precision_at_k),
                figure(figures.recall_at_half_percent),
                figure(figures.recall_at_five_percent),
            ]
        };
        let head = ["Order", "P@k", "Recall at 0.5%", "Recall at 5%"].map(str::to_owned);
        out.table(&[head, row("risk", &found.risk), row("never viewed before", &found.never_viewed)])?;
        Ok(Status::Done)
    }
}

fn figure(share: f64) -> String {
    format!("{share:.2}")
}
