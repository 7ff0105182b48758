//! Finding the rows of a page: which index to walk, and how far.
//!
//! There are the same three ways as in SQLite, and which one is quick depends on how many rows the filters let through:
//!
//! - *Gather*: few rows pass one of the filters. Read them all through its index, and sort.
//! - *Merge*: many rows pass, of a few values, and the page is in the order of time. An index holds the rows of one value in the
//!   order of time already: take the first rows of each value, and merge.
//! - *Walk*: many rows pass, or nothing is filtered. Walk the index of the sort from where the page starts; rows that pass are
//!   met soon, because they are many.
//!
//! PostgreSQL's planner chooses the indexes; it is told which way by the shape of the question.

mod merge;

use super::error::failed;
use super::predicate::{Predicate, predicates};
use super::sql::{Param, Sql, key};
use crate::store::cursor::{SortPosition, SortValue};
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError};
use std::ops::Range;
use tokio_postgres::{Client, Error};
use vigia_app::model::{Column, Direction, Report};

/// Up to so many rows are gathered and sorted; some milliseconds' work.
const GATHER: i64 = 4_000;
/// Rows looked at in the order of the sort before anything else: filters that let many through need no more.
const PEEK: usize = 2_000;

/// What to find, and the order to find it in.
pub(super) struct Search<'a> {
    client: &'a Client,
    report: &'static Report,
    predicates: Vec<Predicate>,
    /// Half-open; a page in the order of time starts by narrowing it.
    ids: Range<i64>,
    /// Whether the query has a time range.
    ranged: bool,
    /// What the rows are sorted by before the id; `None` for the order of time.
    key: Option<String>,
    direction: Direction,
}

/// What finds the candidates; all other conditions are tests on them.
#[derive(Clone, Copy)]
enum Driver {
    /// The time range.
    Range,
    /// The access of a predicate.
    Predicate(usize),
}

impl<'a> Search<'a> {
    /// `direction` is that of the walk: the query's own, or its reverse for a page before a row.
    pub(super) async fn new(client: &'a Client, resolved: &ResolvedQuery, direction: Direction) -> Result<Self, StoreError> {
        let report = resolved.query.report;
        let column = resolved.query.sort.column;
        Ok(Self {
            client,
            report,
            predicates: predicates(client, resolved).await?,
            ids: resolved.ids(),
            ranged: resolved.query.range != vigia_app::model::TimeRange::All,
            key: sort_key(report, column),
            direction,
        })
    }

    /// The ids of the first `limit` rows behind `from`, in order.
    pub(super) async fn rows(mut self, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, StoreError> {
        let by_time = self.key.is_none();
        if let (true, Some(from)) = (by_time, from) {
            match self.direction {
                Direction::Ascending => self.ids.start = self.ids.start.max(from.id.saturating_add(1)),
                Direction::Descending => self.ids.end = self.ids.end.min(from.id),
            }
        }
        let plain = self.predicates.is_empty() && (by_time || !self.ranged);
        let found = async {
            if !plain {
                if let (true, Some(few)) = (by_time, self.few()) {
                    return self.merged(0, &few, limit).await;
                }
                let found = self.peek(from, limit).await?;
                if found.len() == limit {
                    return Ok(found);
                }
                if let Some(driver) = self.cheapest().await? {
                    return self.gather(driver, from, limit).await;
                }
                if by_time && let Some((at, merge)) = self.merge().await? {
                    return self.merged(at, &merge, limit).await;
                }
            }
            self.walk(from, limit).await
        };
        found.await.map_err(failed)
    }

    /// Counts up to `cap` rows.
    pub(super) async fn count(&self, cap: u32) -> Result<u32, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT", []);
        sql.add(&self.from());
        for predicate in &self.predicates {
            match &predicate.access {
                Some(access) if access.exact => sql.push(" AND ").add(&access.sql()),
                _ => sql.push(" AND ").add(&predicate.test),
            };
        }
        sql.push(&format!(" LIMIT {cap}) AS counted"));
        let rows = sql.ids(self.client).await.map_err(failed)?;
        Ok(rows.first().map_or(0, |rows| u32::try_from(*rows).unwrap_or(cap)))
    }

    /// ` FROM ... WHERE` of the time range.
    fn from(&self) -> Sql {
        let bounds = [Param::Number(self.ids.start), Param::Number(self.ids.end)];
        Sql::new(format!(" FROM {} WHERE id >= ? AND id < ?", self.report.table), bounds)
    }

    /// Every predicate's test, each behind an `AND`, but the one of the predicate that finds the rows, where it finds no others.
    fn tests(&self, found_by: Option<usize>) -> Sql {
        let mut sql = Sql::default();
        for (at, predicate) in self.predicates.iter().enumerate() {
            if found_by != Some(at) || !predicate.access.as_ref().is_some_and(|access| access.exact) {
                sql.push(" AND ").add(&predicate.test);
            }
        }
        sql
    }

    /// What has the fewest candidates, if it is fewer than [`GATHER`].
    async fn cheapest(&self) -> Result<Option<Driver>, Error> {
        let mut drivers: Vec<Driver> = self.ranged.then_some(Driver::Range).into_iter().collect();
        drivers.extend((0..self.predicates.len()).filter(|at| self.predicates[*at].access.is_some()).map(Driver::Predicate));
        let mut sql = Sql::new("SELECT unnest(ARRAY[", []);
        for (at, driver) in drivers.iter().enumerate() {
            sql.push(if at == 0 { "(SELECT count(*) FROM (SELECT" } else { ", (SELECT count(*) FROM (SELECT" }).add(&self.driven(*driver));
            sql.push(&format!(" LIMIT {GATHER}) AS candidates)"));
        }
        sql.push("]::bigint[])");
        if drivers.is_empty() {
            return Ok(None);
        }
        let counts = sql.ids(self.client).await?;
        let least = counts.into_iter().zip(drivers).min_by_key(|(count, _)| *count);
        Ok(least.filter(|(count, _)| *count < GATHER).map(|(_, driver)| driver))
    }

    /// ` FROM ... WHERE ...` of a driver's candidates.
    fn driven(&self, driver: Driver) -> Sql {
        let mut sql = self.from();
        if let Driver::Predicate(at) = driver
            && let Some(access) = &self.predicates[at].access
        {
            sql.push(" AND ").add(&access.sql());
        }
        sql
    }

    /// Reads all that the driver finds, and sorts.
    async fn gather(&self, driver: Driver, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, Error> {
        let found_by = if let Driver::Predicate(at) = driver { Some(at) } else { None };
        let key = self.key.as_deref().unwrap_or("id");
        let mut sql = Sql::new(format!("WITH found AS MATERIALIZED (SELECT id, {key} AS key"), []);
        sql.add(&self.driven(driver)).add(&self.tests(found_by)).push(") SELECT id FROM found WHERE true");
        sql.add(&self.behind("key", from)).push(&self.order("key")).push(&format!(" LIMIT {limit}"));
        sql.ids(self.client).await
    }

    /// The rows that pass among the first [`PEEK`] behind `from`.
    async fn peek(&self, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, Error> {
        let key = self.key.as_deref().unwrap_or("id");
        let columns: Vec<String> = self.report.stored().map(|column| format!("\"{}\"", column.key)).collect();
        let mut sql = Sql::new(format!("SELECT id FROM (SELECT id, {}", columns.join(", ")), []);
        sql.add(&self.from()).add(&self.behind(key, from)).push(&self.order(key)).push(&format!(" LIMIT {PEEK}) AS e WHERE true"));
        sql.add(&self.tests(None)).push(&self.order(key)).push(&format!(" LIMIT {limit}"));
        sql.ids(self.client).await
    }

    /// Walks the index of the sort from behind `from` until `limit` rows have passed all tests.
    async fn walk(&self, from: Option<&SortPosition>, limit: usize) -> Result<Vec<i64>, Error> {
        let key = self.key.as_deref().unwrap_or("id");
        let mut sql = Sql::new("SELECT id", []);
        sql.add(&self.from()).add(&self.behind(key, from)).add(&self.tests(None));
        sql.push(&self.order(key)).push(&format!(" LIMIT {limit}"));
        sql.ids(self.client).await
    }

    /// ` AND ...`: behind the row in the order of the sort. The comparison of pairs is one step into the index, where `key < a OR
    /// key = a AND id < b` would read a common value from its start.
    fn behind(&self, key: &str, from: Option<&SortPosition>) -> Sql {
        match from {
            Some(from) if self.key.is_some() => {
                let beyond = if self.direction == Direction::Ascending { ">" } else { "<" };
                let place = [Param::from(Value::from(&from.value)), Param::Number(from.id)];
                Sql::new(format!(" AND ({key}, id) {beyond} (?, ?)"), place)
            }
            _ => Sql::default(),
        }
    }

    fn order(&self, key: &str) -> String {
        let word = self.word();
        if self.key.is_some() { format!(" ORDER BY {key} {word}, id {word}") } else { format!(" ORDER BY id {word}") }
    }

    const fn word(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }
}

/// What a column sorts by before the id; `None` for the order of time.
fn sort_key(report: &Report, column: &Column) -> Option<String> {
    let key = key(report, column);
    (key != "id").then_some(key)
}

/// What a row is sorted by, read from a column that selects [`key`].
pub(super) fn sort_value(report: &Report, column: &Column, row: &tokio_postgres::Row, at: usize) -> Result<SortValue, Error> {
    if sort_key(report, column).is_none() { Ok(SortValue::Id) } else { any_value(row, at).map(SortValue::from) }
}

/// A value of whatever type the column has.
pub(super) fn any_value(row: &tokio_postgres::Row, at: usize) -> Result<Value, Error> {
    use tokio_postgres::types::Type;
    match *row.columns()[at].type_() {
        Type::BYTEA => row.try_get(at).map(Value::Bytes),
        Type::INT8 => row.try_get(at).map(Value::Number),
        _ => row.try_get(at).map(Value::Text),
    }
}
