//! Hours of the week, on the clock of a zone.

use chrono::{Datelike, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// Hours of a week.
pub const HOURS: usize = 7 * 24;
const HOUR: i64 = 60 * 60 * 1000;

/// Which hour of the week the clock of a zone shows, from 0 for the first of Monday, and a later moment up to which it shows the same one.
pub fn hour_of_week(zone: Tz, at: Timestamp) -> (usize, Timestamp) {
    let clock = at.utc().with_timezone(&zone);
    let hour = clock.weekday().num_days_from_monday() * 24 + clock.hour();
    let into = i64::from(clock.minute()) * 60_000 + i64::from(clock.second()) * 1000 + at.millis().rem_euclid(1000);
    let offset = |millis| zone.offset_from_utc_datetime(&Timestamp::saturating(millis).utc().naive_utc()).fix();
    let (mut same, mut other) = (at.millis(), at.millis() - into + HOUR);
    let before = offset(same);
    if offset(other - 1) != before {
        // The clock is set within the hour: up to there.
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if offset(middle) == before { same = middle } else { other = middle }
        }
    }
    (hour as usize, Timestamp::saturating(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::model::Moment;

    fn at(text: &str) -> Timestamp {
        Moment::parse(text).expect("a moment").clock.and_utc().into()
    }

    #[track_caller]
    fn is(zone: Tz, time: &str, hour: usize, until: &str) {
        assert_eq!(hour_of_week(zone, at(time)), (hour, at(until)), "{time} in {zone}");
    }

    #[test]
    fn an_hour_is_that_of_the_zones_clock() {
        is(Tz::UTC, "2026-11-23T00:00:00Z", 0, "2026-11-23T01:00:00Z");
        is(Tz::UTC, "2026-11-22T23:59:59Z", 167, "2026-11-23T00:00:00Z");
        is(Tz::America__Sao_Paulo, "2026-11-23T01:30:00Z", 166, "2026-11-23T02:00:00Z");
        // A quarter of an hour apart from everybody else.
        is(Tz::Asia__Kathmandu, "2026-11-23T00:00:00Z", 5, "2026-11-23T00:15:00Z");
    }

    #[test]
    fn an_hour_ends_where_the_clock_is_set() {
        // One o'clock is twice; two o'clock is not there.
        is(Tz::Europe__Lisbon, "2026-10-25T00:30:00Z", 6 * 24 + 1, "2026-10-25T01:00:00Z");
        is(Tz::Europe__Lisbon, "2026-10-25T01:30:00Z", 6 * 24 + 1, "2026-10-25T02:00:00Z");
        is(Tz::Europe__Lisbon, "2026-03-29T00:30:00Z", 6 * 24, "2026-03-29T01:00:00Z");
        is(Tz::Europe__Lisbon, "2026-03-29T01:00:00Z", 6 * 24 + 2, "2026-03-29T02:00:00Z");
        // By half an hour, at two: the half hour from half past one on is twice.
        is(Tz::Australia__Lord_Howe, "2026-04-04T14:40:00Z", 6 * 24 + 1, "2026-04-04T15:00:00Z");
        is(Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z", 6 * 24 + 1, "2026-04-04T15:30:00Z");
    }

    #[test]
    fn every_moment_of_a_week_has_one_hour() {
        for zone in [Tz::UTC, Tz::Europe__Lisbon, Tz::Asia__Kathmandu, Tz::Australia__Lord_Howe, Tz::America__Sao_Paulo] {
            let mut now = at("2026-10-20T00:07:31Z");
            while now < at("2026-10-28T00:00:00Z") {
                let (hour, until) = hour_of_week(zone, now);
                assert!(until > now && hour < HOURS);
                for inside in [now.millis(), i64::midpoint(now.millis(), until.millis()), until.millis() - 1] {
                    let clock = Timestamp::saturating(inside).utc().with_timezone(&zone);
                    assert_eq!(hour, (clock.weekday().num_days_from_monday() * 24 + clock.hour()) as usize);
                }
                now = until;
            }
        }
    }
}
