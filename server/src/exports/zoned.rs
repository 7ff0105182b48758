//! Times as files have them: RFC 3339 on the clock of a zone, with its offset, which says the instant whatever the clock.

use chrono::{Datelike, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// `2026-11-22T11:03:27.120-03:00`; in UTC with `Z`. Offsets have no seconds in RFC 3339: where a clock once had some, they are left out of both.
pub fn write(at: Timestamp, zone: Tz, out: &mut Vec<u8>) {
    let utc = at.utc().naive_utc();
    let minutes = if zone == Tz::UTC { 0 } else { zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().div_euclid(60) };
    let clock = utc + chrono::Duration::minutes(i64::from(minutes));
    digits(clock.year().unsigned_abs(), 4, out);
    for (mark, number) in [(b'-', clock.month()), (b'-', clock.day()), (b'T', clock.hour()), (b':', clock.minute()), (b':', clock.second())]
    {
        out.push(mark);
        digits(number, 2, out);
    }
    out.push(b'.');
    digits(clock.nanosecond() / 1_000_000, 3, out);
    if zone == Tz::UTC {
        out.push(b'Z');
        return;
    }
    out.push(if minutes < 0 { b'-' } else { b'+' });
    digits(minutes.unsigned_abs() / 60, 2, out);
    out.push(b':');
    digits(minutes.unsigned_abs() % 60, 2, out);
}

/// The last so many digits of a number.
fn digits(mut number: u32, count: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + count, b'0');
    for digit in out[start..].iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn written(at: Timestamp, zone: Tz) -> String {
        let mut out = Vec::new();
        write(at, zone, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn a_time_has_the_clock_of_its_zone_and_its_offset() {
        let at = Timestamp::saturating(1_795_356_207_120);
        assert_eq!(written(at, Tz::UTC), at.rfc3339());
        assert_eq!(written(at, Tz::America__Sao_Paulo), "2026-11-22T11:03:27.120-03:00");
        assert_eq!(written(at, Tz::Asia__Kathmandu), "2026-11-22T19:48:27.120+05:45");
        assert_eq!(written(Timestamp::MIN, Tz::America__New_York), "1969-12-31T19:00:00.000-05:00");
        assert_eq!(written(Timestamp::MAX, Tz::UTC), "2248-09-26T15:10:22.207Z");
    }

    proptest! {
        #[test]
        fn every_time_of_every_zone_can_be_read_back(millis in 0..=Timestamp::MAX.millis(), zone in 0..chrono_tz::TZ_VARIANTS.len()) {
            let at = Timestamp::saturating(millis);
            let read: DateTime<chrono::Utc> = written(at, chrono_tz::TZ_VARIANTS[zone]).parse().expect("RFC 3339");
            prop_assert_eq!(Timestamp::from(read), at);
        }
    }
}
