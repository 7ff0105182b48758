//! Everything as it was at one moment: a transaction on a connection of its own.

use super::error::failed;
use super::link::Link;
use super::partitions::tables;
use super::pool::{Pool, Use};
use super::{identities, lock, rows, tokens, whole};
use crate::store::quarantine::Quarantined;
use crate::store::still::Still;
use crate::store::tokens::ApiToken;
use crate::store::whole::Whole;
use crate::store::{StoreError, User};
use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use std::ops::Range;
use tokio_postgres::Error;
use vigia_app::model::Report;
use vigia_app::reports;

/// However long it takes. Not every version of the server has all of them.
pub(super) const UNLIMITED: &str = "SELECT set_config(name, '0', false) FROM pg_settings
    WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')";

/// A connection in a transaction; closing it ends both.
pub(super) struct Moment(Link);

impl Moment {
    /// What is committed now.
    pub(super) async fn begin(pool: &Pool) -> Result<Self, StoreError> {
        let client = pool.lend(Use::Question).await?.keep();
        begin(&client).await.map_err(failed)?;
        Ok(Self(client))
    }
}

async fn begin(client: &ClientWrapper) -> Result<(), Error> {
    client.batch_execute(&format!("{UNLIMITED}; {}", lock::STILL)).await?;
    // A month that leaves its table is gone from every view, also from those that began before: nobody takes one out from here on. What
    // the transaction sees is decided by its first question, and locking is none.
    let tables: Vec<String> = reports::ALL.into_iter().flat_map(tables).collect();
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    client.batch_execute(&format!("LOCK TABLE ONLY {} IN ACCESS SHARE MODE", tables.join(", ONLY "))).await?;
    client.batch_execute("SELECT 1").await
}

#[async_trait]
impl Still for Moment {
    async fn events(&mut self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError> {
        rows::count(&self.0, report, ids).await
    }

    async fn events_after(&mut self, report: &'static Report, after: i64, below: i64, limit: u32) -> Result<Vec<Whole>, StoreError> {
        whole::events(&self.0, report, after, below.saturating_sub(1), limit).await
    }

    async fn quarantined_after(&mut self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        whole::quarantined(&self.0, after, limit).await
    }

    async fn all_kept(&mut self) -> Result<Vec<(String, String, String)>, StoreError> {
        whole::all_kept(&self.0).await
    }

    async fn secrets(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        whole::secrets(&self.0).await
    }

    async fn users(&mut self) -> Result<Vec<User>, StoreError> {
        identities::users(&self.0).await
    }

    async fn tokens(&mut self) -> Result<Vec<ApiToken>, StoreError> {
        tokens::all(&self.0).await
    }
}
