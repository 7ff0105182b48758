//! Where the rows of a search come from.

use super::Search;
use crate::store::StoreError;
use crate::store::sqlite::connection::failed;
use crate::store::sqlite::predicate::{Access, Part, Sql};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

/// What finds the candidates; all other conditions are tests on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// The table itself, between the ids of the time range.
    Table,
    /// The index of a predicate.
    Predicate(usize),
}

impl Search<'_> {
    /// The driver with the fewest candidates and their number, if there is one with fewer than `cap`; `except` is not looked at.
    pub(super) fn cheapest(&self, cap: usize, except: Option<Driver>) -> Result<Option<(Driver, usize)>, StoreError> {
        let mut best: Option<(Driver, usize)> = None;
        let table = self.ranged.then_some(Driver::Table);
        let indexed = (0..self.predicates.len()).filter(|at| self.predicates[*at].access.is_some()).map(Driver::Predicate);
        for driver in table.into_iter().chain(indexed).filter(|driver| Some(*driver) != except) {
            let cap = best.map_or(cap, |(_, least)| least);
            let candidates = self.candidates(driver, cap)?;
            if candidates < cap {
                best = Some((driver, candidates));
            }
        }
        Ok(best)
    }

    /// How many candidates a driver has; counting stops at `cap`.
    fn candidates(&self, driver: Driver, cap: usize) -> Result<usize, StoreError> {
        let table = self.report.table;
        let count = |from: &Sql| -> Result<usize, StoreError> {
            let sql = format!("SELECT count(*) FROM (SELECT 1{} LIMIT {cap})", from.text);
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            let rows: i64 = statement.query_row(params_from_iter(&from.values), |row| row.get(0)).map_err(failed)?;
            Ok(usize::try_from(rows).unwrap_or(cap))
        };
        match driver {
            Driver::Table => {
                let mut from = Sql::new(format!(" FROM {table} NOT INDEXED WHERE "), []);
                from.add(&self.between("id"));
                count(&from)
            }
            Driver::Predicate(at) => match &self.predicates[at].access {
                Some(Access::Ids(ids)) => Ok(ids.len()),
                Some(Access::Text { matching, .. }) => count(&self.matching(matching)),
                Some(Access::Index { index, key, parts }) => {
                    let mut counted = 0;
                    for part in parts {
                        let mut from = Sql::new(format!(" FROM {table} INDEXED BY {index} WHERE "), []);
                        from.add(&part.test(key));
                        // Behind a point the index is in the order of ids; behind a range it would have to be read to its end.
                        if matches!(part, Part::Point(_)) {
                            from.push(" AND ").add(&self.between("id"));
                        }
                        counted += count(&from)?;
                        if counted >= cap {
                            break;
                        }
                    }
                    Ok(counted)
                }
                None => Ok(cap),
            },
        }
    }

    /// ` FROM ... WHERE ...` of the matching rows: each row comes from exactly one of the sources.
    pub(super) fn sources(&self, driver: Driver) -> Vec<Sql> {
        let table = self.report.table;
        let with_rest = |mut sql: Sql, except: Option<usize>| {
            sql.push(" AND ").add(&self.between("id")).add(&self.tests(except));
            sql
        };
        let Driver::Predicate(at) = driver else {
            return vec![with_rest(Sql::new(format!(" FROM {table} NOT INDEXED WHERE 1"), []), None)];
        };
        match &self.predicates[at].access {
            Some(Access::Index { index, key, parts }) => parts
                .iter()
                .map(|part| {
                    let mut sql = Sql::new(format!(" FROM {table} INDEXED BY {index} WHERE "), []);
                    sql.add(&part.test(key));
                    with_rest(sql, Some(at))
                })
                .collect(),
            Some(Access::Text { matching, .. }) => {
                let candidates = self.matching(matching);
                let joined =
                    candidates.text.replacen(" WHERE ", &format!(" CROSS JOIN {table} ON {table}.id = {table}_text.rowid WHERE "), 1);
                let mut sql = Sql::new(joined, candidates.values);
                sql.add(&self.tests(None));
                vec![sql]
            }
            Some(Access::Ids(_)) => {
                let mut sql = Sql::new(format!(" FROM {table} NOT INDEXED WHERE "), []);
                sql.add(&self.predicates[at].test);
                vec![with_rest(sql, Some(at))]
            }
            None => self.sources(Driver::Table),
        }
    }

    /// ` FROM ... WHERE ...` of the rows that may contain a text.
    fn matching(&self, matching: &str) -> Sql {
        let text = format!("{}_text", self.report.table);
        let mut sql = Sql::new(format!(" FROM {text} WHERE {text} MATCH ? AND "), [Value::Text(matching.to_owned())]);
        sql.add(&self.between(&format!("{text}.rowid")));
        sql
    }

    /// The time range.
    pub(super) fn between(&self, id: &str) -> Sql {
        Sql::new(format!("{id} >= ? AND {id} < ?"), [Value::Integer(self.ids.start), Value::Integer(self.ids.end)])
    }

    /// Every predicate's test but one's, each behind an `AND`.
    pub(super) fn tests(&self, except: Option<usize>) -> Sql {
        let mut sql = Sql::default();
        for (at, predicate) in self.predicates.iter().enumerate() {
            if Some(at) != except {
                sql.push(" AND ").add(&predicate.test);
            }
        }
        sql
    }
}
