use super::*;

/// A log's line, with a time an hour east of Greenwich.
fn log(kind: &str, members: &str) -> String {
    format!(r#"<14>jumpserver: {kind} - {{{members},"datetime":"2026/11/22 15:03:27 +0100"}}"#)
}

#[test]
fn choices_are_read_as_values_and_as_objects_of_value_and_label() {
    for (status, operation) in [
        ("true", "Login"),
        (r#"{"value":true,"label":"Success"}"#, "Login"),
        ("false", "Login failed"),
        (r#"{"value":false,"label":"Failed"}"#, "Login failed"),
    ] {
        let line = log("login_log", &format!(r#""username":"ana","type":"W","ip":"10.0.0.9","mfa":0,"status":{status}"#));
        let event = event("jumpserver", &line);
        says(&event, "audit-tracking", &[("operation", operation), ("user", "ana"), ("ip", "10.0.0.9"), ("origin", "Web")]);
        assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    }
}

#[test]
fn a_session_begins_as_a_view_and_ends_as_a_trail_however_often_it_is_saved() {
    let session = |members: &str| {
        format!(
            r#"host_session_log - {{"id":"s-7","user":"Ana(ana)","asset":"db-7(10.0.0.5)","account":"root(root)","login_from":{{"value":"WT","label":"Web Terminal"}},"remote_addr":"10.0.0.9","is_success":true,"date_start":"2026/11/22 15:03:27 +0100",{members}}}"#
        )
    };
    let begun = event("jumpserver", &session(r#""is_finished":false,"date_end":null"#));
    says(
        &begun,
        "password-view",
        &[
            ("operation", "Start session"),
            ("user", "Ana(ana)"),
            ("device", "db-7(10.0.0.5)"),
            ("username", "root(root)"),
            ("origin", "Web"),
        ],
    );
    let ended = event("jumpserver", &session(r#""is_finished":true,"has_replay":false,"date_end":"2026/11/22 15:09:27 +0100""#));
    says(&ended, "audit-tracking", &[("operation", "Session finished"), ("ip", "10.0.0.9")]);
    assert_eq!(ended.time.rfc3339(), "2026-11-22T14:09:27.000Z");
    let saved_again = event("jumpserver", &session(r#""is_finished":true,"has_replay":true,"date_end":"2026/11/22 15:09:27 +0100""#));
    assert_eq!((&*ended.source_id, &*saved_again.source_id), ("s-7/true", "s-7/true"));
    let refused = session(r#""is_finished":false"#).replace(r#""is_success":true"#, r#""is_success":false"#);
    says(&event("jumpserver", &refused), "audit-tracking", &[("operation", "Access denied")]);
}

#[test]
fn files_passwords_and_resources_are_told_apart() {
    let file = |operate: &str, done: &str| {
        log("ftp_log", &format!(r#""user":"ana","operate":"{operate}","filename":"/etc/motd","is_success":{done}"#))
    };
    says(
        &event("jumpserver", &file("upload", "true")),
        "audit-tracking",
        &[("operation", "Upload"), ("entity_name", "/etc/motd"), ("change", "Yes")],
    );
    says(&event("jumpserver", &file("delete", "false")), "audit-tracking", &[("operation", "Deletion failed"), ("change", "No")]);
    let changed = log("password_change_log", r#""user":"Bea(bea)","change_by":"Ana(ana)","remote_addr":"10.0.0.9""#);
    says(
        &event("jumpserver", &changed),
        "password-operation",
        &[("operation", "Change password"), ("username", "Bea(bea)"), ("requester", "Ana(ana)")],
    );
    let resource = |action: &str, kind: &str| {
        log(
            "operation_log",
            &format!(r#""user":"Ana(ana)","action":"{action}","resource_type":"{kind}","resource":"root(db-7)","remote_addr":"10.0.0.9""#),
        )
    };
    says(
        &event("jumpserver", &resource("update", "Asset")),
        "audit-tracking",
        &[("operation", "Update"), ("entity", "Asset"), ("change", "Yes")],
    );
    says(&event("jumpserver", &resource("view", "Account")), "password-view", &[("operation", "View password"), ("device", "root(db-7)")]);
    says(&event("jumpserver", &resource("sing", "Asset")), "audit-tracking", &[("operation", "sing"), ("change", "No")]);
}

#[test]
fn what_was_typed_is_left_out() {
    let typed = log("session_command_log", r#""user":"Ana(ana)","asset":"db-7","input":"S3cret","output":"","session":"s-7""#);
    assert_eq!(refused("jumpserver", &typed), "unwanted: left out by its mapping");
    assert_eq!(refused("jumpserver", &log("odd_log", r#""a":1"#)), "no mapping: JSON object with the fields a, datetime");
}
