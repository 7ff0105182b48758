//! An archive in a bucket, read as it comes: nothing of it is kept, however large it is.

use super::bucket::Bucket;
use super::copy_error::CopyError;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore as _};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How often it is asked again before the first byte came: another place may have a copy.
const BEFORE: u32 = 1;
/// How often it is asked again for what is left, where not a byte came in between.
const BETWEEN: u32 = 4;
/// How long it is waited before that first; three times as long before each further one.
const WAIT: Duration = Duration::from_millis(100);

/// An archive in a bucket that has to be so large.
#[derive(Clone)]
pub struct Object {
    bucket: Arc<Bucket>,
    path: Path,
    size: u64,
}

/// Bytes of an archive, as the store sends them.
pub type ObjectPieces = BoxStream<'static, Result<Bytes, CopyError>>;

/// What is being read.
struct Reading {
    object: Object,
    /// What did not come yet.
    left: Range<u64>,
    /// What the store sends of it; nothing where it has to be asked.
    pieces: Option<BoxStream<'static, object_store::Result<Bytes>>>,
    /// What the store calls these bytes, where it does.
    tag: Option<String>,
    /// Whether any byte came.
    has_begun: bool,
    /// How often it failed since the last byte.
    failed: u32,
}

/// Why nothing comes.
struct Wrong {
    why: CopyError,
    /// Whether it may go by itself.
    passes: bool,
}

impl Object {
    pub(super) fn new(bucket: Bucket, path: Path, size: u64) -> Self {
        Self { bucket: Arc::new(bucket), path, size }
    }

    /// These bytes, in pieces as the store sends them; the range is not empty and within the size. Where the connection breaks, it goes on at the byte that was
    /// reached.
    ///
    /// # Errors
    /// When the store does not give them, or has another size of it than the manifest; the stream ends with an error for what turns up later.
    pub async fn read(&self, bytes: Range<u64>) -> Result<ObjectPieces, CopyError> {
        let mut reading = Reading { object: self.clone(), left: bytes, pieces: None, tag: None, has_begun: false, failed: 0 };
        reading.ask().await?;
        let next = |mut reading: Reading| async move { Ok(reading.next().await?.map(|piece| (piece, reading))) };
        Ok(stream::try_unfold(reading, next).boxed())
    }
}

impl Reading {
    /// Has the store send what is left.
    async fn ask(&mut self) -> Result<(), CopyError> {
        while self.pieces.is_none() {
            if let Err(wrong) = self.ask_once().await {
                self.wait(wrong).await?;
            }
        }
        Ok(())
    }

    async fn ask_once(&mut self) -> Result<(), Wrong> {
        let Object { bucket, path, size } = &self.object;
        let options = GetOptions { range: Some(GetRange::Bounded(self.left.clone())), ..GetOptions::default() };
        let found = bucket.store.get_opts(path, options).await.map_err(|error| self.wrong(&error))?;
        let is_other = self.has_begun && found.meta.e_tag != self.tag;
        let why = if found.meta.size != *size {
            format!("{path} has {} bytes there, not {size} as the manifest says.", found.meta.size)
        } else if is_other {
            format!("{path} was written to there while it was read.")
        } else {
            self.tag.clone_from(&found.meta.e_tag);
            self.pieces = Some(found.into_stream());
            return Ok(());
        };
        Err(Wrong { why: CopyError::Place(why), passes: false })
    }

    /// The next piece; `None` when all came.
    async fn next(&mut self) -> Result<Option<Bytes>, CopyError> {
        while !self.left.is_empty() {
            self.ask().await?;
            let Some(pieces) = &mut self.pieces else { continue };
            let wrong = match pieces.next().await {
                Some(Ok(piece)) => {
                    if !piece.is_empty() {
                        self.left.start += piece.len() as u64;
                        (self.has_begun, self.failed) = (true, 0);
                        return Ok(Some(piece));
                    }
                    continue;
                }
                Some(Err(error)) => self.wrong(&error),
                None => {
                    let why = format!("{} ends {} bytes too early there.", self.object.path, self.left.end - self.left.start);
                    Wrong { why: CopyError::Place(why), passes: true }
                }
            };
            self.pieces = None;
            self.wait(wrong).await?;
        }
        Ok(None)
    }

    /// Waits until it may be tried again.
    ///
    /// # Errors
    /// When that was often enough, or is of no use.
    async fn wait(&mut self, Wrong { why, passes }: Wrong) -> Result<(), CopyError> {
        let most = if self.has_begun { BETWEEN } else { BEFORE };
        if !passes || self.failed >= most {
            return Err(why);
        }
        tracing::warn!(file = %self.object.path, at = self.left.start, error = %why, "a copy is asked for again");
        sleep(WAIT * 3u32.pow(self.failed)).await;
        self.failed += 1;
        Ok(())
    }

    fn wrong(&self, error: &Error) -> Wrong {
        let stays = matches!(
            error,
            Error::NotFound { .. } | Error::PermissionDenied { .. } | Error::Unauthenticated { .. } | Error::Precondition { .. }
        );
        Wrong { why: self.object.bucket.wrong(error), passes: !stays }
    }
}
