//! Several questions about one report at once: rows that one of them means, each of them once.

use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use crate::index::segment::Damaged;
use crate::index::snapshot::Snapshot;
use roaring::RoaringBitmap;

/// The rows that one question or another means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Any {
    pub rows: u64,
    /// The lowest id of them.
    pub first: Option<i64>,
    /// How many of them are between each two of the ids that were asked for.
    pub spans: Vec<u64>,
}

impl Snapshot {
    /// The rows that any of these questions means. `bounds`: ids in their order, half-open spans.
    pub fn any(&self, questions: &[Question], bounds: &[i64]) -> Result<Any, Damaged> {
        let spans = bounds.len().saturating_sub(1);
        let parts = each(&self.held, |held| {
            let mut all = RoaringBitmap::new();
            for question in questions {
                if let Some(matching) = Matching::new(held, question)? {
                    all |= matching.rows().bitmap();
                }
            }
            let mut any = Any { rows: all.len(), first: all.min().map(|row| held.segment.id(row)).transpose()?, spans: vec![0; spans] };
            if let Some(first) = any.first
                && bounds.last().is_some_and(|last| *last > first)
            {
                let rows = bounds.iter().map(|id| held.segment.row_from(*id)).collect::<Result<Vec<_>, _>>()?;
                for (count, rows) in any.spans.iter_mut().zip(rows.windows(2)) {
                    *count = all.range_cardinality(rows[0]..rows[1]);
                }
            }
            Ok(any)
        })?;
        let mut any = Any { spans: vec![0; spans], ..Any::default() };
        for part in parts {
            any.rows += part.rows;
            any.first = any.first.into_iter().chain(part.first).min();
            any.spans.iter_mut().zip(part.spans).for_each(|(count, more)| *count += more);
        }
        Ok(any)
    }
}
