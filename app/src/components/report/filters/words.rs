//! Filters and time ranges in words.

use crate::model::{Column, Filter, Kind, Moment, Query, Test, TimeRange, filter::Operator, visible};
use crate::say;
use crate::words::any_of;

/// A filter's test: what it does, and with which value.
pub struct Words {
    pub verb: &'static str,
    pub value: String,
}

/// `is` and `Error or Expired`: what stands after the column's name.
pub fn filter(filter: &Filter) -> Words {
    let parts = filter.parts();
    let values = || any_of(parts.iter().map(|(_, value)| label(filter.column, value))).said().into_owned();
    let verb = parts.first().map_or("", |(operator, _)| operator.label().said());
    match &filter.test {
        Test::Empty(true) => Words { verb: say!("filter.empty"), value: String::new() },
        Test::Empty(false) => Words { verb: say!("filter.present"), value: String::new() },
        Test::Between { .. } | Test::Time { .. } => {
            let text = |(operator, value): &(Operator, String)| format!("{} {}", operator.label().said(), value.replacen('T', " ", 1));
            let value = parts
                .iter()
                .skip(1)
                .map(text)
                .fold(parts.first().map(|(_, value)| value.replacen('T', " ", 1)).unwrap_or_default(), |all, more| {
                    format!("{all}, {more}")
                });
            Words { verb, value }
        }
        _ => Words { verb, value: values() },
    }
}

/// A value of a filter: a choice, yes and no by their words, everything else as it is.
fn label(column: &Column, value: &str) -> String {
    match (column.listed(value), column.kind, value) {
        (Some(choice), ..) => choice.label.said().to_owned(),
        (_, Kind::Flag, "yes") => say!("filter.yes").to_owned(),
        (_, Kind::Flag, "no") => say!("filter.no").to_owned(),
        // An hour of the week.
        (_, Kind::Time, _) => format!("{}:00", value.replace('-', " ")),
        _ => visible(value).into_owned(),
    }
}

/// `2026-11-22 14:03`, without seconds that say nothing.
fn moment(moment: &Moment) -> String {
    let text = moment.to_string().replacen('T', " ", 1);
    match text.strip_suffix(":00") {
        Some(short) => short.to_owned(),
        None => text,
    }
}

pub fn range(range: &TimeRange) -> String {
    match range {
        TimeRange::All => say!("time.all").to_owned(),
        TimeRange::Preset(preset) => preset.label().said().to_owned(),
        TimeRange::Between { from: Some(from), to: Some(to) } => format!("{} \u{2013} {}", moment(from), moment(to)),
        TimeRange::Between { from: Some(from), to: None } => say!("time.from", from = moment(from)),
        TimeRange::Between { from: None, to: Some(to) } => say!("time.before", to = moment(to)),
        TimeRange::Between { from: None, to: None } => String::new(),
    }
}

/// The whole query in one line, as it stands on paper.
pub fn query(query: &Query) -> String {
    let mut parts = vec![format!("{} ({})", range(&query.range), query.zone)];
    if !query.search.is_empty() {
        parts.push(say!("search.containing", text = &query.search));
    }
    parts.extend(query.filters.iter().map(|of| {
        let words = filter(of);
        format!("{} {} {}", of.column.label.said(), words.verb, words.value)
    }));
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec::decode;
    use crate::reports::PASSWORD_OPERATION;

    #[test]
    fn a_query_reads_like_a_sentence() {
        for (search, words) in [
            ("zone=UTC", "All time (UTC)"),
            ("status=Error&status=Expired&time=today", "Today (UTC); Status is Error or Expired"),
            ("attempts.min=2&attempts.max=5", "All time (UTC); Attempts at least 2, at most 5"),
            (
                "username.empty=no&from=2026-11-01&to=2026-11-22T10:30",
                "2026-11-01 00:00 \u{2013} 2026-11-22 10:30 (UTC); Username is not empty ",
            ),
            ("schedule_date=mon-09&schedule_date=sun-23", "All time (UTC); Schedule date is mon 09:00 or sun 23:00"),
            ("device=srv%09tab&device=%E2%80%AEdb", "All time (UTC); Device is srv\ttab or \u{27e8}U+202E\u{27e9}db"),
            ("execution_date.from=2026-11-01&q=db", "All time (UTC); containing \"db\"; Execution date from 2026-11-01 00:00:00"),
        ] {
            assert_eq!(decode(&PASSWORD_OPERATION, search).map(|decoded| query(&decoded)), Ok(words.to_owned()), "{search}");
        }
    }
}
