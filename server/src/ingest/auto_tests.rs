use super::super::Formats;
use super::super::trying::{Outcome, Tried, Trying};
use super::*;
use std::path::Path;

fn context() -> Context {
    Context::new(Arc::new(|| Timestamp::saturating(1_795_359_600_000)), chrono_tz::Tz::UTC)
}

fn tried(formats: &Formats, line: &str) -> Tried {
    Trying::new(AUTO, formats.named(AUTO).expect("a format").open("test", &context())).line(line)
}

/// The lines that each format's snapshots are of.
fn samples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let files = std::fs::read_dir(folder).expect("samples").map(|entry| entry.expect("a file").path());
    let mut samples = Vec::new();
    for file in files {
        let format = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("text");
        samples.extend(text.lines().filter(|line| !line.trim().is_empty()).map(|line| (format.clone(), line.to_owned())));
    }
    samples
}

#[test]
fn every_line_that_its_own_format_reads_is_of_that_format() {
    let formats = Formats::built_in();
    let mut wrong = Vec::new();
    let samples = samples();
    assert!(samples.len() > 30, "there are {} samples", samples.len());
    for (format, line) in &samples {
        let mut own = Trying::new(format, formats.named(format).expect("a format").open("test", &context()));
        let (own, of_many) = (own.line(line), tried(&formats, line));
        // What a product says beside its events need not tell that it is the product's.
        let is_told = own.outcome != Outcome::Refused && !(own.outcome == Outcome::LeftOut && of_many.outcome == Outcome::Refused);
        if is_told && of_many.format.as_deref() != Some(format) {
            wrong.push(format!("{format}: {}\n  {line}", of_many.why));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), samples.len(), wrong.join("\n"));
}

#[test]
fn what_nobody_claims_is_kept_aside_with_who_might_have() {
    let formats = Formats::built_in();
    let why = |line: &str| {
        let tried = tried(&formats, line);
        assert_eq!((tried.outcome, tried.format), (Outcome::Refused, None), "{line}");
        tried.why
    };
    insta::assert_snapshot!(why("CEF:0|Acme|Vault|1|7|Login|3|suser=ana"), @"no format: the CEF event 7 of Acme Vault has the marks of none of segura, cyberark, delinea, beyondtrust, safeguard");
    insta::assert_snapshot!(why(r#"{"who":"ana"}"#), @"no format: the JSON object with the fields who has the marks of none of openbao, vigia, cyberark, delinea, teleport, bitwarden, beyondtrust, jumpserver, infisical, passbolt, safeguard, warpgate");
    insta::assert_snapshot!(why("Nov 22 14:03:27 host sshd: Accepted password"), @"no format: the line has no shape that a format reads");
}

#[test]
fn what_two_claim_is_of_neither() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.toml");
    let mapping = r#"
        name = "acme"
        reads = "Acme, in the name of Segura."
        envelope = "cef"
        belongs = { "cef.vendor" = "Segura" }
        time = ["{rt}"]
        [[event]]
        name = "login"
        report = "audit-tracking"
    "#;
    std::fs::write(&file, mapping).expect("is written");
    let formats = Formats::with(&[file]).expect("sound");
    let line = "CEF:0|Segura|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana duser=root dhost=db-1";
    let tried = tried(&formats, line);
    assert_eq!((tried.outcome, tried.format), (Outcome::Refused, None));
    assert_eq!(tried.why, "several formats: the line has the marks of acme, segura; read it by the one it is of");
}

#[test]
fn both_halves_of_an_exchange_find_one_another_among_other_lines() {
    let mut format = Formats::built_in().named(AUTO).expect("a format").open("test", &context());
    let half = |side: &str| {
        format!(
            r#"{{"time":"2026-11-22T14:00:00Z","type":"{side}","auth":{{"display_name":"ana"}},"request":{{"id":"r1","operation":"read","path":"secret/data/web/root","mount_type":"kv","mount_point":"secret/"}}{}}}"#,
            if side == "response" { r#","response":{"data":{"data":{"x":"hmac-sha256:aa"}}}"# } else { "" }
        )
    };
    let mut events = Vec::new();
    assert!(format.half(&half("request")).is_some());
    format.line(1, &half("request"), &mut events).expect("a half");
    format.line(2, r#"{"report":"audit-tracking","source_id":"1","time":1795356207}"#, &mut events).expect("an event");
    assert_eq!(events.len(), 1);
    format.line(3, &half("response"), &mut events).expect("a half");
    assert_eq!(events.iter().map(|event| event.report.key).collect::<Vec<_>>(), ["audit-tracking", "password-view"]);
}

#[test]
fn a_piece_of_an_audit_log_is_kept_without_its_values() {
    let format = Formats::built_in().named(AUTO).expect("a format").open("test", &context());
    let masked = format.masked(r#"{"type":"request","request":{"data":{"colour":"the value of a secret"}"#);
    assert!(!masked.contains("the value"), "{masked}");
}

#[test]
fn a_try_says_which_rule_decided_and_shows_no_secret() {
    let formats = Formats::built_in();
    let by = |format: &str, line: &str| Trying::new(format, formats.named(format).expect("a format").open("test", &context())).line(line);
    let view = by(
        "segura",
        "CEF:0|Segura|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana duser=root dhost=db-1 msg=password\\=hunter2x",
    );
    assert_eq!((view.outcome, view.format.as_deref(), view.events.len()), (Outcome::Event, Some("segura"), 1), "{view:?}");
    assert!(view.why.starts_with("event \""), "{}", view.why);
    assert_eq!(view.events[0].get("username").plain(), "root");
    assert!(!format!("{view:?}").contains("hunter2x"), "{view:?}");
    let ignored = by("jumpserver", r#"command_log - {"input":"ls","datetime":"2026/11/22 15:03:27 +0100"}"#);
    assert_eq!((ignored.outcome, ignored.why.as_str()), (Outcome::LeftOut, "left out: It holds what was typed."));
    let broken = by("segura", "hello");
    assert_eq!((broken.outcome, broken.why.as_str()), (Outcome::Refused, "not understood: it is not a CEF event"));
}
