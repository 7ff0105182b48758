use super::*;

fn line(kind: &str, members: &str) -> String {
    format!(r#"{{"timestamp":"2026-11-22T15:03:27.120+01:00","_type":"{kind}","user_id":"u-1","username":"ana",{members}}}"#)
}

#[test]
fn a_session_begins_as_a_view_and_ends_as_a_trail() {
    let begun = event("warpgate", &line("TargetSessionStarted1", r#""session_id":"s-1","target_name":"db-7","client_ip":"10.0.0.9""#));
    says(&begun, "password-view", &[("operation", "Start session"), ("user", "ana"), ("device", "db-7"), ("ip", "10.0.0.9")]);
    assert_eq!(begun.time.rfc3339(), "2026-11-22T14:03:27.120Z");
    let ended = event("warpgate", &line("TargetSessionEnded1", r#""session_id":"s-1","target_name":"db-7""#));
    says(&ended, "audit-tracking", &[("operation", "Session finished"), ("entity_name", "db-7"), ("entity_id", "s-1")]);
}

#[test]
fn whom_an_event_is_about_is_not_who_did_it() {
    let created = event("warpgate", &line("UserCreated1", r#""related_users":"u-1""#));
    says(&created, "audit-tracking", &[("operation", "Creation"), ("entity", "User"), ("entity_name", "ana"), ("user", "")]);
    let granted = event(
        "warpgate",
        r#"{"timestamp":"2026-11-22T14:03:27Z","_type":"AccessRoleGranted1","grantee_id":"u-1","grantee_username":"ana","role_name":"dba"}"#,
    );
    says(&granted, "audit-tracking", &[("entity_name", "dba of ana"), ("user", ""), ("change", "Yes")]);
    for (via, user) in [("self-service", "ana"), ("admin", "")] {
        let own = line("CredentialCreated1", &format!(r#""credential_type":"PublicKey","via":"{via}""#));
        says(&event("warpgate", &own), "audit-tracking", &[("user", user), ("entity_name", "PublicKey of ana")]);
    }
}

#[test]
fn signing_in_is_told_from_failing_to_and_what_is_typed_is_left_out() {
    says(
        &event("warpgate", &line("UserAuthenticationFailed1", r#""reason":"invalid credential""#)),
        "audit-tracking",
        &[("operation", "Login failed"), ("user", "ana")],
    );
    assert!(refused("warpgate", &line("KubernetesExecStarted1", r#""command":"[\"sh\"]""#)).starts_with("unwanted"));
    assert!(refused("warpgate", r#"{"timestamp":"2026-11-22T14:03:27Z","message":"Listening"}"#).starts_with("unwanted"));
    assert!(refused("warpgate", &line("Unheard1", r#""x":1"#)).starts_with("no mapping"));
}
