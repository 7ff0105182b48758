//! The question a reader asks of a report: one value in the URL, the REST API and the store.

use super::{Column, Filter, Report, Test, TimeRange};

/// A question to a report, parsed and checked. [`codec`](super::codec) reads and writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub report: &'static Report,
    /// Text that must occur in one of the report's text columns; empty for none.
    pub search: String,
    pub filters: Vec<Filter>,
    pub range: TimeRange,
    /// IANA name of the zone that dates are written and days are cut in.
    pub zone: String,
    pub sort: Sort,
    /// The columns to read, in order; never empty.
    pub columns: Vec<&'static Column>,
    /// Rows a page, 1 to [`Query::MAX_LIMIT`].
    pub limit: u16,
    /// Where the page starts; `None` for the first page. Made by the server, opaque to everybody else.
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub column: &'static Column,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Query {
    pub const DEFAULT_LIMIT: u16 = 30;
    pub const MAX_LIMIT: u16 = 500;
    /// The page sizes the page offers.
    pub const LIMITS: [u16; 3] = [30, 100, 500];
    /// Longest search text or filter value, in characters: all that a column of short texts holds.
    pub const MAX_TEXT: usize = 512;
    /// Most values all filters may have together.
    pub const MAX_VALUES: usize = 100;
    /// Longest query string, in bytes.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// All events of a report, newest first, in UTC.
    pub fn all(report: &'static Report) -> Self {
        Self {
            report,
            search: String::new(),
            filters: Vec::new(),
            range: TimeRange::All,
            zone: "UTC".to_owned(),
            sort: Self::default_sort(report),
            columns: report.shown().collect(),
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }

    /// By the report's time, newest first.
    pub fn default_sort(report: &'static Report) -> Sort {
        let column = report.column(report.time).unwrap_or(&report.columns[0]);
        Sort { column, direction: Direction::Descending }
    }

    /// The rows that meet a condition as well, as a question that an address can say; `None` where none can, and for a column the report has not.
    pub fn narrowed(&self, column: &str, test: Test) -> Option<Self> {
        let mut query = self.clone();
        let column = query.report.column(column)?;
        let of_column = query.filters.iter_mut().filter(|filter| filter.column.key == column.key);
        for filter in of_column {
            if let Some(holds) = both(&mut filter.test, &test) {
                return holds.then_some(query);
            }
        }
        query.filters.push(Filter { column, test });
        Some(query)
    }

    /// Whether anything narrows the report down.
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || !self.filters.is_empty() || self.range != TimeRange::All
    }
}

/// Makes one test of two that a value has to pass, where an address can only say one of their kind: then whether a value can.
fn both(test: &mut Test, other: &Test) -> Option<bool> {
    let has = |texts: &[String], text: &String| texts.iter().any(|one| one.eq_ignore_ascii_case(text));
    match (test, other) {
        (Test::Is(values), Test::Is(others)) => {
            if values.iter().any(|value| has(others, value)) {
                values.retain(|value| has(others, value));
                return Some(true);
            }
            // Only the server folds what is not ASCII: what is asked for may be the same in another case, or composed otherwise.
            let folds = !values.iter().chain(others).all(|value| value.is_ascii());
            values.clone_from(others);
            Some(folds)
        }
        (Test::Not(values), Test::Not(others)) => {
            let more: Vec<String> = others.iter().filter(|other| !has(values, other)).cloned().collect();
            values.extend(more);
            Some(true)
        }
        (Test::Between { min, max }, Test::Between { min: low, max: high }) => {
            *min = (*min).max(*low);
            *max = [*max, *high].into_iter().flatten().min();
            Some(min.zip(*max).is_none_or(|(min, max)| min <= max))
        }
        (Test::Flag(flag), Test::Flag(other)) | (Test::Empty(flag), Test::Empty(other)) => Some(flag == other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec;
    use crate::reports::PASSWORD_VIEW;

    #[track_caller]
    fn narrows(query: &str, column: &str, test: Test, to: Option<&str>) {
        let query = codec::decode(&PASSWORD_VIEW, query).expect("a query");
        assert_eq!(query.narrowed(column, test).map(|query| codec::encode(&query)).as_deref(), to);
    }

    #[test]
    fn a_question_is_narrowed_to_what_an_address_can_say() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let from = |min| Test::Between { min: Some(min), max: None };
        narrows("q=a", "user", Test::Is(texts(&["ana"])), Some("q=a&user=ana"));
        narrows("user=ana&user=Bo", "user", Test::Is(texts(&["BO"])), Some("user=Bo"));
        narrows("user=ana", "user", Test::Is(texts(&["bo"])), None);
        narrows("user=Jos%C3%A9", "user", Test::Is(texts(&["JOSE\u{301}"])), Some("user=JOSE%CC%81"));
        narrows("user.not=ana&user=bo", "user", Test::Not(texts(&["Ana", "eve"])), Some("user.not=ana&user.not=eve&user=bo"));
        narrows("user.contains=a", "user", Test::Is(texts(&["ana"])), Some("user.contains=a&user=ana"));
        narrows("risk.min=70", "risk", from(50), Some("risk.min=70"));
        narrows("risk.min=20&risk.max=60", "risk", from(50), Some("risk.min=50&risk.max=60"));
        narrows("risk.max=40", "risk", from(50), None);
        narrows("emergency=no", "emergency", Test::Flag(true), None);
        narrows("", "colour", Test::Flag(true), None);
    }
}
