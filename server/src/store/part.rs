//! What a filter asks of a column, as parts of the column's order: the same for every database.

use super::query::TimeBounds;
use super::value::{MISSING, Value, ip_bytes, keep};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use vigia_app::model::{Cell, Column, EventId, Kind, Test};

/// A part of a column's order.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Point(Value),
    /// From and to, both included where they are there.
    Range(Option<Value>, Option<Value>),
    /// From and to, neither included: what lies between two parts.
    Gap(Option<Value>, Option<Value>),
}

impl Part {
    /// Where it starts; `None` where the order does.
    pub const fn start(&self) -> Option<&Value> {
        match self {
            Self::Point(value) => Some(value),
            Self::Range(from, _) | Self::Gap(from, _) => from.as_ref(),
        }
    }
}

/// The rows a filter wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Those whose value lies in one of the parts, which do not overlap.
    In(Vec<Part>),
    /// Those whose value lies in none of them.
    Outside(Vec<Part>),
    /// These rows and no others.
    Ids(Vec<i64>),
    /// Those whose text contains this one, whatever the case.
    Containing(String),
}

/// What a test asks of a column; `times` are the bounds of a [`Test::Time`].
pub fn wanted(column: &Column, test: &Test, times: Option<TimeBounds>) -> Wanted {
    let text = |text: &String| Part::Point(keep(column, &Cell::Text(text.clone())));
    let number = Value::Number;
    match test {
        Test::Is(values) => Wanted::In(distinct(values).map(text).collect()),
        Test::Not(values) => Wanted::Outside(distinct(values).map(text).collect()),
        // U+10FFFF sorts behind every character a text can go on with.
        Test::Starts(prefix) => {
            Wanted::In(vec![Part::Range(Some(Value::Text(prefix.clone())), Some(Value::Text(format!("{prefix}\u{10FFFF}"))))])
        }
        Test::Contains(needle) => Wanted::Containing(needle.clone()),
        Test::InNet(nets) => Wanted::In(ipnet::IpNet::aggregate(nets).into_iter().map(net).collect()),
        Test::NotInNet(nets) => Wanted::Outside(ipnet::IpNet::aggregate(nets).into_iter().map(net).collect()),
        Test::Ids(ids) => Wanted::Ids(ids.iter().copied().map(EventId::get).collect()),
        Test::Flag(flag) => Wanted::In(vec![Part::Point(number(i64::from(*flag)))]),
        Test::Between { min, max } => Wanted::In(vec![Part::Range(Some(number(min.unwrap_or(0))), max.map(number))]),
        Test::Time { .. } => {
            let (from, to) = times.unwrap_or_default();
            Wanted::In(vec![Part::Range(Some(number(from.unwrap_or(0))), to.map(|to| number(to - 1)))])
        }
        Test::Empty(empty) => {
            let missing = match column.kind {
                Kind::Text | Kind::LongText | Kind::Choice { .. } => Value::Text(String::new()),
                Kind::Ip => Value::Bytes(Vec::new()),
                _ => number(MISSING),
            };
            Wanted::In(vec![if *empty { Part::Point(missing) } else { Part::Gap(Some(missing), None) }])
        }
    }
}

fn net(net: ipnet::IpNet) -> Part {
    let (first, last) = (Value::Bytes(ip_bytes(net.network())), Value::Bytes(ip_bytes(net.broadcast())));
    if first == last { Part::Point(first) } else { Part::Range(Some(first), Some(last)) }
}

/// What the parts, which do not overlap, leave out.
pub fn gaps(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by(by_start);
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

/// Parts that do not overlap, in the order of the column.
pub fn by_start(a: &Part, b: &Part) -> Ordering {
    match (a.start(), b.start()) {
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// As the indexes compare: numbers, texts without the case of A to Z, bytes.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => {
            a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
        }
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// Texts that differ by more than the case of A to Z.
fn distinct(values: &[String]) -> impl Iterator<Item = &String> {
    let mut seen = BTreeSet::new();
    values.iter().filter(move |value| seen.insert(value.to_ascii_lowercase()))
}
