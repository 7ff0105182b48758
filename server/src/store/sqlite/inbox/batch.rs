//! Batches of events as the inbox keeps them.

use crate::event::Event;
use crate::store::StoreError;
use crate::store::sqlite::append::Batch;
use crate::store::sqlite::connection::failed;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use vigia_app::model::{Attempt, Cell, Timestamp};

/// Changes with the shape of [`Row`].
const SHAPE: u32 = 3;

/// What a batch was written with: the shape of [`Row`], and the columns of each report, whose cells have no names. The order of the
/// reports does not matter.
static VERSION: LazyLock<i64> = LazyLock::new(|| {
    let mut reports: Vec<_> = vigia_app::reports::ALL.to_vec();
    reports.sort_by_key(|report| report.key);
    let mut hash = Sha256::new_with_prefix(SHAPE.to_le_bytes());
    for report in reports {
        hash.update(report.key);
        for column in report.columns {
            hash.update([0]);
            hash.update(column.key);
        }
        hash.update([1]);
    }
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
    i64::from_le_bytes([a, b, c, d, e, f, g, h])
});

/// Names an event of any report: a letter of the report, then the event's key.
pub(super) type Name = [u8; 17];

/// An [`Event`] as it is written.
#[derive(Serialize, Deserialize)]
struct Row {
    report: String,
    source: Arc<str>,
    source_id: String,
    time: Timestamp,
    cells: Vec<Cell>,
    extra: Vec<(String, String)>,
    attempts: Vec<Attempt>,
    original: String,
}

/// Makes the table where it is missing.
pub(super) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS batch (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 version INTEGER NOT NULL, -- of the shape and the columns of events
                 received INTEGER NOT NULL,
                 names BLOB NOT NULL, -- 17 bytes an event: the report, and the event's key
                 events BLOB NOT NULL
             ) STRICT;",
        )
        .map_err(failed)
}

/// Whether the table is there.
pub(super) fn is_there(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'batch'";
    connection.prepare(sql).and_then(|mut find| find.exists([])).map_err(failed)
}

/// Refuses batches of another version.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let others = connection.prepare("SELECT 1 FROM batch WHERE version <> ?").and_then(|mut find| find.exists([*VERSION]));
    if others.map_err(failed)? { Err(of_another()) } else { Ok(()) }
}

pub(super) fn waiting() -> StoreError {
    StoreError::Unusable(
        "Events wait in the inbox beside the database. Start the version of Vigia once that has left them: it moves them.".to_owned(),
    )
}

fn of_another() -> StoreError {
    StoreError::Unusable(
        "Events of another version of Vigia wait in the inbox beside the database. Start that version once: it moves them.".to_owned(),
    )
}

pub(super) fn insert(connection: &Connection, batch: &Batch, names: &[Name]) -> Result<(), StoreError> {
    let rows: Vec<_> = batch.events.iter().map(Written).collect();
    let events = postcard::to_allocvec(&rows).map_err(|error| StoreError::Failed(error.into()))?;
    let mut insert =
        connection.prepare_cached("INSERT INTO batch (version, received, names, events) VALUES (?, ?, ?, ?)").map_err(failed)?;
    insert.execute(params![*VERSION, batch.received.millis(), names.concat(), events]).map(drop).map_err(failed)
}

/// The oldest batches, until they hold `most` events or there are no more, and the id of the last.
pub(super) fn oldest(connection: &Connection, most: usize) -> Result<(Vec<Batch>, i64), StoreError> {
    let mut select = connection.prepare_cached("SELECT id, version, received, events FROM batch ORDER BY id").map_err(failed)?;
    let mut rows = select.query([]).map_err(failed)?;
    let (mut batches, mut last, mut events) = (Vec::new(), 0, 0);
    while events < most
        && let Some(row) = rows.next().map_err(failed)?
    {
        last = row.get(0).map_err(failed)?;
        if row.get::<_, i64>(1).map_err(failed)? != *VERSION {
            return Err(of_another());
        }
        let received = row.get(2).map(Timestamp::saturating).map_err(failed)?;
        let blob = row.get_ref(3).map_err(failed)?.as_blob().map_err(|error| StoreError::Failed(error.into()))?;
        let rows: Vec<Row> = postcard::from_bytes(blob).map_err(|error| StoreError::Failed(error.into()))?;
        let of_batch: Vec<Event> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        events += of_batch.len();
        batches.push(Batch { received, events: of_batch });
    }
    Ok((batches, last))
}

/// The id of the newest batch.
pub(super) fn newest(connection: &Connection) -> Result<Option<i64>, StoreError> {
    connection.prepare_cached("SELECT max(id) FROM batch").and_then(|mut find| find.query_row([], |row| row.get(0))).map_err(failed)
}

/// Whether a batch up to an id is still there.
pub(super) fn waits(connection: &Connection, last: i64) -> Result<bool, StoreError> {
    connection.prepare_cached("SELECT 1 FROM batch WHERE id <= ?").and_then(|mut find| find.exists([last])).map_err(failed)
}

/// Removes the batches up to an id, and says which events were in them.
pub(super) fn remove(connection: &Connection, last: i64) -> Result<HashSet<Name>, StoreError> {
    let removed = all_names(connection, "SELECT names FROM batch WHERE id <= ?", last)?;
    connection.prepare_cached("DELETE FROM batch WHERE id <= ?").and_then(|mut delete| delete.execute([last])).map_err(failed)?;
    Ok(removed)
}

/// Pages that are given back in one transaction: others write between two.
const PAGES: u32 = 500;

/// Gives some of the room of removed batches back to the file system, and says whether there is more.
pub(super) fn shrink(connection: &Connection) -> Result<bool, StoreError> {
    // A row a page, of which nobody wants to know anything.
    let free = || connection.prepare_cached("PRAGMA freelist_count")?.query_row([], |row| row.get::<_, i64>(0));
    let shrink = || {
        let before = free()?;
        let mut shrink = connection.prepare_cached(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
        let mut pages = shrink.query([])?;
        while pages.next()?.is_some() {}
        // Where nothing could be given back, trying again would not help.
        Ok((1..before).contains(&free()?))
    };
    shrink().map_err(failed)
}

/// The names of all events there are.
pub(super) fn names(connection: &Connection) -> Result<HashSet<Name>, StoreError> {
    all_names(connection, "SELECT names FROM batch WHERE id <= ?", i64::MAX)
}

fn all_names(connection: &Connection, sql: &str, last: i64) -> Result<HashSet<Name>, StoreError> {
    let mut select = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = select.query([last]).map_err(failed)?;
    let mut names = HashSet::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let of_batch = row.get_ref(0).map_err(failed)?.as_blob().map_err(|error| StoreError::Failed(error.into()))?;
        names.extend(of_batch.as_chunks::<17>().0);
    }
    Ok(names)
}

/// Writes an event as a [`Row`], without a copy of it.
struct Written<'a>(&'a Event);

impl Serialize for Written<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event { report, source, source_id, time, cells, extra, attempts, original } = self.0;
        (report.key, &**source, source_id, time, cells, extra, attempts, original).serialize(serializer)
    }
}

impl Row {
    fn read(self) -> Result<Event, StoreError> {
        let report = vigia_app::reports::by_key(&self.report)
            .ok_or_else(|| StoreError::Failed(anyhow::anyhow!("the inbox holds an event of the unknown report {}", self.report)))?;
        let Self { source, source_id, time, cells, extra, attempts, original, .. } = self;
        Ok(Event { report, source, source_id, time, cells, extra, attempts, original })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::reports::PASSWORD_OPERATION;

    #[test]
    fn an_event_comes_out_as_it_went_in() {
        let connection = Connection::open_in_memory().expect("a database");
        prepare(&connection).expect("a table");
        let at = Timestamp::saturating(1_790_000_000_000);
        let mut event = Event::new(&PASSWORD_OPERATION, &"a".into(), "1", at);
        event.set("device", "srv-db-01").set("attempts", 2u32).set("origin_ip", Cell::ip("::1")).set("reconciliation", true);
        event.add("lease", "x");
        event.original = "a line".to_owned();
        event.attempts.push(Attempt {
            end: None,
            executor: "x".into(),
            result: "Error".into(),
            error_class: "Connectivity".into(),
            message: "refused".into(),
            log: vec!["a line".into(), "another".into()],
            ..Attempt::begun(1, at)
        });
        insert(&connection, &Batch { received: at, events: vec![event.clone(), event.clone()] }, &[[1; 17], [2; 17]]).expect("kept");
        let (batches, last) = oldest(&connection, 1).expect("read");
        assert_eq!((batches.len(), batches[0].received, &batches[0].events), (1, at, &vec![event.clone(), event]));
        assert_eq!(names(&connection).expect("names"), HashSet::from([[1; 17], [2; 17]]));
        assert_eq!(remove(&connection, last).expect("removed").len(), 2);
        assert!(oldest(&connection, 1).expect("read").0.is_empty() && names(&connection).expect("names").is_empty());
    }

    #[test]
    fn a_batch_of_another_version_is_not_misread() {
        let connection = Connection::open_in_memory().expect("a database");
        prepare(&connection).expect("a table");
        insert(&connection, &Batch { received: Timestamp::MIN, events: Vec::new() }, &[]).expect("kept");
        connection.execute("UPDATE batch SET version = 0", []).expect("changed");
        assert!(matches!(oldest(&connection, 1), Err(StoreError::Unusable(_))));
    }
}
