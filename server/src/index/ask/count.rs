//! How many rows, of which values, and when.

use super::matching::Matching;
use super::question::Question;
use crate::index::order::number_of;
use crate::index::segment::Damaged;
use crate::index::snapshot::Snapshot;
use crate::store::value::Value;
use std::collections::HashMap;
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
        self.held.iter().try_fold(0, |sum, held| {
            let Some(matching) = Matching::new(held, question)? else { return Ok(sum) };
            Ok(sum + matching.rows()?.len())
        })
    }

    /// The `limit` values of a column that most of the rows meant have, those with most first, and among equals in the order of the column;
    /// and how many values there are.
    pub fn values(&self, question: &Question, column: usize, limit: usize) -> Result<(Vec<Counted>, usize), Damaged> {
        let mut all: HashMap<Vec<u8>, Counted> = HashMap::new();
        let kind = question.report.stored().nth(column).map_or(Kind::Id, |column| column.kind);
        for held in &self.held {
            let Some(matching) = Matching::new(held, question)? else { continue };
            let segment = &*held.segment;
            let (dictionary, before, postings) = (segment.dictionary(column)?, segment.before(column)?, segment.postings(column)?);
            let selection = matching.rows()?;
            let mut add = |code: u32, rows: u64| {
                if rows > 0 {
                    let counted = all.entry(dictionary.key(code).into_owned()).or_insert_with(|| {
                        let folded = dictionary.folded(code);
                        let text = || dictionary.original(code).map_or_else(|| String::from_utf8_lossy(folded).into_owned(), str::to_owned);
                        let value = match kind {
                            Kind::Text | Kind::LongText | Kind::Choice { .. } => Value::Text(text()),
                            Kind::Ip => Value::Bytes(folded.to_vec()),
                            Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag => {
                                Value::Number(number_of(folded))
                            }
                        };
                        Counted { value, rows: 0 }
                    });
                    counted.rows += rows;
                }
            };
            let codes = 0..dictionary.len();
            if selection.is_whole(segment) {
                codes.for_each(|code| add(code, u64::from(before.rows(&(code..code + 1)))));
            } else if postings.are_bitmaps() && u64::from(dictionary.len()) * u64::from(segment.rows() / 1024 + 1) < selection.len() {
                codes.for_each(|code| add(code, selection.among(&postings.bitmap(code))));
            } else {
                let row_codes = segment.codes(column)?;
                let mut rows = vec![0u32; dictionary.len() as usize];
                selection.each(|row| {
                    if let Some(rows) = rows.get_mut(row_codes.code(row) as usize) {
                        *rows += 1;
                    }
                });
                codes.zip(rows).for_each(|(code, rows)| add(code, u64::from(rows)));
            }
        }
        let there = all.len();
        let mut values: Vec<(Vec<u8>, Counted)> = all.into_iter().collect();
        let by = |(a_key, a): &(Vec<u8>, Counted), (b_key, b): &(Vec<u8>, Counted)| b.rows.cmp(&a.rows).then_with(|| a_key.cmp(b_key));
        if limit > 0 && limit < values.len() {
            values.select_nth_unstable_by(limit - 1, by);
        }
        values.truncate(limit);
        values.sort_unstable_by(by);
        Ok((values.into_iter().map(|(_, counted)| counted).collect(), there))
    }

    /// How many of the rows meant are between each two of these ids, which are in order.
    pub fn histogram(&self, question: &Question, bounds: &[i64]) -> Result<Vec<u64>, Damaged> {
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        for held in &self.held {
            let Some(matching) = Matching::new(held, question)? else { continue };
            let selection = matching.rows()?;
            let rows = bounds.iter().map(|id| held.segment.row_from(*id)).collect::<Result<Vec<_>, _>>()?;
            for (count, rows) in counts.iter_mut().zip(rows.windows(2)) {
                if rows[0] < rows[1] {
                    *count += selection.within(rows[0]..rows[1]);
                }
            }
        }
        Ok(counts)
    }

    /// The first and the last id of all segments, dead rows included.
    pub fn ends(&self) -> Option<(i64, i64)> {
        let first = self.held.iter().map(|held| held.segment.first()).min()?;
        Some((first, self.held.iter().map(|held| held.segment.last()).max()?))
    }
}
