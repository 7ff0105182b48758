use super::*;
use crate::store::query::on_clock;
use proptest::prelude::*;

const NIGHT: (u16, u16) = (22 * 60, 4 * 60);
const NOON: (u16, u16) = (12 * 60, 13 * 60);
const TWO: (u16, u16) = (2 * 60, 3 * 60);

fn time(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc().into()
}

/// When a set that was saved then asks for something, with a server that looks all the time: on the clock of the zone.
fn asks(window: (u16, u16), every_days: u32, zone: Tz, saved: &str, times: usize) -> Vec<String> {
    let window = Window::new(window, zone);
    let first = window.first(time(saved));
    let occurrences = std::iter::successors(Some(first), |occurrence| Some(window.following(occurrence.clock, every_days, occurrence.due)));
    occurrences.take(times).map(|occurrence| occurrence.due.utc().with_timezone(&zone).format("%a %d %H:%M").to_string()).collect()
}

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
        assert_eq!(Window::new(window, Tz::UTC).next(time(after)), time(due), "{after} {window:?}");
    }
}

#[test]
fn a_day_whose_clock_skips_the_window_is_not_left_out() {
    // Madrid skips 02:00 to 03:00 on 29 March 2026.
    let asked = asks(TWO, 1, Tz::Europe__Madrid, "2026-03-27T12:00:00Z", 4);
    assert_eq!(asked, ["Sat 28 02:00", "Sun 29 03:00", "Mon 30 02:00", "Tue 31 02:00"]);
    // And has 02:00 to 03:00 twice on 25 October.
    let asked = asks(TWO, 1, Tz::Europe__Madrid, "2026-10-23T12:00:00Z", 3);
    assert_eq!(asked, ["Sat 24 02:00", "Sun 25 02:00", "Mon 26 02:00"]);
}

#[test]
fn the_day_of_the_week_stays() {
    // New York skips 02:00 to 03:00 on 8 March 2026.
    let asked = asks(TWO, 7, Tz::America__New_York, "2026-03-01T05:00:00Z", 4);
    assert_eq!(asked, ["Sun 01 02:00", "Sun 08 03:00", "Sun 15 02:00", "Sun 22 02:00"]);
    // Santiago skips midnight to 01:00 on 6 September 2026.
    let asked = asks((0, 60), 7, Tz::America__Santiago, "2026-08-29T18:00:00Z", 3);
    assert_eq!(asked, ["Sun 30 00:00", "Sun 06 01:00", "Sun 13 00:00"]);
    // Samoa left out Friday 30 December 2011.
    let asked = asks(NOON, 7, Tz::Pacific__Apia, "2011-12-23T12:00:00Z", 3);
    assert_eq!(asked, ["Fri 23 12:00", "Sat 31 00:00", "Fri 06 12:00"]);
}

#[test]
fn a_window_over_midnight_is_of_the_day_on_which_it_opens() {
    let asked = asks(NIGHT, 1, Tz::Europe__Madrid, "2026-11-22T00:30:00Z", 3);
    assert_eq!(asked, ["Sun 22 01:30", "Sun 22 22:00", "Mon 23 22:00"]);
    let weekly = asks(NIGHT, 7, Tz::Europe__Madrid, "2026-11-22T00:30:00Z", 3);
    assert_eq!(weekly, ["Sun 22 01:30", "Sat 28 22:00", "Sat 05 22:00"]);
}

#[test]
fn the_time_of_a_set_that_may_ask_at_any_time_does_not_creep() {
    let asked = asks((0, 0), 1, Tz::Europe__Madrid, "2026-03-28T01:30:40Z", 3);
    assert_eq!(asked, ["Sat 28 02:30", "Sun 29 03:00", "Mon 30 02:30"]);
}

#[test]
fn a_window_that_the_clock_skips_is_as_long_as_ever() {
    let window = Window::new(TWO, Tz::Europe__Madrid);
    let open = time("2026-03-29T01:00:00Z");
    assert_eq!(window.next(time("2026-03-29T00:59:00Z")), open);
    let late = time("2026-03-29T01:59:59Z");
    assert_eq!((window.next(open), window.next(late)), (open, late));
    assert_eq!(window.next(time("2026-03-29T02:00:00Z")), time("2026-03-30T00:00:00Z"));
    // Half of it is left.
    let half = Window::new((150, 240), Tz::Europe__Madrid);
    assert_eq!(half.next(time("2026-03-29T00:30:00Z")), open);
    assert_eq!(half.next(time("2026-03-29T02:00:00Z")), time("2026-03-30T00:30:00Z"));
}

#[test]
fn times_that_were_missed_are_made_up_for_once() {
    let occurrence = Window::new(NOON, Tz::UTC).occurrence(time("2026-11-01T12:00:00Z"));
    for (every, now, due) in [
        (1, "2026-11-22T12:30:00Z", "2026-11-23T12:00:00Z"),
        (1, "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"),
        (7, "2026-11-22T12:30:00Z", "2026-11-29T12:00:00Z"),
        (7, "2026-11-25T12:30:00Z", "2026-11-29T12:00:00Z"),
        (366, "2026-11-25T12:30:00Z", "2027-11-02T12:00:00Z"),
    ] {
        assert_eq!(Window::new(NOON, Tz::UTC).following(occurrence.clock, every, time(now)).due, time(due), "{every} {now}");
    }
    let any = Window::new((0, 0), Tz::UTC);
    let occurrence = any.occurrence(time("2026-11-01T12:17:33Z"));
    assert_eq!(any.following(occurrence.clock, 1, time("2026-11-22T12:17:40Z")).due, time("2026-11-23T12:17:00Z"));
}

fn zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(&chrono_tz::TZ_VARIANTS[..])
}

proptest! {
    #[test]
    fn every_period_has_one_time_on_its_day_whatever_the_clocks_do(
        zone in zone(), opens in 0..DAY, closes in 0..DAY, every in 1u32..40, from in 0i64..5_000_000_000, times in 1usize..60,
    ) {
        let window = Window::new((opens, closes), zone);
        let first = window.first(Timestamp::saturating(from * 1_000));
        let mut occurrence = first;
        for period in 1..=times {
            let next = window.following(occurrence.clock, every, occurrence.due);
            prop_assert_eq!(next.clock, first.clock + Days::new(u64::from(every) * period as u64), "its day, and its time of day");
            prop_assert_eq!(next.due, on_clock(zone, next.clock), "at that time, or when the clock goes on");
            prop_assert!(next.due > occurrence.due, "never twice");
            prop_assert_eq!(window.next(next.due), next.due, "while the window is open");
            occurrence = next;
        }
    }

    #[test]
    fn after_a_time_without_a_server_there_is_one_and_then_the_next_period(
        zone in zone(), opens in 0..DAY, closes in 0..DAY, every in 1u32..40, from in 0i64..5_000_000_000, away in 0i64..400 * 86_400,
    ) {
        let window = Window::new((opens, closes), zone);
        let occurrence = window.first(Timestamp::saturating(from * 1_000));
        let now = window.next(Timestamp::saturating(occurrence.due.millis() + away * 1_000));
        let next = window.following(occurrence.clock, every, now);
        prop_assert!(next.due > now);
        let days = (next.clock - occurrence.clock).num_days();
        prop_assert!(days % i64::from(every) == 0, "{} days", days);
        let before = next.clock - Days::new(u64::from(every));
        prop_assert!(on_clock(zone, before) <= now, "none is left out");
    }
}
