//! The rows of a page: the first ones behind a place in an order.
//!
//! Segments are asked one after the other, and what was found so far bounds what the next one may still bring; most end after two
//! looks into a dictionary. Inside of a segment there are two ways: to *walk* the order and test what is met, or to find *all* rows that
//! are meant and take the first of them. Which one is quick depends on where the rows stand, which nobody knows before: so the walk
//! goes as far as the other way would cost, and then gives way to it.

use super::cost;
use super::matching::{Matching, Selection};
use super::question::Question;
use super::spread::each;
use crate::index::order::sort_key;
use crate::index::segment::column::Ranks;
use crate::index::segment::{Damaged, Dictionary, Segment};
use crate::index::snapshot::{Held, Snapshot};
use crate::store::cursor::Place;
use std::cell::Cell;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::slice;
use std::sync::{Mutex, PoisonError};
use vigia_app::model::{Direction, Kind};

/// An order of rows: by a column, named by its place among the stored ones, then by id; or by id alone. Both in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub column: Option<usize>,
    pub direction: Direction,
}

/// Rows that follow each other and share a leaf, about.
const NEAR: u64 = 4096;
/// What a walk may always cost.
const SHORT: u64 = 20_000;

impl Snapshot {
    /// The first `limit` rows behind a place, in order.
    pub fn page(&self, question: &Question, order: Order, behind: Option<&Place>, limit: usize) -> Result<Vec<Place>, Damaged> {
        let ascending = order.direction == Direction::Ascending;
        let mut held: Vec<&Held> = self.held.iter().collect();
        // Those that are most likely to fill the page first.
        if ascending {
            held.sort_by_key(|held| held.segment.first());
        } else {
            held.sort_by_key(|held| std::cmp::Reverse(held.segment.last()));
        }
        let found: Mutex<Vec<Place>> = Mutex::default();
        let so_far = || found.lock().unwrap_or_else(PoisonError::into_inner);
        each(&held, |held| {
            let bound = so_far().get(limit.saturating_sub(1)).cloned();
            let more = match order.column {
                None => by_id(held, question, ascending, behind, bound.as_ref(), limit)?,
                Some(column) => by_column(held, question, column, ascending, behind, bound.as_ref(), limit)?,
            };
            if !more.is_empty() {
                let mut found = so_far();
                found.extend(more);
                found.sort_unstable();
                if !ascending {
                    found.reverse();
                }
                found.truncate(limit);
            }
            Ok(())
        })?;
        Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

fn by_id(
    held: &Held,
    question: &Question,
    ascending: bool,
    behind: Option<&Place>,
    bound: Option<&Place>,
    limit: usize,
) -> Result<Vec<Place>, Damaged> {
    let segment = &*held.segment;
    let mut ids = question.ids.clone();
    let (after, before) = if ascending { (behind, bound) } else { (bound, behind) };
    if let Some(after) = after {
        ids.start = ids.start.max(after.id.saturating_add(1));
    }
    if let Some(before) = before {
        ids.end = ids.end.min(before.id);
    }
    let Some(matching) = Matching::within(held, question, &ids)? else { return Ok(Vec::new()) };
    let range = matching.range.clone();
    let place = |row: u32| Ok(Place { key: Vec::new(), id: segment.id(row)? });
    let budget = (SHORT + matching.cost()) / cost::TEST;
    // Hopeless where even rows that lie as thick as can be expected are too far apart.
    if matching.is_all() || matching.estimate() * budget as f64 * 8.0 > limit as f64 * f64::from(range.end - range.start) {
        // Rows that follow each other stand in few leaves.
        let test = matching.test(budget.min(range.len() as u64) / NEAR + 1, None);
        let mut rows = Vec::new();
        let mut looked = 0;
        let mut walk = |row: u32| {
            looked += 1;
            if test(row) {
                rows.push(row);
            }
            rows.len() < limit && (looked < budget || matching.is_all())
        };
        let done = if ascending {
            range.clone().take_while(|row| walk(*row)).count()
        } else {
            range.clone().rev().take_while(|row| walk(*row)).count()
        };
        if rows.len() >= limit || done as u32 == range.end - range.start {
            return rows.into_iter().map(place).collect();
        }
    }
    let selection = matching.rows();
    let mut rows = selection.range(range);
    let mut next = || if ascending { rows.next() } else { rows.next_back() };
    std::iter::from_fn(&mut next).take(limit).map(place).collect()
}

/// Ranks, and of the first and the last one which rows.
struct Span {
    ranks: Range<u32>,
    /// A rank of which only the rows in this range count.
    part: Option<(u32, Range<u32>)>,
}

fn by_column(
    held: &Held,
    question: &Question,
    column: usize,
    ascending: bool,
    behind: Option<&Place>,
    bound: Option<&Place>,
    limit: usize,
) -> Result<Vec<Place>, Damaged> {
    let segment = &*held.segment;
    let kind = segment.report.stored().nth(column).map_or(Kind::Id, |column| column.kind);
    let (dictionary, ranks) = (segment.dictionary(column), segment.ranks(column));
    let mut span = Span { ranks: 0..ranks.len(), part: None };
    if let Some(behind) = behind {
        let (rank, there) = rank_of(&behind.key, kind, &dictionary, &ranks);
        if ascending {
            span.ranks.start = rank;
            if there {
                span.part = Some((rank, segment.row_from(behind.id.saturating_add(1))?..segment.rows()));
            }
        } else {
            span.ranks.end = rank + u32::from(there);
            if there {
                span.part = Some((rank, 0..segment.row_from(behind.id)?));
            }
        }
    }
    if let Some(bound) = bound {
        let (rank, there) = rank_of(&bound.key, kind, &dictionary, &ranks);
        // Of rows with the same value the id decides.
        if ascending {
            span.ranks.end = span.ranks.end.min(rank + u32::from(there && segment.first() < bound.id));
        } else {
            span.ranks.start = span.ranks.start.max(rank + u32::from(there && segment.last() < bound.id));
        }
    }
    // Before any condition is looked at: most segments end here.
    if span.ranks.is_empty() {
        return Ok(Vec::new());
    }
    let Some(matching) = Matching::new(held, question)? else { return Ok(Vec::new()) };
    let whole = 0..segment.values(column);
    let mut within: Vec<Range<u32>> = Vec::new();
    for codes in matching.codes_of(column).unwrap_or(slice::from_ref(&whole)).iter().filter(|codes| !codes.is_empty()) {
        let start = ranks.of(codes.start).max(span.ranks.start).max(within.last().map_or(0, |last| last.end));
        let end = (ranks.of(codes.end - 1) + 1).min(span.ranks.end);
        within.extend((start < end).then_some(start..end));
    }
    if within.is_empty() {
        return Ok(Vec::new());
    }
    let sorted = Sorted { matching: &matching, column, ranks: &ranks, span, within, ascending, limit };
    let place = |(rank, row): (u32, u32)| {
        let code = ranks.codes(rank..rank + 1).start;
        Ok(Place { key: sort_key(kind, &dictionary.key(code)).to_vec(), id: segment.id(row)? })
    };
    sorted.first().into_iter().map(place).collect()
}

/// The first rank whose key is not before this one, and whether it is this one's.
fn rank_of(key: &[u8], kind: Kind, dictionary: &Dictionary, ranks: &Ranks) -> (u32, bool) {
    let rank = ranks.from(dictionary.lower(key));
    let there = rank < ranks.len() && sort_key(kind, &dictionary.key(ranks.codes(rank..rank + 1).start)) == key;
    (rank, there)
}

/// The order of a column in a segment.
struct Sorted<'a> {
    matching: &'a Matching<'a>,
    column: usize,
    ranks: &'a Ranks,
    span: Span,
    /// The ranks of the span that a condition on the column leaves, in order.
    within: Vec<Range<u32>>,
    ascending: bool,
    limit: usize,
}

impl Sorted<'_> {
    /// Rank and row of the first rows.
    fn first(&self) -> Vec<(u32, u32)> {
        let segment = &*self.matching.held.segment;
        let meant = self.matching.estimate().max(1.0);
        let before = segment.before(self.column);
        let there: u32 = self.within.iter().map(|ranks| before.rows(&self.ranks.codes(ranks.clone()))).sum();
        let expected = (self.limit as f64 * f64::from(segment.rows()) / meant).min(there.into()) as u64;
        // All rows meant have to be found, and each one's code looked at.
        let codes = cost::apart(meant as u64, segment.bytes_of_codes(self.column));
        let other = SHORT + self.matching.cost() + codes + meant as u64 * cost::TEST;
        let walk = expected * cost::TEST + self.matching.cost_of_test(expected, self.but());
        if walk < other
            && let Some(rows) = self.walk(expected, other)
        {
            return rows;
        }
        self.all(&self.matching.rows())
    }

    /// The column, where a walk meets no other codes than those that a condition leaves: a rank of several may have others, too.
    fn but(&self) -> Option<usize> {
        Some(self.column).filter(|_| self.ranks.are_codes())
    }

    fn part(&self, rank: u32) -> Range<u32> {
        match &self.span.part {
            Some((at, rows)) if *at == rank => rows.clone(),
            _ => 0..self.matching.held.segment.rows(),
        }
    }

    /// Value by value, testing the rows of each: so many are expected; `None` when it cost more than `budget`.
    fn walk(&self, expected: u64, budget: u64) -> Option<Vec<(u32, u32)>> {
        let segment: &Segment = &self.matching.held.segment;
        let (test, postings, before) =
            (self.matching.test(expected, self.but()), segment.postings(self.column), segment.before(self.column));
        let (mut found, looked) = (Vec::new(), Cell::new(0));
        let look = |cost: u64| looked.set(looked.get() + cost);
        let mut ranks = self.within.iter().cloned().flatten();
        while let Some(rank) = if self.ascending { ranks.next() } else { ranks.next_back() } {
            let codes = self.ranks.codes(rank..rank + 1);
            let part = self.part(rank);
            let part = part.start.max(self.matching.range.start)..part.end.min(self.matching.range.end);
            look(cost::TEST);
            if part.is_empty() {
                continue;
            }
            let mut take = |row: u32| {
                look(cost::TEST);
                if test(row) {
                    found.push((rank, row));
                }
                found.len() < self.limit && looked.get() < budget
            };
            if postings.are_bitmaps() {
                let bitmap = postings.union(slice::from_ref(&codes));
                look(cost::bitmaps(1, before.rows(&codes).into(), segment.rows().into()));
                let mut rows = bitmap.range(part);
                while let Some(row) = if self.ascending { rows.next() } else { rows.next_back() } {
                    if !take(row) {
                        break;
                    }
                }
            } else {
                // Of one code they are in order.
                let mut rows: Vec<u32>;
                let mut listed: Box<dyn DoubleEndedIterator<Item = u32>> = if codes.len() == 1 {
                    Box::new(postings.listed(&codes).filter(|row| part.contains(row)))
                } else {
                    rows = postings.listed(&codes).filter(|row| part.contains(row)).collect();
                    look(cost::sorted(0, before.rows(&codes).into()));
                    rows.sort_unstable();
                    Box::new(rows.into_iter())
                };
                while let Some(row) = if self.ascending { listed.next() } else { listed.next_back() } {
                    if !take(row) {
                        break;
                    }
                }
            }
            if found.len() == self.limit {
                return Some(found);
            }
            if looked.get() >= budget {
                return None;
            }
        }
        Some(found)
    }

    /// The first of all rows that are meant.
    fn all(&self, selection: &Selection<'_>) -> Vec<(u32, u32)> {
        let codes = self.matching.held.segment.codes(self.column).expecting(selection.len());
        // Downwards both count backwards, so that the first are always the least.
        let turn = |number: u32| if self.ascending { number } else { !number };
        let wanted = self.ranks.codes(self.span.ranks.clone());
        let mut first: BinaryHeap<(u32, u32)> = BinaryHeap::with_capacity(self.limit + 1);
        selection.each(|row| {
            let code = codes.code(row);
            if !wanted.contains(&code) {
                return;
            }
            let rank = self.ranks.of(code);
            let at = (turn(rank), turn(row));
            if first.len() == self.limit && first.peek().is_some_and(|last| *last <= at) || !self.part(rank).contains(&row) {
                return;
            }
            if first.len() == self.limit {
                first.pop();
            }
            first.push(at);
        });
        first.into_sorted_vec().into_iter().map(|(rank, row)| (turn(rank), turn(row))).collect()
    }
}
