//! A filter as SQL: the test every row has to pass, and the index that can find the rows that do.

use super::value::{MISSING, ip_bytes, kept};
use super::values;
use crate::store::query::TimeBounds;
use crate::store::{ResolvedQuery, StoreError, fold};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;
use vigia_app::model::{Column, EventId, Kind, Report, Test};

/// A piece of SQL and the values of its `?`.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    pub text: String,
    pub values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn add(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self
    }
}

/// What finds the rows of a filter without reading the others.
#[derive(Debug, Clone)]
pub(super) enum Access {
    /// Slices of indexes; a row may be in several only where they are of several columns.
    Slices(Vec<Slice>),
    /// These rows and no others.
    Ids(Vec<i64>),
}

/// A part of one column's index.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub index: Rc<str>,
    /// The expression the index is on.
    pub key: Rc<str>,
    pub part: Part,
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Point(Value),
    /// From and to, both included where they are there.
    Range(Option<Value>, Option<Value>),
    /// From and to, neither included: what lies between two parts.
    Gap(Option<Value>, Option<Value>),
}

impl Part {
    /// Where it starts; `None` where the index does.
    pub(super) const fn start(&self) -> Option<&Value> {
        match self {
            Self::Point(value) => Some(value),
            Self::Range(from, _) | Self::Gap(from, _) => from.as_ref(),
        }
    }

    pub(super) fn test(&self, key: &str) -> Sql {
        match self {
            Self::Point(value) => Sql::new(format!("{key} = ?"), [value.clone()]),
            Self::Range(Some(from), Some(to)) => Sql::new(format!("{key} BETWEEN ? AND ?"), [from.clone(), to.clone()]),
            Self::Range(Some(from), None) => Sql::new(format!("{key} >= ?"), [from.clone()]),
            Self::Range(None, Some(to)) => Sql::new(format!("{key} <= ?"), [to.clone()]),
            Self::Gap(Some(from), Some(to)) => Sql::new(format!("{key} > ? AND {key} < ?"), [from.clone(), to.clone()]),
            Self::Gap(Some(from), None) => Sql::new(format!("{key} > ?"), [from.clone()]),
            Self::Gap(None, Some(to)) => Sql::new(format!("{key} < ?"), [to.clone()]),
            Self::Range(None, None) | Self::Gap(None, None) => Sql::new("1", []),
        }
    }
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

/// What a column is sorted and searched by.
pub(super) fn key(report: &Report, column: &Column) -> String {
    match column.kind {
        Kind::Id => "id".to_owned(),
        _ if report.is_time(column) => "id".to_owned(),
        Kind::LongText => format!("{}_head", column.key),
        _ => format!("\"{}\"", column.key),
    }
}

/// The index of a column; `None` where the table itself is in its order.
pub(super) fn index(report: &Report, column: &Column) -> Option<String> {
    (key(report, column) != "id").then(|| format!("{}_{}", report.table, column.key))
}

fn predicate(report: &Report, column: &Column, test: &Test, times: Option<TimeBounds>) -> Predicate {
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
    let text = |text: &String| match column.kind {
        Kind::Text | Kind::LongText | Kind::Choice { .. } => Value::Text(kept(column, text).into_owned()),
        _ => Value::Integer(MISSING),
    };
    match test {
        Test::Is(values) => indexed(distinct(values).map(|value| Part::Point(text(value))).collect()),
        Test::Not(values) => outside(distinct(values).map(|value| Part::Point(text(value))).collect()),
        Test::Starts(prefix) => {
            // U+10FFFF sorts behind every character a text can go on with.
            indexed(vec![Part::Range(Some(Value::Text(prefix.clone())), Some(Value::Text(format!("{prefix}\u{10FFFF}"))))])
        }
        // Needs the database to find its values: see `contains`.
        Test::Contains(_) => indexed(vec![Part::Range(None, None)]),
        Test::InNet(nets) => indexed(ipnet::IpNet::aggregate(nets).into_iter().map(net_part).collect()),
        Test::NotInNet(nets) => outside(ipnet::IpNet::aggregate(nets).into_iter().map(net_part).collect()),
        Test::Ids(ids) => {
            let ids: Vec<i64> = ids.iter().copied().map(EventId::get).collect();
            let marks = vec!["?"; ids.len()].join(", ");
            Predicate {
                test: Sql::new(format!("id IN ({marks})"), ids.iter().copied().map(Value::Integer)),
                access: Some(Access::Ids(ids)),
                exact: true,
            }
        }
        Test::Flag(flag) => indexed(vec![Part::Point(Value::Integer(i64::from(*flag)))]),
        Test::Between { min, max } => indexed(vec![Part::Range(Some(Value::Integer(min.unwrap_or(0))), max.map(Value::Integer))]),
        Test::Time { .. } => {
            let (from, to) = times.unwrap_or_default();
            indexed(vec![Part::Range(Some(Value::Integer(from.unwrap_or(0))), to.map(|to| Value::Integer(to - 1)))])
        }
        Test::Empty(empty) => match (column.kind, empty) {
            (Kind::Text | Kind::LongText | Kind::Choice { .. }, true) => indexed(vec![Part::Point(Value::Text(String::new()))]),
            (Kind::Text | Kind::LongText | Kind::Choice { .. }, false) => indexed(vec![Part::Gap(Some(Value::Text(String::new())), None)]),
            (Kind::Ip, true) => indexed(vec![Part::Point(Value::Blob(Vec::new()))]),
            (Kind::Ip, false) => indexed(vec![Part::Gap(Some(Value::Blob(Vec::new())), None)]),
            (_, true) => indexed(vec![Part::Point(Value::Integer(MISSING))]),
            (_, false) => indexed(vec![Part::Range(Some(Value::Integer(0)), None)]),
        },
    }
}

fn net_part(net: ipnet::IpNet) -> Part {
    let (first, last) = (Value::Blob(ip_bytes(net.network())), Value::Blob(ip_bytes(net.broadcast())));
    if first == last { Part::Point(first) } else { Part::Range(Some(first), Some(last)) }
}

/// What the parts, which do not overlap, leave out.
fn gaps(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by(|a, b| match (a.start(), b.start()) {
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    let mut gaps = Vec::with_capacity(parts.len() + 1);
    let mut behind = None;
    for part in parts {
        gaps.push(Part::Gap(behind, part.start().cloned()));
        behind = match part {
            Part::Point(value) => Some(value),
            Part::Range(_, to) | Part::Gap(_, to) => to,
        };
    }
    gaps.push(Part::Gap(behind, None));
    gaps
}

/// As the indexes compare: numbers, texts without the case of A to Z, bytes.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => {
            a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
        }
        (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// Texts that differ by more than the case of A to Z.
fn distinct(values: &[String]) -> impl Iterator<Item = &String> {
    let mut seen = BTreeSet::new();
    values.iter().filter(move |value| seen.insert(value.to_ascii_lowercase()))
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
    let tests: Vec<Sql> = parts.iter().map(|part| part.test(key)).collect();
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
