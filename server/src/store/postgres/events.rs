//! Events, as the trait wants them.

use super::append::Append;
use super::error::failed;
use super::find::{Search, any_value, sort_value};
use super::sql::key;
use super::sql::{Param, Sql};
use super::{PostgresStore, record, remove, values};
use crate::clock;
use crate::event::Event;
use crate::store::cursor::{Cursor, Side, SortPosition};
use crate::store::limits::{COUNT_SHARE, REMOVED};
use crate::store::value::cell;
use crate::store::{Appended, Events, ResolvedQuery, StoreError};
use async_trait::async_trait;
use std::collections::HashMap;
use tokio_postgres::Client;
use vigia_app::model::{Cell, Count, Direction, EventId, Kind, Page, Query, Record, Report, Row, Timestamp};

#[async_trait]
impl Events for PostgresStore {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        let appended = self.writer.append(Append { events, operations: Vec::new(), received: clock::system()() }).await?.appended;
        metrics::counter!("vigia_events_stored_total").increment(appended.stored);
        Ok(appended)
    }

    async fn page(&self, resolved: ResolvedQuery) -> Result<Page, StoreError> {
        let cursor = resolved.query.cursor.as_ref().map(|text| self.signer.read(text, &resolved.fingerprint)).transpose()?;
        let resolved = &resolved;
        let cursor = &cursor;
        let found = self.read(|client| async move { find_page(&client, resolved, cursor.as_ref()).await }).await?;
        let write = |side, row: &Option<SortPosition>| {
            row.clone().map(|row| self.signer.write(&Cursor { side, row }, &resolved.fingerprint)).transpose()
        };
        let (next, previous) = (write(Side::After, &found.next)?, write(Side::Before, &found.previous)?);
        Ok(Page { rows: found.rows, next, previous, ..Page::default() })
    }

    async fn count(&self, resolved: ResolvedQuery) -> Result<Count, StoreError> {
        let (resolved, limit) = (&resolved, self.limit / COUNT_SHARE);
        let counted = self.read(|mut client| async move {
            let transaction = client.transaction().await.map_err(failed)?;
            transaction.batch_execute(&format!("SET LOCAL statement_timeout = {}", limit.as_millis().max(1))).await.map_err(failed)?;
            Search::new(transaction.client(), resolved, Direction::Descending).await?.count(Count::CAP).await
        });
        match counted.await {
            Ok(rows) if rows >= Count::CAP => Ok(Count::AtLeast(Count::CAP)),
            Ok(rows) => Ok(Count::Exactly(rows)),
            // How far it came is not known.
            Err(StoreError::TooSlow(_)) => Ok(Count::AtLeast(0)),
            Err(error) => Err(error),
        }
    }

    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let end = EventId::first(now).get().saturating_add(EventId::PER_MILLISECOND - 1);
        self.read(|client| async move {
            for sql in ["SELECT max(id) FROM {} WHERE id <= $1", "SELECT min(id) FROM {} WHERE id > $1"] {
                let find = client.prepare_cached(&sql.replace("{}", report.table)).await.map_err(failed)?;
                let id: Option<i64> = client.query_one(&find, &[&end]).await.and_then(|row| row.try_get(0)).map_err(failed)?;
                if let Some(id) = id.and_then(EventId::from_i64) {
                    return Ok(Some(id.time()));
                }
            }
            Ok(None)
        })
        .await
    }

    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
        self.read(|client| async move { record::record(&client, report, id).await }).await
    }

    async fn remove_source(&self, source: &str) -> Result<u64, StoreError> {
        let mut removed = 0;
        for report in vigia_app::reports::ALL {
            loop {
                let step = self.remove_before(report, Some(source), Timestamp::MAX, REMOVED).await?;
                removed += step;
                if step < u64::from(REMOVED) {
                    break;
                }
            }
            self.tidy(report).await?;
        }
        Ok(removed)
    }

    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut client = self.connection().await?;
        remove::before(&mut client, report, source, before, limit).await.map_err(failed)
    }

    async fn tidy(&self, report: &'static Report) -> Result<u64, StoreError> {
        let mut client = self.connection().await?;
        let (mut forgotten, mut behind) = (0, None);
        loop {
            let tidied = values::tidy(&mut client, report, behind).await?;
            forgotten += tidied.forgotten;
            match tidied.next {
                Some(next) => behind = Some(next),
                None => return Ok(forgotten),
            }
        }
    }

    async fn has_source(&self, source: &str) -> Result<bool, StoreError> {
        let source = source.to_ascii_lowercase();
        let source = &source;
        self.read(|client| async move {
            for report in vigia_app::reports::ALL {
                let sql = format!("SELECT FROM {} WHERE lower(source) = $1 LIMIT 1", report.table);
                let find = client.prepare_cached(&sql).await.map_err(failed)?;
                if client.query_opt(&find, &[source]).await.map_err(failed)?.is_some() {
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

async fn find_page(client: &Client, resolved: &ResolvedQuery, cursor: Option<&Cursor>) -> Result<Found, StoreError> {
    let query = &resolved.query;
    let limit = usize::from(query.limit);
    let (mut side, mut from) = match cursor {
        Some(cursor) => (cursor.side, Some(&cursor.row)),
        None => (Side::After, None),
    };
    let mut ids = find_ids(client, resolved, side, from).await?;
    if side == Side::Before && ids.len() <= limit {
        // Nothing lies before this page: it is the first one, and a first page is full.
        (side, from) = (Side::After, None);
        ids = find_ids(client, resolved, side, from).await?;
    }
    let more = ids.len() > limit;
    ids.truncate(limit);
    if side == Side::Before {
        ids.reverse();
    }
    let rows = fetch(client, query, &ids).await.map_err(failed)?;
    let first = rows.first().map(|(_, place)| place.clone());
    let last = rows.last().map(|(_, place)| place.clone());
    let (has_previous, has_next) = match side {
        Side::After => (from.is_some(), more),
        Side::Before => (true, true),
    };
    Ok(Found {
        rows: rows.into_iter().map(|(row, _)| row).collect(),
        // An empty page behind a cursor (its rows are gone) still leads back.
        previous: if has_previous { first.or(from.cloned()) } else { None },
        next: if has_next { last } else { None },
    })
}

/// One more id than the page has rows.
async fn find_ids(client: &Client, resolved: &ResolvedQuery, side: Side, from: Option<&SortPosition>) -> Result<Vec<i64>, StoreError> {
    let direction = match side {
        Side::After => resolved.query.sort.direction,
        Side::Before => resolved.query.sort.direction.reversed(),
    };
    Search::new(client, resolved, direction).await?.rows(from, usize::from(resolved.query.limit) + 1).await
}

/// The rows of these ids, in their order, each with its place in the sort. A row that went in the meantime is left out.
async fn fetch(client: &Client, query: &Query, ids: &[i64]) -> Result<Vec<(Row, SortPosition)>, tokio_postgres::Error> {
    let (Some(least), Some(most)) = (ids.iter().min(), ids.iter().max()) else { return Ok(Vec::new()) };
    let report = query.report;
    let names: Vec<String> =
        query.columns.iter().map(|column| if report.is_time(column) { "id".to_owned() } else { format!("\"{}\"", column.key) }).collect();
    let sort = key(report, query.sort.column);
    let columns = [&["id".to_owned(), sort][..], &names].concat().join(", ");
    // The bounds tell the planner which partitions to leave out.
    let sql = Sql::new(
        format!("SELECT {columns} FROM {} WHERE id = ANY(?) AND id >= ? AND id <= ?", report.table),
        [Param::Numbers(ids.to_vec()), Param::Number(*least), Param::Number(*most)],
    );
    let mut found = HashMap::with_capacity(ids.len());
    for row in sql.rows(client).await? {
        let id: i64 = row.try_get(0)?;
        let Some(event) = EventId::from_i64(id) else { continue };
        let value = sort_value(report, query.sort.column, &row, 1)?;
        let cells = query.columns.iter().enumerate().map(|(at, column)| {
            Ok(match column.kind {
                Kind::Time if report.is_time(column) => Cell::Time(event.time()),
                _ => cell(column, any_value(&row, at + 2)?),
            })
        });
        let cells = cells.collect::<Result<_, tokio_postgres::Error>>()?;
        found.insert(id, (Row { id: event, cells }, SortPosition { value, id }));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
