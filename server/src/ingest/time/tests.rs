//! What is read of times, and what is refused.

use super::*;
use chrono_tz::Tz;
use std::path::Path;
use std::sync::Arc;

fn context(now: &str, zone: Tz) -> Context {
    let now: Timestamp = DateTime::parse_from_rfc3339(now).expect("a time").to_utc().into();
    Context::new(Arc::new(move || now), zone)
}

/// The list of docs/ingest.md is read at this instant.
fn documented() -> Context {
    context("2026-11-22T18:00:00Z", Tz::America__Sao_Paulo)
}

fn read(text: &str) -> Option<String> {
    parse(text, &documented()).map(Timestamp::rfc3339)
}

/// The rows of a table of docs/ingest.md, as texts between back quotes.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ingest.md")).expect("docs/ingest.md");
    let (_, table) = docs.split_once(heading).expect(heading);
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned).collect()).collect()
}

#[test]
fn the_documented_times_are_read_as_the_list_says() {
    let rows = rows("| written | is |\n");
    assert!(rows.len() > 20, "the list of docs/ingest.md has {} rows", rows.len());
    for row in rows {
        let (meant, written) = row.split_last().expect("what it is");
        assert!(!written.is_empty(), "{meant} is of nothing");
        for text in written {
            assert_eq!(read(text).as_deref(), Some(&**meant), "{text}");
        }
    }
}

#[test]
fn the_documented_refusals_are_refused() {
    let rows = rows("| refused | because |\n");
    assert!(rows.len() > 5, "the list of docs/ingest.md has {} rows", rows.len());
    for text in rows.iter().flatten() {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn times_are_read_as_systems_write_them() {
    for (text, expected) in [
        ("2026-11-22T14:03:27.120456Z", "2026-11-22T14:03:27.120Z"),
        ("2026-11-22T14:03:27+0100", "2026-11-22T13:03:27.000Z"),
        ("2026-11-22T14:03:27,120z", "2026-11-22T14:03:27.120Z"),
        ("2026-11-22 14:03:27,2019", "2026-11-22T17:03:27.201Z"),
        ("2026-11-22,14:03:27", "2026-11-22T17:03:27.000Z"),
        ("22-Oct-2026 14:03:27 UTC", "2026-10-22T14:03:27.000Z"),
        ("2026-11-22 14:03:27 -0300 -03", "2026-11-22T17:03:27.000Z"),
        ("2026-11-22 14:03:27.120456789 +0530 IST", "2026-11-22T08:33:27.120Z"),
        ("2026-11-22 14:03:27 +0000 UTC m=+0.000012", "2026-11-22T14:03:27.000Z"),
        ("2026-11-22T14:03:27Z[Europe/Paris]", "2026-11-22T14:03:27.000Z"),
        ("2026-11-22T14:03:27[Europe/Paris]", "2026-11-22T13:03:27.000Z"),
        ("2026-11-22 12:03:27 AM", "2026-11-22T03:03:27.000Z"),
        ("2026-11-22 12:03:27 p.m.", "2026-11-22T15:03:27.000Z"),
        ("2026-11-22 2:03PM UTC", "2026-11-22T14:03:00.000Z"),
        ("2026-11-22T23:59:60Z", "2026-11-23T00:00:00.000Z"),
        ("2026-12-31 24:00:00 UTC", "2027-01-01T00:00:00.000Z"),
        ("Nov 22 14:03:27,120", "2026-11-22T17:03:27.120Z"),
        (" Nov  2 14:03:27", "2026-11-02T17:03:27.000Z"),
        ("Sunday, November 22, 2026, 2:03:27 PM UTC", "2026-11-22T14:03:27.000Z"),
    ] {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_may_mean_two_instants_or_none_is_no_time() {
    for text in [
        "",
        "yesterday",
        "Nov 31 2026 14:03:27",
        "14:03:27",
        "Nov 22 14:03:27 XYZ",
        "é",
        "2026-11-22T14:04:00+00:953562",
        "Nov 22 2026 14:03:27 +99999999999",
        "2026-11-22 14:03:27 -+100",
        "2026-11-22 14:03:27 +0100 -0100",
        "2026-11-22 14:03:27 +0100 UTC",
        "2026-11-22 14:03:27 UTC CET",
        "2026-11-22 14:03:27 +0100 CET CET",
        "2026-11-22 14:03:27 m=+0.000012",
        "2026-11-22 00:03:27 AM",
        "2026-11-22 24:00:00.001",
        "2026-11-22 24:00:00 PM",
        "2026-11-22 14:03:27,12a",
        "2026-11-22 14:3:7",
        "Novel 22 2026 14:03:27",
        "2026-+11-22 14:03:27",
        "12345678901",
        "1795356207.12.3",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn formats_of_a_mapping_keep_their_zone_and_need_no_year() {
    let read = |text: &str, format: &str| parse_as(text, &[format.to_owned()], &documented()).map(Timestamp::rfc3339);
    for (text, format, expected) in [
        ("11/12/2026 2:03:27 PM", "%d/%m/%Y %I:%M:%S %p", "2026-12-11T17:03:27.000Z"),
        ("11/12/2026 14:03:27 +0100", "%d/%m/%Y %H:%M:%S %z", "2026-12-11T13:03:27.000Z"),
        ("11/12/2026 14:03:27 -05:30", "%d/%m/%Y %H:%M:%S %:z", "2026-12-11T19:33:27.000Z"),
        ("at 1795356207", "at %s", "2026-11-22T14:03:27.000Z"),
        ("21.11. 14:03:27", "%d.%m. %H:%M:%S", "2026-11-21T17:03:27.000Z"),
        ("24.11. 14:03:27", "%d.%m. %H:%M:%S", "2025-11-24T17:03:27.000Z"),
    ] {
        assert_eq!(read(text, format).as_deref(), Some(expected), "{text} as {format}");
    }
    assert_eq!(read("11/12/2026", "%d/%m/%Y"), None);
}

#[test]
fn a_header_has_the_time_that_its_first_words_say_and_not_a_word_more() {
    for (text, expected, rest) in [
        ("Nov 22 14:03:27 db-1 sshd: x", "2026-11-22T17:03:27.000Z", "db-1 sshd: x"),
        ("2026 Nov 22 14:03:27 db-1 x", "2026-11-22T17:03:27.000Z", "db-1 x"),
        ("2026-11-22T14:03:27,123+01:00 db-1 x", "2026-11-22T13:03:27.123Z", "db-1 x"),
        ("2026-11-22 14:03:27 +0100 CET db-1 x", "2026-11-22T13:03:27.000Z", "db-1 x"),
        ("Nov 22 2026 14:03:27 UTC: x", "2026-11-22T14:03:27.000Z", "x"),
        ("Nov 22 14:03:27: 7 failed", "2026-11-22T17:03:27.000Z", "7 failed"),
        ("Nov 22 14:03:27 singapore x", "2026-11-22T17:03:27.000Z", "singapore x"),
        ("Nov 22 14:03:27 10.1.2.3 x", "2026-11-22T17:03:27.000Z", "10.1.2.3 x"),
    ] {
        let read = start(text, &documented()).map(|(time, rest)| (time.rfc3339(), rest));
        assert_eq!(read, Some((expected.to_owned(), rest)), "{text}");
    }
    for text in ["Nov 22 14:03:27,2019 db-1 x", "Nov 22 db-1 x", "1795356207 x", ""] {
        assert_eq!(start(text, &documented()), None, "{text}");
    }
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
fn a_date_without_a_year_in_a_file_is_not_later_than_the_file() {
    let written = DateTime::parse_from_rfc3339("2024-03-10T12:00:00Z").expect("a time").to_utc().into();
    let file = Context { written: Some(written), ..context("2026-11-22T12:00:00Z", Tz::UTC) };
    for (text, expected) in [
        ("Mar 10 11:59:58", "2024-03-10T11:59:58.000Z"),
        ("Mar 10 12:00:01", "2024-03-10T12:00:01.000Z"),
        ("Mar 10 12:00:03", "2023-03-10T12:00:03.000Z"),
        ("Nov 22 12:00:00", "2023-11-22T12:00:00.000Z"),
        ("Feb 29 12:00:00", "2024-02-29T12:00:00.000Z"),
        ("Mar 11 2024 12:00:00", "2024-03-11T12:00:00.000Z"),
    ] {
        assert_eq!(parse(text, &file).map(Timestamp::rfc3339).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_stands_alone_has_to_say_its_year_and_zone() {
    for (text, expected) in [
        ("2026-11-22T14:03:27.120Z", Some("2026-11-22T14:03:27.120Z")),
        ("Sun, 22 Nov 2026 14:03:27 GMT", Some("2026-11-22T14:03:27.000Z")),
        ("1795356207", Some("2026-11-22T14:03:27.000Z")),
        ("2026-11-22T14:03:27", None),
        ("Nov 22 14:03:27 UTC", None),
    ] {
        assert_eq!(exact(text).map(Timestamp::rfc3339).as_deref(), expected, "{text}");
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
        let _ = (read(&text), start(&text, &documented()));
    }

    #[test]
    fn any_date_like_text_is_a_time_or_none(text in "([A-Z][a-z]{2} )?[0-9]{1,4}[-/ :T][0-9A-Za-z]{1,3}[-/ :][0-9]{1,4}[ T][0-9:.,+-]{0,14}[A-Z]{0,4}") {
        let _ = (read(&text), start(&text, &documented()));
    }

    /// A year that is read stands in the text, or was the nearest one.
    #[test]
    fn no_year_comes_from_a_fraction(fraction in "[0-9]{1,9}", comma in "[.,]") {
        if let Some(time) = parse(&format!("Nov 22 14:03:27{comma}{fraction}"), &documented()) {
            assert!(time.rfc3339().starts_with("2026-11-22T17:03:27."), "{comma}{fraction} became {}", time.rfc3339());
        }
    }
}
