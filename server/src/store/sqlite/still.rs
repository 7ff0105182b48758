//! Everything as it was at one moment: a transaction on a connection of its own.

use super::connection::{DatabaseFile, failed};
use super::{identities, rows, tokens, whole};
use crate::store::quarantine::Quarantined;
use crate::store::still::Still;
use crate::store::tokens::ApiToken;
use crate::store::whole::Whole;
use crate::store::{StoreError, User};
use async_trait::async_trait;
use rusqlite::Connection;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use vigia_app::model::Report;

/// Memory for pages, in KiB: everything is read once, in order.
const CACHE: u32 = 8 << 10;

/// A connection in a transaction; closing it ends both.
pub(super) struct Moment(Arc<Mutex<Connection>>);

impl Moment {
    /// What is in the tables now.
    pub(super) async fn begin(file: DatabaseFile) -> Result<Self, StoreError> {
        let begin = move || {
            let connection = file.reader(CACHE)?;
            // What a transaction sees is decided when it first reads, not when it begins.
            connection.execute_batch("BEGIN").and_then(|()| whole::secrets(&connection)).map_err(failed)?;
            Ok(Self(Arc::new(Mutex::new(connection))))
        };
        tokio::task::spawn_blocking(begin).await.map_err(|error| StoreError::Failed(error.into()))?
    }

    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = self.0.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            // A disk that fails ends the transaction by itself; what is read then is of another moment.
            if connection.is_autocommit() {
                return Err(StoreError::Failed(anyhow::anyhow!("the view of the database has ended early")));
            }
            ask(&connection).map_err(failed)
        });
        answer.await.map_err(|error| StoreError::Failed(error.into()))?
    }
}

#[async_trait]
impl Still for Moment {
    async fn events(&mut self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError> {
        self.read(move |connection| rows::count(connection, report, ids)).await
    }

    async fn events_after(&mut self, report: &'static Report, after: i64, below: i64, limit: u32) -> Result<Vec<Whole>, StoreError> {
        self.read(move |connection| whole::events(connection, report, after, below.saturating_sub(1), limit)).await
    }

    async fn quarantined_after(&mut self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        self.read(move |connection| whole::quarantined(connection, after, limit)).await
    }

    async fn all_kept(&mut self) -> Result<Vec<(String, String, String)>, StoreError> {
        self.read(whole::kept).await
    }

    async fn secrets(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(whole::secrets).await
    }

    async fn users(&mut self) -> Result<Vec<User>, StoreError> {
        self.read(identities::users).await
    }

    async fn tokens(&mut self) -> Result<Vec<ApiToken>, StoreError> {
        self.read(tokens::all).await
    }
}
