//! Events, as the trait wants them.

use super::find::Search;
use super::sql::key;
use super::{SqliteStore, append, append::Batch, connection::failed, lock_known, record, remove, values};
use crate::clock;
use crate::event::Event;
use crate::store::cursor::{Cursor, Side, SortPosition, SortValue};
use crate::store::limits::COUNT_SHARE;
use crate::store::value::{Value, cell};
use crate::store::{Appended, Events, ResolvedQuery, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use std::time::Duration;
use vigia_app::model::{Cell, Count, EventId, Kind, Page, Query, Record, Report, Row, Timestamp};

/// Between two looks whether the inbox is empty.
const SETTLING: Duration = Duration::from_millis(5);

#[async_trait]
impl Events for SqliteStore {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        let received = clock::system()();
        let passage = self.traffic.enter(events.len());
        let appended = if (passage.crowded || passage.small && !self.inbox.is_empty()) && !self.inbox.is_full() {
            self.inbox.append(events, received).await?
        } else {
            let known = self.known.clone();
            let batch = vec![Batch { received, events }];
            let (appended, changed) = self.writer.run(move |connection| append::append(connection, batch, &mut lock_known(&known))).await?;
            self.teller.stored(&changed);
            appended
        };
        metrics::counter!("vigia_events_stored_total").increment(appended.stored);
        Ok(appended)
    }

    async fn page(&self, resolved: ResolvedQuery) -> Result<Page, StoreError> {
        let cursor = resolved.query.cursor.as_ref().map(|text| self.signer.read(text, &resolved.fingerprint)).transpose()?;
        let signer = self.signer.clone();
        self.readers
            .run(move |reader| {
                let found = find_page(reader.connection(), &resolved, cursor)?;
                let write = |side, row: &Option<SortPosition>| {
                    row.clone().map(|row| signer.write(&Cursor { side, row }, &resolved.fingerprint)).transpose()
                };
                let (next, previous) = (write(Side::After, &found.next)?, write(Side::Before, &found.previous)?);
                Ok(Page { rows: found.rows, next, previous, ..Page::default() })
            })
            .await
    }

    async fn count(&self, resolved: ResolvedQuery) -> Result<Count, StoreError> {
        let limit = self.limit;
        self.readers
            .run(move |reader| {
                reader.limit(limit / COUNT_SHARE);
                let search = Search::new(reader.connection(), &resolved, resolved.query.sort.direction)?;
                let counted = search.count(Count::CAP as usize)?;
                let rows = u32::try_from(counted.rows).unwrap_or(Count::CAP);
                Ok(if counted.all { Count::Exactly(rows) } else { Count::AtLeast(rows) })
            })
            .await
    }

    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.readers
            .run(move |reader| {
                let newest = |sql: String, bound: i64| {
                    let id: Option<i64> = reader.connection().prepare_cached(&sql)?.query_row([bound], |row| row.get(0))?;
                    Ok::<_, rusqlite::Error>(id.and_then(EventId::from_i64).map(EventId::time))
                };
                let end = EventId::first(now).get().saturating_add(EventId::PER_MILLISECOND);
                match newest(format!("SELECT max(id) FROM {} WHERE id < ?", report.table), end).map_err(failed)? {
                    Some(time) => Ok(Some(time)),
                    None => newest(format!("SELECT min(id) FROM {} WHERE id >= ?", report.table), end).map_err(failed),
                }
            })
            .await
    }

    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
        self.readers.run(move |reader| record::record(reader.connection(), report, id)).await
    }

    async fn settle(&self) {
        while !self.inbox.is_empty() {
            tokio::time::sleep(SETTLING).await;
        }
    }

    async fn remove_source(&self, source: &str) -> Result<u64, StoreError> {
        self.settle().await;
        let source = source.to_owned();
        let known = self.known.clone();
        self.writer
            .run(move |connection| {
                lock_known(&known).forget();
                remove::source(connection, &source)
            })
            .await
    }

    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let source = source.map(str::to_owned);
        self.writer.run(move |connection| remove::before(connection, report, source.as_deref(), before, limit)).await
    }

    async fn tidy(&self, report: &'static Report) -> Result<u64, StoreError> {
        let (mut forgotten, mut from) = (0, 0);
        loop {
            let known = self.known.clone();
            let step = move |connection: &Connection| {
                lock_known(&known).forget();
                values::tidy(connection, report, from)
            };
            let tidied = self.writer.run(step).await?;
            forgotten += tidied.forgotten;
            match tidied.next {
                Some(next) => from = next,
                None => return Ok(forgotten),
            }
        }
    }

    async fn has_source(&self, source: &str) -> Result<bool, StoreError> {
        let source = source.to_owned();
        self.readers
            .run(move |reader| {
                for report in vigia_app::reports::ALL {
                    let sql = format!("SELECT 1 FROM {} WHERE source = ? LIMIT 1", report.table);
                    let mut statement = reader.connection().prepare_cached(&sql).map_err(failed)?;
                    if statement.query_row([&source], |_| Ok(())).optional().map_err(failed)?.is_some() {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
    }
}

/// A page, and where its neighbours start.
struct Found {
    rows: Vec<Row>,
    next: Option<SortPosition>,
    previous: Option<SortPosition>,
}

fn find_page(connection: &Connection, resolved: &ResolvedQuery, cursor: Option<Cursor>) -> Result<Found, StoreError> {
    let query = &resolved.query;
    let limit = usize::from(query.limit);
    let (side, from) = match cursor {
        Some(cursor) => (cursor.side, Some(cursor.row)),
        None => (Side::After, None),
    };
    let direction = match side {
        Side::After => query.sort.direction,
        Side::Before => query.sort.direction.reversed(),
    };
    let mut ids = Search::new(connection, resolved, direction)?.rows(from.as_ref(), limit + 1)?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    if side == Side::Before {
        if !more {
            // Nothing lies before this page: it is the first one, and a first page is full.
            return find_page(connection, resolved, None);
        }
        ids.reverse();
    }
    let rows = fetch(connection, query, &ids)?;
    let first = rows.first().map(|(_, place)| place.clone());
    let last = rows.last().map(|(_, place)| place.clone());
    let (has_previous, has_next) = match side {
        Side::After => (from.is_some(), more),
        Side::Before => (true, true),
    };
    Ok(Found {
        rows: rows.into_iter().map(|(row, _)| row).collect(),
        // An empty page behind a cursor (its rows are gone) still leads back.
        previous: if has_previous { first.or(from) } else { None },
        next: if has_next { last } else { None },
    })
}

/// The rows of these ids, in their order, each with its place in the sort. A row that went in the meantime is left out.
fn fetch(connection: &Connection, query: &Query, ids: &[i64]) -> Result<Vec<(Row, SortPosition)>, StoreError> {
    let report = query.report;
    let names: Vec<String> =
        query.columns.iter().map(|column| if report.is_time(column) { "id".to_owned() } else { format!("\"{}\"", column.key) }).collect();
    let sort = key(report, query.sort.column);
    let sql = format!("SELECT {sort}, {} FROM {} WHERE id = ?", names.join(", "), report.table);
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let mut rows = Vec::with_capacity(ids.len());
    for &id in ids {
        let Some(event) = EventId::from_i64(id) else { continue };
        let row = statement
            .query_row([id], |row| {
                let value = if sort == "id" { SortValue::Id } else { row.get::<_, Value>(0)?.into() };
                let cells = query.columns.iter().enumerate().map(|(at, column)| {
                    Ok(match column.kind {
                        Kind::Time if report.is_time(column) => Cell::Time(event.time()),
                        _ => cell(column, row.get(at + 1)?),
                    })
                });
                Ok((Row { id: event, cells: cells.collect::<rusqlite::Result<_>>()? }, SortPosition { value, id }))
            })
            .optional()
            .map_err(failed)?;
        rows.extend(row);
    }
    Ok(rows)
}
