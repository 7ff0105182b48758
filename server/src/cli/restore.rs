//! `vigia restore`: a backup into an empty database, or in the place of one that is not.

use super::Status;
use super::deed::unwritten;
use super::out::Out;
use crate::backups::archive::keys::Identity;
use crate::backups::archive::manifest::Manifest;
use crate::backups::archive::note::Verifier;
use crate::backups::as_it_was::{self, is_as_it_was};
use crate::backups::copies::StoreVariables;
use crate::backups::copies::fetch::fetched;
use crate::backups::restore::{Progress, RestoreError, restore};
use crate::clock;
use crate::config::DatabaseUrl;
use crate::identity::{Actor, Identity as Trails, Trail};
use crate::store::{self, Replacement, Store};
use anyhow::Context as _;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    /// Whether a database that has something in it is replaced: it is kept, under another name, and nobody may use it meanwhile
    #[arg(long)]
    force: bool,
}

/// One question reads or stores some thousand whole events, also on a slow disk.
const LIMIT: Duration = Duration::from_secs(600);
/// How often a line says how far it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

impl Restore {
    pub(super) async fn run(&self, stores: &StoreVariables, actor: &Actor, out: &mut Out<impl Write + Send>) -> anyhow::Result<Status> {
        let identities =
            self.identity.iter().map(|path| Identity::of_path(path).map_err(anyhow::Error::msg)).collect::<anyhow::Result<Vec<_>>>()?;
        let archive = fetched(&self.file, stores, &std::env::temp_dir()).await.map_err(anyhow::Error::msg)?;
        if self.signed_by.is_none() {
            out.line("Nobody says who made this backup: give the key with --signed-by to have only what that has signed.")?;
        }
        let replacement = self.replacement(out).await?;
        let url = replacement.as_ref().map_or(self.to.expose(), |replacement| replacement.url());
        let mut lines = Vec::new();
        let filled = self.fill(archive.path(), identities, url, &mut lines).await;
        if let Ok((manifest, target)) = &filled {
            let mut trail = Trail::new("Creation", "Database").on(&*manifest.name).changing().note("Action", "Restored");
            trail = trail.note("File", &*self.file).note("Events and records", manifest.rows().to_string()).note("As of", &*manifest.start);
            trail = trail.note("Signature", if self.signed_by.is_some() { "Held against the key that was given" } else { "Not looked at" });
            trail = trail.note("Takes the place of", if replacement.is_some() { self.to.to_string() } else { String::new() });
            unwritten(Trails::new(target.clone(), clock::system()).record(trail, actor).await);
        }
        let (manifest, place) = match (filled, replacement) {
            (Ok((manifest, target)), None) => (manifest, target.describe()),
            (Ok((manifest, target)), Some(replacement)) => {
                target.settle().await;
                drop(target);
                match replacement.finish().await {
                    Ok(kept) => {
                        lines.push(format!("What {} held before is kept as {kept}: remove it when nobody wants it any more.", self.to));
                    }
                    Err(error) => return Err(abandoned(&*replacement, error.into()).await),
                }
                (manifest, self.to.to_string())
            }
            (Err(error), None) => return Err(error),
            (Err(error), Some(replacement)) => return Err(abandoned(&*replacement, error).await),
        };
        for line in lines {
            out.line(&line)?;
        }
        if !manifest.left_out.is_empty() {
            out.line(&format!("Not in the backup, and to be had at hand: {}", manifest.left_out.join(", ")))?;
        }
        out.line("It does nothing by itself until `vigia release` lets it: the instance it was made of may still be at work.")?;
        out.line(&format!("{place} holds what was in {} at {}.", manifest.name, manifest.start))?;
        Ok(Status::Done)
    }
    /// Makes room where that is asked for; otherwise nothing is touched that has something in it.
    async fn replacement(&self, out: &mut Out<impl Write + Send>) -> anyhow::Result<Option<Box<dyn Replacement>>> {
        let wrong = || format!("{} cannot be used.", self.to);
        if !self.force {
            // Opening it would bring it to this version.
            return match store::older(self.to.expose()).await.with_context(wrong)? {
                Some(_) => Err(RestoreError::NotEmpty("of an earlier version".to_owned()).into()),
                None => Ok(None),
            };
        }
        let replacement = store::replacement(self.to.expose()).await.with_context(wrong)?;
        if replacement.is_some() {
            out.line(&format!(
                "{} is there already: what is restored takes its place once it is whole, and it is kept under another name.",
                self.to
            ))?;
        }
        Ok(replacement)
    }

    async fn fill(
        &self,
        archive: &Path,
        identities: Vec<Identity>,
        url: &str,
        lines: &mut Vec<String>,
    ) -> anyhow::Result<(Manifest, Arc<dyn Store>)> {
        let mut last = Instant::now();
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
        if is_as_it_was(archive, &identities)? {
            return Ok(as_it_was::restore(archive, identities, self.signed_by.clone(), url, LIMIT, &mut tell).await?);
        }
        let target = store::open(url, LIMIT).await.with_context(|| format!("{} cannot be used.", self.to))?;
        let manifest = restore(archive, identities, self.signed_by.clone(), &*target, &mut tell).await?;
        Ok((manifest, target))
    }
}

/// Removes what was begun, and says why there is nothing.
async fn abandoned(replacement: &dyn Replacement, error: anyhow::Error) -> anyhow::Error {
    match replacement.abandon().await {
        Ok(()) => error.context("Nothing was replaced: what was there is as it was."),
        Err(left) => {
            error.context(format!("Nothing was replaced: what was there is as it was. What was begun beside it is still there ({left})."))
        }
    }
}
