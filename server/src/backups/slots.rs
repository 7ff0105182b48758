//! When backups are due, and which times went by without one.

use super::DAY;
use crate::config::Schedule;
use chrono_tz::Tz;
use std::ops::Range;
use vigia_app::model::Timestamp;

/// Times that went by and are told each for itself; of more, the last ones.
const TOLD: usize = 100;
/// Times that are counted, about.
const COUNTED: i64 = 20_000;

/// What a schedule wants now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Due {
    /// The time it is due for, which is not before the others.
    pub now: Option<Timestamp>,
    /// Times before that one that went by.
    pub missed: Vec<Timestamp>,
}

/// Which times of a schedule lie behind `after`, up to now. The last of them is due; for those before it is too late. A time that a clock skips when it is
/// set forward is the first one after; of one that it shows twice the first is meant.
pub(super) fn due(schedule: &Schedule, zone: Tz, after: Timestamp, now: Timestamp) -> Due {
    let mut due = Due::default();
    let mut at = after;
    while let Some(next) = next(schedule, zone, at).filter(|next| *next <= now) {
        due.missed.extend(due.now.replace(next));
        if due.missed.len() > TOLD {
            due.missed.remove(0);
        }
        at = next;
    }
    due
}

/// The times of a schedule in a period; of one with very many a day, about the last [`COUNTED`].
pub(super) fn between(schedule: &Schedule, zone: Tz, period: &Range<Timestamp>) -> Vec<Timestamp> {
    let times = |from: i64| {
        let first = next(schedule, zone, Timestamp::saturating(from - 1));
        std::iter::successors(first, |time| next(schedule, zone, *time)).take_while(|time| *time < period.end)
    };
    let a_day = i64::try_from(times(period.start.millis().max(period.end.millis() - DAY)).count()).unwrap_or(i64::MAX);
    let days = COUNTED / a_day.max(1);
    times(period.start.millis().max(period.end.millis() - days * DAY)).collect()
}

/// The first time of a schedule behind one.
pub(super) fn next(schedule: &Schedule, zone: Tz, after: Timestamp) -> Option<Timestamp> {
    let after = after.utc().with_timezone(&zone);
    schedule.cron.find_next_occurrence(&after, false).ok().map(|next| Timestamp::from(next.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::query::on_clock;
    use chrono::{Days, NaiveTime};
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<chrono::Utc>>().expect("a time").into()
    }

    fn times(cron: &str, zone: &str, from: &str, to: &str) -> Vec<String> {
        let due = due(&cron.parse().expect("a schedule"), zone.parse().expect("a zone"), at(from), at(to));
        due.missed.into_iter().chain(due.now).map(Timestamp::rfc3339).collect()
    }

    #[test]
    fn a_day_has_one_time_whatever_the_clocks_do() {
        // Berlin goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
        let spring = times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z");
        assert_eq!(spring, ["2026-03-28T01:30:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
        let autumn = times("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z");
        assert_eq!(autumn, ["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
        // Where midnight is skipped, too.
        let beirut = times("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
        assert_eq!(beirut.len(), 2, "{beirut:?}");
        // Every hour is every hour, also the one that comes twice.
        assert_eq!(times("0 * * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", "2026-10-25T04:30:00Z").len(), 6);
    }

    #[test]
    fn a_period_has_its_first_moment_and_not_its_last() {
        let daily = "0 2 * * *".parse().expect("a schedule");
        let times = between(&daily, Tz::UTC, &(at("2026-11-20T02:00:00Z")..at("2026-11-23T02:00:00Z")));
        assert_eq!(times, ["2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z"].map(at));
        let every_minute = "* * * * *".parse().expect("a schedule");
        let year = at("2025-11-20T00:00:00Z")..at("2026-11-20T00:00:00Z");
        let times = between(&every_minute, Tz::UTC, &year);
        assert_eq!((times.len(), times.last().copied()), (13 * 1_440, Some(at("2026-11-19T23:59:00Z"))));
    }

    #[test]
    fn the_last_of_many_is_due_and_the_others_were_missed() {
        let due = due(&"0 2 * * *".parse().expect("a schedule"), Tz::UTC, at("2026-11-20T02:00:00Z"), at("2026-11-24T09:00:00Z"));
        assert_eq!(due.now, Some(at("2026-11-24T02:00:00Z")));
        assert_eq!(due.missed, ["2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z"].map(at));
        let none = super::due(&"0 2 * * *".parse().expect("a schedule"), Tz::UTC, at("2026-11-24T02:00:00Z"), at("2026-11-25T01:59:59Z"));
        assert_eq!(none, Due::default());
        assert_eq!(times("* * * * *", "UTC", "2026-11-01T00:00:00Z", "2026-11-24T00:00:00Z").len(), TOLD + 1);
    }

    proptest! {
        #[test]
        fn each_day_has_its_time_or_the_first_one_after_what_the_clock_skips(
            zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]), hour in 0u32..24, minute in 0u32..60, from in 1_735_689_600i64..2_100_000_000,
        ) {
            let schedule: Schedule = format!("{minute} {hour} * * *").parse().expect("a schedule");
            let after = Timestamp::saturating(from * 1_000);
            let today = after.utc().with_timezone(&zone).date_naive();
            let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            let days = (0..60).map(|day| on_clock(zone, (today + Days::new(day)).and_time(time))).filter(|time| *time > after);
            let expected: Vec<_> = days.take(50).collect();
            let found: Vec<_> = std::iter::successors(next(&schedule, zone, after), |time| next(&schedule, zone, *time)).take(50).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
