//! Rows for COPY, in its binary form.

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::SinkExt as _;
use std::pin::pin;
use tokio_postgres::Error;

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Bytes handed to the connection at once.
const CHUNK: usize = 256 * 1024;

/// Rows of one table, all of the same columns.
pub(super) struct Rows {
    columns: i16,
    chunks: Vec<Bytes>,
    buffer: BytesMut,
    rows: usize,
}

impl Rows {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: i16::try_from(columns).unwrap_or(i16::MAX), chunks: Vec::new(), buffer: BytesMut::from(HEAD), rows: 0 }
    }

    /// Starts a row; as many values follow as there are columns.
    pub(super) fn row(&mut self) -> &mut Self {
        if self.buffer.len() >= CHUNK {
            self.chunks.push(self.buffer.split().freeze());
        }
        self.rows += 1;
        self.buffer.put_i16(self.columns);
        self
    }

    pub(super) fn number(&mut self, number: i64) -> &mut Self {
        self.buffer.put_i32(8);
        self.buffer.put_i64(number);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        // Every text is cut long before.
        self.buffer.put_i32(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
        self.buffer.put_slice(bytes);
        self
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// `copy` is `COPY table (columns) FROM STDIN (FORMAT binary)`.
    pub(super) async fn send(mut self, transaction: &deadpool_postgres::Transaction<'_>, copy: &str) -> Result<(), Error> {
        self.buffer.put_i16(-1);
        self.chunks.push(self.buffer.freeze());
        let copy = transaction.prepare_cached(copy).await?;
        let mut sink = pin!(transaction.copy_in::<_, Bytes>(&copy).await?);
        for chunk in self.chunks {
            sink.send(chunk).await?;
        }
        sink.finish().await?;
        Ok(())
    }
}
