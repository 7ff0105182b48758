//! Which bytes a `Range` header asks for (RFC 9110, 14.1 and 14.2).

use std::ops::Range;

/// With more ranges than this, the header is ignored, as 14.2 permits: whoever downloads asks for one, or for a few.
const MOST: usize = 16;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it: nothing else was said, or nothing that has to be understood.
    Whole,
    /// These, each with at least one byte, within the size and apart from the others; in the order in which they were asked for.
    Parts(Vec<Range<u64>>),
    /// Nothing that there is.
    Beyond,
}

/// Reads a `Range` header that is about so many bytes. Ranges that overlap or follow one another become one, where the first of them stands, so no byte is sent
/// twice. A header of another unit, with a mistake or with too many ranges asks for the whole.
pub(super) fn asked(header: &[u8], size: u64) -> Asked {
    let Some(set) = set(header) else { return Asked::Whole };
    let (mut parts, mut specs) = (Vec::new(), 0);
    // A list may have empty elements (5.6.1.2).
    for spec in set.split(|byte| *byte == b',').map(trimmed).filter(|spec| !spec.is_empty()) {
        specs += 1;
        match Spec::read(spec) {
            Some(spec) if specs <= MOST => match spec.within(size) {
                Some(part) if part.is_empty() => return Asked::Whole,
                Some(part) => join(&mut parts, part),
                None => {}
            },
            _ => return Asked::Whole,
        }
    }
    match (specs, parts.is_empty()) {
        (0, _) => Asked::Whole,
        (_, true) => Asked::Beyond,
        (_, false) => Asked::Parts(parts),
    }
}

/// What stands behind `bytes=`, in capitals or not.
fn set(header: &[u8]) -> Option<&[u8]> {
    let (unit, set) = header.split_at_checked("bytes=".len())?;
    unit.eq_ignore_ascii_case(b"bytes=").then_some(set)
}

/// Without the blanks and tabs around it.
pub(super) fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// One range as it is written.
#[derive(Debug, Clone, Copy)]
enum Spec {
    /// From a byte to another or to the end, both counted from 0 and included.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

impl Spec {
    /// `None` for what is none, and for one that ends before it begins.
    fn read(text: &[u8]) -> Option<Self> {
        let dash = text.iter().position(|byte| *byte == b'-')?;
        match (&text[..dash], &text[dash + 1..]) {
            ([], last) => Some(Self::Last(number(last)?)),
            (first, []) => Some(Self::From(number(first)?, None)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// The bytes that there are of it; `None` where it is not satisfiable. Only the end of an empty file is satisfiable and has none.
    fn within(self, size: u64) -> Option<Range<u64>> {
        match self {
            Self::From(first, last) => {
                let end = last.map_or(size, |last| last.saturating_add(1).min(size));
                (first < size).then_some(first..end)
            }
            Self::Last(length) => (length > 0).then_some(size.saturating_sub(length)..size),
        }
    }
}

/// Digits, as many as there are: what is too large to be counted is beyond every file.
fn number(digits: &[u8]) -> Option<u64> {
    let more = |number: u64, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        Some(number.saturating_mul(10).saturating_add(u64::from(digit)))
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, more) }
}

/// Adds a part to others that are apart: those it touches become one with it, in the place of the first.
fn join(parts: &mut Vec<Range<u64>>, part: Range<u64>) {
    let touches = |other: &Range<u64>| other.start <= part.end && part.start <= other.end;
    let place = parts.iter().position(touches).unwrap_or(parts.len());
    let touched = parts.iter().filter(|other| touches(other));
    let whole = touched.fold(part.clone(), |whole, other| whole.start.min(other.start)..whole.end.max(other.end));
    parts.retain(|other| !touches(other));
    parts.insert(place, whole);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a header asks for of a thousand bytes, in words.
    fn said(header: &str) -> String {
        match asked(header.as_bytes(), 1000) {
            Asked::Whole => "the whole".to_owned(),
            Asked::Beyond => "nothing there".to_owned(),
            Asked::Parts(parts) => parts.iter().map(|part| format!("{part:?}")).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn a_range_is_read_as_the_standard_has_it() {
        for (header, expected) in [
            ("bytes=0-499", "0..500"),
            ("bytes=500-999", "500..1000"),
            ("BYTES=0-0", "0..1"),
            ("bytes=0-0,-1", "0..1 999..1000"),
            ("bytes=500-", "500..1000"),
            ("bytes=-500", "500..1000"),
            ("bytes=-5000", "0..1000"),
            ("bytes=900-5000", "900..1000"),
            ("bytes=900-99999999999999999999999999", "900..1000"),
            ("bytes=0007-0009", "7..10"),
            ("bytes= 0-1 ,\t, 4-5,", "0..2 4..6"),
            // What is not there is left out beside what is.
            ("bytes=2000-3000,1-2,-0", "1..3"),
            ("bytes=1000-", "nothing there"),
            ("bytes=1000-1001,5000-", "nothing there"),
            ("bytes=99999999999999999999999999-", "nothing there"),
            ("bytes=-0", "nothing there"),
        ] {
            assert_eq!(said(header), expected, "{header}");
        }
    }

    #[test]
    fn what_is_no_range_of_bytes_asks_for_the_whole() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=a-b",
            "bytes=1",
            "bytes=2-1",
            "bytes=0-1,2-1",
            "bytes=0-1;2-3",
            "bytes=1--2",
            "bytes=+1-2",
            "bytes=1- 2",
            "bytes =1-2",
            " bytes=1-2",
            "bytes:1-2",
            "lines=1-2",
            "bytes=0x1-2",
            "bytes=\u{661}-",
        ] {
            assert_eq!(said(header), "the whole", "{header}");
        }
    }

    #[test]
    fn ranges_that_touch_become_one_where_the_first_stands() {
        for (header, expected) in [
            ("bytes=0-9,10-19", "0..20"),
            ("bytes=0-9,11-19", "0..10 11..20"),
            ("bytes=50-59,0-9,5-14", "50..60 0..15"),
            ("bytes=0-9,20-29,40-49,10-39", "0..50"),
            ("bytes=40-49,90-,0-9,10-39", "0..50 90..1000"),
            ("bytes=5-6,5-6,5-6", "5..7"),
        ] {
            assert_eq!(said(header), expected, "{header}");
        }
    }

    #[test]
    fn sixteen_ranges_are_answered_and_seventeen_are_not() {
        let header = |count: u64| {
            let ranges: Vec<String> = (0..count).map(|at| format!("{0}-{0}", at * 2)).collect();
            format!("bytes={}", ranges.join(","))
        };
        assert!(matches!(asked(header(16).as_bytes(), 1000), Asked::Parts(parts) if parts.len() == 16));
        assert_eq!(asked(header(17).as_bytes(), 1000), Asked::Whole);
    }

    #[test]
    fn of_an_empty_file_only_its_end_can_be_asked_for() {
        assert_eq!(asked(b"bytes=0-", 0), Asked::Beyond);
        assert_eq!(asked(b"bytes=-5", 0), Asked::Whole);
    }

    /// Whether a byte is asked for, by the standard's own words and without any joining.
    fn is_asked(specs: &[(Option<u64>, Option<u64>)], size: u64, byte: u64) -> bool {
        specs.iter().any(|spec| match *spec {
            (Some(first), Some(last)) => (first..=last).contains(&byte),
            (Some(first), None) => byte >= first,
            (None, last) => byte >= size.saturating_sub(last.unwrap_or(0)),
        })
    }

    fn sound(asked: &Asked, size: u64) {
        if let Asked::Parts(parts) = asked {
            assert!(!parts.is_empty() && parts.len() <= MOST);
            for (at, part) in parts.iter().enumerate() {
                assert!(part.start < part.end && part.end <= size, "{part:?} is within {size}");
                assert!(parts[..at].iter().all(|other| other.end < part.start || part.end < other.start), "{parts:?} are apart");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_and_lies_within_the_file(header in prop::collection::vec(any::<u8>(), 0..80), size: u64) {
            sound(&asked(&header, size), size);
        }

        #[test]
        fn whatever_looks_like_a_range_is_read_and_lies_within_the_file(header in "bytes=[-0-9, a]{0,60}", size in prop_oneof![0..200u64, any::<u64>()]) {
            sound(&asked(header.as_bytes(), size), size);
        }

        #[test]
        fn exactly_the_bytes_that_are_asked_for_are_given(
            specs in prop::collection::vec((prop::option::of(0..120u64), prop::option::of(0..120u64)), 1..17),
            size in 1..100u64,
        ) {
            // `-` alone is no range, and none ends before it begins.
            let right = |spec: &(Option<u64>, Option<u64>)| match spec {
                (Some(first), Some(last)) => first <= last,
                (None, None) => false,
                _ => true,
            };
            let specs: Vec<_> = specs.into_iter().filter(right).collect();
            prop_assume!(!specs.is_empty());
            let text = |end: &Option<u64>| end.map_or_else(String::new, |end| end.to_string());
            let written: Vec<String> = specs.iter().map(|(first, last)| format!("{}-{}", text(first), text(last))).collect();
            let asked = asked(format!("bytes={}", written.join(",")).as_bytes(), size);
            sound(&asked, size);
            let given = |byte: u64| matches!(&asked, Asked::Parts(parts) if parts.iter().any(|part| part.contains(&byte)));
            for byte in 0..size {
                prop_assert_eq!(given(byte), is_asked(&specs, size, byte), "{} of {:?}", byte, written);
            }
            prop_assert_ne!(asked, Asked::Whole);
        }
    }
}
