//! Lengths of time as the connectors file writes them.

use serde::Deserialize;
use std::time::Duration;

/// Seconds of a day.
pub const DAY: u64 = 24 * 60 * 60;

/// `500ms`, `30s`, `5m`, `12h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |_| format!("{text:?} is not a length of time; write for example 500ms, 30s, 5m, 12h or 7d");
        humantime::parse_duration(&text).map(Self).map_err(wrong)
    }
}
