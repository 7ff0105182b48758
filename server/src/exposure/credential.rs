//! What makes two events ones on the same credential: device and username, whatever their case, and whatever system says so.

use crate::fold::text_key;
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError};
use std::ops::Range;
use vigia_app::model::{Filter, Query, Report, Test, Timestamp};

/// Whose password, and what it gives access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub device: String,
    pub username: String,
}

/// The same for credentials that are the same.
pub(super) type Key = (Vec<u8>, Vec<u8>);

impl Credential {
    /// The one that a row of a report is about; `None` where it says neither.
    pub fn of(report: &'static Report, values: &[Value]) -> Option<Self> {
        let (device, username) = (text(report, values, "device"), text(report, values, "username"));
        (!device.is_empty() || !username.is_empty()).then(|| Self { device: device.to_owned(), username: username.to_owned() })
    }

    pub fn key(&self) -> Key {
        (text_key(&self.device).into_owned(), text_key(&self.username).into_owned())
    }

    /// What a row of a report has to meet to be about it.
    pub fn filters(&self, report: &'static Report) -> Vec<Filter> {
        let is = |text: &str| if text.is_empty() { Test::Empty(true) } else { Test::Is(vec![text.to_owned()]) };
        [filter(report, "device", is(&self.device)), filter(report, "username", is(&self.username))].into_iter().flatten().collect()
    }
}

/// A condition on a column, of a report that has it.
pub(super) fn filter(report: &'static Report, key: &str, test: Test) -> Option<Filter> {
    report.column(key).map(|column| Filter { column, test })
}

/// A question about the rows of a range of time, half-open.
pub(super) fn question(report: &'static Report, filters: Vec<Filter>, range: Range<Timestamp>) -> Result<ResolvedQuery, StoreError> {
    let query = Query { filters, ..Query::all(report) };
    let resolved = ResolvedQuery::new(query, Timestamp::MIN).map_err(|error| StoreError::Failed(anyhow::anyhow!("{}", error.message)))?;
    Ok(ResolvedQuery { range, ..resolved })
}

/// A value of a row.
pub(super) fn value<'a>(report: &'static Report, values: &'a [Value], key: &str) -> Option<&'a Value> {
    report.stored().position(|column| column.key == key).and_then(|place| values.get(place))
}

/// A text of a row; empty where it has none.
pub(super) fn text<'a>(report: &'static Report, values: &'a [Value], key: &str) -> &'a str {
    if let Some(Value::Text(text)) = value(report, values, key) { text } else { "" }
}

/// A number of a row, where it has one.
pub(super) fn number(report: &'static Report, values: &[Value], key: &str) -> Option<i64> {
    if let Some(Value::Number(number)) = value(report, values, key) { Some(*number).filter(|number| *number >= 0) } else { None }
}
