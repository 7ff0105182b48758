//! Filters and time ranges in words.

use crate::model::{Filter, Moment, Query, Test, TimeRange, filter::Operator};

/// A filter's test: what it does, and with which value.
pub struct Words {
    pub verb: &'static str,
    pub value: String,
}

/// `is` and `Error or Expired`: what stands after the column's name.
pub fn filter(filter: &Filter) -> Words {
    let parts = filter.parts();
    let values = || parts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" or ");
    let verb = parts.first().map_or("", |(operator, _)| operator.label());
    match &filter.test {
        Test::Empty(true) => Words { verb: "is empty", value: String::new() },
        Test::Empty(false) => Words { verb: "is not empty", value: String::new() },
        Test::Between { .. } | Test::Time { .. } => {
            let text = |(operator, value): &(Operator, String)| format!("{} {}", operator.label(), value.replacen('T', " ", 1));
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
        TimeRange::All => "All time".to_owned(),
        TimeRange::Preset(preset) => preset.label().to_owned(),
        TimeRange::Between { from: Some(from), to: Some(to) } => format!("{} \u{2013} {}", moment(from), moment(to)),
        TimeRange::Between { from: Some(from), to: None } => format!("From {}", moment(from)),
        TimeRange::Between { from: None, to: Some(to) } => format!("Before {}", moment(to)),
        TimeRange::Between { from: None, to: None } => String::new(),
    }
}

/// The whole query in one line, as it stands on paper.
pub fn query(query: &Query) -> String {
    let mut parts = vec![format!("{} ({})", range(&query.range), query.zone)];
    if !query.search.is_empty() {
        parts.push(format!("containing \"{}\"", query.search));
    }
    parts.extend(query.filters.iter().map(|of| {
        let words = filter(of);
        format!("{} {} {}", of.column.label, words.verb, words.value)
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
            ("execution_date.from=2026-11-01&q=db", "All time (UTC); containing \"db\"; Execution date from 2026-11-01 00:00:00"),
        ] {
            assert_eq!(decode(&PASSWORD_OPERATION, search).map(|decoded| query(&decoded)), Ok(words.to_owned()), "{search}");
        }
    }
}
