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
mod link;
mod listen;
mod lock;
mod migrate;
mod older;
mod operations;
mod partitions;
mod pool;
mod quarantine;
mod queue;
mod rebuilt;
mod record;
mod remove;
mod replace;
mod reviews;
mod route;
mod rows;
mod scores;
mod standbys;
mod standings;
mod still;
mod stop;
mod tls;
mod tokens;
mod transfer;
mod whole;
mod writer;

use super::{
    Journal, Kept, Older, Operations, Quarantine, Rebuilt, Replacement, Reviews, Rows, Scores, Standings, Store, StoreError, Tokens,
    Transfer, cursor::Signer,
};
use connection::Address;
use deadpool_postgres::ClientWrapper;
use error::{failed, is_race};
use listen::Listener;
use pool::{Lent, Pool, Use};
use std::sync::Arc;
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
    listener: Listener,
}

impl PostgresStore {
    /// Connects to the database a URL names, and brings it to this version.
    ///
    /// `limit` is how long one question may take. Fails with a sentence for a server that cannot be reached or is too old, and for a
    /// database that is not there, is not Vigia's, or was written by a newer version.
    pub async fn open(url: &str, limit: Duration) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let (description, database, hosts) = (address.describe(), address.database().to_owned(), address.stops().len());
        let pool = Pool::new(address, limit)?;
        // Bringing it to this version takes as long as it takes.
        let mut client = pool.lend(Use::Change).await?.keep();
        migrate::migrate(&mut client, &database).await?;
        journal::check_origin(&mut client).await.map_err(failed)?;
        standbys::look(&client, hosts).await.map_err(failed)?;
        let key: Vec<u8> =
            client.query_one("SELECT value FROM secret WHERE name = 'cursor'", &[]).await.and_then(|row| row.try_get(0)).map_err(failed)?;
        let (writer, listener) = (Writer::start(pool.clone()), Listener::start(pool.clone()).await?);
        Ok(Self { description, writer, signer: Signer::new(&key)?, pool, listener })
    }

    /// A connection to change something with.
    async fn changing(&self) -> Result<Lent, StoreError> {
        self.pool.lend(Use::Change).await
    }

    /// Asks on a connection of the pool; once more on another one where that turns out to be gone.
    async fn read<T, F: Future<Output = Result<T, StoreError>> + Send>(
        &self,
        ask: impl Fn(Arc<Lent>) -> F + Send,
    ) -> Result<T, StoreError> {
        let mut again = true;
        loop {
            let client = Arc::new(self.pool.lend(Use::Question).await?);
            let answer = ask(client.clone()).await;
            match Lent::ended_all(client, answer) {
                Err(StoreError::Unreachable(_)) if again => again = false,
                answer => return answer,
            }
        }
    }

    /// Rows of a statement that only reads.
    async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        self.read(|client| async move { query(&client, sql, parameters).await }).await
    }

    /// Rows of a statement that changes some; on return that is durable.
    async fn changed(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let client = self.changing().await?;
        let answer = query(&client, sql, parameters).await;
        client.ended(answer)
    }

    /// How many rows a statement changed; on return that is durable. Tried again where another process was in the way.
    async fn execute(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let client = self.changing().await?;
            let done = async { client.execute(&client.prepare_cached(sql).await?, parameters).await }.await;
            match done {
                Err(error) if is_race(&error) && tries < TRIES => drop(client.ended(Ok(()))),
                done => return client.ended(done.map_err(failed)),
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

    fn standings(&self) -> &dyn Standings {
        self
    }

    fn reviews(&self) -> &dyn Reviews {
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
