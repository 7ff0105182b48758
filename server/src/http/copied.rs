//! The copies of a backup as a source: the first place that gives it is the one that all its bytes are of.

use super::download::{LocalFile, Pieces, Source};
use crate::backups::copies::{Known, Object, Readable, Reading};
use crate::backups::{BackupError, Backups};
use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A backup of which copies are read. As long as it is there, they are.
pub(super) struct Copied {
    backups: Backups,
    known: Known,
    size: u64,
    /// The place that gave the first bytes, as the settings write it, and what gives the others.
    from: OnceLock<(String, Arc<dyn Source>)>,
    _reading: Reading,
}

impl Copied {
    /// Of so many bytes.
    ///
    /// # Errors
    /// When no rule keeps the backup any more, or the database does not answer.
    pub(super) async fn new(backups: Backups, known: Known, size: u64) -> Result<Self, BackupError> {
        let reading = backups.reading(&known.stored.name).await?;
        Ok(Self { backups, known, size, from: OnceLock::new(), _reading: reading })
    }

    /// The place that gives it, once one does.
    pub(super) fn place(&self) -> Option<&str> {
        self.from.get().map(|(place, _)| place.as_str())
    }
}

#[async_trait]
impl Source for Copied {
    async fn read(&self, bytes: Range<u64>) -> io::Result<Pieces> {
        if let Some((_, source)) = self.from.get() {
            return source.read(bytes).await;
        }
        let name = &self.known.stored.name;
        let mut wrong = Vec::new();
        for place in self.backups.with_copy(&self.known.copies) {
            let opened = async {
                let source: Arc<dyn Source> = match self.backups.readable(place, &self.known.stored).await.map_err(io::Error::other)? {
                    Readable::File(path) => Arc::new(LocalFile::open(path, self.size).await?),
                    Readable::Object(object) => Arc::new(object),
                };
                Ok::<_, io::Error>((source.read(bytes.clone()).await?, source))
            };
            match opened.await {
                Ok((pieces, source)) => {
                    let _ = self.from.set((place.to_string(), source));
                    return Ok(pieces);
                }
                Err(error) => {
                    tracing::warn!(name, %place, %error, "a copy cannot be read");
                    wrong.push(format!("{place}: {}.", error.to_string().trim_end_matches('.')));
                }
            }
        }
        let wrong = wrong.join(" ");
        Err(io::Error::other(format!("No copy of the backup {name} can be read just now. {wrong}")))
    }
}

#[async_trait]
impl Source for Object {
    async fn read(&self, bytes: Range<u64>) -> io::Result<Pieces> {
        Ok(Self::read(self, bytes).await.map_err(io::Error::other)?.map_err(io::Error::other).boxed())
    }
}
