//! The database of an earlier version, as it is.

use super::connection::{DatabaseFile, failed};
use super::inbox;
use super::migrate;
use crate::store::older::{KEPT, Keeping, LEFT_OUT, Older, Piece, Rows, TABLES, quoted};
use crate::store::{Dialect, StoreError};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Memory for pages, in KiB: everything is read once, in order.
const CACHE: u32 = 8 << 10;
/// The batches that wait beside the tables.
pub(super) const INBOX: &str = "inbox/batch";
/// SQLite's own table of the highest ids that were ever given, with a row a table.
pub(super) const SEQUENCES: &str = "sqlite_sequence";

/// A database file of an earlier version.
pub(super) struct OlderFile {
    file: DatabaseFile,
    connection: Arc<Mutex<Connection>>,
    schema: u32,
    _lock: File,
}

impl OlderFile {
    /// The file, if it is one of an earlier version; then waits until no other process has it.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        if !path.exists() {
            return Ok(None);
        }
        let file = DatabaseFile::new(path)?;
        let connection = file.reader(CACHE)?;
        if migrate::older(&connection)?.is_none() {
            return Ok(None);
        }
        let lock = path.with_added_extension("upgrade");
        let wrong = |error: std::io::Error| StoreError::NotWritable(format!("{}: {error}", lock.display()));
        let held = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&lock).map_err(wrong)?;
        held.lock().map_err(wrong)?;
        // Whoever had it may have brought it to this version.
        let Some(schema) = migrate::older(&connection)? else { return Ok(None) };
        // What only that version understands would be lost to both.
        inbox::check(&file)?;
        let connection = Arc::new(Mutex::new(file.writer(CACHE, "")?));
        Ok(Some(Self { file, connection, schema, _lock: held }))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = self.connection.clone();
        let done = tokio::task::spawn_blocking(move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner)));
        done.await.map_err(|error| StoreError::Failed(error.into()))?
    }
}

#[async_trait]
impl Older for OlderFile {
    fn kind(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn schema(&self) -> u32 {
        self.schema
    }

    async fn kept(&mut self, space: &str, key: &str) -> Result<Option<String>, StoreError> {
        let (space, key) = (space.to_owned(), key.to_owned());
        self.run(move |connection| {
            if !has(connection, KEPT)? {
                return Ok(None);
            }
            let sql = "SELECT value FROM kept WHERE space = ? AND key = ?";
            connection.query_row(sql, [space, key], |row| row.get(0)).optional().map_err(failed)
        })
        .await
    }

    async fn keep(&mut self, space: &str, key: &str, value: &str) -> Result<bool, StoreError> {
        let (space, key, value) = (space.to_owned(), key.to_owned(), value.to_owned());
        self.run(move |connection| keep(connection, &space, &key, Some(&value))).await
    }

    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError> {
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || read(&file, &to));
        read.await.map_err(|error| StoreError::Failed(error.into()))?
    }
}

/// Whether there is a table of this name.
pub(super) fn has(connection: &Connection, table: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    connection.prepare_cached(sql).and_then(|mut find| find.exists([table])).map_err(failed)
}

/// Keeps a value, or none; false where there is no table for that.
pub(super) fn keep(connection: &Connection, space: &str, key: &str, value: Option<&str>) -> Result<bool, StoreError> {
    if !has(connection, KEPT)? {
        return Ok(false);
    }
    let kept = match value {
        Some(value) => connection.execute(
            "INSERT INTO kept (space, key, value) VALUES (?, ?, ?) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value",
            params![space, key, value],
        ),
        None => connection.execute("DELETE FROM kept WHERE space = ? AND key = ?", params![space, key]),
    };
    kept.map(|_| true).map_err(failed)
}

/// All of them.
pub(super) fn keep_all(connection: &Connection, keeping: &[Keeping]) -> Result<(), StoreError> {
    keeping.iter().try_for_each(|(space, key, value)| keep(connection, space, key, value.as_deref()).map(drop))
}

/// The tables with rows of their own, those that count ids last: not what an index of texts keeps for itself.
pub(super) fn tables(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = r"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name";
    let mut find = connection.prepare(sql).map_err(failed)?;
    let mut tables: Vec<String> = find.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(failed)?;
    tables.extend(has(connection, SEQUENCES)?.then(|| SEQUENCES.to_owned()));
    Ok(tables)
}

/// The columns of a table, without those that follow from others.
pub(super) fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut find = connection.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid").map_err(failed)?;
    find.query_map([table], |row| row.get(0)).and_then(Iterator::collect).map_err(failed)
}

/// Hands over all rows, of one moment.
pub(super) fn read(file: &DatabaseFile, to: &mpsc::Sender<Piece>) -> Result<(), StoreError> {
    // The inbox first: what leaves it for the tables meanwhile is in both then, and never in neither.
    let inbox = inbox::beside(file)?;
    if let Some(inbox) = &inbox {
        inbox.execute_batch("BEGIN; SELECT count(*) FROM batch").map_err(failed)?;
    }
    let connection = file.reader(CACHE)?;
    connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema").map_err(failed)?;
    for table in tables(&connection)?.iter().filter(|table| !LEFT_OUT.contains(&table.as_str())) {
        if !rows(&connection, table, format!("{TABLES}{table}"), to)? {
            return Ok(());
        }
    }
    if let Some(inbox) = &inbox {
        rows(inbox, "batch", INBOX.to_owned(), to)?;
    }
    Ok(())
}

/// Hands over the rows of a table; false where nobody takes them.
fn rows(connection: &Connection, table: &str, name: String, to: &mpsc::Sender<Piece>) -> Result<bool, StoreError> {
    if to.blocking_send(Piece::Table(name)).is_err() {
        return Ok(false);
    }
    let columns = columns(connection, table)?;
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let mut select = connection.prepare(&format!("SELECT {} FROM {}", list.join(", "), quoted(table))).map_err(failed)?;
    let (mut found, mut rows) = (select.query([]).map_err(failed)?, Rows::new());
    while let Some(row) = found.next().map_err(failed)? {
        let mut values = Map::new();
        for (at, column) in columns.iter().enumerate() {
            let value = row.get_ref(at).map_err(failed)?;
            let value = line_value(value).ok_or_else(|| StoreError::Unusable(format!("A row of {table} has no text in {column}.")))?;
            values.insert(column.clone(), value);
        }
        let line: Box<RawValue> = serde_json::value::to_raw_value(&values).map_err(|error| StoreError::Failed(error.into()))?;
        if let Some(piece) = rows.add(line)
            && to.blocking_send(piece).is_err()
        {
            return Ok(false);
        }
    }
    Ok(rows.rest().is_none_or(|piece| to.blocking_send(piece).is_ok()))
}

/// A value as a line has it; nothing where JSON has none for it.
fn line_value(value: ValueRef<'_>) -> Option<Value> {
    Some(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => Value::Number(serde_json::Number::from_f64(number)?),
        ValueRef::Text(text) => str::from_utf8(text).ok()?.into(),
        ValueRef::Blob(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
    })
}
