//! When a credential set is due: once in so many days, while its window is open.

use crate::store::query::on_clock;
use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

/// The first opening of the window at or after `after`, or `after` itself while it is open.
///
/// `window` is when it opens and closes, in minutes since midnight on the zone's clock; it lies over midnight where it closes before it
/// opens, and is never closed where both are the same. An hour that the zone leaves out opens at its end.
pub fn next(after: Timestamp, window: (u16, u16), zone: Tz) -> Timestamp {
    if window.0 == window.1 {
        return after;
    }
    let local: DateTime<Tz> = after.utc().with_timezone(&zone);
    let today = local.date_naive();
    // The window that began the day before may still be open.
    let from = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    (0..3)
        .filter_map(|day| from.checked_add_days(Days::new(day)))
        .find_map(|day| {
            let (opens, closes) = (at(day, window.0, zone), at(if window.1 <= window.0 { tomorrow(day) } else { day }, window.1, zone));
            (after < closes).then(|| opens.max(after))
        })
        .unwrap_or(after)
}

/// The next time after one that was due at `due`: so many days later on the zone's clock, in the window; never before `now`.
pub fn following(due: Timestamp, every_days: u32, window: (u16, u16), zone: Tz, now: Timestamp) -> Timestamp {
    let local = due.utc().with_timezone(&zone);
    let day = local.date_naive().checked_add_days(Days::new(u64::from(every_days))).unwrap_or(local.date_naive());
    // From the opening on, whatever time of the window the last one took place: the time of day does not creep.
    let start = on_clock(zone, day.and_time(clock(if window.0 == window.1 { minutes(&local) } else { window.0 })));
    next(start.max(now), window, zone)
}

fn minutes(local: &DateTime<Tz>) -> u16 {
    use chrono::Timelike;
    u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default()
}

fn tomorrow(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn at(day: NaiveDate, minutes: u16, zone: Tz) -> Timestamp {
    on_clock(zone, day.and_time(clock(minutes)))
}

fn clock(minutes: u16) -> NaiveTime {
    NaiveTime::from_hms_opt(u32::from(minutes / 60), u32::from(minutes % 60), 0).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc().into()
    }

    const NIGHT: (u16, u16) = (22 * 60, 4 * 60);
    const NOON: (u16, u16) = (12 * 60, 13 * 60);

    #[test]
    fn an_open_window_is_now_and_a_closed_one_opens_next() {
        for (after, window, due) in [
            ("2026-11-22T12:30:00Z", NOON, "2026-11-22T12:30:00Z"),
            ("2026-11-22T11:00:00Z", NOON, "2026-11-22T12:00:00Z"),
            ("2026-11-22T13:00:00Z", NOON, "2026-11-23T12:00:00Z"),
            ("2026-11-22T03:59:00Z", NIGHT, "2026-11-22T03:59:00Z"),
            ("2026-11-22T04:00:00Z", NIGHT, "2026-11-22T22:00:00Z"),
            ("2026-11-22T23:00:00Z", NIGHT, "2026-11-22T23:00:00Z"),
            ("2026-11-22T07:11:00Z", (0, 0), "2026-11-22T07:11:00Z"),
        ] {
            assert_eq!(next(time(after), window, Tz::UTC), time(due), "{after} {window:?}");
        }
    }

    #[test]
    fn the_time_of_day_stays_over_a_change_of_the_clock() {
        // Berlin leaves summer time on 25 October 2026.
        let due = time("2026-10-20T10:00:00Z");
        assert_eq!(following(due, 10, NOON, Tz::Europe__Berlin, due), time("2026-10-30T11:00:00Z"));
    }

    #[test]
    fn times_that_were_missed_are_made_up_for_once() {
        let due = time("2026-01-01T12:00:00Z");
        assert_eq!(following(due, 1, NOON, Tz::UTC, time("2026-11-22T15:00:00Z")), time("2026-11-23T12:00:00Z"));
    }

    #[test]
    fn an_hour_that_is_left_out_opens_at_its_end() {
        // Berlin skips 02:00 to 03:00 on 29 March 2026.
        assert_eq!(next(time("2026-03-29T00:30:00Z"), (150, 240), Tz::Europe__Berlin), time("2026-03-29T01:00:00Z"));
    }
}
