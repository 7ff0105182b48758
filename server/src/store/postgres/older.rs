//! The database of an earlier version, as it is.

use super::connection::Address;
use super::error::failed;
use super::link::Link;
use super::lock;
use super::pool::{Pool, Use};
use super::still::UNLIMITED;
use crate::store::older::{KEPT, Keeping, LEFT_OUT, Older, Piece, Rows, STEP, TABLES, quoted};
use crate::store::{Dialect, StoreError, known};
use async_trait::async_trait;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{Client, Row};

/// One statement of all but reading.
const LIMIT: Duration = Duration::from_secs(600);
/// The tables that are parts of others, with what part each is; nothing of one that was taken out, and is about to go.
pub(super) const PARTITIONS: &str = "partitions";
/// How far each sequence has counted.
pub(super) const SEQUENCES: &str = "sequences";

/// A database of an earlier version; closing the connection lets others have it.
pub(super) struct OlderDatabase {
    client: Link,
    schema: u32,
}

/// A connection of its own, without limits.
pub(super) async fn connected(url: &str) -> Result<(Link, String), StoreError> {
    let address = Address::parse(url)?;
    let database = address.database().to_owned();
    let client = Pool::new(address, LIMIT)?.lend(Use::Change).await?.keep();
    client.batch_execute(UNLIMITED).await.map_err(failed)?;
    Ok((client, database))
}

impl OlderDatabase {
    /// The database, if it is one of an earlier version; then waits until no other process has it.
    pub(super) async fn open(url: &str) -> Result<Option<Self>, StoreError> {
        let (client, _) = connected(url).await?;
        if older(&client).await?.is_none() {
            return Ok(None);
        }
        client.batch_execute(lock::UPGRADE).await.map_err(failed)?;
        // Whoever had it may have brought it to this version.
        Ok(older(&client).await?.map(|schema| Self { client, schema }))
    }
}

/// How many migrations a database of Vigia's has gone through, where there are more; nothing for one that is new, of this version, or of somebody else.
async fn older(client: &Client) -> Result<Option<u32>, StoreError> {
    let is_there: bool = one(client, "SELECT to_regclass('vigia_schema') IS NOT NULL").await?;
    if !is_there {
        return Ok(None);
    }
    let version: i32 = one(client, "SELECT version FROM vigia_schema").await?;
    Ok(u32::try_from(version).ok().filter(|done| (1..known()).contains(done)))
}

async fn one<T: for<'a> tokio_postgres::types::FromSql<'a>>(client: &Client, sql: &str) -> Result<T, StoreError> {
    client.query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(failed)
}

#[async_trait]
impl Older for OlderDatabase {
    fn kind(&self) -> Dialect {
        Dialect::Postgres
    }

    fn schema(&self) -> u32 {
        self.schema
    }

    async fn kept(&mut self, space: &str, key: &str) -> Result<Option<String>, StoreError> {
        if !has(&self.client, KEPT).await? {
            return Ok(None);
        }
        let row = self.client.query_opt("SELECT value FROM kept WHERE space = $1 AND key = $2", &[&space, &key]).await;
        row.and_then(|row| row.map(|row| row.try_get(0)).transpose()).map_err(failed)
    }

    async fn keep(&mut self, space: &str, key: &str, value: &str) -> Result<bool, StoreError> {
        keep(&self.client, space, key, Some(value)).await
    }

    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError> {
        read(&self.client, &to).await
    }
}

/// Whether there is a table of this name.
pub(super) async fn has(client: &Client, table: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)";
    client.query_one(sql, &[&table]).await.and_then(|row| row.try_get(0)).map_err(failed)
}

/// Keeps a value, or none; false where there is no table for that.
async fn keep(client: &Client, space: &str, key: &str, value: Option<&str>) -> Result<bool, StoreError> {
    if !has(client, KEPT).await? {
        return Ok(false);
    }
    let sql = "INSERT INTO kept (space, key, value) VALUES ($1, $2, $3) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value";
    let kept = match value {
        Some(value) => client.execute(sql, &[&space, &key, &value]).await,
        None => client.execute("DELETE FROM kept WHERE space = $1 AND key = $2", &[&space, &key]).await,
    };
    kept.map(|_| true).map_err(failed)
}

/// All of them.
pub(super) async fn keep_all(client: &Client, keeping: &[Keeping]) -> Result<(), StoreError> {
    for (space, key, value) in keeping {
        keep(client, space, key, value.as_deref()).await?;
    }
    Ok(())
}

/// The tables with rows of their own; those that are made of parts have none. The one that says how many migrations there were is not among them.
pub(super) async fn tables(client: &Client) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
               AND relname <> 'vigia_schema' ORDER BY relname";
    let rows = client.query(sql, &[]).await.map_err(failed)?;
    rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed)
}

/// Hands over all rows, of one moment.
pub(super) async fn read(client: &Client, to: &mpsc::Sender<Piece>) -> Result<(), StoreError> {
    // A month that leaves its table is gone from every view: nobody takes one out from here on.
    client.batch_execute(lock::STILL).await.map_err(failed)?;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(failed)?;
    let read = all(client, to).await;
    // Whatever came of it: who brings the database to this version needs its tables.
    let ended = client.batch_execute(&format!("ROLLBACK; {}", lock::NOT_STILL)).await.map_err(failed);
    read.and(ended)
}

async fn all(client: &Client, to: &mpsc::Sender<Piece>) -> Result<(), StoreError> {
    let parts = "SELECT c.relname::text, p.relname::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c
        JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relispartition
        UNION ALL
        SELECT relname::text, substring(relname FROM '^(.*)_gone_[0-9]+$'), NULL FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND NOT relispartition AND relname ~ '_gone_[0-9]+$'
        ORDER BY 1";
    let text = |row: &Row, at: usize| row.try_get::<_, Option<String>>(at).map_err(failed);
    let mut lines = Vec::new();
    for row in client.query(parts, &[]).await.map_err(failed)? {
        lines.push(line(&json!({ "table": text(&row, 0)?, "of": text(&row, 1)?, "bound": text(&row, 2)? }))?);
    }
    if !send(to, PARTITIONS, lines).await {
        return Ok(());
    }
    for table in tables(client).await?.iter().filter(|table| !LEFT_OUT.contains(&table.as_str())) {
        if !rows(client, table, to).await? {
            return Ok(());
        }
    }
    let sequences = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' ORDER BY 1";
    let mut lines = Vec::new();
    for row in client.query(sequences, &[]).await.map_err(failed)? {
        let name = text(&row, 0)?.unwrap_or_default();
        let counted = client.query_one(&format!("SELECT last_value, is_called FROM {}", quoted(&name)), &[]).await.map_err(failed)?;
        let (last, called): (i64, bool) = (counted.try_get(0).map_err(failed)?, counted.try_get(1).map_err(failed)?);
        lines.push(line(&json!({ "sequence": name, "last": last, "called": called }))?);
    }
    send(to, SEQUENCES, lines).await;
    Ok(())
}

fn line(value: &serde_json::Value) -> Result<Box<RawValue>, StoreError> {
    to_raw_value(value).map_err(|error| StoreError::Failed(error.into()))
}

/// Hands over a small table; false where nobody takes it.
async fn send(to: &mpsc::Sender<Piece>, table: &str, lines: Vec<Box<RawValue>>) -> bool {
    to.send(Piece::Table(table.to_owned())).await.is_ok() && to.send(Piece::Rows(lines)).await.is_ok()
}

/// Hands over the rows of a table; false where nobody takes them.
async fn rows(client: &Client, table: &str, to: &mpsc::Sender<Piece>) -> Result<bool, StoreError> {
    if to.send(Piece::Table(format!("{TABLES}{table}"))).await.is_err() {
        return Ok(false);
    }
    let begin = format!("DECLARE vigia_rows NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text FROM ONLY {} t", quoted(table));
    client.batch_execute(&begin).await.map_err(failed)?;
    let fetch = client.prepare(&format!("FETCH {STEP} FROM vigia_rows")).await.map_err(failed)?;
    let mut rows = Rows::new();
    loop {
        let found = client.query(&fetch, &[]).await.map_err(failed)?;
        if found.is_empty() {
            break;
        }
        for row in found {
            let text: String = row.try_get(0).map_err(failed)?;
            let row = RawValue::from_string(text).map_err(|error| StoreError::Failed(error.into()))?;
            if let Some(piece) = rows.add(row)
                && to.send(piece).await.is_err()
            {
                return Ok(false);
            }
        }
    }
    client.batch_execute("CLOSE vigia_rows").await.map_err(failed)?;
    Ok(match rows.rest() {
        Some(piece) => to.send(piece).await.is_ok(),
        None => true,
    })
}
