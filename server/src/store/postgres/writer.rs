//! One task that stores events. What is handed over while it is busy is committed together, and nobody is told that something is
//! stored before the commit that contains it is on the disk.

use super::append::{Append, Stored, append};
use super::error::{failed, is_lost, is_race};
use super::link::Link;
use super::partitions::Partitions;
use super::pool::{Pool, Use};
use super::{journal, lock};
use crate::causes;
use crate::clock;
use crate::store::StoreError;
use crate::store::journal::TRIM_EVERY;
use crate::store::limits::{GROUP, WAITING};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use vigia_app::model::Timestamp;
use vigia_app::reports;

/// Events after which no further append joins a commit.
const GROUP_EVENTS: usize = 50_000;
/// How often work that met another process's is tried.
const TRIES: u32 = 8;
/// How often the partitions to come are looked after, in milliseconds: every six hours.
const AHEAD_EVERY: i64 = 6 * 60 * 60 * 1000;
/// How long the statements of one group are waited for; the server ends each of them before. The commit has [less](super::append).
const PATIENT: Duration = Duration::from_secs(605);
/// An event may get an id of a later millisecond than its own, but not later than this many milliseconds.
const SPILL: i64 = 1_000;

type Job = (Append, oneshot::Sender<Result<Stored, StoreError>>);

/// The way to the task; it ends when this is dropped, after what was handed over.
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(pool: Pool) -> Self {
        let (sender, mut jobs) = mpsc::channel::<Job>(WAITING);
        let mut task = Task { pool, connection: None, partitions: Partitions::default(), ahead: 0, written: 0 };
        tokio::spawn(async move {
            while let Some(first) = jobs.recv().await {
                let mut events = first.0.len();
                let mut group = vec![first];
                while group.len() < GROUP
                    && events < GROUP_EVENTS
                    && let Ok(job) = jobs.try_recv()
                {
                    events += job.0.len();
                    group.push(job);
                }
                if task.store(group).await.is_err() {
                    // What stands behind a commit that was given up would wait as long, for nothing.
                    while let Ok((_, answer)) = jobs.try_recv() {
                        let _ = answer.send(Err(StoreError::Busy("the commit before gave no answer".to_owned())));
                    }
                }
                task.trim().await;
                if let Some((link, _)) = &task.connection {
                    link.leash().rest();
                }
            }
        });
        Self(sender)
    }

    /// Stores the events; on return they are durable.
    pub(super) async fn append(&self, append: Append) -> Result<Stored, StoreError> {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::Failed(anyhow::anyhow!("the task that stores events has ended"));
        self.0.send((append, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// A connection of the task's own, and the lane it holds.
type Open = (Link, i64);

struct NoAnswer;

struct Task {
    pool: Pool,
    connection: Option<Open>,
    partitions: Partitions,
    /// When to look after the partitions to come.
    ahead: i64,
    /// Groups stored since the journal was trimmed.
    written: u32,
}

impl Task {
    /// Stores a group, and tells everybody in it.
    ///
    /// # Errors
    /// Where the connection was closed here, for the database gave no answer.
    async fn store(&mut self, group: Vec<Job>) -> Result<(), NoAnswer> {
        let (appends, answers): (Vec<Append>, Vec<_>) = group.into_iter().unzip();
        match self.commit(&appends).await {
            Ok(stored) => {
                for (answer, stored) in answers.into_iter().zip(stored) {
                    let _ = answer.send(Ok(stored));
                }
            }
            Err(error) if answers.len() == 1 => {
                for answer in answers {
                    let _ = answer.send(Err(again(&error)));
                }
            }
            // One that cannot be stored must not keep the others from it.
            Err(StoreError::Failed(_)) => {
                for (append, answer) in appends.into_iter().zip(answers) {
                    let result = self.commit(std::slice::from_ref(&append)).await;
                    let _ = answer.send(result.map(|stored| stored.into_iter().next().unwrap_or_default()));
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(again(&error)));
                }
            }
        }
        let is_cut = self.connection.as_ref().is_some_and(|(link, _)| link.leash().is_cut());
        if is_cut { Err(NoAnswer) } else { Ok(()) }
    }

    /// Stores in one transaction; again where another process was in the way, and on a new connection where the old one is gone.
    async fn commit(&mut self, appends: &[Append]) -> Result<Vec<Stored>, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let held = self.connection.take();
            let is_new = held.is_none();
            let mut open = match self.ready(held, appends).await {
                Err(StoreError::Unreachable(_)) if !is_new => continue,
                ready => ready?,
            };
            match append(&mut open.0, open.1, appends).await {
                Ok(stored) => {
                    self.connection = Some(open);
                    return Ok(stored);
                }
                // Whether it was committed is not known: what was is found again by its key. Where it was not the server that gave up, it may
                // still be at it, and would hold up whoever tries again.
                Err(error) if is_lost(&error) && !open.0.leash().is_cut() && tries < TRIES => {}
                Err(error) if is_race(&error) && tries < TRIES => {
                    self.connection = Some(open);
                    self.partitions.forget();
                    tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()) * u64::from(tries) / 8)).await;
                }
                Err(error) => {
                    let error = match open.0.leash().told(failed(error)) {
                        StoreError::TooSlow(_) => StoreError::Unfinished(PATIENT.as_secs()),
                        error => error,
                    };
                    self.connection = Some(open);
                    return Err(error);
                }
            }
        }
    }

    /// Keeps the journal short, now and then.
    async fn trim(&mut self) {
        self.written += 1;
        if self.written >= TRIM_EVERY
            && let Some((client, _)) = &self.connection
        {
            self.written = 0;
            client.leash().within(PATIENT);
            if let Err(error) = journal::trim(client, clock::system()()).await {
                tracing::warn!(cause = causes::chain(&error), "the journal could not be trimmed");
            }
        }
    }

    /// A connection and its lane, the one that is held if it is good, and every partition that the events need.
    async fn ready(&mut self, held: Option<Open>, appends: &[Append]) -> Result<Open, StoreError> {
        let now = clock::system()();
        let mut open = match held {
            Some(open) if !open.0.is_closed() => open,
            _ => open(&self.pool).await?,
        };
        open.0.leash().within(PATIENT);
        if now.millis() >= self.ahead {
            self.partitions.ahead(&mut open.0, now).await?;
            self.ahead = now.millis() + AHEAD_EVERY;
        }
        for report in reports::ALL {
            let events = appends.iter().flat_map(Append::events).map(|(event, _)| event).filter(|event| event.report.key == report.key);
            let times = events.flat_map(|event| [event.time, Timestamp::saturating(event.time.millis() + SPILL)]);
            self.partitions.cover(&mut open.0, report, times, now).await?;
        }
        Ok(open)
    }
}

/// A connection that stays out of the pool, with a lane of its own.
async fn open(pool: &Pool) -> Result<Open, StoreError> {
    let client = pool.lend(Use::Change).await?.keep();
    client.leash().within(PATIENT);
    // Large batches take longer than a question may. Nobody holds a key for long who is not about to commit; one whose commit waits for a
    // standby holds what it stores until then.
    client.batch_execute("SET statement_timeout = '10min'; SET lock_timeout = '10s'").await.map_err(failed)?;
    match client.query_opt(&lock::lane(), &[]).await.map_err(failed)? {
        Some(row) => Ok((client, i64::from(row.get::<_, i32>(0)))),
        None => Err(StoreError::Busy(format!("{} processes store events in it already, and no more can", lock::LANES))),
    }
}

/// The error of a commit, for one more of those who were in it.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Locked => StoreError::Locked,
        StoreError::NotWritable(cause) => StoreError::NotWritable(cause.clone()),
        StoreError::Unusable(cause) => StoreError::Unusable(cause.clone()),
        StoreError::Unreachable(cause) => StoreError::Unreachable(cause.clone()),
        StoreError::Busy(cause) => StoreError::Busy(cause.clone()),
        StoreError::Unfinished(seconds) => StoreError::Unfinished(*seconds),
        other => StoreError::Failed(anyhow::anyhow!("the commit failed: {other}")),
    }
}
