//! Times as systems write them: the one reading of them, whatever they stand in. `docs/ingest.md` lists what is read, and a test holds the list
//! against what is here. What may mean two instants is none: nothing is guessed that moves an event to another day or year.

mod parts;
#[cfg(test)]
mod tests;
mod zone;

use super::Context;
use chrono::format::{Parsed, StrftimeItems, parse as parse_items};
use chrono::{DateTime, Datelike, Duration, NaiveDateTime, TimeZone};
use parts::Parts;
use vigia_app::model::Timestamp;
use zone::Zone;

/// Longest text that is looked at, in bytes.
const LONGEST: usize = 96;
/// Years that are looked at for a date without one: eight hold a 29 February.
const YEARS: i32 = 8;
/// How much later than the date of its file a line may be: archives keep that date in steps of two seconds.
const FILE_STEP: i64 = 2_000;

/// Reads a time of the list. `None` for anything else, such as dates that do not tell day from month.
pub fn parse(text: &str, context: &Context) -> Option<Timestamp> {
    read(text, Some(context))
}

/// Reads a time of the list that says its year and zone itself.
pub fn exact(text: &str) -> Option<Timestamp> {
    read(text, None)
}

fn read(text: &str, context: Option<&Context>) -> Option<Timestamp> {
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

/// Reads the time that a text begins with, and says what follows it. Numbers are none: a line may begin with any.
pub fn start<'a>(text: &'a str, context: &Context) -> Option<(Timestamp, &'a str)> {
    let (parts, rest) = Parts::start(text);
    Some((parts.resolve(Some(context))?, rest))
}

/// Reads a time in one of these formats (as chrono's `strftime` writes them). A zone that the format names counts, and so does a year.
pub fn parse_as(text: &str, formats: &[String], context: &Context) -> Option<Timestamp> {
    formats.iter().find_map(|format| formatted(text.trim(), format, context))
}

fn formatted(text: &str, format: &str, context: &Context) -> Option<Timestamp> {
    let mut parsed = Parsed::new();
    parse_items(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    // Seconds since 1970 have no zone.
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        let offset = parsed.offset().unwrap_or_default();
        let clock = parsed.to_naive_datetime_with_offset(offset).ok()?;
        return Timestamp::from_millis((clock - Duration::seconds(offset.into())).and_utc().timestamp_millis());
    }
    let clock = |parsed: &Parsed| parsed.to_naive_datetime_with_offset(0).ok().and_then(|clock| at(Zone::Named(context.zone), clock));
    if parsed.year().is_some() || parsed.year_mod_100().is_some() || parsed.isoyear().is_some() {
        return clock(&parsed);
    }
    nearest(context, |year| {
        let mut parsed = parsed.clone();
        parsed.set_year(year.into()).ok()?;
        clock(&parsed)
    })
}

/// Reads a number since 1970: seconds (with a fraction), milliseconds, micro- or nanoseconds, told by how many digits it has. `None` for a number
/// between these, which is none of the years 1973 to 2248.
pub fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis = millis(whole.parse().ok()?, whole.len())?;
    let fraction = fraction.get(..3).unwrap_or(fraction);
    if fraction.is_empty() || whole.len() > SECONDS {
        return Timestamp::from_millis(millis);
    }
    let digits = u32::try_from(fraction.len()).ok()?;
    Timestamp::from_millis(millis + fraction.parse::<i64>().ok()? * 10_i64.pow(3 - digits))
}

/// The same of a whole number.
pub fn whole(number: i64) -> Option<Timestamp> {
    let digits = number.checked_ilog10()? + 1;
    Timestamp::from_millis(millis(number, usize::try_from(digits).ok()?)?)
}

/// Seconds have so many digits at most.
const SECONDS: usize = 10;

/// The milliseconds of a number with so many digits.
const fn millis(number: i64, digits: usize) -> Option<i64> {
    match digits {
        9 | SECONDS => Some(number * 1_000),
        12 | 13 => Some(number),
        15 | 16 => Some(number / 1_000),
        18 | 19 => Some(number / 1_000_000),
        _ => None,
    }
}

/// The instant at which a clock of this zone says this.
fn at(zone: Zone, clock: NaiveDateTime) -> Option<Timestamp> {
    let millis = |clock: NaiveDateTime| match zone {
        Zone::Named(zone) => zone.from_local_datetime(&clock).earliest().map(|time| time.timestamp_millis()),
        Zone::Offset(offset) => offset.from_local_datetime(&clock).earliest().map(|time| time.timestamp_millis()),
    };
    // A time the clock skips in spring: the clock that said it had not been put forward yet.
    let millis = millis(clock).or_else(|| millis(clock + Duration::hours(1)))?;
    Timestamp::from_millis(millis)
}

/// The last time that a date without a year can be: of a file, none after the file was last written; else none more than a day ahead of now.
fn nearest(context: &Context, in_year: impl Fn(i32) -> Option<Timestamp>) -> Option<Timestamp> {
    let (last, ahead) = match context.written {
        Some(written) => (written, FILE_STEP),
        None => ((context.clock)(), Duration::days(1).num_milliseconds()),
    };
    let latest = last.millis().saturating_add(ahead);
    let this = last.utc().year();
    (this - YEARS..=this + 1).rev().filter_map(in_year).find(|time| time.millis() <= latest)
}
