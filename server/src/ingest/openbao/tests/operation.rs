//! What becomes a password operation.

use super::asked::{HASH, asked};
use super::*;
use serde_json::json;

#[test]
fn rotating_a_role_changes_a_password() {
    let event = event(asked("update", "database/", "database", "rotate-role/erp-app"));
    says(
        &event,
        "password-operation",
        &[
            ("origin_ip", "192.0.2.44"),
            ("device", "database"),
            ("credential_type", "Application"),
            ("username", "erp-app"),
            ("status", "Success"),
            ("operation", "Change password"),
            ("execution_date", "2026-11-20T10:00:00.225Z"),
            ("last_attempt", "2026-11-20T10:00:00.123Z"),
            ("attempts", "1"),
            ("requester", "ines"),
            ("requester_kind", "User"),
            ("template", "database"),
            ("message", ""),
        ],
    );
    assert_eq!(event.time.rfc3339(), "2026-11-20T10:00:00.123Z", "the schedule date");
    let [attempt] = event.attempts.as_slice() else { panic!("one attempt: {:?}", event.attempts) };
    assert_eq!((attempt.number, attempt.result.as_str(), attempt.error_class.as_str()), (1, "Success", ""));
    assert_eq!(attempt.end.map(Timestamp::rfc3339).as_deref(), Some("2026-11-20T10:00:00.225Z"));
}

#[test]
fn a_rotation_the_database_refused_is_an_error_with_its_class() {
    let event = event(asked("update", "database/", "database", "rotate-role/erp-app").fails(
        "1 error occurred:\n\t* error setting credentials: 1 error occurred:\n\t* ERROR: permission denied (SQLSTATE 42501)\n\n\n\n",
    ));
    let message = "error setting credentials: ERROR: permission denied (SQLSTATE 42501)";
    says(&event, "password-operation", &[("status", "Error"), ("message", message)]);
    let attempt = &event.attempts[0];
    assert_eq!((attempt.result.as_str(), attempt.error_class.as_str(), attempt.message.as_str()), ("Error", "Permission denied", message));
}

#[test]
fn a_rotation_that_was_denied_is_an_error() {
    let event = event(asked("update", "database/", "database", "rotate-role/erp-app").denied());
    says(&event, "password-operation", &[("status", "Error"), ("message", "permission denied")]);
    assert_eq!(event.attempts[0].error_class, "Permission denied");
}

#[test]
fn an_error_that_is_logged_hashed_is_an_error_all_the_same() {
    let event = event(asked("update", "database/", "database", "rotate-role/nobody").answer(json!({"error": HASH})));
    let message = "The request was refused; the log has the reason only hashed (hmac-sha256:00aa11bb…).";
    says(&event, "password-operation", &[("status", "Error"), ("message", message)]);
    assert_eq!(event.attempts[0].error_class, "Other");
}

#[test]
fn a_rotation_without_an_answer_is_not_called_a_success() {
    let (mut events, _) = events(&asked("update", "database/", "database", "rotate-role/erp-app").unanswered());
    let event = events.remove(0);
    says(&event, "password-operation", &[("status", "Error"), ("execution_date", ""), ("message", exchange_end::NO_RESPONSE)]);
    assert_eq!((event.attempts[0].result.as_str(), event.attempts[0].error_class.as_str()), ("Unknown", "Inconclusive"));
    assert!(event.source_id.ends_with("/unanswered"), "its answer, found later, is another row: {}", event.source_id);
}

#[test]
fn rotating_the_root_credential_is_an_operation_on_the_connection() {
    says(
        &event(asked("update", "database/", "database", "rotate-root/erp")),
        "password-operation",
        &[("operation", "Change password"), ("device", "erp"), ("username", "root credential")],
    );
    says(
        &event(asked("update", "ldap/", "ldap", "rotate-root")),
        "password-operation",
        &[("device", "ldap"), ("credential_type", "Domain User")],
    );
    says(
        &event(asked("update", "aws/", "aws", "config/rotate-root")),
        "password-operation",
        &[("device", "aws"), ("credential_type", "Cloud")],
    );
    says(&event(asked("update", "auth/ldap/", "ldap", "config/rotate-root")), "password-operation", &[("device", "auth/ldap")]);
}

#[test]
fn a_static_role_takes_an_account_over_and_lets_it_go() {
    for (operation, word) in [("create", "Credential activation"), ("update", "Credential update"), ("delete", "Credential inactivation")] {
        let event =
            event(asked(operation, "database/", "database", "static-roles/erp-app").data(json!({"db_name": HASH, "username": HASH})));
        says(&event, "password-operation", &[("operation", word), ("device", "database"), ("username", "erp-app"), ("status", "Success")]);
        assert_eq!(extra(&event, "connection"), "hashed (hmac-sha256:00aa11bb…)");
    }
    let clear = asked("create", "database/", "database", "static-roles/erp-app").data(json!({"db_name": "erp", "username": "erp_rw"}));
    says(&event(clear), "password-operation", &[("device", "erp"), ("username", "erp_rw")]);
    says(&event(asked("read", "database/", "database", "static-roles/erp-app")), "audit-tracking", &[("entity", "Role")]);
}
