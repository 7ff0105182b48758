//! Whole OpenBao audit logs through the public interface.

#[path = "../benches/support/audit_log.rs"]
mod audit_log;

use flate2::{Compression, write::GzEncoder};
use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Write as _};
use vigia::event::Event;
use vigia::ingest::{OpenBao, Summary, import};
use vigia::store::Appended;

fn read(log: impl Read + Send) -> (Vec<Event>, Summary) {
    let mut events = Vec::new();
    let summary = import(log, &mut OpenBao::new(OpenBao::SOURCE), &mut |batch: Vec<Event>| {
        let stored = u64::try_from(batch.len()).expect("a batch is small");
        events.extend(batch);
        Ok(Appended { stored, duplicate: 0 })
    });
    (events, summary.expect("imports"))
}

fn count(events: &[Event], report: &str, column: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events.iter().filter(|event| event.report.key == report) {
        *counts.entry(event.get(column).plain()).or_default() += 1;
    }
    counts
}

#[test]
fn a_made_up_log_is_read_whole_and_compressed_the_same() {
    let log = audit_log::synthetic_log(4_000, 11);
    let (events, summary) = read(log.as_bytes());
    assert_eq!((summary.lines, summary.broken_lines, events.len()), (4_000, 0, 2_000));
    assert!(summary.skipped.is_empty(), "{summary}");
    let ids: HashSet<_> = events.iter().map(|event| (event.report.key, &event.source_id)).collect();
    assert_eq!(ids.len(), events.len(), "every event has an id of its own");
    assert!(events.iter().all(|event| !event.source_id.contains("/unanswered")), "every response was found");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(log.as_bytes()).expect("packs");
    assert_eq!(read(&packed.finish().expect("packs")[..]).0, events);
}

/// A log of a real server, where there is one to read.
#[test]
fn a_real_log_becomes_the_rows_it_tells_of() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .skip(2)
        .find_map(|folder| std::fs::read(folder.join("shared/samples/openbao-2.7.2-audit.jsonl")).ok());
    let Some(log) = sample else { return };
    let (events, summary) = read(&log[..]);
    let rows: BTreeMap<_, _> = summary.rows.iter().map(|rows| (rows.report.key, rows.appended.stored)).collect();
    assert_eq!((summary.lines, summary.broken_lines), (478, 0), "{summary}");
    assert_eq!(summary.skipped.values().sum::<u64>(), 1, "the test of the audit device: {summary}");
    // 239 exchanges, and six accounts that were made to be viewed.
    assert_eq!(rows, BTreeMap::from([("password-view", 118), ("password-operation", 29), ("audit-tracking", 98)]));

    for event in events.iter().filter(|event| event.report.key == "password-view") {
        for column in ["user", "ip", "device", "username", "credential_type", "message"] {
            assert!(!event.get(column).is_empty(), "a view without {column}: {event:?}");
        }
    }
    assert_eq!(count(&events, "password-view", "user").get("unknown"), Some(&6), "reads with a token that was revoked");
    assert_eq!(count(&events, "password-view", "message").get("permission denied"), Some(&44));
    assert_eq!(count(&events, "password-operation", "status"), counts(&[("Error", 12), ("Success", 17)]));
    assert_eq!(
        count(&events, "password-operation", "operation"),
        counts(&[("Change password", 20), ("Credential activation", 3), ("Ephemeral credential creation", 6)])
    );
    assert_eq!(
        count(&events, "audit-tracking", "operation"),
        counts(&[("Access denied", 10), ("Creation", 19), ("Login", 47), ("Login failed", 6), ("Logout", 6), ("Read", 7), ("Update", 3)])
    );
    let failed = events.iter().find(|event| event.get("message").plain().contains("42501")).expect("the database refused a rotation");
    assert_eq!(failed.attempts[0].error_class, "Permission denied");
}

fn counts(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
}
