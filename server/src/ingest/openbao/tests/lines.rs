//! What may go wrong with the lines.

use super::asked::asked;
use super::*;
use crate::ingest::ImportError;
use proptest::prelude::*;

fn read() -> Asked {
    asked("read", "secret/", "kv", "data/web/root").denied()
}

#[test]
fn a_response_before_its_request_is_joined() {
    let (later, _) = events(&(read().answering() + &read().asking()));
    let (sooner, _) = events(&read().log());
    assert_eq!(later, sooner);
}

#[test]
fn a_response_alone_is_a_whole_event_at_its_own_time() {
    let (events, _) = events(&read().answering());
    says(&events[0], "password-view", &[("user", "ines"), ("message", "permission denied")]);
    assert_eq!(events[0].time.rfc3339(), "2026-11-20T10:00:00.225Z");
    assert_eq!(events[0].source_id, "6f9f6a0e-0000-4000-8000-000000000001");
}

/// As Vault writes it: with accessors, classes and versions of mounts, and what its policies granted.
#[test]
fn lines_of_hashicorp_vault_are_read_beside_those_of_openbao() {
    let auth = r#""auth":{"accessor":"hmac-sha256:aa","client_token":"hmac-sha256:bb","display_name":"oidc-ana","entity_id":"e1","external_namespace_policies":{},"metadata":{"role":"dba"},"policies":["default","db"],"policy_results":{"allowed":true,"granting_policies":[{"type":""},{"name":"db","namespace_id":"root","type":"acl"}]},"token_issue_time":"2026-11-20T09:00:00Z","token_ttl":2764800,"token_type":"service"}"#;
    let request = r#""request":{"client_id":"e1","client_token":"hmac-sha256:bb","client_token_accessor":"hmac-sha256:aa","id":"v-1","mount_accessor":"kv_1","mount_class":"secret","mount_point":"secret/","mount_running_version":"v0.20.0+builtin","mount_type":"kv","namespace":{"id":"root"},"operation":"read","path":"secret/data/web/root","remote_address":"10.0.0.9","remote_port":51022,"request_uri":"/v1/secret/data/web/root"}"#;
    let response = r#""response":{"data":{"data":{"k":"hmac-sha256:cc"},"metadata":{"version":1}},"mount_accessor":"kv_1","mount_class":"secret","mount_point":"secret/","mount_running_plugin_version":"v0.20.0+builtin","mount_type":"kv"}"#;
    let log = format!(
        "{{{auth},{request},\"time\":\"2026-11-20T10:00:00.000000001Z\",\"type\":\"request\"}}\n{{{auth},{request},{response},\"time\":\"2026-11-20T10:00:00.1Z\",\"type\":\"response\"}}\n"
    );
    let (events, summary) = events(&log);
    assert_eq!((events.len(), summary.broken_lines), (1, 0));
    says(&events[0], "password-view", &[("operation", "View password"), ("ip", "10.0.0.9")]);
    assert_eq!(events[0].source_id, "v-1");
}

#[test]
fn whoever_it_was_is_not_said_twice() {
    let line = read().answering().replacen("\"display_name\":", "\"display_name\":\"userpass-director\",\"display_name\":", 1);
    assert!(line.contains("director"));
    let broken = OpenBao::new("vault-1").line(1, line.trim(), &mut Vec::new());
    assert!(matches!(broken, Err(Skip::Broken { .. })), "{broken:?}");
}

#[test]
fn a_request_the_log_never_answers_says_that_there_was_no_response() {
    let (events, _) = events(&read().unanswered());
    says(&events[0], "password-view", &[("user", "ines"), ("message", exchange_end::NO_RESPONSE)]);
    assert_eq!(events[0].source_id, "6f9f6a0e-0000-4000-8000-000000000001/unanswered");
}

#[test]
fn a_request_at_the_end_of_a_log_waits_for_the_file_that_goes_on() {
    let mut format = OpenBao::new("vault-1");
    let mut all = Vec::new();
    let mut next = |log: &str| {
        let summary = import(log.as_bytes(), &mut format, &mut |batch: Vec<Event>| {
            all.extend(batch);
            Ok(Appended::default())
        });
        summary.expect("imports").skipped
    };
    assert_eq!(next(&read().asking()).get("its response is not in the log yet"), Some(&1));
    assert!(next(&read().answering()).is_empty());
    assert_eq!(all, events(&read().log()).0);
}

#[test]
fn exchanges_that_overlap_are_told_apart() {
    let one = read().id("one");
    let two = read().id("two");
    let (events, _) = events(&(one.asking() + &two.asking() + &two.answering() + &one.answering()));
    assert_eq!(events.iter().map(|event| event.source_id.as_str()).collect::<Vec<_>>(), ["two", "one"]);
}

#[test]
fn lines_of_two_devices_in_one_file_are_counted_once() {
    let (events, summary) = events(&(read().asking().repeat(2) + &read().answering().repeat(2)));
    assert_eq!(events.len(), 1);
    assert_eq!(summary.skipped.get("logged twice"), Some(&2));
}

#[test]
fn the_same_log_twice_gives_equal_events() {
    let log = read().id("a").log() + &read().id("b").unanswered() + &read().id("c").answering();
    assert_eq!(events(&log).0.len(), 3);
    assert_eq!(events(&log).0, events(&log).0);
}

#[test]
fn the_test_of_an_audit_device_is_skipped() {
    let mut test = asked("update", "sys/", "system", "audit/test").by_nobody();
    test.request.as_object_mut().unwrap().remove("mount_point");
    let (events, summary) = events(&test.asking());
    assert!(events.is_empty(), "{events:?}");
    assert_eq!(summary.to_string(), "1 line read.\nNo row was stored.\nSkipped 1 line: test of an audit device (sys/audit/test)\n");
}

#[test]
fn requests_of_the_server_itself_are_rows_of_their_responses() {
    let own = asked("update", "sys/", "system", "mounts/secret").id("");
    let (events, summary) = events(&own.log());
    assert_eq!(events.len(), 1);
    says(&events[0], "audit-tracking", &[("operation", "Creation"), ("entity", "Mount"), ("entity_name", "secret")]);
    assert_eq!(events[0].source_id, "2026-11-20T10:00:00.225Z update sys/mounts/secret");
    assert_eq!(summary.broken_lines, 0, "{summary}");
}

#[test]
fn a_prefix_before_the_json_is_skipped() {
    let log: String = read().log().lines().map(|line| format!("<134>Nov 20 10:00:00 bao openbao[71]: {line}\r\n")).collect();
    assert_eq!(events(&log).0, events(&read().log()).0);
}

#[test]
fn a_broken_line_is_named_and_the_others_are_read() {
    let cut_off = read().asking();
    let cut_off = &cut_off[..40];
    let log = format!(
        "{}\n{cut_off}\n\nno json\n{{\"a\": tru}}\n{{\"type\":\"request\"}}\n{{\"type\":\"request\",\"time\":\"now\"}}\n{{\"type\":\"event\"}}\n\
         {{\"time\":\"2026-11-20T10:00:00Z\",\"type\":\"request\",\"request\":{{}}}}\n{{\"time\":\"1800-11-20T10:00:00Z\",\"type\":\"request\"}}\n\
         {{\"auth\":\"a secret\"}}\n",
        read().log().trim_end()
    );
    let (events, summary) = events(&log);
    assert_eq!(events.len(), 1);
    assert_eq!(
        summary.to_string(),
        "12 lines read.\n\
         Password view: 1 row stored\n\
         Skipped 1 line: cut off\n\
         Skipped 1 line: empty line\n\
         Skipped 2 lines: not JSON\n\
         Skipped 6 lines: not an audit record\n\
         Broken lines:\n\
         \x20 line 3: cut off: the JSON ends unfinished after 40 bytes\n\
         \x20 line 5: not JSON\n\
         \x20 line 6: not JSON: at byte 10\n\
         \x20 line 7: not an audit record: it has no time\n\
         \x20 line 8: not an audit record: its time is not as in 2026-11-22T14:03:27.120Z\n\
         \x20 line 9: not an audit record: its type is neither request nor response\n\
         \x20 line 10: not an audit record: its request has no id\n\
         \x20 line 11: not an audit record: its time is before 1970 or after 2248\n\
         \x20 line 12: not an audit record: the field before byte 18 has an unexpected type, or appears twice\n"
    );
}

#[test]
fn a_file_that_is_no_log_is_refused_in_a_sentence() {
    let sentence = |bytes: &[u8]| match import(bytes, &mut OpenBao::new("x"), &mut |_: Vec<Event>| panic!("nothing is stored")) {
        Err(error @ ImportError::NotThisFormat { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    for (bytes, words) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "The file is binary."),
        (b"\x7fELF\x02\x01", "The file is binary."),
        (b"PK\x03\x04\x14", "unpack it, or use gzip"),
        (b"\xff\xfe[\0", "JSON array"),
        (b"\n [{\"time\": 1}]", "JSON array"),
        (b"<?xml version='1.0'?>", "format=json"),
        (b"Dear Sir,\n", "None of its 1 lines could be read; line 1: not JSON."),
        (b"{\"a\":1}\n", "line 1: not an audit record: it has no type."),
    ] {
        let sentence = sentence(bytes);
        assert!(
            sentence.starts_with("This is not in the format \"OpenBao or Vault audit log\". ") && sentence.contains(words),
            "{sentence}"
        );
    }
}

#[test]
fn fields_of_an_unexpected_type_are_missing_rather_than_fatal() {
    let mut odd = read();
    odd.request["operation"] = serde_json::json!(["read"]);
    odd.request["remote_address"] = serde_json::json!(7);
    odd.request["data"] = serde_json::json!([1, {"a": null}]);
    odd.auth["display_name"] = serde_json::json!({"deep": [[[]]]});
    says(&event(odd), "audit-tracking", &[("ip", ""), ("user", "unknown")]);
}

#[test]
fn long_names_are_cut() {
    let event = event(asked("read", "secret/", "kv", &format!("data/{}/root", "é".repeat(400))));
    let device = event.get("device").plain();
    assert!(device.len() <= Event::MAX_NAME && device.ends_with("é…"), "{device}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_reported(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = import(&bytes[..], &mut OpenBao::new("x"), &mut |_: Vec<Event>| Ok(Appended::default()));
    }

    #[test]
    fn a_line_with_a_flipped_byte_is_read_or_reported(at in 0usize..2_000, byte in any::<u8>(), cut in 0usize..2_000) {
        let mut log = read().log().into_bytes();
        let at = at % log.len();
        log[at] = byte;
        log.truncate(log.len() - cut % log.len());
        let _ = import(&log[..], &mut OpenBao::new("x"), &mut |_: Vec<Event>| Ok(Appended::default()));
    }

    #[test]
    fn any_path_of_any_engine_makes_an_event(
        operation in "(read|list|create|update|delete|patch|[a-z]{0,5})",
        kind in "(kv|database|system|token|userpass|ssh|pki|ldap|gcp|transit|identity|cubbyhole|totp|[a-zé]{0,4})",
        mount in "(auth/)?[a-zé]{0,4}/?",
        rest in "((data|metadata|creds|login|users|role|library|policies|leases|revoke|secret-id|config|é|hvs\\.aaaaaaaaaa|check-out|key)/?){0,4}",
    ) {
        let (events, _) = events(&asked(&operation, &mount, &kind, &rest).log());
        prop_assert!(!events.is_empty() || rest.contains("audit/test"));
        for event in events {
            prop_assert!(!event.source_id.is_empty());
            prop_assert!(event.report.key != "password-view" || !event.get("user").is_empty());
        }
    }
}
