//! One thread that writes. What is handed over while it is busy is committed together, and nobody is told that something is
//! stored before the commit that contains it is on the disk.

use super::connection::failed;
use crate::store::StoreError;
use crate::store::journal::Bell;
use crate::store::limits::{GROUP, WAITING};
use rusqlite::{Connection, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Does its work inside the open transaction, and returns what tells its caller, to be called after the commit, and whether the
/// work failed and is to be undone. Given an error instead of a transaction, it only passes that on.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> (Told, bool) + Send>;
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

pub(super) struct Writer {
    jobs: Option<mpsc::SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// `bell` is rung after each commit.
    pub(super) fn start(mut connection: Connection, bell: Bell) -> Result<Self, StoreError> {
        let (sender, jobs) = mpsc::sync_channel::<Job>(WAITING);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                while let Ok(first) = jobs.recv() {
                    // A job that panics takes its group with it (the transaction is rolled back, the callers are told), not the writer.
                    let _ = catch_unwind(AssertUnwindSafe(|| commit_group(&mut connection, first, &jobs, &bell)));
                }
            })
            .map_err(|error| StoreError::Failed(error.into()))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// [`Writer::run`] for a thread that may wait.
    pub(super) fn run_here<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answered) = job(work);
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answered.blocking_recv().map_err(|_| gone())?
    }

    /// Runs `work` in a transaction and returns its result once it is durable. Work that fails leaves nothing behind.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answered) = job(work);
        let sender = self.jobs.clone().ok_or_else(gone)?;
        // The channel is full only when the disk cannot keep up: then the callers wait, off the async threads.
        match sender.try_send(job) {
            Ok(()) => {}
            Err(mpsc::TrySendError::Full(job)) => {
                let sent = tokio::task::spawn_blocking(move || sender.send(job)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return Err(gone());
                }
            }
            Err(mpsc::TrySendError::Disconnected(_)) => return Err(gone()),
        }
        answered.await.map_err(|_| gone())?
    }
}

/// Work as a job, and where its result will be.
fn job<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>) {
    let (answer, answered) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        let result = connection.and_then(work);
        let failed = result.is_err();
        let told: Told = Box::new(move |committed| {
            let _ = answer.send(result.and_then(|done| committed.map(|()| done)));
        });
        (told, failed)
    });
    (job, answered)
}

/// Waits for the jobs that were handed over and closes the file.
impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn gone() -> StoreError {
    StoreError::Failed(anyhow::anyhow!("the writer thread has ended"))
}

fn commit_group(connection: &mut Connection, first: Job, jobs: &mpsc::Receiver<Job>, bell: &Bell) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => return first(Err(failed(error))).0(Ok(())),
    };
    // The first one alone needs no savepoint, which would have SQLite keep a copy of every page it changes.
    let (tell, undo) = first(Ok(&transaction));
    if undo {
        drop(transaction);
        return tell(Ok(()));
    }
    let mut told = vec![tell];
    // A full disk ends the transaction by itself: the commit below then fails for all that were in it, and nobody joins any more.
    while told.len() < GROUP && !transaction.is_autocommit() {
        match jobs.try_recv() {
            Ok(job) => told.push(in_savepoint(&transaction, job)),
            Err(_) => break,
        }
    }
    let failure = transaction.commit().err().map(failed);
    if failure.is_none() {
        bell.ring();
    }
    for tell in told {
        tell(failure.as_ref().map_or(Ok(()), |failure| Err(again(failure))));
    }
}

/// The error of a commit, for one more of those who were in it.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Locked => StoreError::Locked,
        StoreError::NotWritable(cause) => StoreError::NotWritable(cause.clone()),
        StoreError::Unusable(cause) => StoreError::Unusable(cause.clone()),
        other => StoreError::Failed(anyhow::anyhow!("the commit failed: {other}")),
    }
}

/// Undoes what a job has done, if it fails, and nothing else.
fn in_savepoint(connection: &Connection, job: Job) -> Told {
    if let Err(error) = connection.execute_batch("SAVEPOINT job") {
        return job(Err(failed(error))).0;
    }
    let (tell, undo) = job(Ok(connection));
    // Where even this fails, the transaction is over, and its commit will say so.
    let _ = connection.execute_batch(if undo { "ROLLBACK TO job; RELEASE job" } else { "RELEASE job" });
    tell
}
