//! Times as systems write them.

use super::Context;
use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// Longest text that is looked at, in bytes.
const LONGEST: usize = 64;

/// Zones by the letters that the zone database has no entry for, in minutes east of UTC.
const LETTERS: [(&str, i32); 16] = [
    ("Z", 0),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("BRT", -180),
    ("BRST", -120),
    ("BST", 60),
    ("CEST", 120),
    ("EEST", 180),
    ("WEST", 60),
    ("JST", 540),
    ("AEST", 600),
    ("AEDT", 660),
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads RFC 3339, seconds, milliseconds, microseconds or nanoseconds since 1970, dates with the month's name (with or without year, weekday,
/// zone), and `2026-11-22 14:03:27`. `None` for anything else, such as dates that do not tell day from month.
pub fn parse(text: &str, context: &Context) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return epoch(text);
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => Timestamp::from_millis(time.timestamp_millis()),
        Err(_) => Parts::of(text)?.resolve(context),
    }
}

/// Reads a time in one of these formats (as chrono's `strftime` writes them), which name no zone.
pub fn parse_as(text: &str, formats: &[String], context: &Context) -> Option<Timestamp> {
    let clock = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    at(Zone::Named(context.zone), clock)
}

fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i64 = whole.parse().ok()?;
    let millis = match whole.len() {
        9 | 10 => {
            let fraction = fraction.get(..3).unwrap_or(fraction);
            let digits = u32::try_from(fraction.len()).ok()?;
            let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i64>().ok()? * 10_i64.pow(3 - digits) };
            number * 1_000 + fraction
        }
        12 | 13 => number,
        15 | 16 => number / 1_000,
        18 | 19 => number / 1_000_000,
        _ => return None,
    };
    Timestamp::from_millis(millis)
}

#[derive(Clone, Copy)]
enum Zone {
    Named(Tz),
    Offset(FixedOffset),
}

fn at(zone: Zone, clock: NaiveDateTime) -> Option<Timestamp> {
    let millis = |clock: NaiveDateTime| match zone {
        Zone::Named(zone) => zone.from_local_datetime(&clock).earliest().map(|time| time.timestamp_millis()),
        Zone::Offset(offset) => offset.from_local_datetime(&clock).earliest().map(|time| time.timestamp_millis()),
    };
    // A time the clock skips in spring: the clock that said it had not been put forward yet.
    let millis = millis(clock).or_else(|| millis(clock + Duration::hours(1)))?;
    Timestamp::from_millis(millis)
}

/// What the words of a text say.
#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    time: Option<NaiveTime>,
    zone: Option<Zone>,
}

impl Parts {
    /// `None` where a word says nothing, or one says what another said.
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if at > 0 || !is_name(word, &DAYS) {
                parts.word(word)?;
            }
        }
        Some(parts)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let first = word.bytes().next()?;
        if self.month.is_none() && is_name(word, &MONTHS) {
            self.month = month(word);
        } else if let Some((date, time)) = word.split_once(['T', 't']).filter(|(date, _)| date.contains('-')) {
            self.date(date)?;
            self.clock(time)?;
        } else if first.is_ascii_digit() && word.contains(':') && self.time.is_none() {
            self.clock(word)?;
        } else if first.is_ascii_digit() && word.contains(['-', '/']) {
            self.date(word)?;
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            match word.len() {
                1 | 2 if self.day.is_none() => self.day = word.parse().ok(),
                4 if self.year.is_none() => self.year = word.parse().ok(),
                _ => return None,
            }
        } else if self.time.is_some() && self.zone.is_none() {
            self.zone = Some(zone(word)?);
        } else {
            return None;
        }
        Some(())
    }

    /// `2026-11-22`, `2026/11/22` or `22-Nov-2026`.
    fn date(&mut self, word: &str) -> Option<()> {
        let mut parts = word.split(['-', '/']);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || self.month.is_some() {
            return None;
        }
        let (year, month, day) = match month(second) {
            Some(month) => (third, month, first),
            None if first.len() == 4 => (first, second.parse().ok()?, third),
            None => return None,
        };
        (self.year, self.month, self.day) = (Some(year.parse().ok().filter(|_| year.len() == 4)?), Some(month), Some(day.parse().ok()?));
        Some(())
    }

    /// `14:03:27`, with a fraction after `.` or `,`, and with a zone right behind it.
    fn clock(&mut self, word: &str) -> Option<()> {
        let end = word.find(|c: char| !c.is_ascii_digit() && !":.".contains(c)).unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        self.time = Some(clock.parse().or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M")).ok()?);
        if !rest.is_empty() {
            self.zone = Some(zone(rest)?);
        }
        Some(())
    }

    fn resolve(&self, context: &Context) -> Option<Timestamp> {
        let (month, day, time) = (self.month?, self.day?, self.time?);
        let zone = self.zone.unwrap_or(Zone::Named(context.zone));
        let in_year = |year: i32| at(zone, NaiveDate::from_ymd_opt(year, month, day)?.and_time(time));
        if let Some(year) = self.year {
            return in_year(year);
        }
        let now = (context.clock)();
        let latest = now.millis().saturating_add(Duration::days(1).num_milliseconds());
        let this = now.utc().year();
        // Eight years hold a 29 February.
        (this - 8..=this + 1).rev().filter_map(in_year).find(|time| time.millis() <= latest)
    }
}

fn is_name(word: &str, names: &[&str]) -> bool {
    let letters = word.trim_end_matches('.');
    letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && letters.get(..3).is_some_and(|short| names.iter().any(|name| name.eq_ignore_ascii_case(short)))
}

fn month(word: &str) -> Option<u32> {
    let short = word.get(..3)?;
    let at = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(short))?;
    u32::try_from(at + 1).ok()
}

/// `+0200`, `+02:00`, `-03`, `UTC`, `CET`, `America/Sao_Paulo`, `GMT+02:00`.
fn zone(word: &str) -> Option<Zone> {
    let word = word.trim_matches(['(', ')', '[', ']']);
    if let Some((_, minutes)) = LETTERS.iter().find(|(letters, _)| letters.eq_ignore_ascii_case(word)) {
        return FixedOffset::east_opt(minutes * 60).map(Zone::Offset);
    }
    let offset = word.strip_prefix("GMT").or_else(|| word.strip_prefix("UTC")).filter(|rest| !rest.is_empty()).unwrap_or(word);
    if let Some(sign) = offset.strip_prefix('+').map(|rest| (1, rest)).or_else(|| offset.strip_prefix('-').map(|rest| (-1, rest))) {
        let digits = sign.1.replace(':', "");
        if digits.len() > 4 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let number: i32 = digits.parse().ok()?;
        let minutes = if digits.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
        return FixedOffset::east_opt(sign.0 * minutes * 60).map(Zone::Offset);
    }
    Tz::from_str_insensitive(word).ok().map(Zone::Named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn context(now: &str, zone: Tz) -> Context {
        let now: Timestamp = DateTime::parse_from_rfc3339(now).expect("a time").to_utc().into();
        Context { clock: Arc::new(move || now), zone }
    }

    fn read(text: &str) -> Option<String> {
        parse(text, &context("2026-11-22T12:00:00Z", Tz::America__Sao_Paulo)).map(Timestamp::rfc3339)
    }

    #[test]
    fn times_are_read_as_systems_write_them() {
        for (text, expected) in [
            ("1795356207120", "2026-11-22T14:03:27.120Z"),
            ("1795356207", "2026-11-22T14:03:27.000Z"),
            ("1795356207.12", "2026-11-22T14:03:27.120Z"),
            ("1795356207120000", "2026-11-22T14:03:27.120Z"),
            ("2026-11-22T14:03:27.120456Z", "2026-11-22T14:03:27.120Z"),
            ("2026-11-22 14:03:27+01:00", "2026-11-22T13:03:27.000Z"),
            ("2026-11-22T14:03:27+0100", "2026-11-22T13:03:27.000Z"),
            ("2026-11-22T14:03:27", "2026-11-22T17:03:27.000Z"),
            ("2026/11/22 14:03:27", "2026-11-22T17:03:27.000Z"),
            ("Nov 22 2026 14:03:27.120 UTC", "2026-11-22T14:03:27.120Z"),
            ("Nov 22 2026 14:03:27 CET", "2026-11-22T13:03:27.000Z"),
            ("Nov 22 2026 14:03:27 BRT", "2026-11-22T17:03:27.000Z"),
            ("Sun, 22 Nov 2026 14:03:27 GMT", "2026-11-22T14:03:27.000Z"),
            ("Sun Nov 22 14:03:27 UTC 2026", "2026-11-22T14:03:27.000Z"),
            ("22-Nov-2026 14:03:27 GMT+02:00", "2026-11-22T12:03:27.000Z"),
            (" Nov  2 14:03:27", "2026-11-02T17:03:27.000Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_may_mean_two_days_or_none_is_no_time() {
        for text in [
            "",
            "yesterday",
            "11/12/2026 14:03:27",
            "Nov 31 2026 14:03:27",
            "Nov 22 2026",
            "14:03:27",
            "1795",
            "Nov 22 14:03:27 XYZ",
            "é",
            "2026-11-22T14:04:00+00:953562",
            "Nov 22 2026 14:03:27 +99999999999",
            "2026-11-22 14:03:27 -+100",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let context = context("2026-11-22T12:00:00Z", Tz::UTC);
        let formats = ["%d/%m/%Y %I:%M:%S %p".to_owned()];
        assert_eq!(
            parse_as("11/12/2026 2:03:27 PM", &formats, &context).map(Timestamp::rfc3339).as_deref(),
            Some("2026-12-11T14:03:27.000Z")
        );
    }

    #[test]
    fn a_date_without_a_year_is_the_one_nearest_to_now_and_at_most_a_day_ahead() {
        for (now, text, expected) in [
            ("2027-01-01T00:00:05Z", "Dec 31 23:59:58", "2026-12-31T23:59:58.000Z"),
            ("2026-12-31T23:59:58Z", "Jan  1 00:00:05", "2027-01-01T00:00:05.000Z"),
            ("2026-11-22T12:00:00Z", "Nov 24 12:00:00", "2025-11-24T12:00:00.000Z"),
            ("2026-11-22T12:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00.000Z"),
        ] {
            assert_eq!(parse(text, &context(now, Tz::UTC)).map(Timestamp::rfc3339).as_deref(), Some(expected), "{text} at {now}");
        }
    }

    #[test]
    fn a_time_that_the_clock_skipped_is_still_a_time() {
        let berlin = context("2026-11-22T12:00:00Z", Tz::Europe__Berlin);
        assert_eq!(parse("2026-03-29 02:30:00", &berlin).map(Timestamp::rfc3339).as_deref(), Some("2026-03-29T01:30:00.000Z"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in ".{0,70}") {
            let _ = read(&text);
        }

        #[test]
        fn any_date_like_text_is_a_time_or_none(text in "([A-Z][a-z]{2} )?[0-9]{1,4}[-/ :T][0-9A-Za-z]{1,3}[-/ :][0-9]{1,4}[ T][0-9:.+-]{0,14}[A-Z]{0,4}") {
            let _ = read(&text);
        }
    }
}
