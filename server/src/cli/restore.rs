//! `vigia restore`: a backup into an empty database.

use super::Status;
use super::out::Out;
use crate::backups::archive::keys::Identity;
use crate::backups::archive::note::Verifier;
use crate::backups::as_it_was::{self, is_as_it_was};
use crate::backups::copies::StoreVariables;
use crate::backups::copies::fetch::fetched;
use crate::backups::restore::{Progress, restore};
use crate::config::DatabaseUrl;
use crate::store;
use anyhow::Context as _;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(super) struct Restore {
    /// The archive, as in data/vigia.db-backups/vigia-0123abcd-20261126T020000.000Z-full.tar.zst.age; or the address of a copy, as in
    /// s3://BUCKET/PREFIX/NAME.tar.zst.age
    file: String,
    /// An empty database of either kind, for example sqlite://data/vigia.db or postgres://vigia:PASSWORD@db.example/vigia
    #[arg(long, value_name = "URL")]
    to: DatabaseUrl,
    /// A file with a key that opens it, as age-keygen writes one
    #[arg(long, value_name = "FILE", required = true)]
    identity: Vec<PathBuf>,
    /// The key that `vigia backup keys` printed on the instance: only what that has signed is restored
    #[arg(long, value_name = "KEY")]
    signed_by: Option<Verifier>,
}

/// One question reads or stores some thousand whole events, also on a slow disk.
const LIMIT: Duration = Duration::from_secs(600);
/// How often a line says how far it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

impl Restore {
    pub(super) async fn run(&self, stores: &StoreVariables, out: &mut Out<impl Write + Send>) -> anyhow::Result<Status> {
        let identities = self
            .identity
            .iter()
            .map(|path| {
                let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read.", path.display()))?;
                Identity::of_file(&text).map_err(|wrong| anyhow::anyhow!("{}: {wrong}", path.display()))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let archive = fetched(&self.file, stores, &std::env::temp_dir()).await.map_err(anyhow::Error::msg)?;
        if self.signed_by.is_none() {
            out.line("Nobody says who made this backup: give the key with --signed-by to have only what that has signed.")?;
        }
        let (mut lines, mut last) = (Vec::new(), Instant::now());
        let mut tell = |progress: Progress| match progress {
            Progress::Verified(manifest) => {
                let _ = writeln!(
                    std::io::stderr(),
                    "{} is whole: {} events and records, newest {}",
                    manifest.name,
                    manifest.rows(),
                    manifest.newest.as_deref().unwrap_or("none")
                );
            }
            Progress::Stored { done, all } => {
                if done == all || last.elapsed() >= LINE_EVERY {
                    last = Instant::now();
                    let _ = writeln!(std::io::stderr(), "{done} of {all}");
                }
            }
            Progress::Compared { table, rows } => lines.push(format!("{table}: {rows} rows, as in the backup")),
        };
        let (manifest, target) = if is_as_it_was(archive.path(), &identities)? {
            as_it_was::restore(archive.path(), identities, self.signed_by.clone(), self.to.expose(), LIMIT, &mut tell).await?
        } else {
            let target = store::open(self.to.expose(), LIMIT).await.with_context(|| format!("{} cannot be used.", self.to))?;
            let manifest = restore(archive.path(), identities, self.signed_by.clone(), &*target, &mut tell).await?;
            (manifest, target)
        };
        for line in lines {
            out.line(&line)?;
        }
        if !manifest.left_out.is_empty() {
            out.line(&format!("Not in the backup, and to be had at hand: {}", manifest.left_out.join(", ")))?;
        }
        out.line("It does nothing by itself until `vigia release` lets it: the instance it was made of may still be at work.")?;
        out.line(&format!("{} holds what was in {} at {}.", target.describe(), manifest.name, manifest.start))?;
        Ok(Status::Done)
    }
}
