//! Putting steps down: queue, report row, attempts and history together.

use crate::store::changed::Changed;
use crate::store::sqlite::queue::{entry, history};
use crate::store::steps::{Entry, Step};
use crate::store::value::{MISSING, Value, keep};
use rusqlite::{Connection, OptionalExtension, ToSql, params, params_from_iter};
use vigia_app::model::{Attempt, HistoryEntry, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// A transaction that operations move in, and what it changes.
pub(super) struct Moves<'a> {
    pub connection: &'a Connection,
    pub changed: &'a mut Changed,
}

impl Moves<'_> {
    /// Keeps what a step has made of an operation, with all that it says elsewhere. `request` is the key of whoever asked.
    pub fn put(&mut self, entry: &Entry, step: &Step, request: &str) -> rusqlite::Result<()> {
        entry::save(self.connection, entry)?;
        self.put_row(entry.id, step)?;
        self.note(entry, step, request)
    }

    /// Says it in the report.
    fn put_row(&mut self, id: i64, step: &Step) -> rusqlite::Result<()> {
        let mut sql = format!("UPDATE {} SET ", PASSWORD_OPERATION.table);
        let mut kept = Vec::with_capacity(step.row.len() + 1);
        for (key, cell) in &step.row {
            let Some(column) = PASSWORD_OPERATION.column(key) else { continue };
            sql.push_str(if kept.is_empty() { "\"" } else { ", \"" });
            sql.push_str(key);
            sql.push_str("\" = ?");
            kept.push(keep(column, cell.clone()));
        }
        sql.push_str(" WHERE id = ?");
        kept.push(Value::Number(id));
        self.changed.events(&PASSWORD_OPERATION, [id]);
        self.connection.prepare_cached(&sql)?.execute(params_from_iter(kept)).map(drop)
    }

    /// Says it in the history.
    pub fn note(&self, entry: &Entry, step: &Step, request: &str) -> rusqlite::Result<()> {
        let Step { at, who, note, .. } = step;
        let step = HistoryEntry { at: *at, status: entry.status, who: who.clone(), note: note.clone() };
        history::add(self.connection, entry.id, &step, request)
    }

    /// When the last attempt began.
    pub fn started(&self, entry: &Entry) -> rusqlite::Result<Timestamp> {
        let start: Option<i64> = self
            .connection
            .prepare_cached("SELECT start FROM password_operation_attempt WHERE event = ? AND number = ?")?
            .query_row([entry.id, entry.attempt.into()], |row| row.get(0))
            .optional()?;
        Ok(Timestamp::saturating(start.unwrap_or_default()))
    }

    /// Puts down how the last attempt ended.
    pub fn close(&self, entry: &Entry, attempt: &Attempt) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE password_operation_attempt SET \"end\" = ?, result = ?, error_class = ?, message = ?, template = ?, version = ?, log = ?
                 WHERE event = ? AND number = ?",
            )?
            .execute(params![
                attempt.end.map_or(MISSING, Timestamp::millis),
                attempt.result,
                attempt.error_class,
                attempt.message,
                attempt.template,
                attempt.version,
                attempt.log.join("\n"),
                entry.id,
                attempt.number,
            ])
            .map(drop)
    }

    /// The id of the first row, if there is any.
    pub fn first<T: rusqlite::types::FromSql>(&self, sql: &str, parameters: &[&dyn ToSql]) -> rusqlite::Result<Option<T>> {
        self.connection.prepare_cached(sql)?.query_row(parameters, |row| row.get(0)).optional()
    }

    /// The first column of every row.
    pub fn all<T: rusqlite::types::FromSql>(&self, sql: &str, parameters: &[&dyn ToSql]) -> rusqlite::Result<Vec<T>> {
        self.connection.prepare_cached(sql)?.query_map(parameters, |row| row.get(0))?.collect()
    }
}

/// A move that the queue never asks for where it is not possible.
pub(super) fn refused(reason: String) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(reason.into())
}
