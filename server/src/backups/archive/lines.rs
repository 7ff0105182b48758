//! Events as lines of JSON, and back. Nothing is lost on the way: what is read is what was kept.

use super::measured::{hex, unhex};
use crate::store::value::{MISSING, Value, ip, ip_bytes};
use crate::store::whole::{Queued, Whole};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Map;
use serde_json::value::RawValue;
use std::net::IpAddr;
use vigia_app::model::{Attempt, EventId, Kind, Report, ReviewEntry};

/// An event as a line. Columns that have no value are left out, and what Vigia finds out by itself; times are milliseconds since 1970.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    id: String,
    /// What names the event, in hexadecimal digits.
    key: String,
    values: Map<String, serde_json::Value>,
    source_id: String,
    received: i64,
    extra: Box<RawValue>,
    original: String,
    #[serde(default)]
    attempts: Vec<Attempt>,
    #[serde(default)]
    reviews: Vec<ReviewEntry>,
    #[serde(default)]
    queued: Option<Queued>,
}

/// The same while it is written, of what is kept.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    key: String,
    values: Values<'a>,
    source_id: &'a str,
    received: i64,
    extra: &'a RawValue,
    original: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attempts: &'a [Attempt],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reviews: &'a [ReviewEntry],
    #[serde(skip_serializing_if = "Option::is_none")]
    queued: Option<&'a Queued>,
}

/// Makes lines of the events of a report.
pub struct EventLines {
    /// What an event says itself: the key of each column, and its place among all, in the order of the keys.
    columns: Vec<(&'static str, usize)>,
}

/// Why a line is no event of its report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("{0:?} is not the id of an event")]
    Id(String),
    #[error("{0:?} is not the key of an event")]
    Key(String),
    #[error("the report has no column {0:?}")]
    Column(String),
    #[error("the column {0:?} cannot have this value")]
    Value(String),
    #[error("its extra fields are not JSON")]
    Extra,
}

impl EventLines {
    pub fn new(report: &'static Report) -> Self {
        let said = report.stored().zip(0..).filter(|(column, _)| !column.derived);
        let mut columns: Vec<_> = said.map(|(column, place)| (column.key, place)).collect();
        columns.sort_unstable();
        Self { columns }
    }

    /// # Errors
    /// When the extra fields that are kept are not JSON.
    pub fn line<'a>(&'a self, event: &'a Whole) -> Result<impl Serialize + 'a, LineError> {
        Ok(Line {
            id: EventId::from_i64(event.id).map_or_else(|| event.id.to_string(), |id| id.to_string()),
            key: hex(&event.key),
            values: Values { columns: &self.columns, cells: &event.cells },
            source_id: &event.source_id,
            received: event.received,
            extra: serde_json::from_str(&event.extra).map_err(|_| LineError::Extra)?,
            original: &event.original,
            attempts: &event.attempts,
            reviews: &event.reviews,
            queued: event.queued.as_ref(),
        })
    }
}

/// The values of an event by the keys of their columns.
struct Values<'a> {
    columns: &'a [(&'static str, usize)],
    cells: &'a [Value],
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, place) in self.columns {
            match self.cells.get(*place) {
                None | Some(Value::Number(MISSING)) => {}
                Some(Value::Number(number)) => map.serialize_entry(key, number)?,
                Some(Value::Text(text)) if text.is_empty() => {}
                Some(Value::Text(text)) => map.serialize_entry(key, text)?,
                Some(Value::Bytes(bytes)) => {
                    if let Some(ip) = ip(bytes) {
                        map.serialize_entry(key, &ip)?;
                    }
                }
            }
        }
        map.end()
    }
}

impl EventLine {
    /// The event as it was kept.
    ///
    /// # Errors
    /// When it is no event of this report, as this version knows it.
    pub fn event(self, report: &'static Report) -> Result<Whole, LineError> {
        let Self { id, key, mut values, source_id, received, extra, original, attempts, reviews, queued } = self;
        let cells = report
            .stored()
            .map(|column| {
                let wrong = || LineError::Value(column.key.to_owned());
                let value = values.remove(column.key);
                Ok(match (column.kind, value) {
                    (Kind::Text | Kind::LongText | Kind::Choice { .. }, None) => Value::Text(String::new()),
                    (Kind::Text | Kind::LongText | Kind::Choice { .. }, Some(serde_json::Value::String(text))) => Value::Text(text),
                    (Kind::Ip, None) => Value::Bytes(Vec::new()),
                    (Kind::Ip, Some(serde_json::Value::String(text))) => {
                        Value::Bytes(ip_bytes(text.parse::<IpAddr>().map_err(|_| wrong())?))
                    }
                    (_, None) => Value::Number(MISSING),
                    (_, Some(number)) => Value::Number(number.as_i64().filter(|number| *number >= 0).ok_or_else(wrong)?),
                })
            })
            .collect::<Result<_, _>>()?;
        if let Some((column, _)) = values.into_iter().next() {
            return Err(LineError::Column(column));
        }
        Ok(Whole {
            id: id.parse::<EventId>().map_err(|_| LineError::Id(id))?.get(),
            key: unhex(&key).ok_or(LineError::Key(key))?,
            cells,
            source_id,
            received,
            extra: extra.get().to_owned(),
            original,
            attempts,
            reviews,
            queued,
        })
    }
}
