//! One value of a row.

use super::{ActorKind, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A value in a row, in the shape its column's kind says. Whatever its kind, a value may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Cell {
    #[default]
    Empty,
    /// Text, long text and choices; never empty (see [`Cell::text`]).
    Text(String),
    /// 0 or more.
    Number(i64),
    Time(Timestamp),
    Ip(IpAddr),
    Flag(bool),
}

impl Cell {
    /// Empty text is [`Cell::Empty`]: the reports know one way to say that nothing is there.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The address in canonical form (an IPv4 address inside IPv6 as IPv4), or [`Cell::Empty`] where the text is none.
    pub fn ip(text: &str) -> Self {
        text.trim().parse::<IpAddr>().map_or(Self::Empty, |ip| Self::Ip(ip.to_canonical()))
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// The value as text without any formatting for a reader: times as RFC 3339 in UTC, flags as `Yes` or `No`.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Time(time) => time.rfc3339(),
            Self::Ip(ip) => ip.to_string(),
            Self::Flag(true) => "Yes".to_owned(),
            Self::Flag(false) => "No".to_owned(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<ActorKind> for Cell {
    fn from(kind: ActorKind) -> Self {
        Self::text(kind.word())
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<IpAddr> for Cell {
    fn from(ip: IpAddr) -> Self {
        Self::Ip(ip.to_canonical())
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
