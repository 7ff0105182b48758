//! Rows on their way: read from the store, written in a form, and handed on when they are taken.
//!
//! Reading is a few hundred rows ahead of writing, and writing is not ahead of whoever takes: what is in memory does not grow with the export,
//! and one that nobody takes reads nothing. How it ended is said once: before the last piece is handed on where all is there, and as soon as
//! it is seen where not.

use super::queue::Turn;
use super::running::Entered;
use crate::index::Run;
use crate::store::{Store, StoreError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{Stream, stream};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vigia_app::model::{ExportStage, Row};
use vigia_app::sentence;

/// Pieces that are read ahead.
const AHEAD: usize = 2;

/// How rows are written.
pub(super) trait Form: Send {
    /// What goes before the first.
    fn head(&mut self, out: &mut Vec<u8>);
    fn row(&mut self, row: &Row, out: &mut Vec<u8>);
}

/// How an export ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Complete,
    /// By whoever asked for it.
    Canceled,
    /// Whoever asked for it has gone.
    CutOff,
    /// Whoever asked for it may not have it any more.
    Refused,
    /// The store or the index has failed.
    Failed,
}

impl Outcome {
    /// In the trail.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Complete => "Complete",
            Self::Canceled => "Canceled by the reader",
            Self::CutOff => "Cut off: the reader has gone",
            Self::Refused => "Cut off: the reader may not export any more",
            Self::Failed => "Failed",
        }
    }

    fn stage(self) -> ExportStage {
        match self {
            Self::Complete => ExportStage::Complete,
            Self::Canceled => ExportStage::Canceled,
            Self::CutOff => ExportStage::CutOff,
            Self::Refused => ExportStage::Failed(sentence!("export.refused")),
            Self::Failed => ExportStage::Failed(sentence!("export.failed")),
        }
    }
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Rows that were handed to the connection. The last of them may still be on their way when a reader goes.
    pub rows: u64,
    pub outcome: Outcome,
}

/// Is told how an export ended, once.
pub type Ending = Box<dyn FnOnce(Sent) -> BoxFuture<'static, ()> + Send>;
/// Says whether whoever gets the export still may; an error where that cannot be told just now.
pub type May = Box<dyn Fn() -> BoxFuture<'static, Result<bool, ()>> + Send>;

/// What is asked now and then while rows go.
pub(super) struct Recheck {
    pub every: Duration,
    pub may: May,
}

/// An export on its way.
pub(super) struct Sending {
    rows: mpsc::Receiver<Result<Vec<Row>, StoreError>>,
    reading: JoinHandle<()>,
    form: Box<dyn Form>,
    begun: bool,
    recheck: Recheck,
    asked: Instant,
    end: End,
}

/// What has to be done when it ends, however that is.
struct End {
    entered: Entered,
    ending: Option<Ending>,
    runtime: Handle,
    _turn: Turn,
}

impl Sending {
    /// Has the rows of a run read while they are taken.
    pub(super) fn new(
        mut run: Run,
        store: Arc<dyn Store>,
        form: Box<dyn Form>,
        recheck: Recheck,
        entered: Entered,
        turn: Turn,
        ending: Ending,
    ) -> Self {
        let (send, rows) = mpsc::channel(AHEAD);
        let reading = tokio::spawn(async move {
            loop {
                let (piece, is_last) = match run.next(&*store).await {
                    Ok(None) => return,
                    Ok(Some(rows)) => (Ok(rows), false),
                    Err(error) => (Err(error), true),
                };
                // Nobody is there any more to take it.
                if send.send(piece).await.is_err() || is_last {
                    return;
                }
            }
        });
        let end = End { entered, ending: Some(ending), runtime: Handle::current(), _turn: turn };
        Self { rows, reading, form, begun: false, recheck, asked: Instant::now(), end }
    }

    /// Its bytes. They end when all was sent; with an error, which cuts the connection, where that is not possible.
    pub(super) fn bytes(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::try_unfold(self, |mut sending| async move { Ok(sending.next().await?.map(|bytes| (bytes, sending))) })
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut out = Vec::new();
        if !self.begun {
            self.begun = true;
            self.form.head(&mut out);
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
        if self.asked.elapsed() >= self.recheck.every {
            let may = (self.recheck.may)().await;
            self.asked = Instant::now();
            if may == Ok(false) {
                return self.breaks_off(Outcome::Refused, "whoever asked for it may not have it any more").await;
            }
        }
        let cancelled = self.end.entered.0.cancelled.clone();
        let piece = tokio::select! {
            biased;
            () = cancelled.cancelled() => return self.breaks_off(Outcome::Canceled, "it was canceled").await,
            piece = self.rows.recv() => piece,
        };
        match piece {
            Some(Ok(rows)) => {
                rows.iter().for_each(|row| self.form.row(row, &mut out));
                self.end.entered.0.wrote(rows.len() as u64);
                Ok(Some(out.into()))
            }
            Some(Err(error)) => {
                tracing::error!(%error, "an export broke off");
                self.breaks_off(Outcome::Failed, "the rows could not be read").await
            }
            None if (&mut self.reading).await.is_err() => self.breaks_off(Outcome::Failed, "the rows could not be read").await,
            None => {
                self.end.is(Outcome::Complete).await;
                Ok(None)
            }
        }
    }

    async fn breaks_off(&mut self, outcome: Outcome, why: &'static str) -> io::Result<Option<Bytes>> {
        self.end.is(outcome).await;
        Err(io::Error::other(why))
    }
}

impl End {
    fn sent(&self, outcome: Outcome) -> Sent {
        Sent { rows: self.entered.0.rows(), outcome }
    }

    async fn is(&mut self, outcome: Outcome) {
        if let Some(ending) = self.ending.take() {
            ending(self.sent(outcome)).await;
        }
        self.entered.0.is(outcome.stage());
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(ending) = self.ending.take() {
            self.runtime.spawn(ending(self.sent(Outcome::CutOff)));
        }
    }
}
