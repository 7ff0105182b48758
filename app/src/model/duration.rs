//! How long something took, as people write it. Durations are whole milliseconds, 0 or more.

use crate::sentence;
use crate::words::Sentence;

/// Units, the largest first, and their milliseconds.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// What was written, such as `90s`, `1m20s` or `500ms`; `None` without a unit, or where it is too long to count.
pub fn parse(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let (name, after) = behind.split_at(behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len()));
        let (_, millis) = UNITS.into_iter().find(|(unit, _)| *unit == name)?;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(millis)?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(total)
}

/// What [`parse`] reads as this duration: `1m20s`.
pub fn write(millis: i64) -> String {
    let mut rest = millis.max(0);
    let mut text = String::new();
    for (unit, of) in UNITS {
        if rest >= of {
            text.push_str(&format!("{}{unit}", rest / of));
            rest %= of;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// `1 min 20 s`: for a reader, so with as much as is worth knowing.
pub fn sentence(millis: i64) -> Sentence {
    match millis {
        ..1_000 => sentence!("span.milliseconds", count = millis.max(0)),
        1_000..60_000 => {
            let tenths = sentence!("number.tenths", whole = millis / 1000, tenth = millis % 1000 / 100);
            sentence!("span.tenths", number = tenths)
        }
        60_000..3_600_000 => sentence!("span.minutes-seconds", minutes = millis / 60_000, seconds = millis / 1000 % 60),
        3_600_000..172_800_000 => sentence!("span.hours-minutes", hours = millis / 3_600_000, minutes = millis / 60_000 % 60),
        _ => sentence!("span.days", count = millis / 86_400_000),
    }
}

/// The same, said.
pub fn words(millis: i64) -> String {
    sentence(millis).said().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_as_people_write_it() {
        for (text, millis) in [
            ("90s", 90_000),
            ("1m20s", 80_000),
            ("500ms", 500),
            ("2h", 7_200_000),
            ("1d1h1m1s1ms", 90_061_001),
            ("0s", 0),
            ("20s1m", 80_000),
        ] {
            assert_eq!(parse(text), Some(millis), "{text}");
            assert_eq!(parse(&write(millis)), Some(millis), "{text}");
        }
        for text in ["", "90", "s", "-1s", "1.5s", "1m 20s", "1y", "1m20", "99999999999999999999s", "9223372036854775807d"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!((write(80_000), write(0), write(i64::MAX)), ("1m20s".into(), "0s".into(), "106751991167d7h12m55s807ms".into()));
    }

    #[test]
    fn a_reader_is_told_as_much_as_is_worth_knowing() {
        let all = [850, 12_340, 80_000, 7_260_000, 259_200_000].map(words);
        assert_eq!(all, ["850 ms", "12.3 s", "1 min 20 s", "2 h 1 min", "3 days"]);
    }
}
