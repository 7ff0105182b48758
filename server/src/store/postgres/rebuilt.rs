//! A database that is made again of what was in one of an earlier version.

use super::error::failed;
use super::link::Link;
use super::lock;
use super::older::{PARTITIONS, SEQUENCES, connected, has, keep_all, read, tables};
use crate::store::older::{Keeping, Piece, Rebuilt, TABLES, not_vacant, quoted, strange};
use crate::store::{Dialect, StoreError};
use async_trait::async_trait;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

/// A database that has the tables of an earlier version, and none yet that says whose they are.
pub(super) struct RebuiltDatabase {
    client: Link,
    schema: u32,
}

/// A table that is a part of another one.
#[derive(Deserialize)]
struct Partition {
    table: String,
    of: String,
    /// Which part, as the server says it; nothing of one that was taken out.
    bound: Option<String>,
}

/// How far a sequence has counted.
#[derive(Deserialize)]
struct Sequence {
    sequence: String,
    last: i64,
    called: bool,
}

impl RebuiltDatabase {
    /// The database, which has to have no tables, with those that so many migrations make, and no row.
    pub(super) async fn begin(url: &str, schema: u32) -> Result<Self, StoreError> {
        let (client, database) = connected(url).await?;
        super::migrate::check_server(&client).await?;
        let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
        let found: i64 = client.query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(failed)?;
        if found > 0 {
            return Err(not_vacant(&format!("The database {database:?}")));
        }
        let migrations: Vec<_> = Dialect::Postgres.migrations().into_iter().take(schema as usize).collect();
        // As one that brings a database to this version: all or none.
        client.batch_execute(&format!("BEGIN; {}; {}; COMMIT", lock::SCHEMA, migrations.join("\n"))).await.map_err(failed)?;
        for table in tables(&client).await? {
            client.batch_execute(&format!("DELETE FROM {}", quoted(&table))).await.map_err(failed)?;
        }
        Ok(Self { client, schema })
    }

    async fn part(&self, part: Partition) -> Result<(), StoreError> {
        let (table, of) = (quoted(&part.table), quoted(&part.of));
        // As they were made: see `partitions`.
        let mut sql = format!("CREATE TABLE {table} (LIKE {of} INCLUDING DEFAULTS INCLUDING STORAGE);");
        if let Some(bound) = part.bound {
            let bound = Bound::read(&bound).ok_or_else(|| wrong(PARTITIONS))?;
            sql.push_str(&format!("ALTER TABLE {of} ATTACH PARTITION {table} {bound}"));
        }
        self.client.batch_execute(&sql).await.map_err(failed)
    }
}

/// Ids from the first to one that is not meant any more; the end of all where there is none.
struct Bound(i64, Option<i64>);

impl Bound {
    /// As the server says it: nothing else gets into a statement.
    fn read(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim_matches('\'').parse::<i64>().ok();
        let (first, end) = text.strip_prefix("FOR VALUES FROM (")?.strip_suffix(')')?.split_once(") TO (")?;
        Some(Self(number(first)?, if end == "MAXVALUE" { None } else { Some(number(end)?) }))
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = self.1.map_or_else(|| "MAXVALUE".to_owned(), |end| end.to_string());
        write!(f, "FOR VALUES FROM ({}) TO ({end})", self.0)
    }
}

fn parsed<T: DeserializeOwned>(table: &str, rows: &[String]) -> Result<Vec<T>, StoreError> {
    rows.iter().map(|row| serde_json::from_str(row).map_err(|_| wrong(table))).collect()
}

fn wrong(table: &str) -> StoreError {
    StoreError::Unusable(format!("A row of {table} in the backup cannot be read."))
}

#[async_trait]
impl Rebuilt for RebuiltDatabase {
    async fn put(&mut self, table: String, rows: Vec<String>) -> Result<(), StoreError> {
        match table.as_str() {
            PARTITIONS => {
                for part in parsed(PARTITIONS, &rows)? {
                    self.part(part).await?;
                }
            }
            SEQUENCES => {
                for Sequence { sequence, last, called } in parsed(SEQUENCES, &rows)? {
                    let sql = "SELECT setval(quote_ident($1)::regclass, $2, $3)";
                    self.client.execute(sql, &[&sequence, &last, &called]).await.map_err(failed)?;
                }
            }
            _ => {
                let own = table.strip_prefix(TABLES).ok_or_else(|| strange(&table))?;
                if !has(&self.client, own).await? {
                    return Err(strange(&table));
                }
                let name = quoted(own);
                let sql = format!(
                    "INSERT INTO {name} OVERRIDING SYSTEM VALUE
                     SELECT r.* FROM unnest($1::text[]) AS l(line), jsonb_populate_record(NULL::{name}, l.line::jsonb) AS r"
                );
                self.client.execute(&sql, &[&rows]).await.map_err(failed)?;
            }
        }
        Ok(())
    }

    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError> {
        read(&self.client, &to).await
    }

    async fn done(mut self: Box<Self>, keeping: Vec<Keeping>) -> Result<(), StoreError> {
        let transaction = self.client.transaction().await.map_err(failed)?;
        keep_all(transaction.client(), &keeping).await?;
        let mark = format!("CREATE TABLE vigia_schema (version integer NOT NULL); INSERT INTO vigia_schema VALUES ({})", self.schema);
        transaction.batch_execute(&mark).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
