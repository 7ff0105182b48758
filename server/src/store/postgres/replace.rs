//! A database of a server that takes the place of another one.

use super::connection::Address;
use super::error::failed;
use super::link::Link;
use super::older::{connected, has};
use super::pool::{Pool, Use};
use crate::store::StoreError;
use crate::store::older::quoted;
use crate::store::replace::{BEFORE, NEXT, Replacement, left, used};
use async_trait::async_trait;
use std::time::Duration;
use tokio_postgres::error::SqlState;

/// The database that every server has, from which others are made and named.
const MAINTENANCE: &str = "postgres";
/// One statement.
const LIMIT: Duration = Duration::from_secs(600);
/// Bytes of a name, at most; the server cuts what is longer.
const LONGEST: usize = 63;

/// A database that has tables, and the name of another one.
pub(super) struct ReplacementDatabase {
    address: Address,
    name: String,
    next: String,
    url: String,
}

impl ReplacementDatabase {
    /// The database, if it has tables; then nobody uses it.
    pub(super) async fn begin(url: &str) -> Result<Option<Self>, StoreError> {
        let address = Address::parse(url)?;
        {
            let (client, name) = connected(url).await?;
            let sql = "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()),
                (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())";
            let row = client.query_one(sql, &[]).await.map_err(failed)?;
            let (tables, others): (i64, i64) = row.try_get(0).and_then(|tables| Ok((tables, row.try_get(1)?))).map_err(failed)?;
            if tables == 0 {
                return Ok(None);
            }
            if !has(&client, "vigia_schema").await? {
                let wrong = format!("The database {name:?} has tables of another program, and is not replaced. Name another one.");
                return Err(StoreError::Unusable(wrong));
            }
            if others > 0 {
                return Err(used(&format!("the database {name:?} ({others} connections)")));
            }
        }
        let name = address.database().to_owned();
        let next = format!("{name}_{NEXT}");
        if before(&name).len() > LONGEST {
            let wrong =
                format!("The name of the database {name:?} is too long for one that is kept beside it. Restore into a new database.");
            return Err(StoreError::Unusable(wrong));
        }
        let url = Address::url_of(url, &next);
        let this = Self { address, name, next, url };
        let made = this.maintenance().await?.batch_execute(&format!("CREATE DATABASE {}", quoted(&this.next))).await;
        match made.map_err(|error| (error.code().cloned(), error)) {
            Ok(()) => Ok(Some(this)),
            Err((Some(SqlState::DUPLICATE_DATABASE), _)) => Err(left(&format!("a database {:?}", this.next))),
            Err((Some(SqlState::INSUFFICIENT_PRIVILEGE), _)) => Err(StoreError::Unusable(format!(
                "The role of this URL may not make a database beside {:?} (it wants CREATEDB). Restore into a new one that somebody else has made.",
                this.name
            ))),
            Err((_, error)) => Err(failed(error)),
        }
    }

    async fn maintenance(&self) -> Result<Link, StoreError> {
        Ok(Pool::new(self.address.of(MAINTENANCE), LIMIT)?.lend(Use::Change).await?.keep())
    }
}

/// The name under which a database is kept.
fn before(name: &str) -> String {
    format!("{name}_{BEFORE}_{}", chrono::Utc::now().format("%Y%m%d%H%M%S%3f"))
}

#[async_trait]
impl Replacement for ReplacementDatabase {
    fn url(&self) -> &str {
        &self.url
    }

    async fn finish(&self) -> Result<String, StoreError> {
        let (name, next, before) = (quoted(&self.name), quoted(&self.next), before(&self.name));
        // Both or none; the server waits some seconds for those who are about to leave, and refuses while somebody has a connection.
        let swap = format!("BEGIN; ALTER DATABASE {name} RENAME TO {}; ALTER DATABASE {next} RENAME TO {name}; COMMIT", quoted(&before));
        match self.maintenance().await?.batch_execute(&swap).await.map_err(|error| (error.code().cloned(), error)) {
            Ok(()) => Ok(before),
            Err((Some(SqlState::OBJECT_IN_USE), _)) => Err(used(&format!("the database {:?}", self.name))),
            Err((_, error)) => Err(failed(error)),
        }
    }

    async fn abandon(&self) -> Result<(), StoreError> {
        self.maintenance()
            .await?
            .batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&self.next)))
            .await
            .map_err(failed)
    }
}
