//! Rows for COPY, in its binary form.

use bytes::{BufMut as _, Bytes, BytesMut};
use deadpool_postgres::Transaction;
use futures_util::SinkExt as _;
use std::pin::Pin;
use tokio_postgres::{CopyInSink, Error};

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Bytes handed to the connection at once.
const CHUNK: usize = 64 * 1024;

/// Rows of one table, all of the same columns.
pub(super) struct Rows {
    columns: i16,
    buffer: BytesMut,
    rows: usize,
}

impl Rows {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: i16::try_from(columns).unwrap_or(i16::MAX), buffer: BytesMut::from(HEAD), rows: 0 }
    }

    /// Starts a row; as many values follow as there are columns.
    pub(super) fn row(&mut self) -> &mut Self {
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

    /// Sends all rows, if there are any; `copy` is `COPY table (columns) FROM STDIN (FORMAT binary)`.
    pub(super) async fn send(self, transaction: &Transaction<'_>, copy: &str) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        Copy::start(transaction, copy).await?.finish(self).await
    }
}

/// A COPY under way: the database works on some rows while others are made.
pub(super) struct Copy(Pin<Box<CopyInSink<Bytes>>>);

impl Copy {
    pub(super) async fn start(transaction: &Transaction<'_>, copy: &str) -> Result<Self, Error> {
        let copy = transaction.prepare_cached(copy).await?;
        Ok(Self(Box::pin(transaction.copy_in(&copy).await?)))
    }

    /// Sends the rows made so far, once they are enough for a chunk.
    pub(super) async fn feed(&mut self, rows: &mut Rows) -> Result<(), Error> {
        if rows.buffer.len() >= CHUNK { self.0.send(rows.buffer.split().freeze()).await } else { Ok(()) }
    }

    /// Sends the last rows, and waits for the database to have all.
    pub(super) async fn finish(mut self, mut rows: Rows) -> Result<(), Error> {
        while rows.buffer.len() > CHUNK {
            self.0.send(rows.buffer.split_to(CHUNK).freeze()).await?;
        }
        rows.buffer.put_i16(-1);
        self.0.send(rows.buffer.freeze()).await?;
        self.0.as_mut().finish().await.map(drop)
    }
}
