//! A database file that is made again of what was in one of an earlier version.

use super::connection::{DatabaseFile, failed};
use super::inbox;
use super::migrate::APPLICATION;
use super::older::{INBOX, SEQUENCES, columns, has, keep_all, read, tables};
use crate::store::older::{Keeping, Piece, Rebuilt, TABLES, not_vacant, quoted, strange};
use crate::store::{Dialect, StoreError};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, params_from_iter, types};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Memory for pages, in KiB: storing in bulk is as fast as what it changes stays in there.
const CACHE: u32 = 36 << 10;

/// A file that has the tables of an earlier version, and no mark yet that says whose it is.
pub(super) struct RebuiltFile {
    file: DatabaseFile,
    tables: Arc<Mutex<Connection>>,
    inbox: Arc<Mutex<Connection>>,
    schema: u32,
}

impl RebuiltFile {
    /// The file of which nobody has anything in it, with the tables that so many migrations make, and no row.
    pub(super) fn begin(path: &Path, schema: u32) -> Result<Self, StoreError> {
        let file = DatabaseFile::new(path)?;
        let connection = file.writer(CACHE, "")?;
        let (inbox, waiting) = inbox::new(&file)?;
        let found: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if found > 0 || waiting {
            return Err(not_vacant(&path.display().to_string()));
        }
        // One table after another: what one says of another is there in the end.
        connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(failed)?;
        for migration in Dialect::Sqlite.migrations().iter().take(schema as usize) {
            connection.execute_batch(&format!("BEGIN; {migration}; COMMIT")).map_err(failed)?;
        }
        for table in tables(&connection)? {
            connection.execute_batch(&format!("DELETE FROM {}", quoted(&table))).map_err(failed)?;
        }
        Ok(Self { file, tables: Arc::new(Mutex::new(connection)), inbox: Arc::new(Mutex::new(inbox)), schema })
    }
}

#[async_trait]
impl Rebuilt for RebuiltFile {
    async fn put(&mut self, table: String, rows: Vec<String>) -> Result<(), StoreError> {
        let (connection, table) = if table == INBOX {
            (self.inbox.clone(), "batch".to_owned())
        } else {
            let own = table.strip_prefix(TABLES).ok_or_else(|| strange(&table))?;
            (self.tables.clone(), own.to_owned())
        };
        let put = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            put(&mut connection, &table, &rows)
        });
        put.await.map_err(|error| StoreError::Failed(error.into()))?
    }

    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError> {
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || read(&file, &to));
        read.await.map_err(|error| StoreError::Failed(error.into()))?
    }

    async fn done(self: Box<Self>, keeping: Vec<Keeping>) -> Result<(), StoreError> {
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction().map_err(failed)?;
            keep_all(&transaction, &keeping)?;
            let mark = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}", self.schema);
            transaction.execute_batch(&mark).and_then(|()| transaction.commit()).map_err(failed)
        });
        done.await.map_err(|error| StoreError::Failed(error.into()))?
    }
}

fn put(connection: &mut Connection, table: &str, rows: &[String]) -> Result<(), StoreError> {
    if !has(connection, table)? {
        return Err(strange(table));
    }
    let columns = columns(connection, table)?;
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let places = vec!["?"; columns.len()].join(", ");
    let transaction = connection.transaction().map_err(failed)?;
    if table == SEQUENCES {
        // The rows that were stored have counted, and less than was counted once.
        transaction.execute_batch("DELETE FROM sqlite_sequence").map_err(failed)?;
    }
    {
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(table), list.join(", "));
        let mut insert = transaction.prepare_cached(&sql).map_err(failed)?;
        for row in rows {
            let wrong = || StoreError::Unusable(format!("A row of {table} in the backup has other columns than the table."));
            let mut row: Map<String, Value> = serde_json::from_str(row).map_err(|_| wrong())?;
            let values = columns.iter().map(|column| stored_value(row.remove(column)?)).collect::<Option<Vec<_>>>();
            let values = values.filter(|_| row.is_empty()).ok_or_else(wrong)?;
            insert.execute(params_from_iter(values)).map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)
}

/// A value of a line as it was kept; nothing where it is none.
fn stored_value(value: Value) -> Option<types::Value> {
    Some(match value {
        Value::Null => types::Value::Null,
        Value::String(text) => types::Value::Text(text),
        Value::Number(number) => match number.as_i64() {
            Some(number) => types::Value::Integer(number),
            None => types::Value::Real(number.as_f64()?),
        },
        Value::Object(blob) if blob.len() == 1 => types::Value::Blob(STANDARD.decode(blob.get("base64")?.as_str()?).ok()?),
        _ => return None,
    })
}
