//! Instants ([`Timestamp`]) and the dates people write ([`Moment`]).

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, from [`Timestamp::MIN`] to [`Timestamp::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const MIN: Self = Self(0);
    /// 2248-09-26T15:10:22.207Z: the last millisecond that fits the 43 bits an [`EventId`](super::EventId) has for time.
    pub const MAX: Self = Self((1 << 43) - 1);

    /// `None` outside [`Timestamp::MIN`] to [`Timestamp::MAX`].
    pub const fn from_millis(millis: i64) -> Option<Self> {
        if millis >= Self::MIN.0 && millis <= Self::MAX.0 { Some(Self(millis)) } else { None }
    }

    /// The nearest instant that can be kept.
    pub fn saturating(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// RFC 3339 with milliseconds, in UTC: `2026-11-22T14:03:27.120Z`.
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self::saturating(at.timestamp_millis())
    }
}

/// A date and time as a person writes it into a filter or a URL: on the clock of the query's zone, or in UTC (`Z`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Date and time on the clock, to the millisecond.
    pub clock: NaiveDateTime,
    /// True where the text ended in `Z`; otherwise the clock is the one of the query's zone.
    pub utc: bool,
}

impl Moment {
    /// Accepts `2026-11-22`, `2026-11-22T14:03`, `2026-11-22T14:03:27` and `2026-11-22T14:03:27.120` (a blank instead of the `T`
    /// too), each with or without a final `Z`; years 1970 to 2248.
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, utc) = match text.strip_suffix(['Z', 'z']) {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let clock = match clock.split_once(['T', 't', ' ']) {
            None => parse_date(clock)?.and_time(NaiveTime::MIN),
            Some((date, time)) => parse_date(date)?.and_time(parse_time(time)?),
        };
        Timestamp::from_millis(clock.and_utc().timestamp_millis()).map(|_| Self { clock, utc })
    }

    pub fn utc(at: Timestamp) -> Self {
        Self { clock: at.utc().naive_utc(), utc: true }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The debug form of a clock is ISO 8601, with milliseconds where there are some.
        write!(f, "{:?}{}", self.clock, if self.utc { "Z" } else { "" })
    }
}

// chrono's own parser and formatter read any format there is, which costs the page 8 kB; these two read one.

/// Exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// `2026-11-22`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    NaiveDate::from_ymd_opt(i32::try_from(digits(year, 4)?).ok()?, digits(month, 2)?, digits(day, 2)?)
}

/// `14:03`, `14:03:27` or `14:03:27.120`.
fn parse_time(text: &str) -> Option<NaiveTime> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    let (second, millis) = seconds.split_once('.').unwrap_or((seconds, "000"));
    NaiveTime::from_hms_milli_opt(digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?, digits(millis, 3)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_what_people_write() {
        for (text, canonical) in [
            ("2026-11-22", "2026-11-22T00:00:00"),
            ("2026-11-22T14:03", "2026-11-22T14:03:00"),
            ("2026-11-22 14:03:27", "2026-11-22T14:03:27"),
            ("2026-11-22T14:03:27.120Z", "2026-11-22T14:03:27.120Z"),
        ] {
            let moment = Moment::parse(text).unwrap_or_else(|| panic!("{text} is a moment"));
            assert_eq!(moment.to_string(), canonical);
            assert_eq!(Moment::parse(canonical), Some(moment));
        }
    }

    #[test]
    fn a_moment_outside_the_years_that_can_be_kept_is_none() {
        for text in [
            "275760-01-01",
            "+275760-01-01",
            "1969-12-31",
            "2300-01-01",
            "2026-02-30",
            "yesterday",
            "",
            "2026-11-22T",
            "2026-11-22T14:3",
            "2026-11-22T14:03:27.12",
            "2026-11-22T24:00",
            "+2026-11-22",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
