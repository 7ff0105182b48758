//! What is asked: the conditions of a query as keys, which a segment looks up in its dictionaries and a row that was read is tested by.

use super::hours::time;
use crate::fold::{folded, text_key};
use crate::index::cache::Name;
use crate::index::order::{Keys, key, number_key};
use crate::index::veiled::{OfPseudonyms, searched};
use crate::store::ResolvedQuery;
use crate::store::query::TimeBounds;
use crate::store::value::{MISSING, Value, ip, ip_bytes, kept};
use crate::store::week::hour_of_week;
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use std::ops::Range;
use vigia_app::model::{Column, EventId, Kind, Report, Test, filter};

/// The rows a query is about, whatever their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub report: &'static Report,
    /// Half-open: the time range, as ids are times.
    pub ids: Range<i64>,
    /// All have to be met.
    pub conditions: Vec<Condition>,
    /// A name for each.
    pub names: Vec<Name>,
    /// A name of all of them together.
    pub name: Name,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The value of a column, named by its place among the stored ones, is one of these.
    In(usize, Vec<Keys>),
    /// It is none of these.
    Outside(usize, Vec<Keys>),
    /// One of these columns contains the text, which is folded and not empty.
    Containing(Vec<usize>, String),
    /// What the reader sees in place of a column's value passes.
    Seen(usize, OfPseudonyms),
    /// It is one of these rows.
    Ids(Vec<i64>),
    /// Its time is in one of these hours of the week, on the clock of a zone.
    Hours(Tz, Vec<usize>),
}

impl Question {
    /// What a query asks.
    pub fn new(resolved: &ResolvedQuery) -> Self {
        let report = resolved.query.report;
        let place = |column: &Column| report.stored().position(|stored| stored.key == column.key);
        let mut conditions: Vec<Condition> = resolved
            .query
            .filters
            .iter()
            .zip(&resolved.times)
            .filter_map(|(filter, times)| match &filter.test {
                Test::Ids(ids) => Some(Condition::Ids(ids.iter().copied().map(EventId::get).collect())),
                Test::Is(hours) if report.is_time(filter.column) => {
                    let hours = hours.iter().filter_map(|hour| filter::hour_of_week(hour)).collect();
                    Some(Condition::Hours(resolved.zone(), hours))
                }
                test => {
                    let (column, place) = (filter.column, place(filter.column)?);
                    let seen = OfPseudonyms::new(resolved, column, test).map(|test| Condition::Seen(place, test));
                    seen.or_else(|| condition(column, place, test, *times))
                }
            })
            .collect();
        let places = report.stored().enumerate().filter(|(_, column)| searched(resolved, column)).map(|(place, _)| place).collect();
        conditions.extend(containing(places, &resolved.query.search));
        // A segment in which another condition has no row is not to be searched.
        conditions.sort_by_key(|condition| matches!(condition, Condition::Containing(..)));
        let names: Vec<Name> = conditions.iter().map(name).collect();
        let name = digest(&names.concat());
        Self { report, ids: resolved.ids(), conditions, names, name }
    }

    /// The rows that are asked for by name, if they are.
    pub fn named(&self) -> Option<&[i64]> {
        self.conditions.iter().find_map(|condition| if let Condition::Ids(ids) = condition { Some(&ids[..]) } else { None })
    }

    /// Whether a row is one of those asked for. `values`: one for each stored column.
    pub fn accepts(&self, id: i64, values: &[Value]) -> bool {
        let within =
            |all: &[Keys], column: &usize| values.get(*column).is_some_and(|value| all.iter().any(|keys| keys.contains(&key(value))));
        self.ids.contains(&id)
            && self.conditions.iter().all(|condition| match condition {
                Condition::In(column, all) => within(all, column),
                Condition::Outside(column, all) => !within(all, column),
                Condition::Containing(columns, needle) => {
                    columns.iter().filter_map(|column| values.get(*column)).any(|value| contains(value, needle))
                }
                Condition::Seen(column, test) => values.get(*column).is_some_and(|value| test.accepts(&key(value))),
                Condition::Ids(ids) => ids.contains(&id),
                Condition::Hours(zone, hours) => hours.contains(&hour_of_week(*zone, time(id)).0),
            })
    }
}

/// What it says, and that alone, decides.
fn name(condition: &Condition) -> Name {
    digest(format!("{condition:?}").as_bytes())
}

/// Names what these bytes say.
pub(super) fn digest(bytes: &[u8]) -> Name {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest[at])
}

fn contains(value: &Value, needle: &str) -> bool {
    match value {
        Value::Text(text) => folded(text).contains(needle),
        Value::Bytes(bytes) => ip(bytes).is_some_and(|ip| ip.to_string().contains(needle)),
        Value::Number(_) => false,
    }
}

/// What looks for a text; `None` where it is nothing but marks or empty, which every text contains.
fn containing(columns: Vec<usize>, text: &str) -> Option<Condition> {
    let needle = folded(text).into_owned();
    (!needle.is_empty()).then_some(Condition::Containing(columns, needle))
}

/// A test of a column as keys; `times` are the bounds of a [`Test::Time`].
fn condition(column: &Column, place: usize, test: &Test, times: Option<TimeBounds>) -> Option<Condition> {
    let texts = |texts: &[String]| texts.iter().map(|text| Keys::point(&text_key(&kept(column, text)))).collect();
    let nets = |nets: &[ipnet::IpNet]| {
        let keys = |net: &ipnet::IpNet| Keys::between(&ip_bytes(net.network()), Some(&ip_bytes(net.broadcast())));
        nets.iter().map(keys).collect()
    };
    let numbers = |from: Option<i64>, to: Option<i64>| {
        Condition::In(place, vec![Keys::between(&number_key(from.unwrap_or(0)), to.map(number_key).as_ref().map(<[u8; 8]>::as_slice))])
    };
    Some(match test {
        Test::Is(values) => Condition::In(place, texts(values)),
        Test::Not(values) => Condition::Outside(place, texts(values)),
        Test::Starts(text) => Condition::In(place, vec![Keys::beginning(text)]),
        Test::Contains(text) => return containing(vec![place], text),
        Test::InNet(list) => Condition::In(place, nets(list)),
        Test::NotInNet(list) => Condition::Outside(place, nets(list)),
        Test::Ids(_) => return None,
        Test::Flag(flag) => Condition::In(place, vec![Keys::point(&number_key(i64::from(*flag)))]),
        Test::Between { min, max } => numbers(*min, *max),
        Test::Time { .. } => {
            let (from, to) = times.unwrap_or_default();
            numbers(from, to.map(|to| to - 1))
        }
        Test::Empty(empty) => {
            let missing = match column.kind {
                Kind::Text | Kind::LongText | Kind::Choice { .. } | Kind::Ip => Vec::new(),
                Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag => number_key(MISSING).to_vec(),
            };
            let missing = vec![Keys::point(&missing)];
            if *empty { Condition::In(place, missing) } else { Condition::Outside(place, missing) }
        }
    })
}
