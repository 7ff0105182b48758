//! The time range of a query.

use super::Moment;
use crate::text;
use crate::words::Text;

/// Which events, by the report's time. Half-open: the first instant is in, the last is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeRange {
    #[default]
    All,
    Preset(Preset),
    /// At least one of the two is there.
    Between {
        from: Option<Moment>,
        to: Option<Moment>,
    },
}

/// A range that moves with the clock. Days start at midnight of the query's zone; weeks run Monday to Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    LastHour,
    Last24Hours,
    Today,
    Yesterday,
    Last7Days,
    Last15Days,
    Last30Days,
    ThisWeek,
    LastWeek,
    ThisMonth,
    LastMonth,
    ThisYear,
    LastYear,
}

impl Preset {
    pub const ALL: [Self; 13] = [
        Self::LastHour,
        Self::Last24Hours,
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last15Days,
        Self::Last30Days,
        Self::ThisWeek,
        Self::LastWeek,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisYear,
        Self::LastYear,
    ];

    /// Name in URLs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::LastHour => "last-hour",
            Self::Last24Hours => "last-24-hours",
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "last-7-days",
            Self::Last15Days => "last-15-days",
            Self::Last30Days => "last-30-days",
            Self::ThisWeek => "this-week",
            Self::LastWeek => "last-week",
            Self::ThisMonth => "this-month",
            Self::LastMonth => "last-month",
            Self::ThisYear => "this-year",
            Self::LastYear => "last-year",
        }
    }

    /// Name on the screen.
    pub const fn label(self) -> Text {
        match self {
            Self::LastHour => text!("time.last-hour"),
            Self::Last24Hours => text!("time.last-24-hours"),
            Self::Today => text!("time.today"),
            Self::Yesterday => text!("time.yesterday"),
            Self::Last7Days => text!("time.last-7-days"),
            Self::Last15Days => text!("time.last-15-days"),
            Self::Last30Days => text!("time.last-30-days"),
            Self::ThisWeek => text!("time.this-week"),
            Self::LastWeek => text!("time.last-week"),
            Self::ThisMonth => text!("time.this-month"),
            Self::LastMonth => text!("time.last-month"),
            Self::ThisYear => text!("time.this-year"),
            Self::LastYear => text!("time.last-year"),
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.key() == key)
    }
}
