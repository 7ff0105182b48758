//! The body of an answer: its parts, one after the other, at the pace that is allowed.

use super::ended::Count;
use super::guard::Guard;
use super::pace::Pace;
use super::parts::Part;
use super::source::{Promised, Source};
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// What is being sent.
pub(super) struct Sender {
    /// What the log calls it.
    name: String,
    source: Arc<dyn Source>,
    parts: VecDeque<Part>,
    pace: Option<Pace>,
    count: Count,
    guard: Option<Guard>,
    /// The part of the file that is being read.
    reading: Option<Promised>,
    /// What is read and may not go yet.
    held: Bytes,
}

impl Sender {
    pub(super) fn new(
        name: String,
        source: Arc<dyn Source>,
        parts: VecDeque<Part>,
        pace: Option<Pace>,
        count: Count,
        guard: Option<Guard>,
    ) -> Self {
        Self { name, source, parts, pace, count, guard, reading: None, held: Bytes::new() }
    }

    /// Begins to read the first bytes of the file, so that a file that is not there can still be answered with an error.
    ///
    /// # Errors
    /// When there is nothing to be read.
    pub(super) async fn begin(&mut self) -> io::Result<()> {
        if let Some(Part::File(bytes)) = self.parts.iter().find(|part| matches!(part, Part::File(_))) {
            self.reading = Some(Promised::open(&self.source, bytes.clone()).await?);
        }
        Ok(())
    }

    /// As a body. It ends when all was sent; with an error, which ends the connection, where that is not possible.
    pub(super) fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut sender| async move {
            match sender.next().await {
                Ok(bytes) => Ok(bytes.map(|bytes| (bytes, sender))),
                Err(error) => {
                    tracing::error!(file = sender.name, %error, "a download broke off");
                    Err(error)
                }
            }
        }))
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if let Some(guard) = &mut self.guard {
            guard.check().await?;
        }
        while self.held.is_empty() {
            match self.parts.front() {
                None => return Ok(None),
                Some(Part::Text(text)) => {
                    let text = text.clone();
                    self.parts.pop_front();
                    self.count.text(text.len());
                    return Ok(Some(text));
                }
                Some(Part::File(bytes)) => {
                    let reading = match &mut self.reading {
                        Some(reading) => reading,
                        none => none.insert(Promised::open(&self.source, bytes.clone()).await?),
                    };
                    match reading.next().await? {
                        Some(piece) => self.held = piece,
                        None => {
                            self.reading = None;
                            self.parts.pop_front();
                        }
                    }
                }
            }
        }
        Ok(Some(self.released().await))
    }

    /// As much of what is held as may go, when it may.
    async fn released(&mut self) -> Bytes {
        let released = match &mut self.pace {
            None => std::mem::take(&mut self.held),
            Some(pace) => {
                let released = self.held.split_to(self.held.len().min(pace.at_once()));
                sleep_until(pace.take(released.len(), Instant::now())).await;
                released
            }
        };
        self.count.file(released.len());
        released
    }
}
