//! What becomes an audit trail, or a backup.

use super::asked::{HASH, asked};
use super::*;
use serde_json::json;

#[test]
fn signing_in_is_a_login() {
    let mut login = asked("update", "auth/userpass/", "userpass", "login/ines").data(json!({"password": HASH}));
    login.response["auth"] = login.auth.clone();
    says(
        &event(login),
        "audit-tracking",
        &[
            ("operation", "Login"),
            ("entity", "Auth method"),
            ("entity_name", "userpass"),
            ("entity_id", "auth/userpass/login/ines"),
            ("origin", "userpass"),
            ("user", "ines"),
            ("username", "userpass-ines"),
            ("ip", "192.0.2.44"),
            ("change", "No"),
        ],
    );
}

#[test]
fn the_user_of_a_login_may_stand_in_the_answer_only() {
    let mut login = asked("update", "auth/approle/", "approle", "login").by_nobody();
    login.response["auth"] = json!({"display_name": "approle", "metadata": {"role_name": "ci"}});
    says(
        &event(login),
        "audit-tracking",
        &[("operation", "Login"), ("user", "approle"), ("actor_kind", "Service"), ("entity_name", "approle")],
    );
}

#[test]
fn a_refused_login_names_who_was_tried() {
    let event = event(asked("update", "auth/userpass/", "userpass", "login/ines").by_nobody().fails("invalid credentials"));
    says(&event, "audit-tracking", &[("operation", "Login failed"), ("user", "ines"), ("username", "ines"), ("change", "No")]);
    assert_eq!(extra(&event, "message"), "invalid credentials");
}

#[test]
fn a_login_without_an_answer_is_an_attempt() {
    let (events, _) = events(&asked("update", "auth/userpass/", "userpass", "login/ines").by_nobody().unanswered());
    says(&events[0], "audit-tracking", &[("operation", "Login attempt"), ("user", "ines")]);
}

#[test]
fn tokens_and_leases_are_revoked() {
    let own = asked("update", "auth/token/", "token", "revoke-self");
    says(&event(own), "audit-tracking", &[("operation", "Logout"), ("entity", "Token"), ("change", "No")]);
    let other = asked("update", "auth/token/", "token", "revoke-accessor");
    says(&event(other), "audit-tracking", &[("operation", "Revocation"), ("entity", "Token"), ("change", "Yes")]);
    let lease = asked("update", "sys/", "system", "leases/revoke").data(json!({"lease_id": HASH}));
    says(
        &event(lease),
        "audit-tracking",
        &[("operation", "Revocation"), ("entity", "Lease"), ("entity_name", "hashed (hmac-sha256:00aa11bb…)"), ("origin", "sys")],
    );
    let prefix = asked("update", "sys/", "system", "leases/revoke-prefix/database/creds");
    says(&event(prefix), "audit-tracking", &[("operation", "Revocation"), ("entity_name", "database/creds")]);
}

#[test]
fn the_things_of_the_system_have_names() {
    for (operation, rest, word, entity, name) in [
        ("update", "policies/acl/dba", "Update", "Policy", "dba"),
        ("delete", "policies/acl/dba", "Deletion", "Policy", "dba"),
        ("read", "policy", "Read", "Policy", ""),
        ("update", "mounts/database", "Creation", "Mount", "database"),
        ("update", "mounts/database/tune", "Update", "Mount", "database"),
        ("delete", "mounts/database", "Deletion", "Mount", "database"),
        ("update", "auth/corp/ldap", "Creation", "Auth method", "corp/ldap"),
        ("update", "audit/file", "Creation", "Audit device", "file"),
        ("delete", "audit/file", "Deletion", "Audit device", "file"),
        ("update", "namespaces/team-a", "Update", "Namespace", "team-a"),
        ("update", "seal", "Update", "System", "seal"),
        ("update", "capabilities-self", "Read", "System", "capabilities-self"),
    ] {
        let change = if word == "Read" { "No" } else { "Yes" };
        says(
            &event(asked(operation, "sys/", "system", rest)),
            "audit-tracking",
            &[("operation", word), ("entity", entity), ("entity_name", name), ("origin", "sys"), ("change", change)],
        );
    }
}

#[test]
fn the_things_of_the_engines_have_names() {
    for (operation, mount, kind, rest, word, entity, name) in [
        ("create", "auth/userpass/", "userpass", "users/ines", "Creation", "User", "ines"),
        ("update", "auth/userpass/", "userpass", "users/ines/password", "Update", "User", "ines"),
        ("update", "auth/approle/", "approle", "role/ci/secret-id", "Creation", "Secret ID", "ci"),
        ("update", "auth/token/", "token", "lookup-self", "Read", "Token", "userpass-ines"),
        ("create", "database/", "database", "config/erp", "Creation", "Database connection", "erp"),
        ("create", "database/", "database", "roles/report-ro", "Creation", "Role", "report-ro"),
        ("update", "secret/", "kv", "data/web/root", "Update", "Secret", "web/root"),
        ("update", "secret/", "kv", "destroy/web/root", "Deletion", "Secret", "web/root"),
        ("update", "transit/", "transit", "encrypt/orders", "Use", "Key", "orders"),
        ("update", "pki/", "pki", "sign/web", "Creation", "Certificate", "web"),
        ("delete", "identity/", "identity", "entity/id/e-7", "Deletion", "Identity", "e-7"),
    ] {
        says(
            &event(asked(operation, mount, kind, rest)),
            "audit-tracking",
            &[("operation", word), ("entity", entity), ("entity_name", name), ("origin", kind)],
        );
    }
}

#[test]
fn a_refused_write_changed_nothing() {
    let denied = event(asked("update", "secret/", "kv", "data/web/root").denied());
    says(&denied, "audit-tracking", &[("operation", "Access denied"), ("entity", "Secret"), ("change", "No")]);
    assert_eq!((extra(&denied, "attempted"), extra(&denied, "message")), ("Update", "permission denied"));
    let wrong = event(asked("update", "sys/", "system", "policies/acl/dba").fails("failed to parse policy"));
    says(&wrong, "audit-tracking", &[("operation", "Update"), ("change", "No")]);
    let (unknown, _) = events(&asked("update", "sys/", "system", "policies/acl/dba").unanswered());
    says(&unknown[0], "audit-tracking", &[("operation", "Update"), ("change", "")]);
}

#[test]
fn a_snapshot_is_a_backup() {
    let taken = event(asked("read", "sys/", "system", "storage/raft/snapshot"));
    says(
        &taken,
        "performed-backups",
        &[("type", "Full"), ("end", "2026-11-20T10:00:00.225Z"), ("requested_by", "ines"), ("status", "Success")],
    );
    let denied = event(asked("read", "sys/", "system", "storage/raft/snapshot").denied());
    says(&denied, "audit-tracking", &[("operation", "Access denied"), ("entity", "System")]);
}

#[test]
fn no_secret_reaches_an_event_even_from_a_raw_log() {
    let secret = "Tr0ub4dor&3";
    let mut raw = asked("create", "database/", "database", "static-roles/erp")
        .data(json!({"password": secret, "private_key": secret, "data": {"password": secret}, "credential_config": {"token": secret}}))
        .answer(json!({"password": secret, "secret_id": secret, "username": "erp_rw"}));
    raw.auth["client_token"] = "hvs.CAESIH0rawtoken0rawtoken".into();
    raw.auth["accessor"] = secret.into();
    raw.request["client_token"] = "hvs.CAESIH0rawtoken0rawtoken".into();
    raw.response["auth"] = json!({"client_token": secret});
    let mut all = events(&raw.log()).0;
    let failing = "could not connect to postgres://root:Tr0ub4dor&3@db:5432/erp with token hvs.CAESIH0rawtoken0rawtoken";
    all.extend(events(&asked("update", "database/", "database", "rotate-root/erp").fails(failing).log()).0);
    all.extend(events(&asked("update", "auth/token/", "token", "revoke/Tr0ub4dor&3").log()).0);
    all.extend(events(&asked("update", "auth/token/", "token", "lookup/hvs.CAESIH0rawtoken0rawtoken").log()).0);
    assert_eq!(all.len(), 4);
    for event in all {
        let shown = format!("{event:?}");
        assert!(!shown.contains(secret) && !shown.contains("rawtoken"), "{shown}");
    }
}
