//! A piece of work in one transaction, tried again where another process was in the way.

use crate::crash;
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::postgres::error::{failed, is_lost, is_race};
use crate::store::postgres::{PostgresStore, TRIES, journal};
use async_trait::async_trait;
use deadpool_postgres::{ClientWrapper, Transaction};
use std::time::Duration;
use tokio_postgres::Error;

/// Why work was not done.
pub(super) enum Stop {
    Database(Error),
    /// A move that the queue never asks for where it is not possible.
    Refused(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}

impl From<Stop> for StoreError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Database(error) => failed(error),
            Stop::Refused(reason) => Self::Failed(anyhow::anyhow!(reason)),
        }
    }
}

/// What is done in one transaction, all or nothing; it may be begun several times.
#[async_trait]
pub(super) trait Work: Sync {
    type Out: Send;
    /// Names of the places before and after its commit; see [`crash::point`].
    const NAMES: [&'static str; 2];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Self::Out, Stop>;
}

/// Whether it is sure that nothing was done.
enum Failed {
    Before(Stop),
    InCommit(Error),
}

impl PostgresStore {
    /// Does the work; on return it is durable.
    pub(super) async fn work<W: Work>(&self, work: &W) -> Result<W::Out, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut client = self.changing().await?;
            match once(&mut client, work).await {
                Ok(done) => return client.ended(Ok(done)),
                Err(Failed::Before(Stop::Database(error))) if is_lost(&error) && !client.is_cut() && tries < TRIES => {}
                Err(Failed::Before(Stop::Database(error)) | Failed::InCommit(error)) if is_race(&error) && tries < TRIES => {
                    client.ended(Ok(()))?;
                    tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()) * u64::from(tries) / 8)).await;
                }
                Err(Failed::Before(stop)) => return client.ended(Err(stop.into())),
                Err(Failed::InCommit(error)) => return client.ended(Err(failed(error))),
            }
        }
    }
}

async fn once<W: Work>(client: &mut ClientWrapper, work: &W) -> Result<W::Out, Failed> {
    let transaction = client.transaction().await.map_err(|error| Failed::Before(error.into()))?;
    let mut changed = Changed::default();
    let done = work.run(&transaction, &mut changed).await.map_err(Failed::Before)?;
    let [before, after] = W::NAMES;
    crash::point(before);
    journal::commit(transaction, changed).await.map_err(Failed::InCommit)?;
    crash::point(after);
    Ok(done)
}
