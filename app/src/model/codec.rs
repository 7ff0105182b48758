//! A [`Query`] as a URL's query string, and back.
//!
//! | parameter | meaning |
//! |---|---|
//! | `q` | text to search for in all text columns |
//! | `time` | a [`Preset`], or instead: |
//! | `from`, `to` | a [`Moment`] each; from is included, to is not |
//! | `zone` | IANA zone name that dates are read in; UTC when left out |
//! | `sort` | a column, with `-` before it for descending |
//! | `limit` | rows a page |
//! | `columns` | columns to read, separated by commas |
//! | `cursor` | where the page starts; from a `next` or `previous` link |
//! | the column of the report's time | an hour of the week on the zone's clock, `mon-00` to `sun-23`; repeated, one of them |
//! | *column*, *column*`.`*operator* | a filter; repeated, `is` means one of them, `not` none of them |
//!
//! What is left out has its default, and [`encode`] leaves defaults out. Anything unknown is an error that names it.

use super::filter::{Operator, hour_of_week, parse_net};
use super::{Column, Direction, EventId, Filter, Kind, Moment, Preset, Query, QueryError, Report, Sort, Test, TimeRange, duration};
use crate::sentence;
use crate::words::{Sentence, listed};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt::Write as _;

/// Left readable in values; everything else is percent-encoded.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'/').remove(b',');

/// The query string of a query, without the `?`. Queries that are equal have equal strings.
pub fn encode(query: &Query) -> String {
    let mut out = String::new();
    let mut put = |key: &str, value: &str| {
        let separator = if out.is_empty() { "" } else { "&" };
        let _ = write!(out, "{separator}{key}={}", utf8_percent_encode(value, ESCAPED));
    };
    if !query.search.is_empty() {
        put("q", &query.search);
    }
    for filter in &query.filters {
        for (operator, value) in filter.parts() {
            put(&operator.parameter(filter.column.key), &value);
        }
    }
    match query.range {
        TimeRange::All => {}
        TimeRange::Preset(preset) => put("time", preset.key()),
        TimeRange::Between { from, to } => {
            if let Some(from) = from {
                put("from", &from.to_string());
            }
            if let Some(to) = to {
                put("to", &to.to_string());
            }
        }
    }
    if query.zone != "UTC" {
        put("zone", &query.zone);
    }
    if query.sort != Query::default_sort(query.report) {
        put("sort", &encode_sort(query.sort));
    }
    if !query.columns.iter().copied().eq(query.report.shown()) {
        put("columns", &query.columns.iter().map(|column| column.key).collect::<Vec<_>>().join(","));
    }
    if query.limit != Query::DEFAULT_LIMIT {
        put("limit", &query.limit.to_string());
    }
    if let Some(cursor) = &query.cursor {
        put("cursor", cursor);
    }
    out
}

/// `date` for ascending, `-date` for descending.
fn encode_sort(sort: Sort) -> String {
    let sign = if sort.direction == Direction::Descending { "-" } else { "" };
    format!("{sign}{}", sort.column.key)
}

/// Reads a query string (without the `?`).
pub fn decode(report: &'static Report, text: &str) -> Result<Query, QueryError> {
    if text.len() > Query::MAX_BYTES {
        return Err(QueryError::new("query", sentence!("query.bytes", count = text.len(), most = Query::MAX_BYTES)));
    }
    let mut decoder = Decoder { query: Query::all(report), from: None, to: None, preset: None, seen: Vec::new(), values: 0 };
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = decode_text(key).map_err(|message| QueryError::new("query", sentence!("query.name", wrong = message)))?;
        if key.is_empty() {
            return Err(QueryError::new("query", sentence!("query.no-name")));
        }
        let value = decode_text(value).map_err(|message| QueryError::new(key.clone(), message))?;
        decoder.parameter(&key, &value)?;
    }
    decoder.finish()
}

fn decode_text(raw: &str) -> Result<String, Sentence> {
    let spaced = raw.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_| sentence!("query.utf-8"))?;
    // No column holds a NUL. Whatever else it may hold can be asked for.
    if text.contains('\0') { Err(sentence!("query.nul")) } else { Ok(text.into_owned()) }
}

/// A query as far as it has been read.
struct Decoder {
    query: Query,
    from: Option<Moment>,
    to: Option<Moment>,
    preset: Option<Preset>,
    /// Parameters that may appear only once.
    seen: Vec<String>,
    /// Filter values read so far.
    values: usize,
}

impl Decoder {
    fn parameter(&mut self, key: &str, value: &str) -> Result<(), QueryError> {
        match key {
            "q" => {
                self.once(key)?;
                self.query.search = text(key, value.trim())?;
            }
            "time" => {
                self.once(key)?;
                self.preset = Some(Preset::from_key(value).ok_or_else(|| {
                    QueryError::new(
                        key,
                        sentence!("query.time", value = quoted(value), known = listed(Preset::ALL.iter().map(|p| p.key()))),
                    )
                })?);
            }
            "from" => {
                self.once(key)?;
                self.from = Some(moment(key, value)?);
            }
            "to" => {
                self.once(key)?;
                self.to = Some(moment(key, value)?);
            }
            "zone" => {
                self.once(key)?;
                let plausible =
                    !value.is_empty() && value.len() <= 64 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
                if !plausible {
                    return Err(QueryError::new(key, sentence!("query.zone", value = quoted(value))));
                }
                value.clone_into(&mut self.query.zone);
            }
            "sort" => {
                self.once(key)?;
                let (name, direction) = match value.strip_prefix('-') {
                    Some(name) => (name, Direction::Descending),
                    None => (value, Direction::Ascending),
                };
                self.query.sort = Sort { column: self.column(key, name)?, direction };
            }
            "limit" => {
                self.once(key)?;
                self.query.limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=Query::MAX_LIMIT).contains(limit))
                    .ok_or_else(|| QueryError::new(key, sentence!("query.limit", value = quoted(value), most = Query::MAX_LIMIT)))?;
            }
            "columns" => {
                self.once(key)?;
                let mut columns = Vec::new();
                for name in value.split(',') {
                    let column = self.column(key, name)?;
                    if columns.contains(&column) {
                        return Err(QueryError::new(key, sentence!("query.column-twice", name = name)));
                    }
                    columns.push(column);
                }
                self.query.columns = columns;
            }
            "cursor" => {
                self.once(key)?;
                self.query.cursor = Some(value.to_owned()).filter(|cursor| !cursor.is_empty());
            }
            _ => self.filter(key, value)?,
        }
        Ok(())
    }

    fn once(&mut self, key: &str) -> Result<(), QueryError> {
        if self.seen.iter().any(|seen| seen == key) {
            return Err(QueryError::new(key, sentence!("query.twice")));
        }
        self.seen.push(key.to_owned());
        Ok(())
    }

    fn column(&self, field: &str, name: &str) -> Result<&'static Column, QueryError> {
        self.query.report.column(name).ok_or_else(|| {
            let report = self.query.report;
            QueryError::new(
                field,
                sentence!(
                    "query.column",
                    value = quoted(name),
                    report = report.words.title,
                    known = listed(report.columns.iter().map(|c| c.key)),
                ),
            )
        })
    }

    fn filter(&mut self, key: &str, value: &str) -> Result<(), QueryError> {
        let report = self.query.report;
        let (name, operator) = key.split_once('.').unwrap_or((key, "is"));
        let Some(column) = report.column(name) else {
            return Err(QueryError::new(
                key,
                sentence!("query.parameter", report = report.words.title, known = listed(report.filterable().map(|c| c.key))),
            ));
        };
        let is_time = report.is_time(column);
        if is_time && operator != "is" {
            return Err(QueryError::new(key, sentence!("query.is-time")));
        }
        let operators = if is_time { &[Operator::Is] } else { column.kind.operators() };
        let Some(operator) = operators.iter().copied().find(|known| known.key() == operator) else {
            let offered = column.kind.operators().iter().map(|operator| match operator {
                Operator::Is => name.to_owned(),
                _ => format!("{name}.{}", operator.key()),
            });
            return Err(QueryError::new(
                key,
                sentence!("query.operator", value = quoted(operator), column = name, known = listed(offered)),
            ));
        };
        self.values += 1;
        if self.values > Query::MAX_VALUES {
            return Err(QueryError::new(key, sentence!("query.values", most = Query::MAX_VALUES)));
        }
        let test = parse_test(key, column, operator, value)?;
        self.add(key, column, test)
    }

    /// Adds a filter, or joins it with the filter it belongs to: more values, the other end of a range.
    fn add(&mut self, key: &str, column: &'static Column, test: Test) -> Result<(), QueryError> {
        let twice = || Err(QueryError::new(key, sentence!("query.twice")));
        for filter in self.query.filters.iter_mut().filter(|filter| filter.column == column) {
            match (&mut filter.test, &test) {
                (Test::Is(have), Test::Is(more)) | (Test::Not(have), Test::Not(more)) => join(have, more),
                (Test::InNet(have), Test::InNet(more)) | (Test::NotInNet(have), Test::NotInNet(more)) => join(have, more),
                (Test::Ids(have), Test::Ids(more)) => join(have, more),
                (Test::Between { min, max }, Test::Between { min: new_min, max: new_max }) => {
                    if (min.is_some() && new_min.is_some()) || (max.is_some() && new_max.is_some()) {
                        return twice();
                    }
                    *min = min.or(*new_min);
                    *max = max.or(*new_max);
                }
                (Test::Time { from, to }, Test::Time { from: new_from, to: new_to }) => {
                    if (from.is_some() && new_from.is_some()) || (to.is_some() && new_to.is_some()) {
                        return twice();
                    }
                    *from = from.or(*new_from);
                    *to = to.or(*new_to);
                }
                (Test::Flag(_), Test::Flag(_)) | (Test::Empty(_), Test::Empty(_)) => return twice(),
                (have, new) if have == new => {}
                _ => continue,
            }
            return Ok(());
        }
        self.query.filters.push(Filter { column, test });
        Ok(())
    }

    fn finish(mut self) -> Result<Query, QueryError> {
        for filter in &self.query.filters {
            match &filter.test {
                Test::Between { min: Some(min), max: Some(max) } if min > max => {
                    let field = format!("{}.max", filter.column.key);
                    let mut written = filter.parts().into_iter().map(|(_, value)| value);
                    let (min, max) = (written.next().unwrap_or_default(), written.next().unwrap_or_default());
                    return Err(QueryError::new(field, sentence!("query.min-max", max = max, min = min)));
                }
                Test::Time { from: Some(from), to: Some(to) } => ordered(&format!("{}.to", filter.column.key), from, to)?,
                _ => {}
            }
        }
        self.query.range = match (self.preset, self.from, self.to) {
            (None, None, None) => TimeRange::All,
            (Some(preset), None, None) => TimeRange::Preset(preset),
            (Some(_), ..) => return Err(QueryError::new("time", sentence!("query.time-and-from"))),
            (None, from, to) => {
                if let (Some(from), Some(to)) = (&from, &to) {
                    ordered("to", from, to)?;
                }
                TimeRange::Between { from, to }
            }
        };
        Ok(self.query)
    }
}

/// Where both are on one clock they can be compared here; the server compares the rest when it knows the zone.
fn ordered(field: &str, from: &Moment, to: &Moment) -> Result<(), QueryError> {
    if from.utc == to.utc && from.clock >= to.clock {
        return Err(QueryError::new(field, sentence!("query.end", to = to.to_string(), from = from.to_string())));
    }
    Ok(())
}

fn join<T: PartialEq + Clone>(have: &mut Vec<T>, more: &[T]) {
    for value in more {
        if !have.contains(value) {
            have.push(value.clone());
        }
    }
}

fn parse_test(key: &str, column: &'static Column, operator: Operator, value: &str) -> Result<Test, QueryError> {
    Ok(match (operator, column.kind) {
        (Operator::Empty, _) => Test::Empty(yes_no(key, value)?),
        (Operator::Is, Kind::Flag) => Test::Flag(yes_no(key, value)?),
        (Operator::Is, Kind::Id) => {
            Test::Ids(vec![value.parse::<EventId>().map_err(|_| QueryError::new(key, sentence!("query.id", value = quoted(value))))?])
        }
        (Operator::Is, Kind::Time) => {
            let value = value.to_ascii_lowercase();
            hour_of_week(&value).ok_or_else(|| QueryError::new(key, sentence!("query.is-time")))?;
            Test::Is(vec![value])
        }
        (Operator::Is, Kind::Ip) => Test::InNet(vec![net(key, value)?]),
        (Operator::Not, Kind::Ip) => Test::NotInNet(vec![net(key, value)?]),
        (Operator::Is, _) => Test::Is(vec![word(key, column, value)?]),
        (Operator::Not, _) => Test::Not(vec![word(key, column, value)?]),
        (Operator::Contains, _) => Test::Contains(present(key, value)?),
        (Operator::Starts, _) => Test::Starts(present(key, value)?),
        (Operator::Min, kind) => Test::Between { min: Some(number(key, kind, value)?), max: None },
        (Operator::Max, kind) => Test::Between { min: None, max: Some(number(key, kind, value)?) },
        (Operator::From, _) => Test::Time { from: Some(moment(key, value)?), to: None },
        (Operator::To, _) => Test::Time { from: None, to: Some(moment(key, value)?) },
    })
}

fn text(key: &str, value: &str) -> Result<String, QueryError> {
    let length = value.chars().count();
    if length > Query::MAX_TEXT {
        return Err(QueryError::new(key, sentence!("query.length", count = length, most = Query::MAX_TEXT)));
    }
    Ok(value.to_owned())
}

fn present(key: &str, value: &str) -> Result<String, QueryError> {
    if value.is_empty() {
        return Err(QueryError::new(key, sentence!("query.no-value")));
    }
    text(key, value)
}

/// A value of a text or choice column; one of a closed list in the list's own spelling.
fn word(key: &str, column: &'static Column, value: &str) -> Result<String, QueryError> {
    let value = present(key, value)?;
    match column.kind {
        Kind::Choice { values, open: false } => match values.iter().find(|choice| choice.name.eq_ignore_ascii_case(&value)) {
            Some(choice) => Ok(choice.name.to_owned()),
            None => Err(QueryError::new(
                key,
                sentence!("query.value", value = quoted(&value), column = column.label, known = listed(values.iter().map(|c| c.name))),
            )),
        },
        _ => Ok(value),
    }
}

fn yes_no(key: &str, value: &str) -> Result<bool, QueryError> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(QueryError::new(key, sentence!("query.yes-no", value = quoted(value)))),
    }
}

fn number(key: &str, kind: Kind, value: &str) -> Result<i64, QueryError> {
    if kind == Kind::Duration {
        return duration::parse(value).ok_or_else(|| QueryError::new(key, sentence!("query.duration", value = quoted(value))));
    }
    value
        .parse::<i64>()
        .ok()
        .filter(|number| *number >= 0)
        .ok_or_else(|| QueryError::new(key, sentence!("query.number", value = quoted(value))))
}

fn moment(key: &str, value: &str) -> Result<Moment, QueryError> {
    Moment::parse(value).ok_or_else(|| QueryError::new(key, sentence!("query.date", value = quoted(value))))
}

fn net(key: &str, value: &str) -> Result<ipnet::IpNet, QueryError> {
    parse_net(value).ok_or_else(|| QueryError::new(key, sentence!("query.ip", value = quoted(value))))
}

/// A caller's text inside a message: short, and with its quotes and control characters visible.
fn quoted(value: &str) -> String {
    const SHOWN: usize = 60;
    if value.chars().count() > SHOWN { format!("{:?}...", value.chars().take(SHOWN).collect::<String>()) } else { format!("{value:?}") }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
