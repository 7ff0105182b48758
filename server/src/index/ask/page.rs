//! The rows of a page: the first ones behind a place in an order.
//!
//! Segments are asked one after the other, and what was found so far bounds what the next one may still bring; most end after two
//! looks into a dictionary. Inside of a segment there are two ways: to *walk* the order and test what is met, or to find *all* rows that
//! are meant and take the first of them. Which one is quick depends on where the rows stand, which nobody knows before: so the walk
//! goes as far as the other way would cost, and then gives way to it.

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
use vigia_app::model::{Direction, Kind};

/// An order of rows: by a column, named by its place among the stored ones, then by id; or by id alone. Both in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub column: Option<usize>,
    pub direction: Direction,
}

/// Rows a walk may always look at.
const SHORT: u64 = 2_000;

impl Snapshot {
    /// The first `limit` rows behind a place, in order.
    pub fn page(&self, question: &Question, order: Order, behind: Option<&Place>, limit: usize) -> Result<Vec<Place>, Damaged> {
        let mut found: Vec<Place> = Vec::new();
        let ascending = order.direction == Direction::Ascending;
        let mut held: Vec<&Held> = self.held.iter().collect();
        // Those that are most likely to fill the page first.
        if ascending {
            held.sort_by_key(|held| held.segment.first());
        } else {
            held.sort_by_key(|held| std::cmp::Reverse(held.segment.last()));
        }
        // By time it ends with the first segments mostly; otherwise each has something to say.
        let mut ahead =
            if order.column.is_some() { each(&held, |held| Matching::new(held, question))?.into_iter() } else { Vec::new().into_iter() };
        for held in &held {
            let matching = match ahead.next() {
                Some(matching) => matching,
                None => Matching::new(held, question)?,
            };
            let Some(matching) = matching else { continue };
            let bound = if found.len() == limit { found.last() } else { None };
            let more = match order.column {
                None => by_id(matching, ascending, behind, bound, limit)?,
                Some(column) => by_column(&matching, column, ascending, behind, bound, limit)?,
            };
            if !more.is_empty() {
                found.extend(more);
                found.sort_unstable();
                if !ascending {
                    found.reverse();
                }
                found.truncate(limit);
            }
        }
        Ok(found)
    }
}

fn by_id(
    mut matching: Matching<'_>,
    ascending: bool,
    behind: Option<&Place>,
    bound: Option<&Place>,
    limit: usize,
) -> Result<Vec<Place>, Damaged> {
    let segment = &*matching.held.segment;
    let range = &mut matching.range;
    if ascending {
        if let Some(behind) = behind {
            range.start = range.start.max(segment.row_from(behind.id.saturating_add(1))?);
        }
        if let Some(bound) = bound {
            range.end = range.end.min(segment.row_from(bound.id)?);
        }
    } else {
        if let Some(behind) = behind {
            range.end = range.end.min(segment.row_from(behind.id)?);
        }
        if let Some(bound) = bound {
            range.start = range.start.max(segment.row_from(bound.id)?);
        }
    }
    let range = range.clone();
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let place = |row: u32| Ok(Place { key: Vec::new(), id: segment.id(row)? });
    let budget = SHORT + matching.cost();
    // Hopeless where even rows that lie as thick as can be expected are too far apart.
    if matching.is_all() || matching.estimate() * budget as f64 * 8.0 > limit as f64 * f64::from(range.end - range.start) {
        let test = matching.test()?;
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
    let selection = matching.rows()?;
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
    matching: &Matching<'_>,
    column: usize,
    ascending: bool,
    behind: Option<&Place>,
    bound: Option<&Place>,
    limit: usize,
) -> Result<Vec<Place>, Damaged> {
    let segment = &*matching.held.segment;
    let kind = segment.report.stored().nth(column).map_or(Kind::Id, |column| column.kind);
    let (dictionary, ranks) = (segment.dictionary(column)?, segment.ranks(column)?);
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
        if ascending { span.ranks.end = span.ranks.end.min(rank + u32::from(there)) } else { span.ranks.start = span.ranks.start.max(rank) }
    }
    if span.ranks.is_empty() {
        return Ok(Vec::new());
    }
    let sorted = Sorted { matching, column, ranks: &ranks, span, ascending, limit };
    let place = |(rank, row): (u32, u32)| {
        let code = ranks.codes(rank..rank + 1).start;
        Ok(Place { key: sort_key(kind, &dictionary.key(code)).to_vec(), id: segment.id(row)? })
    };
    sorted.first()?.into_iter().map(place).collect()
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
    ascending: bool,
    limit: usize,
}

impl Sorted<'_> {
    /// Rank and row of the first rows.
    fn first(&self) -> Result<Vec<(u32, u32)>, Damaged> {
        let segment = &*self.matching.held.segment;
        let meant = self.matching.estimate().max(1.0);
        let expected = self.limit as f64 * f64::from(segment.rows()) / meant;
        // All rows meant have to be found, and each one's code looked at.
        let other = SHORT as f64 + self.matching.cost() as f64 + meant;
        if expected < other * 4.0
            && let Some(rows) = self.walk(other as u64)?
        {
            return Ok(rows);
        }
        self.all(&self.matching.rows()?)
    }

    fn part(&self, rank: u32) -> Range<u32> {
        match &self.span.part {
            Some((at, rows)) if *at == rank => rows.clone(),
            _ => 0..self.matching.held.segment.rows(),
        }
    }

    /// Value by value, testing the rows of each; `None` when it took more than `budget` looks.
    fn walk(&self, budget: u64) -> Result<Option<Vec<(u32, u32)>>, Damaged> {
        let segment: &Segment = &self.matching.held.segment;
        let (test, postings) = (self.matching.test()?, segment.postings(self.column)?);
        let before = segment.before(self.column)?;
        let (mut found, looked) = (Vec::new(), Cell::new(0));
        let look = |rows: u64| looked.set(looked.get() + rows);
        let mut ranks = self.span.ranks.clone();
        while let Some(rank) = if self.ascending { ranks.next() } else { ranks.next_back() } {
            let codes = self.ranks.codes(rank..rank + 1);
            let part = self.part(rank);
            let part = part.start.max(self.matching.range.start)..part.end.min(self.matching.range.end);
            look(1);
            if part.is_empty() {
                continue;
            }
            let mut take = |row: u32| {
                look(1);
                if test(row) {
                    found.push((rank, row));
                }
                found.len() < self.limit && looked.get() < budget
            };
            if postings.are_bitmaps() {
                let bitmap = postings.union(&codes);
                look(u64::from(segment.rows() / 4096));
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
                    look(u64::from(before.rows(&codes)) * 4);
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
                return Ok(Some(found));
            }
            if looked.get() >= budget {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }

    /// The first of all rows that are meant.
    fn all(&self, selection: &Selection<'_>) -> Result<Vec<(u32, u32)>, Damaged> {
        let codes = self.matching.held.segment.codes(self.column)?;
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
        Ok(first.into_sorted_vec().into_iter().map(|(rank, row)| (turn(rank), turn(row))).collect())
    }
}
