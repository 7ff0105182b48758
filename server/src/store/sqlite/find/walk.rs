//! Rows along the index of the sort.

use super::Search;
use crate::store::StoreError;
use crate::store::cursor::SortPosition;
use crate::store::part::{Part, by_start, compare};
use crate::store::sqlite::predicate::Access;
use crate::store::sqlite::sql::{Sql, test};
use crate::store::value::Value;
use std::cmp::Ordering;
use vigia_app::model::Direction;

/// Up to so many parts of an index are walked one by one; more are walked as a whole.
const PARTS: usize = 200;

impl Search<'_> {
    /// Walks the index of the sort from behind `from` until `limit` rows have passed all tests.
    pub(super) fn walk(&self, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, StoreError> {
        let Some(index) = &self.sort.index else {
            let mut sql = Sql::new(format!("SELECT id FROM {} NOT INDEXED WHERE ", self.report.table), []);
            sql.add(&self.between()).add(&self.tests(None)).push(&format!(" ORDER BY {} LIMIT {limit}", self.sort.order()));
            return self.ids_of(&sql);
        };
        let mut found = Vec::new();
        for part in self.parts(index) {
            for stretch in self.stretches(&part, from) {
                let mut sql = Sql::new(format!("SELECT id FROM {} INDEXED BY {index} WHERE ", self.report.table), []);
                sql.add(&stretch).push(" AND ").add(&self.between()).add(&self.tests(None));
                sql.push(&format!(" ORDER BY {} LIMIT {}", self.sort.order(), limit - found.len()));
                found.extend(self.ids_of(&sql)?);
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// The parts of the sort's index that can hold rows, in the direction of the walk.
    fn parts(&self, sort_index: &str) -> Vec<Part> {
        let filtered = self.predicates.iter().find_map(|predicate| match &predicate.access {
            Some(Access::Slices(slices)) if slices.len() <= PARTS && slices.iter().all(|slice| *slice.index == *sort_index) => {
                Some(slices.iter().map(|slice| slice.part.clone()).collect())
            }
            _ => None,
        });
        let mut parts = filtered.unwrap_or_else(|| vec![Part::Range(None, None)]);
        parts.sort_by(by_start);
        if self.sort.direction == Direction::Descending {
            parts.reverse();
        }
        parts
    }

    /// What is left of a part behind `from`, in the direction of the walk: the rest of the value the page before ended in, then
    /// the values beyond it. Two statements, for in one (`a > x OR a = x AND id > y`) SQLite reads the value from its start.
    fn stretches(&self, part: &Part, from: Option<&SortPosition>) -> Vec<Sql> {
        let key = &self.sort.key;
        let Some(from) = from else { return vec![test(part, key)] };
        let value = Value::from(&from.value);
        let beyond = self.sort.beyond();
        let rest = Sql::new(format!("{key} = ? AND id {beyond} ?"), [value.clone(), Value::Number(from.id)]);
        let side = |bound: &Value| match self.sort.direction {
            Direction::Ascending => compare(bound, &value),
            Direction::Descending => compare(bound, &value).reverse(),
        };
        match part {
            Part::Point(point) => match side(point) {
                Ordering::Less => Vec::new(),
                Ordering::Equal => vec![rest],
                Ordering::Greater => vec![test(part, key)],
            },
            Part::Range(low, high) | Part::Gap(low, high) => {
                let (near, far) = match self.sort.direction {
                    Direction::Ascending => (low, high),
                    Direction::Descending => (high, low),
                };
                if far.as_ref().is_some_and(|far| side(far) == Ordering::Less) {
                    return Vec::new();
                }
                if near.as_ref().is_some_and(|near| side(near) == Ordering::Greater) {
                    return vec![test(part, key)];
                }
                let mut behind = Sql::new(format!("{key} {beyond} ?"), [value]);
                if let Some(far) = far {
                    let until = match (self.sort.direction, part) {
                        (Direction::Ascending, Part::Gap(..)) => "<",
                        (Direction::Descending, Part::Gap(..)) => ">",
                        (Direction::Ascending, _) => "<=",
                        (Direction::Descending, _) => ">=",
                    };
                    behind.push(&format!(" AND {key} {until} ?")).values.push(far.clone());
                }
                vec![rest, behind]
            }
        }
    }
}
