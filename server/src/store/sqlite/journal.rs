//! The order of arrival, in the file: one writes at a time, so entries are numbered as they become durable.

use super::SqliteStore;
use crate::clock;
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::journal::{Journal, JournalEntry, JournalError, KEPT, Position, Row, SILENT, TRIM_EVERY, TRIMMED, Wakes, behind};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use vigia_app::model::Timestamp;

/// Does work that changes events, inside the caller's transaction, and says in the journal which.
pub(super) fn noting<T>(connection: &Connection, work: impl FnOnce(&mut Changed) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let mut changed = Changed::default();
    let done = work(&mut changed)?;
    let mut insert = connection.prepare_cached("INSERT INTO journal (report, events) VALUES (?, ?)")?;
    for (report, events) in changed.entries() {
        insert.execute(params![report, events])?;
        if connection.last_insert_rowid() % i64::from(TRIM_EVERY) == 0 {
            trim(connection, clock::system()())?;
        }
    }
    Ok(done)
}

fn trim(connection: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let number = |sql: &str| connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
    let (first, last) = (number("SELECT min(number) FROM journal")?, number("SELECT max(number) FROM journal")?);
    let slowest: Option<i64> = connection
        .prepare_cached("SELECT min(number) FROM journal_follower WHERE seen >= ?")?
        .query_row([now.millis() - SILENT], |row| row.get(0))?;
    let needed = (last - i64::from(KEPT) + 1).min(slowest.unwrap_or(last)).min(first + i64::from(TRIMMED));
    let removed = connection.prepare_cached("DELETE FROM journal WHERE number < ?")?.execute([needed])?;
    Ok(removed as u64)
}

/// The entries from a position on, this one included if it is there, and the first of all.
fn rows(connection: &Connection, from: Position, limit: u32) -> rusqlite::Result<(Vec<Row>, Position)> {
    let mut find =
        connection.prepare_cached("SELECT number, mark, report, events FROM journal WHERE number >= ? ORDER BY number LIMIT ?")?;
    let rows = find
        .query_map([from.number, i64::from(limit) + 1], |row| Ok((position(row, 0)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let oldest =
        connection.prepare_cached("SELECT number, mark FROM journal ORDER BY number LIMIT 1")?.query_row([], |row| position(row, 0))?;
    Ok((rows, oldest))
}

/// Number and mark in the columns from `at` on.
fn position(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Position> {
    Ok(Position { transaction: 0, number: row.get(at)?, mark: row.get(at + 1)? })
}

fn last(connection: &Connection) -> rusqlite::Result<Position> {
    connection.prepare_cached("SELECT number, mark FROM journal ORDER BY number DESC LIMIT 1")?.query_row([], |row| position(row, 0))
}

#[async_trait]
impl Journal for SqliteStore {
    async fn position(&self) -> Result<Position, StoreError> {
        self.read(last).await
    }

    async fn read(&self, after: Position, limit: u32) -> Result<Vec<JournalEntry>, JournalError> {
        let (rows, oldest) = SqliteStore::read(self, move |connection| rows(connection, after, limit)).await?;
        behind(after, rows, oldest)
    }

    async fn register(&self, follower: &str, now: Timestamp) -> Result<Position, StoreError> {
        let follower = follower.to_owned();
        self.write(move |connection| {
            let at = last(connection)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO journal_follower (name, number, mark, seen) VALUES (?, ?, ?, ?)")?
                .execute(params![follower, at.number, at.mark, now.millis()])?;
            Ok(at)
        })
        .await
    }

    async fn registered(&self, follower: &str) -> Result<Option<Position>, StoreError> {
        let follower = follower.to_owned();
        SqliteStore::read(self, move |connection| {
            connection
                .prepare_cached("SELECT number, mark FROM journal_follower WHERE name = ?")?
                .query_row([follower], |row| position(row, 0))
                .optional()
        })
        .await
    }

    async fn advance(&self, follower: &str, to: Position, now: Timestamp) -> Result<bool, StoreError> {
        let follower = follower.to_owned();
        self.write(move |connection| {
            let advanced = connection
                .prepare_cached("UPDATE journal_follower SET number = ?, mark = ?, seen = ? WHERE name = ?")?
                .execute(params![to.number, to.mark, now.millis(), follower])?;
            Ok(advanced == 1)
        })
        .await
    }

    async fn forget(&self, follower: &str) -> Result<bool, StoreError> {
        let follower = follower.to_owned();
        self.write(
            move |connection| Ok(connection.prepare_cached("DELETE FROM journal_follower WHERE name = ?")?.execute([follower])? == 1),
        )
        .await
    }

    async fn trim(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(move |connection| trim(connection, now)).await
    }

    fn wakes(&self) -> Wakes {
        self.bell.wakes()
    }
}
