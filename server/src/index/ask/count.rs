//! How many rows, of which values, and when.

use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use super::together::{Found, values};
use crate::index::order::number_of;
use crate::index::segment::{Damaged, Dictionary};
use crate::index::snapshot::Snapshot;
use crate::store::value::Value;
use std::borrow::Cow;
use std::cmp::Reverse;
use vigia_app::model::Kind;

/// A value of a column, and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Of texts that differ in case alone, as one of the rows has it.
    pub value: Value,
    pub rows: u64,
}

impl Snapshot {
    /// How many rows are meant.
    pub fn count(&self, question: &Question) -> Result<u64, Damaged> {
        let counts = each(&self.held, |held| match Matching::new(held, question)? {
            Some(matching) => Ok(matching.count()),
            None => Ok(0),
        })?;
        Ok(counts.into_iter().sum())
    }

    /// The `limit` values of a column that most of the rows meant have, those with most first, and among equals in the order of the column;
    /// and how many values there are.
    pub fn values(&self, question: &Question, column: usize, limit: usize) -> Result<(Vec<Counted>, usize), Damaged> {
        let kind = question.report.stored().nth(column).map_or(Kind::Id, |column| column.kind);
        let all = each(&self.held, |held| values(held, question, column))?;
        let found = self.found(column, &all)?;
        // What is found is in the order of values.
        let mut first: Vec<(Reverse<u64>, usize)> = found.iter().enumerate().map(|(at, found)| (Reverse(found.rows), at)).collect();
        if limit > 0 && limit < first.len() {
            first.select_nth_unstable(limit - 1);
        }
        first.truncate(limit);
        first.sort_unstable();
        let counted = first.into_iter().filter_map(|(_, at)| {
            let Found { rows, place, code } = found[at];
            Some(Counted { value: value(&all[place].as_ref()?.dictionary, code, kind), rows })
        });
        let counted = counted.collect();
        self.sound()?;
        Ok((counted, found.len()))
    }

    /// How many of the rows meant are between each two of these ids, which are in order.
    pub fn histogram(&self, question: &Question, bounds: &[i64]) -> Result<Vec<u64>, Damaged> {
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        let parts = each(&self.held, |held| {
            let mut counts = vec![0; bounds.len().saturating_sub(1)];
            let Some(matching) = Matching::new(held, question)? else { return Ok(counts) };
            let selection = matching.rows();
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

/// What a code stands for.
pub(super) fn value(dictionary: &Dictionary, code: u32, kind: Kind) -> Value {
    let folded = dictionary.folded(code);
    let text = || dictionary.original(code).map_or_else(|| String::from_utf8_lossy(&folded).into_owned(), Cow::into_owned);
    match kind {
        Kind::Text | Kind::LongText | Kind::Choice { .. } => Value::Text(text()),
        Kind::Ip => Value::Bytes(folded.into_owned()),
        Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag => Value::Number(number_of(&folded)),
    }
}
