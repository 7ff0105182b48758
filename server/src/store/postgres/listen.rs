//! Hearing what has moved, from every process on the database: all that is told goes through the server, so that each hears it once.

use super::connection::Address;
use super::error::failed;
use super::journal::CHANNEL;
use crate::store::StoreError;
use crate::store::journal::{Bell, Wakes};
use crate::store::live::{Teller, moved};
use deadpool_postgres::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Error};
use vigia_app::model::{EventId, Live, Report};
use vigia_app::reports;

/// How long to wait before the first try to connect again, and the longest wait.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// A connection that does nothing else, and the task that makes a new one where it is lost.
pub(super) struct Listener {
    teller: Teller,
    bell: Bell,
    task: JoinHandle<()>,
}

impl Listener {
    /// On return it hears.
    pub(super) async fn start(address: Address) -> Result<Self, StoreError> {
        let (teller, bell) = (Teller::default(), Bell::default());
        let mut ear = Ear::open(&address, &teller, &bell).await?;
        let (told, rung) = (teller.clone(), bell.clone());
        let task = tokio::spawn(async move {
            loop {
                let _ = ear.task.await;
                tracing::warn!("the connection that hears what other servers do was lost, and is made again");
                ear = again(&address, &told, &rung).await;
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

async fn again(address: &Address, teller: &Teller, bell: &Bell) -> Ear {
    let mut wait = FIRST;
    loop {
        tokio::time::sleep(wait).await;
        match Ear::open(address, teller, bell).await {
            Ok(ear) => return ear,
            Err(_) => wait = (wait * 2).min(LONGEST),
        }
    }
}

/// One connection, until it is lost.
struct Ear {
    /// Dropping it closes the connection.
    _client: Client,
    task: JoinHandle<()>,
}

impl Ear {
    async fn open(address: &Address, teller: &Teller, bell: &Bell) -> Result<Self, StoreError> {
        let (client, mut connection) = address.connect().await?;
        let (teller, bell) = (teller.clone(), bell.clone());
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
                let AsyncMessage::Notification(said) = message else { continue };
                if said.channel() == CHANNEL {
                    bell.ring();
                } else if let Ok(live) = serde_json::from_str(said.payload()) {
                    teller.tell(live);
                }
            }
        });
        client.batch_execute(&format!("LISTEN vigia; LISTEN {CHANNEL}")).await.map_err(failed)?;
        Ok(Self { _client: client, task })
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
