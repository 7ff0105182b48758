//! Rows of a few values, in the order of time.

use super::Search;
use crate::store::StoreError;
use crate::store::part::Part;
use crate::store::sqlite::connection::failed;
use crate::store::sqlite::predicate::Access;
use crate::store::sqlite::sql::{Slice, Sql};
use crate::store::value::Value;
use std::collections::BTreeSet;
use vigia_app::model::Direction;

/// Up to so many values are merged.
const MERGE: usize = 200;

/// The values of a predicate that are merged.
pub(super) struct Merge {
    predicate: usize,
    /// Points only.
    values: Vec<Slice>,
}

impl Search<'_> {
    /// The predicate with the fewest values, if one has few enough.
    pub(super) fn merge(&self) -> Result<Option<Merge>, StoreError> {
        let mut best: Option<Merge> = None;
        for (predicate, access) in self.predicates.iter().enumerate().filter_map(|(at, p)| Some((at, p.access.as_ref()?))) {
            let Access::Slices(slices) = access else { continue };
            let most = best.as_ref().map_or(MERGE, |best| best.values.len().saturating_sub(1));
            if let Some(values) = self.values(slices, most)? {
                best = Some(Merge { predicate, values });
            }
        }
        Ok(best)
    }

    /// The values that stand in these slices, if they are not more than `most`.
    fn values(&self, slices: &[Slice], most: usize) -> Result<Option<Vec<Slice>>, StoreError> {
        let mut values = Vec::new();
        for slice in slices {
            match &slice.part {
                Part::Point(_) => values.push(slice.clone()),
                Part::Range(_, to) | Part::Gap(_, to) => {
                    let key = &slice.key;
                    let mut next = slice.clone();
                    let mut last: Option<Value> = None;
                    // From value to value, skipping the rows between.
                    while values.len() <= most {
                        let mut sql = Sql::new(format!("SELECT {key}"), []);
                        sql.add(&self.slice(&next));
                        if let Some(last) = last {
                            sql.push(&format!(" AND {key} > ?")).values.push(last);
                        }
                        sql.push(&format!(" ORDER BY {key} LIMIT 1"));
                        let mut statement = self.connection.prepare_cached(&sql.text).map_err(failed)?;
                        let mut rows = statement.query(rusqlite::params_from_iter(&sql.values)).map_err(failed)?;
                        let Some(row) = rows.next().map_err(failed)? else { break };
                        let value: Value = row.get(0).map_err(failed)?;
                        // Only the end of the range is left to test: the start lies before the value just seen.
                        next.part = match &slice.part {
                            Part::Gap(..) => Part::Gap(None, to.clone()),
                            _ => Part::Range(None, to.clone()),
                        };
                        values.push(Slice { part: Part::Point(value.clone()), ..slice.clone() });
                        last = Some(value);
                    }
                }
            }
            if values.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(values))
    }

    /// The first `limit` rows of the values, in the order of time.
    pub(super) fn merged(&self, merge: &Merge, limit: usize) -> Result<Vec<i64>, StoreError> {
        let mut found = BTreeSet::new();
        let mut ids = self.ids.clone();
        let tests = self.tests(Some(merge.predicate));
        for value in &merge.values {
            let mut sql = Sql::new("SELECT id", []);
            sql.add(&self.slice(value)).add(&Sql::new(" AND id >= ? AND id < ?", [Value::Number(ids.start), Value::Number(ids.end)]));
            sql.add(&tests).push(&format!(" ORDER BY id {} LIMIT {limit}", self.sort.word()));
            found.extend(self.ids_of(&sql)?);
            // Once the page is full, only rows before its last one can still get in.
            match self.sort.direction {
                Direction::Ascending => {
                    while found.len() > limit {
                        found.pop_last();
                    }
                    if let (true, Some(last)) = (found.len() == limit, found.last()) {
                        ids.end = *last;
                    }
                }
                Direction::Descending => {
                    while found.len() > limit {
                        found.pop_first();
                    }
                    if let (true, Some(last)) = (found.len() == limit, found.first()) {
                        ids.start = *last;
                    }
                }
            }
        }
        Ok(match self.sort.direction {
            Direction::Ascending => found.into_iter().collect(),
            Direction::Descending => found.into_iter().rev().collect(),
        })
    }
}
