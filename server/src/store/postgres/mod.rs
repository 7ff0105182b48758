//! The store in a PostgreSQL database: one task that commits appends in groups, and a pool of connections for everything else.
//! Any number of processes may use one database at once.

mod amend;
mod append;
mod connection;
mod copy;
mod error;
mod events;
mod identities;
mod journal;
mod kept;
mod leave;
mod listen;
mod lock;
mod migrate;
mod older;
mod operations;
mod partitions;
mod quarantine;
mod queue;
mod rebuilt;
mod record;
mod remove;
mod replace;
mod rows;
mod scores;
mod still;
mod tls;
mod tokens;
mod transfer;
mod whole;
mod writer;

use super::{
    Journal, Kept, Older, Operations, Quarantine, Rebuilt, Replacement, Rows, Scores, Store, StoreError, Tokens, Transfer, cursor::Signer,
};
use connection::{Address, connection};
use deadpool_postgres::{ClientWrapper, Object, Pool};
use error::{failed, is_race};
use listen::Listener;
use std::time::Duration;
use tokio_postgres::types::ToSql;
use writer::Writer;

/// How often a statement that met another process's is tried.
const TRIES: u32 = 3;

/// A PostgreSQL database. Cheap to share behind an `Arc`; needs a Tokio runtime for as long as it lives.
pub struct PostgresStore {
    description: String,
    pool: Pool,
    writer: Writer,
    signer: Signer,
    limit: Duration,
    listener: Listener,
}

impl PostgresStore {
    /// Connects to the database a URL names, and brings it to this version.
    ///
    /// `limit` is how long one question may take. Fails with a sentence for a server that cannot be reached or is too old, and for a
    /// database that is not there, is not Vigia's, or was written by a newer version.
    pub async fn open(url: &str, limit: Duration) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let pool = address.pool(limit)?;
        let mut client = connection(&pool).await?;
        migrate::migrate(&mut client, address.database()).await?;
        journal::check_origin(&mut client).await.map_err(failed)?;
        let key: Vec<u8> =
            client.query_one("SELECT value FROM secret WHERE name = 'cursor'", &[]).await.and_then(|row| row.try_get(0)).map_err(failed)?;
        Ok(Self {
            description: address.describe(),
            writer: Writer::start(pool.clone()),
            signer: Signer::new(&key)?,
            pool,
            limit,
            listener: Listener::start(address).await?,
        })
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        connection(&self.pool).await
    }

    /// Asks on a connection of the pool; once more on another one where that turns out to be gone.
    async fn read<T, F: Future<Output = Result<T, StoreError>> + Send>(&self, ask: impl Fn(Object) -> F + Send) -> Result<T, StoreError> {
        let answer = match ask(self.connection().await?).await {
            Err(StoreError::Unreachable(_)) => ask(self.connection().await?).await,
            answer => answer,
        };
        answer.map_err(|error| if let StoreError::TooSlow(_) = error { StoreError::TooSlow(self.limit.as_secs()) } else { error })
    }

    /// Rows of a statement that only reads.
    async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        self.read(|client| async move { query(&client, sql, parameters).await }).await
    }

    /// How many rows a statement changed; on return that is durable. Tried again where another process was in the way.
    async fn execute(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let client = self.connection().await?;
            let statement = client.prepare_cached(sql).await.map_err(failed)?;
            match client.execute(&statement, parameters).await {
                Err(error) if is_race(&error) && tries < TRIES => {}
                done => return done.map_err(failed),
            }
        }
    }
}

/// The database, if it is one of an earlier version.
pub(super) async fn older(url: &str) -> Result<Option<Box<dyn Older>>, StoreError> {
    Ok(older::OlderDatabase::open(url).await?.map(|database| Box::new(database) as Box<dyn Older>))
}

/// Begins a database that is to be as one was that had gone through so many migrations.
pub(super) async fn rebuilt(url: &str, schema: u32) -> Result<Box<dyn Rebuilt>, StoreError> {
    Ok(Box::new(rebuilt::RebuiltDatabase::begin(url, schema).await?))
}

/// Begins a database that is to take the place of one that has tables; nothing where it has none.
pub(super) async fn replacement(url: &str) -> Result<Option<Box<dyn Replacement>>, StoreError> {
    Ok(replace::ReplacementDatabase::begin(url).await?.map(|database| Box::new(database) as Box<dyn Replacement>))
}

/// Rows of a statement.
async fn query(client: &ClientWrapper, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    client.query(&statement, parameters).await.map_err(failed)
}

impl Store for PostgresStore {
    fn describe(&self) -> String {
        self.description.clone()
    }

    fn tokens(&self) -> &dyn Tokens {
        self
    }

    fn quarantine(&self) -> &dyn Quarantine {
        self
    }

    fn kept(&self) -> &dyn Kept {
        self
    }

    fn transfer(&self) -> &dyn Transfer {
        self
    }

    fn rows(&self) -> &dyn Rows {
        self
    }

    fn scores(&self) -> &dyn Scores {
        self
    }

    fn signer(&self) -> &Signer {
        &self.signer
    }

    fn operations(&self) -> &dyn Operations {
        self
    }

    fn journal(&self) -> &dyn Journal {
        self
    }
}
