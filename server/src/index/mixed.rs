//! Several questions, to one report or to many, whose rows are in one order: that of time.
//!
//! Rows are in the order of their ids, which are times; of equal ids, in the order of the reports. A row that several questions have is there once.
//! Of each question as many rows are read as the page may have, from where the page begins: so the first of all of them are the page.

use super::Index;
use super::ask::Order;
use super::pages::{Asked, Failed};
use crate::store::cursor::{Cursor, Place, Side};
use crate::store::{ResolvedQuery, Store, StoreError};
use futures_util::future::try_join_all;
use vigia_app::model::{Direction, Report, Row};
use vigia_app::reports;

/// What is asked for.
pub struct Mixed<'a> {
    /// In the order of the ids, each with the page's limit.
    pub questions: &'a [ResolvedQuery],
    pub direction: Direction,
    /// Rows a page.
    pub limit: u16,
    pub cursor: Option<&'a str>,
    /// Without a cursor, the page that has this row in its middle; the first page otherwise.
    pub around: Option<(&'static Report, i64)>,
    /// Which cursors are good: equal for the same questions.
    pub fingerprint: &'a str,
}

/// A page of the rows of several questions.
pub struct MixedPage {
    pub rows: Vec<(&'static Report, Row)>,
    /// Cursors of the pages after and before this one.
    pub next: Option<String>,
    pub previous: Option<String>,
}

/// Where a row stands among those of all reports: its id, and the place of its report in [`reports::ALL`].
type Spot = (i64, usize);

impl Index {
    /// One page of rows, with the cursors of its neighbours; `None` where the index cannot say yet.
    pub async fn mixed(&self, store: &dyn Store, mixed: &Mixed<'_>) -> Result<Option<MixedPage>, StoreError> {
        let cursor = mixed.cursor.map(|text| store.signer().read(text, mixed.fingerprint)).transpose()?;
        let committed = store.journal().committed().await?;
        let mut all = Vec::new();
        for resolved in mixed.questions {
            let report = resolved.query.report;
            let asked = Asked::new(resolved, self.snapshot(report, &committed).await);
            all.extend(place(report.key).map(|place| Stream { asked, resolved, place }));
        }
        let streams = Streams { store, all, limit: mixed.limit.into() };
        let found = match cursor {
            None => match mixed.around.and_then(|(report, id)| Some((id, place(report.key)?))) {
                Some(middle) => streams.around(mixed.direction, middle).await,
                None => streams.first(mixed.direction).await,
            },
            Some(Cursor { side, row }) => {
                let from = spot(&row).ok_or(StoreError::Cursor)?;
                match side {
                    Side::After => streams.after(mixed.direction, from).await,
                    Side::Before => streams.before(mixed.direction, from).await,
                }
            }
        };
        let Some(found) = self.found(found)? else { return Ok(None) };
        let write = |side, spot: Option<Spot>| {
            let row = spot.map(|(id, place)| Place { key: reports::ALL[place].key.as_bytes().to_vec(), id });
            row.map(|row| store.signer().write(&Cursor { side, row }, mixed.fingerprint)).transpose()
        };
        let (next, previous) = (write(Side::After, found.next)?, write(Side::Before, found.previous)?);
        let rows = found.rows.into_iter().map(|((_, place), row)| (reports::ALL[place], row)).collect();
        Ok(Some(MixedPage { rows, next, previous }))
    }
}

fn place(report: &str) -> Option<usize> {
    reports::ALL.iter().position(|one| one.key == report)
}

/// Where the row of a cursor stands.
fn spot(row: &Place) -> Option<Spot> {
    Some((row.id, place(std::str::from_utf8(&row.key).ok()?)?))
}

/// What was read of a question: the place of its report, rows, and whether there are more.
type Read = (usize, Vec<(Row, Place)>, bool);

/// The rows of one question.
struct Stream<'a> {
    asked: Asked,
    resolved: &'a ResolvedQuery,
    /// Of its report.
    place: usize,
}

struct Streams<'a> {
    store: &'a dyn Store,
    all: Vec<Stream<'a>>,
    limit: usize,
}

/// A page, and where its neighbours start.
struct Found {
    rows: Vec<(Spot, Row)>,
    next: Option<Spot>,
    previous: Option<Spot>,
}

impl Streams<'_> {
    async fn first(&self, direction: Direction) -> Result<Found, Failed> {
        let (rows, more) = self.rows(direction, None).await?;
        let next = rows.last().filter(|_| more).map(|(spot, _)| *spot);
        Ok(Found { rows, next, previous: None })
    }

    /// The page with this row in its middle, or the first one where it is on that.
    async fn around(&self, direction: Direction, middle: Spot) -> Result<Found, Failed> {
        let (before, _) = self.rows(direction.reversed(), Some(middle)).await?;
        match before.get(self.limit / 2) {
            Some((from, _)) => self.after(direction, *from).await,
            None => self.first(direction).await,
        }
    }

    async fn after(&self, direction: Direction, from: Spot) -> Result<Found, Failed> {
        let (rows, more) = self.rows(direction, Some(from)).await?;
        let next = rows.last().filter(|_| more).map(|(spot, _)| *spot);
        // An empty page behind a cursor (its rows are gone) still leads back.
        let previous = rows.first().map_or(from, |(spot, _)| *spot);
        Ok(Found { rows, next, previous: Some(previous) })
    }

    async fn before(&self, direction: Direction, from: Spot) -> Result<Found, Failed> {
        let (mut rows, more) = self.rows(direction.reversed(), Some(from)).await?;
        if !more {
            // Nothing lies before this page: it is the first one, and a first page is full.
            return self.first(direction).await;
        }
        rows.reverse();
        let spot = |row: Option<&(Spot, Row)>| row.map(|(spot, _)| *spot);
        let (previous, next) = (spot(rows.first()), spot(rows.last()).or(Some(from)));
        Ok(Found { rows, next, previous })
    }

    /// The rows of a page behind a place, and whether there are more.
    async fn rows(&self, direction: Direction, behind: Option<Spot>) -> Result<(Vec<(Spot, Row)>, bool), Failed> {
        // Side by side: each takes one core.
        let read = try_join_all(self.all.iter().map(async |stream| {
            let order = Order { direction, ..stream.asked.order };
            let from = behind.map(|behind| Place { key: Vec::new(), id: start(behind, stream.place, direction) });
            let (rows, more) = stream.asked.rows(self.store, stream.resolved, order, from).await?;
            Ok::<_, Failed>((stream.place, rows, more))
        }));
        Ok(first_of(read.await?, direction, self.limit))
    }
}

/// The id behind which the rows of a report begin that stand behind a place among those of all.
const fn start((id, at): Spot, place: usize, direction: Direction) -> i64 {
    match direction {
        // Of those with this id, the reports that stand before it are still to come.
        Direction::Descending if place < at => id.saturating_add(1),
        Direction::Ascending if place > at => id - 1,
        _ => id,
    }
}

/// The first rows of several questions, and whether there are more. What a question has no more of is known to its end; of the others, nothing is
/// known behind their last row.
fn first_of(read: Vec<Read>, direction: Direction, limit: usize) -> (Vec<(Spot, Row)>, bool) {
    let mut all: Vec<(Spot, Row, bool)> = Vec::new();
    for (place, rows, more) in read {
        let last = rows.len().saturating_sub(1);
        all.extend(rows.into_iter().enumerate().map(|(at, (row, of))| ((of.id, place), row, more && at == last)));
    }
    // The one that nothing is known behind comes first of those that are the same.
    all.sort_by_key(|(spot, _, last)| (*spot, !last));
    all.dedup_by_key(|(spot, ..)| *spot);
    if direction == Direction::Descending {
        all.reverse();
    }
    let there = all.len();
    let known = all.iter().position(|(.., last)| *last).map_or(there, |last| last + 1);
    let fit = known.min(limit);
    let more = fit < there || all.iter().any(|(.., last)| *last);
    all.truncate(fit);
    (all.into_iter().map(|(spot, row, _)| (spot, row)).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use vigia_app::model::EventId;

    fn row(id: i64) -> (Row, Place) {
        (Row { id: EventId::from_i64(id).expect("an id"), cells: Vec::new() }, Place { key: Vec::new(), id })
    }

    /// What a question whose rows have these ids answers, when `limit` are asked for, or fewer fit.
    fn answer(ids: &BTreeSet<i64>, place: usize, behind: Option<Spot>, direction: Direction, limit: usize) -> Read {
        let from = behind.map(|behind| start(behind, place, direction));
        let mut ids: Vec<i64> = match direction {
            Direction::Ascending => ids.iter().copied().filter(|id| from.is_none_or(|from| *id > from)).collect(),
            Direction::Descending => ids.iter().rev().copied().filter(|id| from.is_none_or(|from| *id < from)).collect(),
        };
        let more = ids.len() > limit;
        ids.truncate(limit);
        (place, ids.into_iter().map(row).collect(), more)
    }

    proptest! {
        /// However few rows of a question fit, page after page has all of them once, in order.
        #[test]
        fn pages_are_all_rows_in_order(
            streams in proptest::collection::vec((0usize..4, proptest::collection::btree_set(0i64..30, 0..20), 1usize..5), 0..6),
            limit in 1usize..5,
            up in any::<bool>(),
        ) {
            let direction = if up { Direction::Ascending } else { Direction::Descending };
            let all: BTreeSet<Spot> = streams.iter().flat_map(|(place, ids, _)| ids.iter().map(|id| (*id, *place))).collect();
            let mut expected: Vec<Spot> = all.into_iter().collect();
            if !up {
                expected.reverse();
            }
            let (mut walked, mut behind) = (Vec::new(), None);
            loop {
                let read = streams.iter().map(|(place, ids, fit)| answer(ids, *place, behind, direction, limit.min(*fit))).collect();
                let (rows, more) = first_of(read, direction, limit);
                prop_assert!(rows.len() <= limit && (!more || !rows.is_empty()));
                walked.extend(rows.iter().map(|(spot, _)| *spot));
                behind = walked.last().copied();
                if !more {
                    break;
                }
            }
            prop_assert_eq!(walked, expected);
        }
    }
}
