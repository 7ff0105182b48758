//! All rows of a question, from the first to the last, however many there are.
//!
//! Which rows they are and in which order is decided when the run begins: by the segments of that moment, which never change. What is stored
//! later is not among them. The rows themselves are read when their turn comes. So each row is there once; one that was removed meanwhile, or
//! that the question does not mean any more, is left out, and one that was changed is as it is then, where it stood.

use super::Index;
use super::ask::{Order, Question};
use super::pages::{Asked, blocking};
use super::snapshot::Snapshot;
use super::veiled::seen;
use crate::store::cursor::Place;
use crate::store::rows::KeptRow;
use crate::store::value::{MISSING, Value, cell};
use crate::store::{ResolvedQuery, Store, StoreError};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use vigia_app::model::{Cell, Column, Direction, EventId, Kind, Row};

/// Rows that the index is asked for at a time; the first time fewer, so that there is something soon.
const FOUND: usize = 16 << 10;
const FOUND_FIRST: usize = 1 << 10;
/// Rows that are read from the database at a time: as many as have about so many bytes, by those that came before.
const BYTES: usize = 256 << 10;
const READ: Range<usize> = 16..1024;
/// Rows that are read the first time.
const READ_FIRST: usize = 64;
/// Rows that follow each other are read as a span where it has at most so many times as many rows.
const THICK: u64 = 2;

/// The rows of a question.
pub struct Run {
    index: Index,
    snapshot: Arc<Snapshot>,
    resolved: ResolvedQuery,
    question: Arc<Question>,
    order: Order,
    /// Where the cells come from, for each column of the query.
    cells: Vec<From>,
    rows: u64,
    /// Found and not read yet.
    found: VecDeque<Place>,
    /// The last that was found.
    behind: Option<Place>,
    at_end: bool,
    /// How many rows are read next.
    each: usize,
}

/// Where a cell comes from.
#[derive(Clone, Copy)]
enum From {
    Time,
    Id(&'static Column),
    Stored(&'static Column, usize),
}

impl Index {
    /// Begins with the rows that match now; `None` while the index cannot say.
    pub async fn run(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Option<Run>, StoreError> {
        let Some(known) = self.known(store, resolved).await? else { return Ok(None) };
        let Some(rows) = known.count(resolved).await? else { return Ok(None) };
        let report = resolved.query.report;
        let cells = resolved.query.columns.iter().filter_map(|column| match column.kind {
            Kind::Time if report.is_time(column) => Some(From::Time),
            Kind::Id => Some(From::Id(column)),
            _ => report.stored().position(|stored| stored.key == column.key).map(|place| From::Stored(column, place)),
        });
        let asked = Asked::new(resolved, None);
        Ok(Some(Run {
            index: self.clone(),
            snapshot: known.snapshot,
            resolved: resolved.clone(),
            question: Arc::new(Question::new(resolved)),
            order: asked.order,
            cells: cells.collect(),
            rows,
            found: VecDeque::new(),
            behind: None,
            at_end: false,
            each: READ_FIRST,
        }))
    }
}

impl Run {
    /// How many rows there were when it began.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows that come next, as their reader sees them; never none but at the end, which is `None`.
    ///
    /// # Errors
    /// When the index or the database cannot be read. It can be called again.
    pub async fn next(&mut self, store: &dyn Store) -> Result<Option<Vec<Row>>, StoreError> {
        loop {
            if self.found.is_empty() {
                if self.at_end {
                    return Ok(None);
                }
                self.find().await?;
                continue;
            }
            let ids: Vec<i64> = self.found.iter().take(self.each).map(|place| place.id).collect();
            let count = ids.len();
            let read = self.read(store, ids).await?;
            self.found.drain(..count);
            let bytes: usize = read.iter().flat_map(|(_, values)| values).map(bytes).sum();
            let rows: Vec<Row> = read.into_iter().filter_map(|(id, values)| self.row(id, values)).collect();
            let fit = BYTES * count / bytes.max(1);
            self.each = fit.min(self.each * 2).clamp(READ.start, READ.end);
            if !rows.is_empty() {
                return Ok(Some(rows));
            }
        }
    }

    async fn find(&mut self) -> Result<(), StoreError> {
        let limit = if self.behind.is_none() { FOUND_FIRST } else { FOUND };
        let (snapshot, question, order, behind) = (self.snapshot.clone(), self.question.clone(), self.order, self.behind.clone());
        let places = blocking(move || snapshot.page(&question, order, behind.as_ref(), limit)).await?;
        let places = self.readable(places)?;
        self.at_end = places.len() < limit;
        self.behind = places.last().cloned();
        self.found.extend(places);
        Ok(())
    }

    fn readable<T>(&self, found: Result<T, super::segment::Damaged>) -> Result<T, StoreError> {
        let unreadable = || StoreError::Failed(anyhow::anyhow!("the index cannot be read, and is built anew"));
        self.index.readable(found).ok_or_else(unreadable)
    }

    /// Those of these rows that are there and are meant, in their order.
    async fn read(&self, store: &dyn Store, ids: Vec<i64>) -> Result<Vec<KeptRow>, StoreError> {
        let Some((first, last)) = ids.iter().min().copied().zip(ids.iter().max().copied()) else { return Ok(Vec::new()) };
        let mut rows = None;
        if self.order.column.is_none() {
            let (snapshot, span) = (self.snapshot.clone(), first..last + 1);
            let within = blocking(move || snapshot.within(&span)).await?;
            if self.readable(within)? <= ids.len() as u64 * THICK {
                rows = Some(self.read_span(store, ids.clone(), first..last + 1).await?);
            }
        }
        let rows = match rows {
            Some(rows) => rows,
            None => {
                let read = store.rows().rows_of(self.resolved.query.report, ids.clone()).await?;
                let mut read: FxHashMap<i64, Vec<Value>> = read.into_iter().collect();
                ids.into_iter().filter_map(|id| read.remove(&id).map(|values| (id, values))).collect()
            }
        };
        Ok(rows.into_iter().filter(|(id, values)| self.question.accepts(*id, values)).collect())
    }

    /// Those of these rows that are there, in the order of time, between which there are few others.
    async fn read_span(&self, store: &dyn Store, ids: Vec<i64>, mut span: Range<i64>) -> Result<Vec<KeptRow>, StoreError> {
        let most = ids.len() * 2;
        let mut there = Vec::with_capacity(ids.len());
        let mut wanted = ids.into_iter().peekable();
        let direction = self.order.direction;
        loop {
            let rows = store.rows().rows_within(self.resolved.query.report, span.clone(), direction, most as u32).await?;
            let (end, last) = (rows.len() < most, rows.last().map(|(id, _)| *id));
            for (id, values) in rows {
                while wanted.next_if(|wanted| if direction == Direction::Ascending { *wanted < id } else { *wanted > id }).is_some() {}
                if wanted.next_if_eq(&id).is_some() {
                    there.push((id, values));
                }
            }
            match last.filter(|_| !end) {
                Some(last) if direction == Direction::Ascending => span.start = last + 1,
                Some(last) => span.end = last,
                None => return Ok(there),
            }
        }
    }

    fn row(&self, id: i64, mut values: Vec<Value>) -> Option<Row> {
        let event = EventId::from_i64(id)?;
        let cells = self.cells.iter().map(|from| match from {
            From::Time => Cell::Time(event.time()),
            From::Id(column) => cell(column, Value::Number(id)),
            From::Stored(column, place) => {
                // No column is there twice.
                let value = values.get_mut(*place).map_or(Value::Number(MISSING), |value| std::mem::replace(value, Value::Number(MISSING)));
                seen(&self.resolved, column, cell(column, value))
            }
        });
        Some(Row { id: event, cells: cells.collect() })
    }
}

/// What a value takes of the memory, beside its text.
fn bytes(value: &Value) -> usize {
    16 + match value {
        Value::Number(_) => 0,
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}
