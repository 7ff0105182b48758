//! Where the bytes come from.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// The bytes of one file, in pieces.
pub type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// One file, which never has other bytes than those it had when it was described: where it has, reading it is an error.
#[async_trait]
pub trait Source: Send + Sync {
    /// These bytes, in pieces of at most some hundred KB each; the range is not empty and within the size that the file was described with.
    ///
    /// # Errors
    /// When the file cannot be read, or is another by now. The stream ends with an error for what turns up later.
    async fn read(&self, bytes: Range<u64>) -> io::Result<Pieces>;
}

/// Exactly the promised bytes of a source: too few or too many are an error.
pub(super) struct Promised {
    pieces: Pieces,
    left: u64,
}

impl Promised {
    pub(super) async fn open(source: &Arc<dyn Source>, bytes: Range<u64>) -> io::Result<Self> {
        let left = bytes.end.saturating_sub(bytes.start);
        Ok(Self { pieces: source.read(bytes).await?, left })
    }

    /// `None` when all of them are there.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match self.pieces.next().await {
            Some(piece) => piece?,
            None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("the file ends {} bytes too early", self.left))),
        };
        let too_many = || io::Error::new(io::ErrorKind::InvalidData, "more bytes were read than were asked for");
        self.left = self.left.checked_sub(piece.len() as u64).ok_or_else(too_many)?;
        Ok(Some(piece))
    }
}
