//! What is read, and what a sender is told of what cannot be.

use super::*;
use std::path::Path;

fn read(line: &str) -> Result<Event, String> {
    read::event(line, &"hr".into(), &Context::system(chrono_tz::Tz::UTC))
}

#[track_caller]
fn refused(line: &str) -> String {
    let mut events = Vec::new();
    match Own::new("hr", &Context::system(chrono_tz::Tz::UTC)).line(1, line, &mut events) {
        Err(Skip::Broken { reason: "not an event of Vigia", detail }) => detail,
        other => panic!("{line} is read: {other:?}"),
    }
}

#[test]
fn an_operation_comes_in_with_its_attempts_and_everything_else_it_says() {
    let event = read(
        r#"{"report":"password-operation","source_id":"op-1","time":"2026-11-22T15:03:27.120+01:00","status":"error","origin_ip":"fe80::7%2",
            "operation":"Rotate everything","execution_date":1795356300000,"reconciliation":true,"username":null,"shift":7,"tags":"",
            "attempts":[{"start":1795356200000,"result":"Error","message":"no route"},{"number":4,"start":1795356300000,"result":"error"}],
            "extra":{"ticket":"C-1","hosts":["a","b"]}}"#,
    )
    .expect("an event");
    assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.120Z");
    let cells = ["status", "origin_ip", "operation", "execution_date", "reconciliation", "attempts", "username", "tags"];
    assert_eq!(
        cells.map(|key| event.get(key).plain()),
        ["Error", "fe80::7", "Rotate everything", "2026-11-22T14:05:00.000Z", "Yes", "4", "", ""]
    );
    let extra: Vec<_> = event.extra.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(extra, ["shift=7", "ticket=C-1", r#"hosts=["a","b"]"#]);
    assert_eq!(event.attempts.iter().map(|attempt| (attempt.number, &*attempt.result)).collect::<Vec<_>>(), [(1, "Error"), (4, "Error")]);
}

#[test]
fn the_time_may_be_called_as_the_column_is() {
    let event = read(r#"{"report":"performed-backups","source_id":"b1","start":1795356207,"size":7,"source":"HR"}"#).expect("an event");
    assert_eq!((event.time.millis(), event.get("size").plain()), (1_795_356_207_000, "7".to_owned()));
    assert_eq!((&*event.source, &*event.extra), ("hr", &[][..]), "whom it is sent for may be said again");
}

#[test]
fn texts_too_long_for_their_column_are_cut() {
    let long = "x".repeat(Event::MAX_TEXT);
    let line = format!(r#"{{"report":"password-view","source_id":"v1","time":1795356207000,"user":"{long}","justification":"{long}"}}"#);
    let event = read(&line).expect("an event");
    assert_eq!((event.get("user").plain().len(), event.get("justification").plain().len()), (Event::MAX_NAME, Event::MAX_TEXT));
}

#[test]
fn every_refusal_names_the_member_and_what_would_be_right() {
    let with = |member: &str| refused(&format!(r#"{{"report":"password-operation","source_id":"1","time":1795356207000,{member}}}"#));
    let reports = vigia_app::reports::ALL.map(|report| report.key).join(", ");
    insta::assert_snapshot!(refused("[1]"), @"it is a list; write a JSON object");
    insta::assert_snapshot!(refused(r#"{"report":"password-view""#), @"the JSON ends unfinished after 25 bytes");
    insta::assert_snapshot!(refused("{}").replace(&reports, "[reports]"), @"report: it is missing; write one of [reports]");
    insta::assert_snapshot!(refused(r#"{"report":"views"}"#).replace(&reports, "[reports]"), @"report: there is no such report; write one of [reports]");
    insta::assert_snapshot!(refused(r#"{"report":"password-view","source_id":7}"#), @"source_id: it is a number; write a text that no other event of this source has, of 1 to 512 bytes");
    insta::assert_snapshot!(refused(r#"{"report":"password-view","source_id":"7"}"#), @r#"time: it is missing; write RFC 3339 as in "2026-11-22T14:03:27.120Z", or a number of seconds, milliseconds, microseconds or nanoseconds since 1970, of 9 or 10, 12 or 13, 15 or 16, 18 or 19 digits; from 1970 to 2248"#);
    insta::assert_snapshot!(with(r#""schedule_date":1795356207000"#), @"schedule_date: it says the same as time; leave one of them out");
    insta::assert_snapshot!(with(r#""status":"Done""#), @"status: it is none of its words; write one of Awaiting approval, Scheduled, Running, Success, Error, Expired, Canceled");
    insta::assert_snapshot!(with(r#""device":7"#), @"device: it is a number; write a text");
    insta::assert_snapshot!(with(r#""reconciliation":"yes""#), @"reconciliation: it is a text; write true or false");
    insta::assert_snapshot!(with(r#""origin_ip":"localhost""#), @"origin_ip: it is not an IP address; write one as in 192.0.2.7 or 2001:db8::7");
    insta::assert_snapshot!(with(r#""attempts":-1"#), @"attempts: it is not a whole number of 0 or more; write one without quotation marks");
    insta::assert_snapshot!(with(r#""attempts":[{"start":1795356207000}]"#), @"attempts[0].result: it is missing or none of its words; write one of Success, Error, Running, Unknown");
    insta::assert_snapshot!(with(r#""attempts":[{"start":1795356207000,"result":"Error","x":1}]"#), @r#"attempts[0]: an attempt has no "x"; it has number, start, end, executor, result, error_class, message"#);
    insta::assert_snapshot!(with(r#""attempts":[{"start":1795356207000,"result":"Error","number":2},{"start":1795356207000,"result":"Error"}]"#), @"attempts: number 2 appears twice; give each attempt its own");
    insta::assert_snapshot!(with(r#""operation":"x","operation":"y""#), @"operation: it is there twice; give each member once");
    insta::assert_snapshot!(with(r#""attempts":[{"start":1795356207000,"start":1795356208000,"result":"Error"}]"#), @"start: it is there twice; give each member once");
    insta::assert_snapshot!(with(r#""source_id":"another""#), @"source_id: it is there twice; give each member once");
    insta::assert_snapshot!(with(r#""source":"other""#), @r#"source: it is "other", and the event is sent for "hr": write that, or leave it out"#);
    insta::assert_snapshot!(with(r#""source":"vigia""#), @r#"source: "vigia" cannot be: this name is for Vigia's own events; use another; the event is sent for "hr": write that, or leave it out"#);
    insta::assert_snapshot!(with(r#""source":"V1GIA""#), @r#"source: "V1GIA" cannot be: it is easily mistaken for vigia, the name of Vigia's own events; use another; the event is sent for "hr": write that, or leave it out"#);
    insta::assert_snapshot!(with(r#""source":7"#), @"source: it is a number; leave it out");
    insta::assert_snapshot!(with(r#""extra":[]"#), @"extra: it is a list; write an object of names and texts");
}

/// Set `VIGIA_WRITE_DOCS` to write the file anew.
#[test]
fn the_documented_schema_is_the_one_of_the_reports() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrations/vigia-event.schema.json");
    let mut schema = schema::schema();
    // The document is of the reports that are shipped.
    schema["oneOf"].as_array_mut().expect("a list").retain(|one| !one.to_string().contains("account-discovery"));
    let fifth = schema["$defs"].as_object_mut().expect("members").remove("account-discovery");
    assert_eq!(fifth.is_some(), cfg!(feature = "fifth-report"));
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).expect("text"));
    if std::env::var_os("VIGIA_WRITE_DOCS").is_some() {
        std::fs::write(&file, &schema).expect("written");
    }
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), schema, "write it anew with VIGIA_WRITE_DOCS=1");
}

#[test]
fn numbers_are_told_by_their_size() {
    let time = |number: &str| {
        let line = format!(r#"{{"report":"audit-tracking","source_id":"1","time":{number}}}"#);
        read(&line).map(|event| event.time.rfc3339())
    };
    for number in ["1795356207.12", "1795356207120", "1795356207120000", "1795356207120000000", r#""2026-11-22T14:03:27,120Z""#] {
        assert_eq!(time(number).as_deref(), Ok("2026-11-22T14:03:27.120Z"), "{number}");
    }
    assert_eq!(time("1795356207").as_deref(), Ok("2026-11-22T14:03:27.000Z"));
    for number in ["0", "1", "17953562071", "-1795356207", "1e300", "true", r#""2026-11-22T14:03:27""#, r#""Nov 22 14:03:27 UTC""#] {
        assert_eq!(time(number), Err(format!("time: it is not a time; {}", read::TIME)), "{number}");
    }
}

#[test]
fn an_event_without_a_time_has_that_of_its_arrival_where_that_is_asked_for() {
    let line = r#"{"report":"audit-tracking","source_id":"1","user":"ana"}"#;
    let now = Timestamp::saturating(1_795_356_207_000);
    let asked = Context { arrival: true, ..Context::new(Arc::new(move || now), chrono_tz::Tz::UTC) };
    let mut own = Own::new("hr", &asked);
    let mut events = Vec::new();
    own.line(1, line, &mut events).expect("an event");
    own.written(Some(Timestamp::saturating(1_700_000_000_000)));
    own.line(2, line, &mut events).expect("an event");
    let said: Vec<_> = events.iter().map(|event| (event.time.millis(), event.extra.clone())).collect();
    let mark = |how: &str| vec![("vigia.time".to_owned(), how.to_owned())];
    assert_eq!(said, [(1_795_356_207_000, mark("arrival")), (1_700_000_000_000, mark("date of the file"))]);
    assert!(refused(line).starts_with("time: it is missing"));
}
