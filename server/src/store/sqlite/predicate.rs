//! A filter as SQL: the test every row has to pass, and the index that can find the rows that do.

use super::value::{MISSING, ip_bytes, keep};
use crate::store::query::TimeBounds;
use crate::store::{ResolvedQuery, fold};
use rusqlite::types::Value;
use std::collections::BTreeSet;
use vigia_app::model::{Cell, Column, EventId, Kind, Report, Test};

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
    /// An index on an expression, and the parts of it to read; the parts do not overlap.
    Index { index: String, key: String, parts: Vec<Part> },
    /// The trigrams of the texts: candidates, which the test still has to check.
    Text { matching: String },
    /// These rows and no others.
    Ids(Vec<i64>),
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Point(Value),
    /// From and to, both included where they are there.
    Range(Option<Value>, Option<Value>),
}

impl Part {
    pub(super) fn test(&self, key: &str) -> Sql {
        match self {
            Self::Point(value) => Sql::new(format!("{key} = ?"), [value.clone()]),
            Self::Range(Some(from), Some(to)) => Sql::new(format!("{key} BETWEEN ? AND ?"), [from.clone(), to.clone()]),
            Self::Range(Some(from), None) => Sql::new(format!("{key} >= ?"), [from.clone()]),
            Self::Range(None, Some(to)) => Sql::new(format!("{key} <= ?"), [to.clone()]),
            Self::Range(None, None) => Sql::new("1", []),
        }
    }
}

/// One condition of a query.
#[derive(Debug, Clone)]
pub(super) struct Predicate {
    pub test: Sql,
    pub access: Option<Access>,
}

/// Every condition of a query but its time range.
pub(super) fn predicates(resolved: &ResolvedQuery) -> Vec<Predicate> {
    let query = &resolved.query;
    let filters =
        query.filters.iter().zip(&resolved.times).map(|(filter, times)| predicate(query.report, filter.column, &filter.test, *times));
    let search = (!query.search.is_empty()).then(|| search(query.report, &query.search));
    filters.chain(search).collect()
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
        access: index(report, column).map(|index| Access::Index { index, key: key.clone(), parts }),
    };
    let plain = |test: Sql| Predicate { test, access: None };
    let text = |text: &String| keep(column, &Cell::Text(text.clone()));
    match test {
        Test::Is(values) => indexed(distinct(values).map(|value| Part::Point(text(value))).collect()),
        Test::Not(values) => {
            let marks = vec!["?"; values.len()].join(", ");
            plain(Sql::new(format!("{key} NOT IN ({marks})"), values.iter().map(text)))
        }
        Test::Starts(prefix) => {
            // U+10FFFF sorts behind every character a text can go on with.
            indexed(vec![Part::Range(Some(Value::Text(prefix.clone())), Some(Value::Text(format!("{prefix}\u{10FFFF}"))))])
        }
        Test::Contains(needle) => contains(&[column], needle),
        Test::InNet(nets) => indexed(ipnet::IpNet::aggregate(nets).into_iter().map(net_part).collect()),
        Test::NotInNet(nets) => {
            let tests: Vec<Sql> = nets.iter().map(|net| net_part(*net).test(&key)).collect();
            let mut sql = Sql::new("NOT ", []);
            sql.add(&join(&tests, " OR "));
            plain(sql)
        }
        Test::Ids(ids) => {
            let ids: Vec<i64> = ids.iter().copied().map(EventId::get).collect();
            let marks = vec!["?"; ids.len()].join(", ");
            Predicate {
                test: Sql::new(format!("id IN ({marks})"), ids.iter().copied().map(Value::Integer)),
                access: Some(Access::Ids(ids)),
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
            // The least text that is not empty; a missing address is shorter than any other.
            (Kind::Text | Kind::LongText | Kind::Choice { .. }, false) => plain(Sql::new(format!("{key} > ''"), [])),
            (Kind::Ip, true) => indexed(vec![Part::Point(Value::Blob(Vec::new()))]),
            (Kind::Ip, false) => indexed(vec![Part::Range(Some(Value::Blob(vec![0])), None)]),
            (_, true) => indexed(vec![Part::Point(Value::Integer(MISSING))]),
            (_, false) => indexed(vec![Part::Range(Some(Value::Integer(0)), None)]),
        },
    }
}

fn net_part(net: ipnet::IpNet) -> Part {
    let (first, last) = (Value::Blob(ip_bytes(net.network())), Value::Blob(ip_bytes(net.broadcast())));
    if first == last { Part::Point(first) } else { Part::Range(Some(first), Some(last)) }
}

/// Texts that differ by more than the case of A to Z.
fn distinct(values: &[String]) -> impl Iterator<Item = &String> {
    let mut seen = BTreeSet::new();
    values.iter().filter(move |value| seen.insert(value.to_ascii_lowercase()))
}

fn search(report: &'static Report, needle: &str) -> Predicate {
    let columns: Vec<_> = report.columns.iter().filter(|column| column.searched()).collect();
    contains(&columns, needle)
}

/// The needle stands in one of the columns.
fn contains(columns: &[&Column], needle: &str) -> Predicate {
    let needle = fold::fold(needle);
    let tests: Vec<Sql> = columns
        .iter()
        .map(|column| {
            let text = if column.kind == Kind::Ip { format!("ip_text(\"{}\")", column.key) } else { format!("\"{}\"", column.key) };
            Sql::new(format!("contains_folded({text}, ?)"), [Value::Text(needle.to_string())])
        })
        .collect();
    let access = trigrams(&needle).map(|matching| Access::Text { matching });
    Predicate { test: join(&tests, " OR "), access }
}

/// Enough to leave few wrong candidates; each one more is another list to read.
const MAX_TRIGRAMS: usize = 6;

/// The FTS5 query for a folded needle; `None` when it is shorter than a trigram.
fn trigrams(needle: &str) -> Option<String> {
    let characters: Vec<char> = needle.chars().collect();
    let all: Vec<&[char]> = characters.windows(3).collect();
    // Spread over the needle, the end included: beginnings are what names share.
    let step = all.len().div_ceil(MAX_TRIGRAMS).max(1);
    let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
    let chosen: BTreeSet<String> = all.into_iter().rev().step_by(step).map(quoted).collect();
    (!chosen.is_empty()).then(|| chosen.into_iter().collect::<Vec<_>>().join(" AND "))
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
