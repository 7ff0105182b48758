//! Questions of readers, answered by index and database together.

use super::Index;
use super::ask::{Any, Counted, Group, Order, Question, TooManyGroups};
use super::order::{key, sort_key};
use super::room::{Room, within_a_page};
use super::segment::Damaged;
use super::snapshot::Snapshot;
use super::veiled::{foremost, hides, seen};
use crate::store::cursor::{Cursor, Place, Side};
use crate::store::rows::KeptRow;
use crate::store::value::{Value, cell};
use crate::store::{ResolvedQuery, Store, StoreError};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use tokio::task::spawn_blocking;
use vigia_app::model::{Cell, Column, Direction, EventId, Kind, Page, Row, Timestamp};

/// Rows that are read at a time where the index knows which ones, so that long ones are not all in memory at once.
const READ: usize = 64;
/// Rows that are read at a time where no index knows which ones are asked for.
const STEP: usize = 500;
/// Rows that are looked at for one page then.
const LOOKED_AT: usize = 100_000;

/// Rows with the same values, for readers.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// One for each column they are grouped by.
    pub cells: Vec<Cell>,
    pub rows: u64,
    /// Time of the last of them.
    pub last: Timestamp,
    /// Of the rows that have the number; `None` where none has.
    pub average: Option<f64>,
}

/// Groups, and how many there are.
pub type Groups = (Vec<GroupRow>, usize);

/// Values with how many rows have each, and how many values there are.
pub type Values = (Vec<(Cell, u64)>, usize);

/// What the index knows of a report at one moment.
pub struct Known {
    pub(super) index: Index,
    pub(super) snapshot: Arc<Snapshot>,
}

/// The time is cut into more spans than were allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Index {
    /// One page of rows, with the cursors of its neighbours; `None` where the index cannot say yet. In the order of time the tables can,
    /// unless what is asked for is rare.
    pub async fn page(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Option<Page>, StoreError> {
        let asked = Asked::new(resolved, self.now(store, resolved).await?);
        let cursor = resolved.query.cursor.as_ref().map(|text| store.signer().read(text, &asked.fingerprint(resolved))).transpose()?;
        let found = match cursor {
            None => asked.first(store, resolved).await,
            Some(cursor) => match cursor.side {
                Side::After => asked.after(store, resolved, cursor.row).await,
                Side::Before => asked.before(store, resolved, cursor.row).await,
            },
        };
        let Some(found) = self.found(found)? else { return Ok(None) };
        let write = |side, place: Option<Place>| {
            place.map(|place| store.signer().write(&Cursor { side, row: place }, &asked.fingerprint(resolved))).transpose()
        };
        let (next, previous) = (write(Side::After, found.next)?, write(Side::Before, found.previous)?);
        Ok(Some(Page { rows: found.rows, next, previous, ..Page::default() }))
    }

    /// What it knows of a query's report now, for several questions whose answers have to agree; `None` while it cannot say.
    pub async fn known(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Option<Known>, StoreError> {
        Ok(self.now(store, resolved).await?.map(|snapshot| Known { index: self.clone(), snapshot }))
    }

    /// How many rows match; `None` while the index cannot say.
    pub async fn count(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Option<u64>, StoreError> {
        let Some(known) = self.known(store, resolved).await? else { return Ok(None) };
        known.count(resolved).await
    }

    /// The `limit` values of a column that most of the rows that match have, those with most first, as far as a page holds them, and how many
    /// values there are. Of the report's id and time there are none.
    pub async fn values(
        &self,
        store: &dyn Store,
        resolved: &ResolvedQuery,
        column: &'static Column,
        limit: usize,
    ) -> Result<Option<Values>, StoreError> {
        let Some(known) = self.known(store, resolved).await? else { return Ok(None) };
        known.values(resolved, column, limit).await
    }

    /// The `limit` groups of the rows that match that have most of them, by the values of up to three columns, and how many groups there
    /// are. `Err` where they are more than `most`. `limits`: `(limit, most)`.
    pub async fn groups(
        &self,
        store: &dyn Store,
        resolved: &ResolvedQuery,
        by: &[&'static Column],
        average: Option<&'static Column>,
        limits: (usize, usize),
    ) -> Result<Option<Result<Groups, TooManyGroups>>, StoreError> {
        let Some(known) = self.known(store, resolved).await? else { return Ok(None) };
        known.groups(resolved, by, average, limits).await
    }

    /// How many of the rows that match are in each span of time, from the first one that has any to the last. `begin`
    /// says of a time where its span begins and where the next one does. `Err` with the number of spans where they are more than `most`.
    pub async fn histogram(
        &self,
        store: &dyn Store,
        resolved: &ResolvedQuery,
        begin: impl Fn(Timestamp) -> (Timestamp, Timestamp),
        most: usize,
    ) -> Result<Option<Result<Vec<(Timestamp, u64)>, TooMany>>, StoreError> {
        let Some(snapshot) = self.now(store, resolved).await? else { return Ok(None) };
        let Some((first, last)) = snapshot.ends() else { return Ok(Some(Ok(Vec::new()))) };
        let ids = resolved.ids();
        let (first, last) = (first.max(ids.start), last.min(ids.end - 1));
        let (Some(first), Some(last)) = (EventId::from_i64(first), EventId::from_i64(last)) else { return Ok(Some(Ok(Vec::new()))) };
        if first > last {
            return Ok(Some(Ok(Vec::new())));
        }
        let mut starts = Vec::new();
        let (mut start, mut end) = begin(first.time());
        loop {
            starts.push(start);
            if end > last.time() || end <= start {
                break;
            }
            if starts.len() == most {
                return Ok(Some(Err(TooMany)));
            }
            (start, end) = begin(end);
        }
        let bounds: Vec<i64> = starts.iter().map(|at| EventId::first(*at).get()).chain([i64::MAX]).collect();
        let question = Question::new(resolved);
        let counts = blocking(move || snapshot.histogram(&question, &bounds)).await?;
        let spans = |counts: Vec<u64>| {
            let mut spans: Vec<_> = starts.into_iter().zip(counts).skip_while(|(_, rows)| *rows == 0).collect();
            spans.truncate(spans.iter().rposition(|(_, rows)| *rows > 0).map_or(0, |last| last + 1));
            Ok(spans)
        };
        Ok(self.readable(counts).map(spans))
    }

    /// What was found, unless it could not be read: then all is built anew.
    pub(super) fn readable<T>(&self, found: Result<T, Damaged>) -> Option<T> {
        found.inspect_err(|damaged| self.report_damage(damaged)).ok()
    }

    /// What was found; `None` where the index cannot say yet.
    pub(super) fn found<T>(&self, found: Result<T, Failed>) -> Result<Option<T>, StoreError> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Failed::Damaged(damaged)) => {
                self.report_damage(&damaged);
                Ok(None)
            }
            Err(Failed::NotYet) => Ok(None),
            Err(Failed::Store(error)) => Err(error),
        }
    }

    /// What it knows of the query's report, with all that was committed before this.
    async fn now(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Option<Arc<Snapshot>>, StoreError> {
        Ok(self.snapshot(resolved.query.report, &store.journal().committed().await?).await)
    }

    fn report_damage(&self, damaged: &Damaged) {
        tracing::error!(%damaged, "the index cannot be read, and is built anew");
        self.0.damaged.send_replace(true);
    }
}

impl Known {
    pub(super) const fn new(index: Index, snapshot: Arc<Snapshot>) -> Self {
        Self { index, snapshot }
    }

    /// How many rows match; `None` where that cannot be read.
    pub async fn count(&self, resolved: &ResolvedQuery) -> Result<Option<u64>, StoreError> {
        let (snapshot, question) = (self.snapshot.clone(), Question::new(resolved));
        let rows = blocking(move || snapshot.count(&question)).await?;
        Ok(self.index.readable(rows))
    }

    /// See [`Index::values`].
    pub async fn values(&self, resolved: &ResolvedQuery, column: &'static Column, limit: usize) -> Result<Option<Values>, StoreError> {
        let Some(place) = resolved.query.report.stored().position(|stored| stored.key == column.key) else {
            return Ok(Some((Vec::new(), 0)));
        };
        let (snapshot, resolved) = (self.snapshot.clone(), resolved.clone());
        let found = blocking(move || {
            let hidden = hides(&resolved, &[column]);
            let wanted = if hidden { usize::MAX } else { limit };
            let (values, there) = snapshot.values(&Question::new(&resolved), place, wanted)?;
            let seen = |counted: Counted| (seen(&resolved, column, cell(column, counted.value)), counted.rows);
            let mut values: Vec<(Cell, u64)> = values.into_iter().map(seen).collect();
            if hidden {
                foremost(&mut values, limit, |(value, rows)| (*rows, std::slice::from_ref(value)));
            }
            Ok((within_a_page(values, |(value, _)| std::slice::from_ref(value)), there))
        });
        Ok(self.index.readable(found.await?))
    }

    /// How many of the rows that match are between each two of these times, which are in order; half-open.
    pub async fn spans(&self, resolved: &ResolvedQuery, bounds: &[Timestamp]) -> Result<Option<Vec<u64>>, StoreError> {
        let bounds: Vec<i64> = bounds.iter().map(|at| EventId::first(*at).get()).collect();
        let (snapshot, question) = (self.snapshot.clone(), Question::new(resolved));
        let counts = blocking(move || snapshot.histogram(&question, &bounds)).await?;
        Ok(self.index.readable(counts))
    }

    /// The rows that one of several questions about the report matches or another, each of them once, and how many of them are between each two of these times, which
    /// are in order; half-open.
    pub async fn any(&self, asked: &[ResolvedQuery], bounds: &[Timestamp]) -> Result<Option<Any>, StoreError> {
        let bounds: Vec<i64> = bounds.iter().map(|at| EventId::first(*at).get()).collect();
        let (snapshot, questions): (_, Vec<Question>) = (self.snapshot.clone(), asked.iter().map(Question::new).collect());
        let found = blocking(move || snapshot.any(&questions, &bounds)).await?;
        Ok(self.index.readable(found))
    }

    /// How many of the rows that match are in each of the 168 hours of the week, on the clock of the query's zone, from the first of Monday.
    pub async fn week(&self, resolved: &ResolvedQuery) -> Result<Option<Vec<u64>>, StoreError> {
        let (snapshot, question, zone) = (self.snapshot.clone(), Question::new(resolved), resolved.zone());
        let counts = blocking(move || snapshot.week(&question, zone)).await?;
        Ok(self.index.readable(counts))
    }

    /// See [`Index::groups`]; of up to three columns.
    pub async fn groups(
        &self,
        resolved: &ResolvedQuery,
        by: &[&'static Column],
        average: Option<&'static Column>,
        (limit, most): (usize, usize),
    ) -> Result<Option<Result<Groups, TooManyGroups>>, StoreError> {
        let place = |column: &'static Column| resolved.query.report.stored().position(|stored| stored.key == column.key);
        let (places, average) = (by.iter().filter_map(|column| place(column)).collect::<Vec<_>>(), average.and_then(place));
        let (snapshot, resolved, by) = (self.snapshot.clone(), resolved.clone(), by.to_vec());
        let found = blocking(move || {
            let hidden = hides(&resolved, &by);
            let wanted = if hidden { usize::MAX } else { limit };
            let found = snapshot.groups(&Question::new(&resolved), &places, average, wanted, most)?;
            let row = |group: Group| GroupRow {
                cells: by.iter().zip(group.values).map(|(column, value)| seen(&resolved, column, cell(column, value))).collect(),
                rows: group.rows,
                last: Timestamp::saturating(EventId::from_i64(group.last).map_or(0, |id| id.time().millis())),
                average: (group.present > 0).then(|| group.sum as f64 / group.present as f64),
            };
            Ok(found.map(|(groups, there)| {
                let mut rows: Vec<GroupRow> = groups.into_iter().map(row).collect();
                if hidden {
                    foremost(&mut rows, limit, |row| (row.rows, &row.cells));
                }
                (within_a_page(rows, |row| &row.cells), there)
            }))
        });
        Ok(self.index.readable(found.await?))
    }

    /// Times of the first and the last row, of those that were removed of late too; `None` where there has been none.
    pub fn ends(&self) -> Option<(Timestamp, Timestamp)> {
        let time = |id| EventId::from_i64(id).map(EventId::time);
        let (first, last) = self.snapshot.ends()?;
        time(first).zip(time(last))
    }
}

/// Runs what may take milliseconds, and reads files.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    spawn_blocking(work).await.map_err(|error| StoreError::Failed(error.into()))
}

pub(super) enum Failed {
    Damaged(Damaged),
    /// Only an index can answer that.
    NotYet,
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A page, and where its neighbours start.
struct Found {
    rows: Vec<Row>,
    next: Option<Place>,
    previous: Option<Place>,
}

/// A question, and what the index knows, if it does.
pub(super) struct Asked {
    snapshot: Option<Arc<Snapshot>>,
    question: Question,
    pub(super) order: Order,
}

impl Asked {
    pub(super) fn new(resolved: &ResolvedQuery, snapshot: Option<Arc<Snapshot>>) -> Self {
        let sort = resolved.query.sort;
        let column = resolved.query.report.stored().position(|column| column.key == sort.column.key);
        Self { snapshot, question: Question::new(resolved), order: Order { column, direction: sort.direction } }
    }

    /// Which cursors are good here. Those of other orders than that of time were made otherwise in earlier versions.
    fn fingerprint(&self, resolved: &ResolvedQuery) -> String {
        if self.order.column.is_none() { resolved.fingerprint.clone() } else { format!("index {}", resolved.fingerprint) }
    }

    async fn first(&self, store: &dyn Store, resolved: &ResolvedQuery) -> Result<Found, Failed> {
        let (rows, more) = self.rows(store, resolved, self.order, None).await?;
        let next = if more { rows.last().map(|(_, place)| place.clone()) } else { None };
        Ok(Found { rows: rows.into_iter().map(|(row, _)| row).collect(), next, previous: None })
    }

    async fn after(&self, store: &dyn Store, resolved: &ResolvedQuery, from: Place) -> Result<Found, Failed> {
        let (rows, more) = self.rows(store, resolved, self.order, Some(from.clone())).await?;
        let next = if more { rows.last().map(|(_, place)| place.clone()) } else { None };
        // An empty page behind a cursor (its rows are gone) still leads back.
        let previous = rows.first().map_or(from, |(_, place)| place.clone());
        Ok(Found { rows: rows.into_iter().map(|(row, _)| row).collect(), next, previous: Some(previous) })
    }

    async fn before(&self, store: &dyn Store, resolved: &ResolvedQuery, from: Place) -> Result<Found, Failed> {
        let order = Order { direction: self.order.direction.reversed(), ..self.order };
        let (mut rows, more) = self.rows(store, resolved, order, Some(from.clone())).await?;
        if !more {
            // Nothing lies before this page: it is the first one, and a first page is full.
            return self.first(store, resolved).await;
        }
        rows.reverse();
        let (first, last) = (rows.first().map(|(_, place)| place.clone()), rows.last().map(|(_, place)| place.clone()));
        Ok(Found { rows: rows.into_iter().map(|(row, _)| row).collect(), next: last.or(Some(from)), previous: first })
    }

    /// The rows of a page behind a place, as they are now, where the index says; and whether there are more.
    pub(super) async fn rows(
        &self,
        store: &dyn Store,
        resolved: &ResolvedQuery,
        order: Order,
        mut behind: Option<Place>,
    ) -> Result<(Vec<(Row, Place)>, bool), Failed> {
        let query = &resolved.query;
        let mut room = Room::new(usize::from(query.limit));
        let Some(known) = &self.snapshot else {
            self.rows_of_tables(store, resolved, order, behind, &mut room).await?;
            return Ok(room.page());
        };
        loop {
            let (snapshot, question, from, limit) = (known.clone(), self.question.clone(), behind.clone(), room.left());
            let places = blocking(move || snapshot.page(&question, order, from.as_ref(), limit)).await?.map_err(Failed::Damaged)?;
            let end = places.len() < limit;
            behind = places.last().cloned();
            for places in places.chunks(READ) {
                let ids = places.iter().map(|place| place.id).collect();
                let mut read: HashMap<i64, Vec<Value>> = store.rows().rows_of(query.report, ids).await?.into_iter().collect();
                for place in places {
                    let Some(values) = read.remove(&place.id) else { continue };
                    // Changed meanwhile: where it stands now the next question says.
                    let there = order.column.is_none_or(|column| {
                        let kind = query.sort.column.kind;
                        values.get(column).is_some_and(|value| sort_key(kind, &key(value)) == place.key)
                    });
                    if there
                        && self.question.accepts(place.id, &values)
                        && let Some(row) = row(resolved, place.id, &values)
                    {
                        room.take(row, place.clone());
                    }
                }
                if room.is_full() {
                    break;
                }
            }
            if end || room.is_full() {
                return Ok(room.page());
            }
        }
    }

    /// The same without an index: in the order of time, where so many are met soon.
    async fn rows_of_tables(
        &self,
        store: &dyn Store,
        resolved: &ResolvedQuery,
        order: Order,
        behind: Option<Place>,
        room: &mut Room,
    ) -> Result<(), Failed> {
        if order.column.is_some() {
            return Err(Failed::NotYet);
        }
        let query = &resolved.query;
        let mut ids = self.question.ids.clone();
        match (behind, order.direction) {
            (Some(behind), Direction::Ascending) => ids.start = ids.start.max(behind.id + 1),
            (Some(behind), Direction::Descending) => ids.end = ids.end.min(behind.id),
            (None, _) => {}
        }
        let mut accept = |rows: Vec<KeptRow>, ids: &Range<i64>| {
            let those = rows.into_iter().filter(|(id, values)| ids.contains(id) && self.question.accepts(*id, values));
            for (id, values) in those {
                if let Some(row) = row(resolved, id, &values) {
                    room.take(row, Place { key: Vec::new(), id });
                }
            }
            room.is_full()
        };
        if let Some(named) = self.question.named() {
            let mut named = named.to_vec();
            named.sort_unstable();
            if order.direction == Direction::Descending {
                named.reverse();
            }
            for some in named.chunks(READ) {
                let mut rows = store.rows().rows_of(query.report, some.to_vec()).await?;
                rows.sort_unstable_by_key(|(id, _)| *id);
                if order.direction == Direction::Descending {
                    rows.reverse();
                }
                if accept(rows, &ids) {
                    break;
                }
            }
            return Ok(());
        }
        let step = if self.question.conditions.is_empty() { READ.min(usize::from(query.limit) + 1) } else { STEP };
        for _ in 0..=LOOKED_AT / step {
            let rows = store.rows().rows_within(query.report, ids.clone(), order.direction, step as u32).await?;
            let (end, last) = (rows.len() < step, rows.last().map(|(id, _)| *id));
            if accept(rows, &ids) || end {
                return Ok(());
            }
            match (last, order.direction) {
                (Some(last), Direction::Ascending) => ids.start = last + 1,
                (Some(last), Direction::Descending) => ids.end = last,
                (None, _) => return Ok(()),
            }
        }
        Err(Failed::NotYet)
    }
}

/// The cells a query asks for, as its reader sees them.
fn row(resolved: &ResolvedQuery, id: i64, values: &[Value]) -> Option<Row> {
    let query = &resolved.query;
    let event = EventId::from_i64(id)?;
    let cells = query.columns.iter().map(|column| match column.kind {
        Kind::Time if query.report.is_time(column) => Cell::Time(event.time()),
        Kind::Id => cell(column, Value::Number(id)),
        _ => {
            let place = query.report.stored().position(|stored| stored.key == column.key);
            place.and_then(|place| values.get(place)).map_or(Cell::Empty, |value| seen(resolved, column, cell(column, value.clone())))
        }
    });
    Some(Row { id: event, cells: cells.collect() })
}
