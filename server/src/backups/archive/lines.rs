//! Events as lines of JSON, and back. Nothing is lost on the way: what is read is what was kept.

use super::measured::{hex, unhex};
use crate::store::value::{MISSING, Value, ip, ip_bytes};
use crate::store::whole::{Queued, Whole};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use serde_json::value::RawValue;
use std::net::IpAddr;
use vigia_app::model::{Attempt, EventId, Kind, Report};

/// An event as a line. Columns that have no value are left out; times are milliseconds since 1970.
#[derive(Serialize, Deserialize)]
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<Attempt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queued: Option<Queued>,
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

impl EventLine {
    /// # Errors
    /// When the extra fields that are kept are not JSON.
    pub fn new(report: &'static Report, event: Whole) -> Result<Self, LineError> {
        let mut values = Map::new();
        for (column, value) in report.stored().zip(event.cells) {
            let value = match value {
                Value::Number(MISSING) => continue,
                Value::Number(number) => number.into(),
                Value::Text(text) if text.is_empty() => continue,
                Value::Text(text) => text.into(),
                Value::Bytes(bytes) => match ip(&bytes) {
                    Some(ip) => ip.to_string().into(),
                    None => continue,
                },
            };
            values.insert(column.key.to_owned(), value);
        }
        Ok(Self {
            id: EventId::from_i64(event.id).map_or_else(|| event.id.to_string(), |id| id.to_string()),
            key: hex(&event.key),
            values,
            source_id: event.source_id,
            received: event.received,
            extra: RawValue::from_string(event.extra).map_err(|_| LineError::Extra)?,
            original: event.original,
            attempts: event.attempts,
            queued: event.queued,
        })
    }

    /// The event as it was kept.
    ///
    /// # Errors
    /// When it is no event of this report, as this version knows it.
    pub fn event(self, report: &'static Report) -> Result<Whole, LineError> {
        let Self { id, key, mut values, source_id, received, extra, original, attempts, queued } = self;
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
            queued,
        })
    }
}
