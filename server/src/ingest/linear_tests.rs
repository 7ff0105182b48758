//! Whatever a line says, it is masked and read in time that grows as its length does.
//!
//! What a text costs is the time of the processor of this thread, so that other work on the machine does not count; where twice the text seems to
//! cost more than it may, the least of some more tries decides.

use super::syslog::Framing;
use super::{Context, Formats};
use crate::mask;
use chrono_tz::Tz;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use vigia_app::model::Timestamp;

/// Text of this length, and of twice as much, in bytes.
const LENGTH: usize = 24 << 10;
/// Twice the text may cost so much.
const MOST: f64 = 2.5;
/// What a text costs beside its length.
const SLACK: Duration = Duration::from_millis(2);
/// Work that is not linear fails however often it is tried; on a busy machine, work that is may need some.
const TRIES: usize = 40;

static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::built_in);

/// Time of the processor that this thread has had.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn cost(work: impl FnOnce()) -> Duration {
    let start = spent();
    work();
    spent() - start
}

#[track_caller]
fn is_linear(what: &str, make: &dyn Fn(usize) -> String, work: &dyn Fn(&str)) {
    let (short, long) = (make(LENGTH), make(2 * LENGTH));
    let (mut once, mut twice) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        once = once.min(cost(|| work(&short)));
        twice = twice.min(cost(|| work(&long)));
        if twice <= once.mul_f64(MOST) + SLACK {
            return;
        }
    }
    let head = &short[..short.floor_char_boundary(120)];
    panic!("{what}: {LENGTH} bytes cost {once:?}, twice as many {twice:?}: {head:?}");
}

/// What a hostile line is made of: beginnings, and what is repeated after them.
const BEGINNINGS: [&str; 15] = [
    "",
    "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 ",
    "CEF:0|",
    "LEEF:2.0|BeyondTrust|BI|1|7|^|",
    "<13>1 2026-11-22T14:03:27Z h a - - [x ",
    "Nov 22 14:03:27 h WAB: [wabaudit] ",
    "{\"report\":\"password-view\",\"",
    "{\"a\":\"",
    "{\"syslog\":{\"audit_record\":{\"x\":[",
    "password='x' ",
    "LEEF:1.0|Cyber-Ark|Vault|14|295|usrName=ana\tReason=(Action: Show Password)",
    "{\"auditCode\":\"PAM00295\",\"timestamp\":1795356207120,\"message\":\"(Action: Connect)",
    "{\"agentid\":\"PBPS\",\"eventdate\":\"Nov 22 2026 14:03:27\",\"nvps\":{\"operation\":\"Retrieve\",\"objecttype\":\"Password\",\"target\":\"Asset:",
    "{\"eventDateTime\":\"2026-11-22T14:03:27Z\",\"eventType\":{\"name\":\"Delinea.Vault.Secret.Viewed\"},\"displayMessage\":\" from secret ",
    "CEF:0|Delinea|Secret Server|11|1|SECRET - VIEW|2|msg=[[SecretServer]] Event: [Secret] Action: [View] By User: ana ",
];
const PIECES: [&str; 63] = [
    "Label=",
    "cs1Label=Password ",
    "cs1=",
    " a=",
    "password=",
    "password='x' ",
    "password=\"",
    "\"password\":",
    "\"password\",",
    "password: ",
    "--password ",
    "<password>",
    "<password a",
    "password(",
    "token=\"x\\\" ",
    "\\\"",
    "\\",
    "\"",
    "'",
    "{",
    "[",
    "}",
    "]",
    ",",
    ":",
    "=",
    " ",
    "\t",
    "|",
    "^",
    "&",
    "%22",
    "&quot;",
    "\\u0022",
    "\\\\u0022",
    "s.",
    ".AKIA",
    ".sk-",
    "eyJ",
    "hvs.",
    "://",
    "://a:b@",
    "@",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY",
    "bearer ",
    "$6$",
    "curl -u ",
    "mysql -p",
    "chpasswd ",
    "identified by ",
    "hooks.slack.com/services/",
    "x",
    "7",
    "é",
    "null,",
    " MAccount:",
    "(Connection ",
    ";SrcHost=",
    " suser=eve",
    " as root to ",
    "Item Name: ",
    ") ",
];

fn line(beginning: &str, pieces: &[&str], length: usize) -> String {
    let mut line = beginning.to_owned();
    while line.len() < length {
        pieces.iter().for_each(|piece| line.push_str(piece));
    }
    line
}

fn mask_all(text: &str) {
    black_box((mask::line(text), mask::secrets(text), mask::is_secret_key(text)));
}

#[track_caller]
fn reads_linearly(beginning: &str, pieces: &[&str]) {
    let make = |length| line(beginning, pieces, length);
    is_linear("masks", &make, &mask_all);
    let context = Context::new(Arc::new(|| Timestamp::saturating(1_795_359_600_000)), Tz::UTC);
    for known in FORMATS.iter() {
        is_linear(&known.name, &make, &|text| {
            let (mut events, mut skipped) = (Vec::new(), Vec::new());
            let mut reader = known.open("test", &context);
            let read = (reader.half(text), reader.line(1, text, &mut events), reader.masked(text));
            reader.finish(&mut events, &mut skipped);
            let _ = black_box((read, events, skipped));
        });
    }
}

#[test]
fn every_piece_repeated_costs_what_it_is_long() {
    for piece in PIECES {
        for beginning in ["", "CEF:0|V|P|1|2|n|3|"] {
            is_linear("masks", &|length| line(beginning, &[piece], length), &mask_all);
        }
    }
}

#[test]
fn an_unfinished_message_is_searched_once_however_it_arrives() {
    is_linear("framing", &|length| "x".repeat(8 * length), &|text| {
        let mut framing = Framing::default();
        text.as_bytes().chunks(16).for_each(|bytes| framing.push(bytes, &mut |item| assert!(black_box(item).is_ok())));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn any_line_costs_what_it_is_long(
        beginning in prop::sample::select(&BEGINNINGS[..]), pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4)
    ) {
        reads_linearly(beginning, &pieces);
    }
}
