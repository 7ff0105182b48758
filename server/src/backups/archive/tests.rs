//! What goes into an archive comes out of it; whatever else comes is an error.

use super::FORMAT;
use super::keys::{Identity, Keys};
use super::manifest::{Contents, KeyOf, Manifest, Type, name};
use super::note::{NoteError, Verifier};
use super::read::{ReadError, read};
use super::write::Writer;
use crate::config::Recipient;
use vigia_app::model::Timestamp;

/// Milliseconds of 2026-11-26T02:00:00Z.
const START: i64 = 1_795_658_400_000;

fn keys() -> Keys {
    Keys::generate().expect("keys").0
}

fn manifest(keys: &Keys) -> Manifest {
    let start = Timestamp::saturating(START);
    Manifest {
        format: FORMAT,
        vigia: "0.1.0".to_owned(),
        schema: 9,
        database: None,
        name: name(&keys.name, start, Type::Full),
        instance: keys.name.clone(),
        contents: Contents { r#type: Type::Full, reports: Vec::new(), from: None, to: None, configuration: true },
        reason: "Manual".to_owned(),
        requested_by: "ana".to_owned(),
        start: start.rfc3339(),
        end: start.rfc3339(),
        newest: None,
        keys: vec![KeyOf { recipient: keys.recipient().to_string(), own: true }],
        left_out: Vec::new(),
        tables: Vec::new(),
        archive: None,
    }
}

/// An archive of two tables and one that is empty, and what stands beside it.
fn made(keys: &Keys, others: &[Recipient], lines: usize, manifest: Manifest) -> (Vec<u8>, String) {
    let recipients: Vec<_> = [keys.recipient()].into_iter().chain(others.iter().cloned()).collect();
    let mut writer = Writer::new(Vec::new(), &recipients, Timestamp::saturating(START)).expect("a writer");
    writer.begin("events/one").expect("begins");
    for line in 0..lines {
        writer.line(&serde_json::json!({ "line": line, "text": "é".repeat(400) })).expect("a line");
    }
    writer.begin("events/none").expect("begins");
    writer.begin("users").expect("begins");
    writer.line(&"ana").expect("a line");
    writer.finish(manifest, keys).expect("an archive")
}

fn all(archive: &[u8], identity: Identity, signer: Option<&Verifier>) -> Result<(Manifest, Vec<(String, String)>), ReadError> {
    let mut lines = Vec::new();
    let manifest = read(archive, &[identity], signer, 1 << 30, |table, line| {
        lines.push((table.to_owned(), String::from_utf8_lossy(line).into_owned()));
        Ok(())
    })?;
    Ok((manifest, lines))
}

#[test]
fn what_went_in_comes_out_for_every_key() {
    let (keys, other) = (keys(), keys());
    let (archive, beside) = made(&keys, &[other.recipient()], 20_000, manifest(&keys));
    for identity in [keys.identity(), other.identity()] {
        let (manifest, lines) = all(&archive, identity, Some(&keys.verifier())).expect("reads");
        assert_eq!(lines.len(), 20_001, "of several parts");
        assert!(
            lines[..20_000]
                .iter()
                .enumerate()
                .all(|(at, (table, line))| table == "events/one" && line.contains(&format!("\"line\":{at},")))
        );
        assert_eq!(lines[20_000], ("users".to_owned(), "\"ana\"".to_owned()));
        let rows: Vec<_> = manifest.tables.iter().map(|table| (table.name.as_str(), table.rows)).collect();
        assert_eq!(rows, [("events/one", 20_000), ("events/none", 0), ("users", 1)]);
        let beside = super::read::manifest(keys.verifier().open(&beside).expect("signed")).expect("a manifest");
        assert_eq!(beside, manifest, "what stands beside it says the same, and what the archive measures");
        assert_eq!(manifest.archive.as_ref().map(|archive| archive.size), Some(archive.len() as u64));
    }
    assert!(matches!(all(&archive, self::keys().identity(), None), Err(ReadError::NoKey)));
}

#[test]
fn a_flipped_bit_anywhere_is_seen() {
    let keys = keys();
    let (archive, _) = made(&keys, &[], 50, manifest(&keys));
    for at in 0..archive.len() {
        let mut flipped = archive.clone();
        flipped[at] ^= 1 << (at % 8);
        let read = all(&flipped, keys.identity(), Some(&keys.verifier()));
        assert!(read.is_err(), "the bit {} of byte {at}", at % 8);
    }
    for length in (0..archive.len()).step_by(7) {
        assert!(all(&archive[..length], keys.identity(), None).is_err(), "cut at {length}");
    }
    let longer = [&archive[..], b"x"].concat();
    assert!(all(&longer, keys.identity(), None).is_err(), "something behind it");
}

#[test]
fn what_another_has_signed_is_not_believed() {
    let (mine, other) = (keys(), keys());
    // Whoever knows the recipient can make an archive for it.
    let recipients = [mine.recipient()];
    let mut writer = Writer::new(Vec::new(), &recipients, Timestamp::saturating(START)).expect("a writer");
    writer.begin("users").expect("begins");
    writer.line(&"mallory").expect("a line");
    let (archive, _) = writer.finish(manifest(&mine), &other).expect("an archive");
    let error = all(&archive, mine.identity(), Some(&mine.verifier())).expect_err("not believed");
    assert!(matches!(&error, ReadError::Note(NoteError::OtherSigner(by, _)) if *by == other.name), "{error}");
    assert!(all(&archive, mine.identity(), None).is_ok(), "only who asks for a signer is told");
}

#[test]
fn a_newer_version_and_what_unpacks_to_too_much_are_refused() {
    let keys = keys();
    let (archive, _) = made(&keys, &[], 5, Manifest { format: FORMAT + 1, ..manifest(&keys) });
    assert!(matches!(all(&archive, keys.identity(), None), Err(ReadError::Newer(newer)) if newer == FORMAT + 1));
    let (archive, _) = made(&keys, &[], 20_000, manifest(&keys));
    let refused = read(&archive[..], &[keys.identity()], None, 1 << 20, |_, _| Ok(()));
    assert!(matches!(&refused, Err(ReadError::Damaged(why)) if why.contains("1048576 bytes")), "{refused:?}");
    assert!(matches!(read(&b"PK\x03\x04 something else"[..], &[keys.identity()], None, 1, |_, _| Ok(())), Err(ReadError::Foreign(_))));
}

#[test]
fn names_sort_as_their_times() {
    let at = |millis| name("vigia-0000002a", Timestamp::saturating(START + millis), Type::Partial);
    assert_eq!(at(7), "vigia-0000002a-20261126T020000.007Z-partial");
    assert!(at(0) < at(1) && at(999) < at(1000) && at(1000) < at(86_400_000));
}
