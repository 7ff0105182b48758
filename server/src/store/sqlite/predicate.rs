//! A filter as SQL: the test every row has to pass, and the index that can find the rows that do.

use super::sql::{Slice, Sql, index, key, test};
use super::values;
use crate::store::part::{Part, Wanted, gaps, wanted};
use crate::store::query::TimeBounds;
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError, fold};
use rusqlite::Connection;
use std::rc::Rc;
use vigia_app::model::{Column, Kind, Report, Test};

/// What finds the rows of a filter without reading the others.
#[derive(Debug, Clone)]
pub(super) enum Access {
    /// Slices of indexes; a row may be in several only where they are of several columns.
    Slices(Vec<Slice>),
    /// These rows and no others.
    Ids(Vec<i64>),
}

/// One condition of a query.
#[derive(Debug, Clone)]
pub(super) struct Predicate {
    pub test: Sql,
    pub access: Option<Access>,
    /// Whether every row the access finds passes the test. The index of a long text has its head only.
    pub exact: bool,
}

/// Every condition of a query but its time range.
pub(super) fn predicates(connection: &Connection, resolved: &ResolvedQuery) -> Result<Vec<Predicate>, StoreError> {
    let query = &resolved.query;
    let report = query.report;
    let mut predicates = Vec::new();
    for (filter, times) in query.filters.iter().zip(&resolved.times) {
        predicates.push(match &filter.test {
            Test::Contains(needle) => contains(connection, report, &[filter.column], needle)?,
            test => predicate(report, filter.column, test, *times),
        });
    }
    if !query.search.is_empty() {
        let columns: Vec<_> = report.columns.iter().filter(|column| column.searched()).collect();
        predicates.push(contains(connection, report, &columns, &query.search)?);
    }
    Ok(predicates)
}

fn predicate(report: &Report, column: &Column, filter: &Test, times: Option<TimeBounds>) -> Predicate {
    let key = key(report, column);
    let indexed = |parts: Vec<Part>| Predicate {
        test: any_of(&key, &parts),
        access: index(report, column).map(|index| {
            let (index, key): (Rc<str>, Rc<str>) = (index.into(), key.as_str().into());
            Access::Slices(parts.into_iter().map(|part| Slice { index: index.clone(), key: key.clone(), part }).collect())
        }),
        exact: true,
    };
    let outside = |parts: Vec<Part>| {
        let mut test = Sql::new("NOT ", []);
        test.add(&any_of(&key, &parts));
        Predicate { test, ..indexed(gaps(parts)) }
    };
    match wanted(column, filter, times) {
        Wanted::In(parts) => indexed(parts),
        Wanted::Outside(parts) => outside(parts),
        // Needs the database to find its values: see `contains`.
        Wanted::Containing(_) => indexed(vec![Part::Range(None, None)]),
        Wanted::Ids(ids) => {
            let marks = vec!["?"; ids.len()].join(", ");
            Predicate {
                test: Sql::new(format!("id IN ({marks})"), ids.iter().copied().map(Value::Number)),
                access: Some(Access::Ids(ids)),
                exact: true,
            }
        }
    }
}

/// The needle stands in one of the columns.
fn contains(connection: &Connection, report: &'static Report, columns: &[&Column], needle: &str) -> Result<Predicate, StoreError> {
    let needle = fold::fold(needle);
    let tests: Vec<Sql> = columns
        .iter()
        .map(|column| {
            let text = if column.kind == Kind::Ip { format!("ip_text(\"{}\")", column.key) } else { format!("\"{}\"", column.key) };
            Sql::new(format!("contains_folded({text}, ?)"), [Value::Text(needle.to_string())])
        })
        .collect();
    let slices = values::containing(connection, report, columns, &needle)?;
    let exact = columns.iter().all(|column| column.kind != Kind::LongText);
    Ok(Predicate { test: join(&tests, " OR "), access: slices.map(Access::Slices), exact })
}

fn any_of(key: &str, parts: &[Part]) -> Sql {
    let tests: Vec<Sql> = parts.iter().map(|part| test(part, key)).collect();
    join(&tests, " OR ")
}

/// The tests in brackets, joined; never empty.
fn join(tests: &[Sql], by: &str) -> Sql {
    let mut joined = Sql::new("(", []);
    for (at, test) in tests.iter().enumerate() {
        joined.push(if at == 0 { "" } else { by }).add(test);
    }
    joined.push(")");
    joined
}
