//! A sample of each format, through the public interface: what becomes of every line.
//!
//! The samples are also what `make fuzz` starts from.

use chrono_tz::Tz;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use vigia::event::Event;
use vigia::ingest::{Context, Formats, Skip};
use vigia_app::model::Timestamp;

const SAMPLES: [&str; 15] = [
    "segura",
    "cyberark",
    "delinea",
    "wallix",
    "teleport",
    "bitwarden",
    "beyondtrust",
    "jumpserver",
    "beyondtrust-pra",
    "infisical",
    "passbolt",
    "safeguard",
    "warpgate",
    "vigia",
    "openbao",
];

static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::built_in);

fn sample(format: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/{format}.log"));
    std::fs::read_to_string(&file).expect("a sample")
}

fn context() -> Context {
    // 2026-11-22T15:00:00Z.
    Context::new(Arc::new(|| Timestamp::saturating(1_795_359_600_000)), Tz::UTC)
}

/// A line for each line of the sample.
fn read(format: &str) -> String {
    let text = sample(format).replace('\n', "\r\n");
    let mut reader = FORMATS.named(format).expect("a format").open("test", &context());
    let mut out = String::new();
    let mut skipped = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut events = Vec::new();
        let result = reader.line(number, line, &mut events);
        if number == 2 && format == "openbao" {
            reader.finish(&mut events, &mut skipped);
        }
        match result {
            Ok(()) => {}
            Err(Skip::Unwanted(why)) => writeln!(out, "left out: {why}").expect("written"),
            Err(Skip::Broken { reason, detail }) => writeln!(out, "{reason}: {detail}").expect("written"),
        }
        for event in events {
            let cells = event.report.stored().zip(&event.cells).filter(|(_, cell)| !cell.is_empty());
            let cells: Vec<_> = cells.map(|(column, cell)| format!("{}={}", column.key, cell.plain())).collect();
            let kept = format!("{} {} {}", event.time.rfc3339(), event.report.key, cells.join(", "));
            assert!(!format!("{event:?}").contains("hunter"), "a secret is kept: {event:?}");
            writeln!(out, "{kept}").expect("written");
        }
    }
    assert!(skipped.is_empty());
    out
}

#[test]
fn the_sample_of_each_format_becomes_the_rows_it_tells_of() {
    for format in SAMPLES {
        insta::assert_snapshot!(format, read(format));
    }
}

proptest! {

    /// Whatever is cut out of a line and put into it, reading ends, and what comes out can be stored.
    #[test]
    fn a_damaged_line_is_read_or_refused(
        format in 0..SAMPLES.len(), line in 0..8_usize, at in 0.0..1.0_f64, cut in 0..40_usize,
        put in r#"([|=\\"\[\]{}:,^ \t]|[a-z]{1,6}|é|\PC|CEF:0|LEEF:2\.0|<13>|Nov 22 |null|1795356207120){0,12}"#,
    ) {
        let text = sample(SAMPLES[format]);
        let lines: Vec<_> = text.lines().collect();
        let line = lines[line % lines.len()];
        let from = line.floor_char_boundary((line.len() as f64 * at) as usize);
        let to = line.ceil_char_boundary((from + cut).min(line.len()));
        let damaged = format!("{}{put}{}", &line[..from], &line[to..]);
        for name in [SAMPLES[format], "cef", "leef"] {
            let mut events: Vec<Event> = Vec::new();
            let mut reader = FORMATS.named(name).expect("a format").open("test", &context());
            let _ = reader.line(1, &damaged, &mut events);
            reader.finish(&mut events, &mut Vec::new());
            for event in events {
                prop_assert!((1..=Event::MAX_NAME).contains(&event.source_id.len()), "{damaged}");
                prop_assert!(event.extra.iter().all(|(name, value)| name.len() <= Event::MAX_NAME && !value.is_empty()), "{damaged}");
            }
        }
    }
}
