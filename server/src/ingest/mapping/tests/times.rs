//! Times as mappings find them, and lines that have none.

use super::{context, file};
use crate::event::Event;
use crate::ingest::mapping::Mapped;
use crate::ingest::{Context, Format, Skip};
use std::sync::Arc;
use vigia_app::model::Timestamp;

fn mapping(more: &str) -> String {
    format!(
        "name = \"acme\"\nreads = \"Acme.\"\nenvelope = \"json\"\ntime = [\"{{at}}\"]\n{more}\n[[event]]\nname = \"login\"\nreport = \"audit-tracking\"\n\
         set = {{ operation = \"Login\", user = \"{{who}}\" }}\n"
    )
}

fn read(more: &str, context: &Context, written: Option<Timestamp>, lines: &[&str]) -> Vec<Result<Event, Skip>> {
    let mapping = file::read("acme.toml", &mapping(more)).expect("sound");
    let envelopes = mapping.envelopes.clone();
    let mut format = Mapped::new("log".to_owned(), Arc::new([Arc::new(mapping)]), envelopes, "acme", context);
    format.written(written);
    let one = |(line, number): (&&str, u64)| {
        let mut events = Vec::new();
        format.line(number, line, &mut events).map(|()| events.remove(0))
    };
    lines.iter().zip(1..).map(one).collect()
}

#[test]
fn the_zone_that_a_format_reads_counts() {
    let formats = r#"time_formats = ["%d/%m/%Y %H:%M:%S %z"]"#;
    let event = read(formats, &context(), None, &[r#"{"who":"ana","at":"11/12/2026 14:03:27 +0100"}"#]).remove(0).expect("an event");
    assert_eq!(event.time.rfc3339(), "2026-12-11T13:03:27.000Z");
    let wrong = file::read("acme.toml", &mapping(r#"time_formats = ["%d/%m/%Y %H:%M:%S %Z"]"#)).expect_err("a name says nothing");
    assert_eq!(
        wrong,
        "The mapping acme.toml: time_formats: %Z in \"%d/%m/%Y %H:%M:%S %Z\" reads past the name of a zone, whatever it is; write %z for an offset."
    );
}

#[test]
fn a_line_without_a_time_is_kept_aside_unless_its_arrival_is_asked_for() {
    let lines = [r#"{"who":"ana"}"#, r#"{"who":"ana","at":"Nov 22 14:03:27,2019"}"#];
    for kept in read("", &context(), None, &lines) {
        assert!(matches!(kept, Err(Skip::Broken { reason: "no time", .. })), "{kept:?}");
    }
    let asked = Context { arrival: true, ..context() };
    for (more, context) in [(r#"without_time = "arrival""#, context()), ("", asked)] {
        for event in read(more, &context, None, &lines) {
            let event = event.expect("an event");
            assert_eq!(event.time.rfc3339(), "2026-11-22T15:00:00.000Z");
            assert_eq!(super::extra(&event, "vigia.time"), "arrival");
        }
    }
    let dated = read(r#"without_time = "arrival""#, &context(), None, &[r#"{"who":"ana","at":"2026-11-22 14:03:27,120"}"#]).remove(0);
    let dated = dated.expect("an event");
    assert_eq!((dated.time.rfc3339().as_str(), super::extra(&dated, "vigia.time")), ("2026-11-22T14:03:27.120Z", ""));
    let wrong = file::read("acme.toml", &mapping(r#"without_time = "now""#)).expect_err("no such word");
    assert_eq!(wrong, "The mapping acme.toml: without_time: write quarantine or arrival.");
}

#[test]
fn equal_lines_without_a_time_are_events_of_their_own_in_a_file_and_the_same_when_it_is_read_again() {
    let written = Some(Timestamp::saturating(1_700_000_000_000));
    let asked = Context { arrival: true, ..context() };
    let ids = || -> Vec<_> {
        let events = read("", &asked, written, &[r#"{"who":"ana"}"#; 300]);
        events.into_iter().map(|event| event.expect("an event")).map(|event| (event.source_id, event.time.millis())).collect()
    };
    let (first, again) = (ids(), ids());
    assert_eq!(first, again);
    let different: std::collections::HashSet<_> = first.iter().collect();
    assert_eq!((different.len(), first[0].1), (300, 1_700_000_000_000));
}

#[test]
fn years_in_a_file_come_from_its_date() {
    let written = Some(Timestamp::saturating(1_710_072_000_000));
    let lines = [r#"<134>Nov 22 14:03:27 host acme: {"who":"ana"}"#, r#"{"who":"ana","at":"Mar 10 11:59:58"}"#];
    let years: Vec<_> = read("", &context(), written, &lines).into_iter().map(|event| event.expect("an event").time.rfc3339()).collect();
    assert_eq!(years, ["2023-11-22T14:03:27.000Z", "2024-03-10T11:59:58.000Z"]);
}
