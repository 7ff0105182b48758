//! What becomes a password view.

use super::asked::{HASH, asked};
use super::*;
use serde_json::json;

const HASHED: &str = "hashed (hmac-sha256:00aa11bb…)";

#[test]
fn reading_a_secret_is_a_view_of_it() {
    let event = event(asked("read", "secret/", "kv", "data/linux/web-07/root").answer(json!({"data": {"password": HASH}, "metadata": {}})));
    says(
        &event,
        "password-view",
        &[
            ("operation", "View password"),
            ("user", "ines"),
            ("login", "userpass-ines"),
            ("ip", "192.0.2.44"),
            ("credential_type", "Application"),
            ("device", "linux/web-07"),
            ("username", "root"),
            ("reason", ""),
            ("governance_id", ""),
            ("message", "Granted."),
            ("origin", "API (A2A)"),
        ],
    );
    assert_eq!(event.time.rfc3339(), "2026-11-20T10:00:00.123Z");
    assert_eq!((&*event.source, event.source_id.as_str()), ("vault-1", "6f9f6a0e-0000-4000-8000-000000000001"));
    assert_eq!(extra(&event, "path"), "secret/data/linux/web-07/root");
    assert_eq!(extra(&event, "mount"), "secret");
    assert_eq!(extra(&event, "namespace"), "root");
    assert_eq!(extra(&event, "request id"), event.source_id);
    assert_eq!(extra(&event, "token accessor"), HASHED);
}

#[test]
fn tokens_of_programs_are_told_by_what_their_auth_method_notes() {
    for (metadata, kind) in [
        (json!({"role_name": "ci"}), "Service"),
        (json!({"role": "web", "service_account_name": "web", "service_account_namespace": "shop"}), "Service"),
        (json!({"username": "ines"}), ""),
        (json!({"role": "oidc-users"}), ""),
    ] {
        let mut asked = asked("read", "secret/", "kv", "data/web/root").answer(json!({"data": {"password": HASH}}));
        asked.auth["metadata"] = metadata;
        says(&event(asked), "password-view", &[("actor_kind", kind)]);
    }
}

#[test]
fn a_view_that_was_refused_says_so() {
    let event = event(asked("read", "secret/", "kv", "data/linux/web-07/root").denied());
    says(&event, "password-view", &[("user", "ines"), ("message", "permission denied")]);
}

#[test]
fn who_came_without_a_valid_token_is_unknown() {
    let event = event(asked("read", "secret/", "kv", "data/web/root").denied().by_nobody());
    says(&event, "password-view", &[("user", "unknown"), ("login", ""), ("ip", "192.0.2.44"), ("message", "permission denied")]);
    assert_eq!(extra(&event, "client token"), HASHED);
}

#[test]
fn a_secret_of_version_1_is_a_view_wherever_it_lies() {
    says(
        &event(asked("read", "old/", "kv", "root").answer(json!({"password": HASH}))),
        "password-view",
        &[("device", "old"), ("username", "root")],
    );
    let hidden = asked("read", "old/", "kv", "metadata/root").answer(json!({"password": HASH}));
    says(&event(hidden), "password-view", &[("device", "metadata"), ("username", "root")]);
}

#[test]
fn the_bookkeeping_of_kv_is_no_view() {
    let metadata = asked("read", "secret/", "kv", "metadata/web/root").answer(json!({"versions": {}, "current_version": 1}));
    says(&event(metadata), "audit-tracking", &[("operation", "Read"), ("entity", "Secret"), ("entity_name", "web/root")]);
    let list = asked("list", "secret/", "kv", "metadata/web/").answer(json!({"keys": [HASH]}));
    says(&event(list), "audit-tracking", &[("operation", "Read"), ("entity", "Secret"), ("entity_name", "web"), ("change", "No")]);
}

#[test]
fn what_was_handed_out_is_said() {
    let nothing = asked("read", "secret/", "kv", "data/web/root");
    says(&event(nothing), "password-view", &[("message", "Nothing was handed out: there is nothing at this path.")]);
    let deleted = asked("read", "secret/", "kv", "data/web/root").answer(json!({"data": null, "metadata": {"version": 2}}));
    says(&event(deleted), "password-view", &[("message", "Nothing was handed out: this version is deleted or destroyed.")]);
    let deleted = asked("read", "secret/", "kv", "data/web/root").answer(json!({"http_raw_body": HASH, "http_status_code": 404}));
    says(&event(deleted), "password-view", &[("message", "Not found: not there, deleted or destroyed (HTTP status 404).")]);
    let mut wrapped = asked("read", "secret/", "kv", "data/web/root");
    wrapped.response["wrap_info"] = json!({"ttl": 60, "token": HASH});
    says(&event(wrapped), "password-view", &[("message", "Granted, wrapped: a token that hands it out once within 60 s.")]);
}

#[test]
fn unwrapping_is_a_view_of_something_the_log_does_not_name() {
    let unwrap = asked("update", "sys/", "system", "wrapping/unwrap").answer(json!({"data": {"password": HASH}}));
    says(&event(unwrap), "password-view", &[("user", "ines"), ("device", ""), ("username", ""), ("message", "Granted.")]);
}

#[test]
fn a_token_that_was_unwrapped_before_is_a_view_that_failed() {
    // OpenBao refuses it before it knows the mount, and writes no response.
    let mut unwrap = asked("update", "sys/", "system", "wrapping/unwrap").fails("wrapping token is not valid or does not exist");
    unwrap.request.as_object_mut().unwrap().remove("mount_type");
    let mut line: serde_json::Value = serde_json::from_str(&unwrap.answering()).unwrap();
    line["type"] = "request".into();
    line.as_object_mut().unwrap().remove("response");
    let (events, summary) = events(&format!("{line}\n"));
    says(&events[0], "password-view", &[("user", "ines"), ("message", "wrapping token is not valid or does not exist")]);
    assert!(summary.skipped.is_empty() && !events[0].source_id.contains('/'), "it is complete: {summary}");
}

#[test]
fn credentials_of_every_engine_are_views() {
    for (operation, kind, rest, credential_type, username) in [
        ("read", "database", "static-creds/erp-app", "Application", "erp-app"),
        ("read", "openldap", "static-cred/svc-print", "Domain User", "svc-print"),
        ("read", "ad", "creds/svc-print", "Domain User", "svc-print"),
        ("update", "ssh", "creds/otp", "SSH Key", "otp"),
        ("update", "ssh", "sign/admins", "SSH Key", "admins"),
        ("update", "pki", "issue/web", "Certificate", "web"),
        ("read", "totp", "code/vpn", "One-time code", "vpn"),
        ("read", "transit", "export/encryption-key/orders", "Encryption key", "encryption-key/orders"),
        ("read", "gcp", "roleset/ci/key", "Cloud", "ci"),
        ("read", "cubbyhole", "note", "Application", "note"),
        ("read", "vault-plugin-secrets-snowflake", "creds/loader", "Application", "loader"),
    ] {
        let event = event(asked(operation, "engine/", kind, rest).answer(json!({"password": HASH, "username": HASH})));
        says(&event, "password-view", &[("credential_type", credential_type), ("username", username)]);
    }
}

#[test]
fn an_account_the_log_has_in_the_clear_is_the_username() {
    let event = event(asked("read", "database/", "database", "static-creds/app").answer(json!({"username": "erp_rw", "password": HASH})));
    says(&event, "password-view", &[("device", "database"), ("username", "erp_rw")]);
}

#[test]
fn checking_an_account_out_of_a_library_is_a_checkout() {
    let event = event(asked("update", "ldap/", "ldap", "library/ops/check-out").answer(json!({"password": HASH})));
    says(&event, "password-view", &[("operation", "Checkout"), ("device", "ldap"), ("username", "ops")]);
}

#[test]
fn an_account_made_for_the_request_is_a_view_and_an_operation() {
    let mut made = asked("read", "database/", "database", "creds/report-ro").answer(json!({"username": HASH, "password": HASH}));
    made.response["secret"] = json!({"lease_id": "database/creds/report-ro/abc"});
    let (both, _) = events(&made.log());
    assert_eq!(both.len(), 2);
    let view = both.iter().find(|event| event.report.key == "password-view").expect("a view");
    says(view, "password-view", &[("device", "database"), ("username", "report-ro")]);
    assert_eq!(extra(view, "lease id"), "database/creds/report-ro/abc");
    let operation = both.iter().find(|event| event.report.key == "password-operation").expect("an operation");
    says(operation, "password-operation", &[("operation", "Ephemeral credential creation"), ("status", "Success")]);
    assert_eq!(operation.source_id, format!("{}/operation", view.source_id));
    // One that was denied made no account.
    says(&event(asked("read", "database/", "database", "creds/report-ro").denied()), "password-view", &[]);
}

#[test]
fn a_mount_in_a_namespace_is_told_from_its_path() {
    let mut far = asked("read", "kv-prod/", "kv", "data/web/root").answer(json!({"data": {}}));
    far.request["namespace"] = json!({"id": "x1", "path": "team-a/"});
    far.request["mount_point"] = "team-a/kv-prod/".into();
    let event = event(far);
    says(&event, "password-view", &[("device", "web"), ("username", "root")]);
    assert_eq!((extra(&event, "mount"), extra(&event, "namespace")), ("kv-prod", "team-a/"));
}

#[test]
fn a_server_that_does_not_log_mounts_is_understood_by_its_paths() {
    let mut old = asked("read", "secret/", "", "data/web/root").answer(json!({"data": {}}));
    old.request.as_object_mut().unwrap().remove("mount_point");
    old.request.as_object_mut().unwrap().remove("mount_type");
    says(&event(old), "password-view", &[("device", "web"), ("username", "root")]);
}
