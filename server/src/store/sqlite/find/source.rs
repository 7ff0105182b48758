//! Where the rows of a search come from.

use super::Search;
use crate::store::StoreError;
use crate::store::part::Part;
use crate::store::sqlite::connection::failed;
use crate::store::sqlite::predicate::Access;
use crate::store::sqlite::sql::{Slice, Sql, test};
use crate::store::value::Value;
use rusqlite::params_from_iter;

/// What finds the candidates; all other conditions are tests on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// The table itself, between the ids of the time range.
    Table,
    /// The access of a predicate.
    Predicate(usize),
}

impl Search<'_> {
    /// The driver with the fewest candidates, if there is one with fewer than `cap`.
    pub(super) fn cheapest(&self, cap: usize) -> Result<Option<Driver>, StoreError> {
        let mut best = None;
        let mut least = cap;
        let table = self.ranged.then_some(Driver::Table);
        let indexed = (0..self.predicates.len()).filter(|at| self.predicates[*at].access.is_some()).map(Driver::Predicate);
        for driver in table.into_iter().chain(indexed) {
            let candidates = self.candidates(driver, least)?;
            if candidates < least {
                (best, least) = (Some(driver), candidates);
            }
        }
        Ok(best)
    }

    /// How many candidates a driver has; counting stops at `cap`.
    fn candidates(&self, driver: Driver, cap: usize) -> Result<usize, StoreError> {
        let count = |from: Sql| -> Result<usize, StoreError> {
            let sql = format!("SELECT count(*) FROM (SELECT 1{} LIMIT ?)", from.text);
            let values = from.values.into_iter().chain([Value::Number(i64::try_from(cap).unwrap_or(i64::MAX))]);
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            let rows: i64 = statement.query_row(params_from_iter(values), |row| row.get(0)).map_err(failed)?;
            Ok(usize::try_from(rows).unwrap_or(cap))
        };
        let Driver::Predicate(at) = driver else { return count(self.whole()) };
        match &self.predicates[at].access {
            Some(Access::Ids(ids)) => Ok(ids.len()),
            Some(Access::Slices(slices)) => {
                let mut counted = 0;
                for slice in slices {
                    let mut from = self.slice(slice);
                    // Behind a point the index is in the order of ids; behind a range it would have to be read to its end.
                    if matches!(slice.part, Part::Point(_)) {
                        from.push(" AND ").add(&self.between());
                    }
                    counted += count(from)?;
                    if counted >= cap {
                        break;
                    }
                }
                Ok(counted)
            }
            None => Ok(cap),
        }
    }

    /// ` FROM ... WHERE ...` of the matching rows, in pieces; and whether a row may be in several of them.
    pub(super) fn sources(&self, driver: Driver) -> (Vec<Sql>, bool) {
        let Driver::Predicate(at) = driver else {
            let mut sql = self.whole();
            sql.add(&self.tests(None));
            return (vec![sql], false);
        };
        match &self.predicates[at].access {
            Some(Access::Slices(slices)) => {
                let several = slices.iter().any(|slice| slice.index != slices[0].index);
                let tests = self.tests(Some(at));
                let with_tests = |slice| {
                    let mut sql = self.slice(slice);
                    sql.push(" AND ").add(&self.between()).add(&tests);
                    sql
                };
                (slices.iter().map(with_tests).collect(), several)
            }
            Some(Access::Ids(_)) => {
                let mut sql = Sql::new(format!(" FROM {} NOT INDEXED WHERE ", self.report.table), []);
                sql.add(&self.between()).add(&self.tests(None));
                (vec![sql], false)
            }
            None => self.sources(Driver::Table),
        }
    }

    /// ` FROM ... WHERE ...` of the time range.
    fn whole(&self) -> Sql {
        let mut sql = Sql::new(format!(" FROM {} NOT INDEXED WHERE ", self.report.table), []);
        sql.add(&self.between());
        sql
    }

    /// ` FROM ... WHERE ...` of a slice.
    pub(super) fn slice(&self, slice: &Slice) -> Sql {
        let mut sql = Sql::new(format!(" FROM {} INDEXED BY {} WHERE ", self.report.table, slice.index), []);
        sql.add(&test(&slice.part, &slice.key));
        sql
    }

    /// The time range.
    pub(super) fn between(&self) -> Sql {
        Sql::new("id >= ? AND id < ?", [Value::Number(self.ids.start), Value::Number(self.ids.end)])
    }

    /// Every predicate's test, each behind an `AND`, but the one of the predicate that finds the rows, where it finds no others.
    pub(super) fn tests(&self, found_by: Option<usize>) -> Sql {
        let mut sql = Sql::default();
        for (at, predicate) in self.predicates.iter().enumerate() {
            if found_by != Some(at) || !predicate.exact {
                sql.push(" AND ").add(&predicate.test);
            }
        }
        sql
    }
}
