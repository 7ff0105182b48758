//! A sample of each format, through the public interface: what becomes of every line.
//!
//! The samples are also what `make fuzz` starts from.

use chrono_tz::Tz;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use vigia::ingest::{Context, Formats, Skip};
use vigia_app::model::Timestamp;

/// A line for each line of the sample.
fn read(format: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/{format}.log"));
    let text = std::fs::read_to_string(&file).expect("a sample").replace('\n', "\r\n");
    // 2026-11-22T15:00:00Z.
    let context = Context { clock: Arc::new(|| Timestamp::saturating(1_795_359_600_000)), zone: Tz::UTC };
    let mut reader = Formats::built_in().named(format).expect("a format").open("test", &context);
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
    for format in ["segura", "cyberark", "delinea", "wallix", "teleport", "bitwarden", "beyondtrust", "vigia", "openbao"] {
        insta::assert_snapshot!(format, read(format));
    }
}
