//! How many rows, of which values, and when.

use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use crate::index::order::number_of;
use crate::index::segment::{Damaged, Dictionary};
use crate::index::snapshot::{Held, Snapshot};
use crate::store::value::Value;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use vigia_app::model::Kind;

/// A value of a column, and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Of texts that differ in case alone, as one of the rows has it.
    pub value: Value,
    pub rows: u64,
}

/// The values of a segment's rows.
struct Values {
    dictionary: Dictionary,
    /// Codes that some of the rows have, in order, and how many do.
    rows: Vec<(u32, u32)>,
}

impl Snapshot {
    /// How many rows are meant.
    pub fn count(&self, question: &Question) -> Result<u64, Damaged> {
        let counts = each(&self.held, |held| match Matching::new(held, question)? {
            Some(matching) => Ok(matching.rows()?.len()),
            None => Ok(0),
        })?;
        Ok(counts.into_iter().sum())
    }

    /// The `limit` values of a column that most of the rows meant have, those with most first, and among equals in the order of the column;
    /// and how many values there are.
    pub fn values(&self, question: &Question, column: usize, limit: usize) -> Result<(Vec<Counted>, usize), Damaged> {
        let kind = question.report.stored().nth(column).map_or(Kind::Id, |column| column.kind);
        let all: Vec<Values> = each(&self.held, |held| values(held, question, column))?.into_iter().flatten().collect();
        // Rows, and where the value stands: in which segment, under which code.
        let found: Vec<(u64, usize, u32)> = merged(&all);
        let there = found.len();
        // What is found is in the order of values.
        let mut first: Vec<(Reverse<u64>, usize)> = found.iter().enumerate().map(|(at, (rows, ..))| (Reverse(*rows), at)).collect();
        if limit > 0 && limit < there {
            first.select_nth_unstable(limit - 1);
        }
        first.truncate(limit);
        first.sort_unstable();
        let counted = first.into_iter().map(|(_, at)| {
            let (rows, place, code) = found[at];
            Counted { value: value(&all[place].dictionary, code, kind), rows }
        });
        Ok((counted.collect(), there))
    }

    /// How many of the rows meant are between each two of these ids, which are in order.
    pub fn histogram(&self, question: &Question, bounds: &[i64]) -> Result<Vec<u64>, Damaged> {
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        let parts = each(&self.held, |held| {
            let mut counts = vec![0; bounds.len().saturating_sub(1)];
            let Some(matching) = Matching::new(held, question)? else { return Ok(counts) };
            let selection = matching.rows()?;
            let rows = bounds.iter().map(|id| held.segment.row_from(*id)).collect::<Result<Vec<_>, _>>()?;
            for (count, rows) in counts.iter_mut().zip(rows.windows(2)) {
                if rows[0] < rows[1] {
                    *count += selection.within(rows[0]..rows[1]);
                }
            }
            Ok(counts)
        })?;
        for part in parts {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        Ok(counts)
    }

    /// The first and the last id of all segments, dead rows included.
    pub fn ends(&self) -> Option<(i64, i64)> {
        let first = self.held.iter().map(|held| held.segment.first()).min()?;
        Some((first, self.held.iter().map(|held| held.segment.last()).max()?))
    }
}

/// Of one segment; `None` where no row is meant.
fn values(held: &Held, question: &Question, column: usize) -> Result<Option<Values>, Damaged> {
    let Some(matching) = Matching::new(held, question)? else { return Ok(None) };
    let segment = &*held.segment;
    let (dictionary, before, postings) = (segment.dictionary(column)?, segment.before(column)?, segment.postings(column)?);
    let selection = matching.rows()?;
    let codes = 0..dictionary.len();
    let rows: Vec<u32> = if selection.is_whole(segment) {
        codes.map(|code| before.rows(&(code..code + 1))).collect()
    } else if postings.are_bitmaps() && u64::from(dictionary.len()) * u64::from(segment.rows() / 1024 + 1) < selection.len() {
        codes.map(|code| selection.among(&postings.bitmap(code)) as u32).collect()
    } else {
        let row_codes = segment.codes(column)?;
        let mut rows = vec![0u32; dictionary.len() as usize];
        selection.each(|row| {
            if let Some(rows) = rows.get_mut(row_codes.code(row) as usize) {
                *rows += 1;
            }
        });
        rows
    };
    Ok(Some(Values { dictionary, rows: (0..).zip(rows).filter(|(_, rows)| *rows > 0).collect() }))
}

/// The next value of a segment: its key, which segment, and where among its values.
type Next<'a> = Reverse<(Cow<'a, [u8]>, usize, usize)>;

/// The values of all segments in their order, each once.
fn merged(all: &[Values]) -> Vec<(u64, usize, u32)> {
    if let [one] = all {
        return one.rows.iter().map(|(code, rows)| (u64::from(*rows), 0, *code)).collect();
    }
    let mut next: BinaryHeap<Next<'_>> = BinaryHeap::with_capacity(all.len());
    let head = |place: usize, at: usize| {
        let values = &all[place];
        values.rows.get(at).map(|(code, _)| Reverse((values.dictionary.key(*code), place, at)))
    };
    next.extend((0..all.len()).filter_map(|place| head(place, 0)));
    let mut merged: Vec<(u64, usize, u32)> = Vec::new();
    let mut last: Option<Cow<'_, [u8]>> = None;
    while let Some(mut top) = next.peek_mut() {
        let (place, at) = (top.0.1, top.0.2);
        let (code, rows) = all[place].rows[at];
        // The next one of the segment takes its place, which is cheaper than to take it out and put that in.
        let Reverse((key, ..)) = match head(place, at + 1) {
            Some(head) => std::mem::replace(&mut *top, head),
            None => PeekMut::pop(top),
        };
        match merged.last_mut() {
            Some(same) if last.as_ref() == Some(&key) => same.0 += u64::from(rows),
            _ => merged.push((rows.into(), place, code)),
        }
        last = Some(key);
    }
    merged
}

/// What a code stands for.
pub(super) fn value(dictionary: &Dictionary, code: u32, kind: Kind) -> Value {
    let folded = dictionary.folded(code);
    let text = || dictionary.original(code).map_or_else(|| String::from_utf8_lossy(folded).into_owned(), str::to_owned);
    match kind {
        Kind::Text | Kind::LongText | Kind::Choice { .. } => Value::Text(text()),
        Kind::Ip => Value::Bytes(folded.to_vec()),
        Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag => Value::Number(number_of(folded)),
    }
}
