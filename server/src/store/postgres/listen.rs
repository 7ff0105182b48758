//! Hearing what has moved, from every process on the database: all that is told goes through the server, so that each hears it once.

use super::error::failed;
use super::journal::CHANNEL;
use super::link::Link;
use super::pool::Pool;
use crate::causes;
use crate::store::StoreError;
use crate::store::journal::{Bell, Wakes};
use crate::store::live::{Teller, moved};
use deadpool_postgres::Transaction;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{Error, Notification};
use vigia_app::model::{EventId, Live, Report};
use vigia_app::reports;

/// How long to wait before the first try to connect again, and the longest wait.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_millis(500);
/// How often the server is asked whether it is there, and how long it may take to say so.
const PULSE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that does nothing else, and the task that makes a new one where it is lost. It knows first when the server has fallen silent, and has
/// every other connection closed then.
pub(super) struct Listener {
    teller: Teller,
    bell: Bell,
    task: JoinHandle<()>,
}

impl Listener {
    /// On return it hears.
    pub(super) async fn start(pool: Pool) -> Result<Self, StoreError> {
        let (teller, bell) = (Teller::default(), Bell::default());
        let mut ear = Ear::open(&pool, &teller, &bell).await?;
        let (told, rung) = (teller.clone(), bell.clone());
        let task = tokio::spawn(async move {
            loop {
                let answered = ear.until_lost().await;
                let is_silent = ear.0.leash().was_silent();
                if is_silent {
                    pool.fall_silent(ear.0.stop(), answered);
                }
                let mut is_told = is_silent;
                if is_silent {
                    let (host, silent_for) = (ear.0.stop().to_string(), answered.elapsed().as_secs());
                    tracing::warn!(
                        host,
                        silent_for,
                        "the database has fallen silent; its connections were closed, and it is tried until it answers"
                    );
                }
                ear = again(&pool, &told, &rung, &mut is_told).await;
                pool.answers();
                if is_told {
                    let host = ear.0.stop().to_string();
                    tracing::warn!(host, seconds = answered.elapsed().as_secs_f32(), "the database can be reached again");
                }
                // What was said meanwhile nobody heard.
                told.tell(Live::Moved { ids: Vec::new() });
                told.stored(&reports::ALL);
                rung.ring();
            }
        });
        Ok(Self { teller, bell, task })
    }

    pub(super) fn live(&self) -> broadcast::Receiver<Arc<Live>> {
        self.teller.listen()
    }

    pub(super) fn wakes(&self) -> Wakes {
        self.bell.wakes()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Makes a new connection. That it cannot be made is said once, where it is not `told` already.
async fn again(pool: &Pool, teller: &Teller, bell: &Bell, told: &mut bool) -> Ear {
    let mut wait = FIRST;
    loop {
        tokio::time::sleep(wait).await;
        match Ear::open(pool, teller, bell).await {
            Ok(ear) => return ear,
            Err(error) => {
                if !std::mem::replace(told, true) {
                    tracing::warn!(
                        cause = causes::chain(&error),
                        "the connection to the database was lost; it is tried until it can be reached"
                    );
                }
                // A server that says why it refuses is not silent: whoever asks is told why.
                if !error.is_told() {
                    pool.answers();
                }
                wait = (wait * 2).min(LONGEST);
            }
        }
    }
}

/// One connection, until it is lost.
struct Ear(Link);

impl Ear {
    async fn open(pool: &Pool, teller: &Teller, bell: &Bell) -> Result<Self, StoreError> {
        let (teller, bell) = (teller.clone(), bell.clone());
        let hear = move |said: Notification| {
            if said.channel() == CHANNEL {
                bell.ring();
            } else if let Ok(live) = serde_json::from_str(said.payload()) {
                teller.tell(live);
            }
        };
        let link = pool.ear(hear).await?;
        link.leash().within(PATIENCE);
        link.batch_execute(&format!("LISTEN vigia; LISTEN {CHANNEL}")).await.map_err(failed)?;
        Ok(Self(link))
    }

    /// Asks again and again; says when the last answer came.
    async fn until_lost(&self) -> Instant {
        let leash = self.0.leash();
        loop {
            let answered = Instant::now();
            leash.rest();
            if timeout(PULSE, leash.gone()).await.is_ok() {
                return answered;
            }
            leash.within(PATIENCE);
            if self.0.simple_query("").await.is_err() {
                return answered;
            }
        }
    }
}

/// Tells of operations that moved, once the transaction is committed.
pub(super) async fn tell_moved(transaction: &Transaction<'_>, ids: Vec<EventId>) -> Result<(), Error> {
    tell(transaction, moved(ids).as_slice()).await
}

/// Tells of reports that have new events, once the transaction is committed.
pub(super) async fn tell_stored(transaction: &Transaction<'_>, stored: &[&Report]) -> Result<(), Error> {
    let stored: Vec<Live> = stored.iter().map(|report| Live::Stored { report: report.key.to_owned() }).collect();
    tell(transaction, &stored).await
}

/// A message is far below the 8,000 bytes that the server takes: see [`moved`].
async fn tell(transaction: &Transaction<'_>, messages: &[Live]) -> Result<(), Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let messages: Vec<String> = messages.iter().filter_map(|message| serde_json::to_string(message).ok()).collect();
    let tell = transaction.prepare_cached("SELECT pg_notify('vigia', said) FROM unnest($1::text[]) AS said").await?;
    transaction.query(&tell, &[&messages]).await.map(drop)
}
