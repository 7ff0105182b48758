//! Finding the rows of a page: which index to walk, and how far.
//!
//! A page is found in two steps: the ids of its rows, in order, from indexes; then the rows themselves. For the first step
//! there are three ways, and which one is quick depends on how many rows the filters let through:
//!
//! - *Gather*: few rows pass one of the filters. Read them all through its index, and sort.
//! - *Merge*: many rows pass, of a few values, and the page is in the order of time. An index holds the rows of one value in the
//!   order of time already: take the first rows of each value, and merge.
//! - *Walk*: many rows pass, or nothing is filtered. Walk the index of the sort from where the page starts; rows that pass are
//!   met soon, because they are many.
//!
//! SQLite's planner knows averages, not the value asked for; so every statement names its index.

mod count;
mod merge;
mod source;
mod walk;

use super::connection::failed;
use super::predicate::{Predicate, predicates};
use super::sql::{Sql, index, key};
use crate::store::cursor::SortPosition;
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError};
use rusqlite::{Connection, params_from_iter};
use source::Driver;
use std::collections::BTreeSet;
use std::ops::Range;
use vigia_app::model::{Direction, Report};

/// Up to so many rows are gathered and sorted; some milliseconds' work.
const GATHER: usize = 4_000;

/// What to find, and the order to find it in.
pub(super) struct Search<'a> {
    connection: &'a Connection,
    report: &'static Report,
    predicates: Vec<Predicate>,
    /// Half-open; a page in the order of time starts by narrowing it.
    ids: Range<i64>,
    /// Whether the query has a time range.
    ranged: bool,
    sort: Sort,
}

/// The order of the rows: by an expression, then by id, both in one direction.
struct Sort {
    /// `id` for the order of time.
    key: String,
    /// `None` for the order of time, which the table itself is in.
    index: Option<String>,
    direction: Direction,
}

impl Sort {
    const fn word(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }

    /// Compares with what lies behind, in the direction of the walk.
    const fn beyond(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        }
    }

    /// What comes behind `ORDER BY`.
    fn order(&self) -> String {
        let word = self.word();
        if self.index.is_some() { format!("{} {word}, id {word}", self.key) } else { format!("id {word}") }
    }
}

impl<'a> Search<'a> {
    /// `direction` is that of the walk: the query's own, or its reverse for a page before a row.
    pub(super) fn new(connection: &'a Connection, resolved: &ResolvedQuery, direction: Direction) -> Result<Self, StoreError> {
        let report = resolved.query.report;
        let column = resolved.query.sort.column;
        Ok(Self {
            connection,
            report,
            predicates: predicates(connection, resolved)?,
            ids: resolved.ids(),
            ranged: resolved.query.range != vigia_app::model::TimeRange::All,
            sort: Sort { key: key(report, column), index: index(report, column), direction },
        })
    }

    /// The ids of the first `limit` rows behind `from`, in order.
    pub(super) fn rows(mut self, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, StoreError> {
        let by_time = self.sort.index.is_none();
        if let (true, Some(from)) = (by_time, from) {
            match self.sort.direction {
                Direction::Ascending => self.ids.start = self.ids.start.max(from.id + 1),
                Direction::Descending => self.ids.end = self.ids.end.min(from.id),
            }
        }
        let plain = self.predicates.is_empty() && (by_time || !self.ranged);
        if !plain {
            if let Some(driver) = self.cheapest(GATHER)? {
                return self.gather(driver, from, limit);
            }
            if by_time && let Some(merge) = self.merge()? {
                return self.merged(&merge, limit);
            }
        }
        self.walk(from, limit)
    }

    /// Reads all that the driver finds, and sorts.
    fn gather(&self, driver: Driver, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, StoreError> {
        let mut found = BTreeSet::new();
        for source in self.sources(driver).0 {
            let mut sql = Sql::new("SELECT id", []);
            sql.add(&source);
            found.extend(self.ids_of(&sql)?);
        }
        if self.sort.index.is_none() {
            return Ok(match self.sort.direction {
                Direction::Ascending => found.into_iter().take(limit).collect(),
                Direction::Descending => found.into_iter().rev().take(limit).collect(),
            });
        }
        let ids = serde_json::to_string(&found).map_err(|error| StoreError::Failed(error.into()))?;
        let table = self.report.table;
        let mut sql = Sql::new(
            format!("SELECT {table}.id FROM json_each(?) AS found CROSS JOIN {table} NOT INDEXED ON {table}.id = found.value WHERE 1"),
            [Value::Text(ids)],
        );
        if let Some(from) = from {
            let (key, beyond, value) = (&self.sort.key, self.sort.beyond(), Value::from(&from.value));
            let behind = format!(" AND ({table}.{key} {beyond} ? OR ({table}.{key} = ? AND {table}.id {beyond} ?))");
            sql.add(&Sql::new(behind, [value.clone(), value, Value::Number(from.id)]));
        }
        let (key, word) = (&self.sort.key, self.sort.word());
        sql.push(&format!(" ORDER BY {table}.{key} {word}, {table}.id {word} LIMIT {limit}"));
        self.ids_of(&sql)
    }

    fn ids_of(&self, sql: &Sql) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(&sql.text).map_err(failed)?;
        let rows = statement.query_map(params_from_iter(&sql.values), |row| row.get(0)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }
}
