use super::*;

#[test]
fn sessions_are_views_of_what_they_gave_access_to() {
    let line = r#"{"ei":0,"event":"session.start","uid":"84f7","code":"T2000I","time":"2026-11-22T14:03:27.12Z","cluster_name":"c","user":"ana","login":"root","sid":"s-1","server_hostname":"db-1","addr.remote":"10.0.0.1:51022","proto":"ssh"}"#;
    let event = event("teleport", line);
    says(
        &event,
        "password-view",
        &[("operation", "Start session"), ("user", "ana"), ("username", "root"), ("device", "db-1"), ("ip", "10.0.0.1")],
    );
    assert_eq!(
        (&*event.source_id, event.time.rfc3339(), extra(&event, "sid")),
        ("84f7/0/2026-11-22T14:03:27.12Z/session.start", "2026-11-22T14:03:27.120Z".to_owned(), "s-1")
    );
}

#[test]
fn codes_tell_what_failed() {
    let login = |code: &str| {
        format!(
            r#"{{"event":"user.login","code":"{code}","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana","error":"no","success":false}}"#
        )
    };
    says(&event("teleport", &login("T1000I")), "audit-tracking", &[("operation", "Login")]);
    says(&event("teleport", &login("T1000W")), "audit-tracking", &[("operation", "Login failed")]);
    let database = r#"{"event":"db.session.start","code":"TDB00W","uid":"2","time":"2026-11-22T14:03:27Z","user":"ana","db_service":"pg","error":"denied"}"#;
    says(&event("teleport", database), "audit-tracking", &[("operation", "Access denied"), ("entity_name", "pg")]);
}

#[test]
fn resources_and_requests_are_trails() {
    let role = r#"{"event":"role.created","code":"T9000I","uid":"3","time":"2026-11-22T14:03:27Z","user":"ana","name":"dba"}"#;
    says(
        &event("teleport", role),
        "audit-tracking",
        &[("operation", "Creation"), ("entity", "role"), ("entity_name", "dba"), ("change", "Yes")],
    );
    let review = r#"{"event":"access_request.review","code":"T5002I","uid":"4","time":"2026-11-22T14:03:27Z","id":"r-1","proposed_state":"DENIED","reviewer":"bea","reason":"no"}"#;
    says(&event("teleport", review), "audit-tracking", &[("operation", "Disapproval"), ("user", "bea"), ("entity", "Access request")]);
    assert_eq!(
        refused("teleport", r#"{"event":"session.data","code":"T2006I","uid":"5","time":"2026-11-22T14:03:27Z"}"#),
        "unwanted: left out by its mapping"
    );
    assert_eq!(
        refused("teleport", r#"{"event":"some.thing","code":"TX1I","uid":"6","time":"2026-11-22T14:03:27Z"}"#),
        "no mapping: JSON object TX1I some.thing"
    );
}

/// An event with these members besides the ones that each has.
fn with(name: &str, code: &str, members: &str) -> Event {
    event("teleport", &format!(r#"{{"event":"{name}","code":"{code}","uid":"u-1","ei":0,"time":"2026-11-22T14:03:27Z",{members}}}"#))
}

#[test]
fn whoever_it_was_is_named_wherever_the_event_says_so() {
    let cert = with("cert.create", "TC000I", r#""cert_type":"user","identity":{"user":"ana","client_ip":"10.0.0.9"}"#);
    says(&cert, "audit-tracking", &[("operation", "Creation"), ("entity", "Certificate"), ("user", "ana"), ("ip", "10.0.0.9")]);
    let decided = with("access_request.update", "T5001I", r#""id":"r-7","state":"DENIED","updated_by":"bea","user":"ana""#);
    says(&decided, "audit-tracking", &[("operation", "Disapproval"), ("user", "bea"), ("entity_name", "r-7")]);
    let asked = with("access_request.create", "T5000I", r#""id":"r-7","state":"PENDING","user":"ana","request_reason":"x""#);
    says(&asked, "audit-tracking", &[("operation", "Creation"), ("user", "ana")]);
    says(
        &with("bot.join", "TJ001I", r#""bot_name":"ci","success":true"#),
        "audit-tracking",
        &[("operation", "Login"), ("user", "ci"), ("entity_name", "ci")],
    );
    says(
        &with("bot.join", "TJ001E", r#""bot_name":"ci","success":false"#),
        "audit-tracking",
        &[("operation", "Login failed"), ("user", "ci")],
    );
    says(
        &with("instance.join", "TJ002I", r#""node_name":"n-7","role":"Node""#),
        "audit-tracking",
        &[("operation", "Login"), ("user", "n-7")],
    );
}

#[test]
fn what_is_done_to_files_is_said_and_whether_it_was_done() {
    for (name, code, members, operation, change) in [
        ("sftp", "TS011I", "", "Deletion", "Yes"),
        ("sftp", "TS011E", "", "Deletion failed", "No"),
        ("sftp", "TS016I", "", "Update", "Yes"),
        ("sftp", "TS009I", "", "Read", "No"),
        ("sftp", "TS001I", r#""flags":0,"#, "Download", "No"),
        ("sftp", "TS001I", r#""flags":577,"#, "Upload", "Yes"),
        ("sftp", "TS001E", r#""flags":577,"#, "Upload failed", "No"),
        ("scp", "T3004I", "", "Download", "No"),
        ("scp", "T3005I", "", "Upload", "Yes"),
        ("scp", "T3005E", "", "Upload failed", "No"),
    ] {
        let event = with(
            name,
            code,
            &format!(r#"{members}"user":"ana","login":"root","path":"/etc/motd","server_hostname":"db-7","addr.remote":"10.0.0.9:1""#),
        );
        says(
            &event,
            "audit-tracking",
            &[
                ("operation", operation),
                ("entity", "File"),
                ("entity_name", "/etc/motd"),
                ("change", change),
                ("user", "ana"),
                ("ip", "10.0.0.9"),
            ],
        );
    }
    for (name, code, operation) in [
        ("exec", "T3002I", "Execution"),
        ("exec", "T3002E", "Execution failed"),
        ("port", "T3003E", "Execution failed"),
        ("subsystem", "T3001E", "Execution failed"),
    ] {
        says(
            &with(name, code, r#""user":"ana","server_hostname":"db-7""#),
            "audit-tracking",
            &[("operation", operation), ("entity_name", "db-7"), ("change", "No")],
        );
    }
}

#[test]
fn who_enters_or_watches_a_session_is_a_trail() {
    for (name, code, operation) in [
        ("session.join", "T2001I", "Session joined"),
        ("session.leave", "T2003I", "Session left"),
        ("session.recording.access", "T2012I", "Recording viewed"),
        ("desktop.clipboard.send", "TDP02I", "Clipboard sent"),
    ] {
        says(
            &with(name, code, r#""user":"eve","sid":"s-7""#),
            "audit-tracking",
            &[("operation", operation), ("entity_name", "s-7"), ("user", "eve"), ("change", "No")],
        );
    }
    says(
        &with("recovery_code.used", "T1009W", r#""user":"eve","success":false"#),
        "audit-tracking",
        &[("operation", "Use failed"), ("entity", "Recovery code")],
    );
    says(
        &with("recovery_code.used", "T1009I", r#""user":"eve","success":true"#),
        "audit-tracking",
        &[("operation", "Use"), ("user", "eve")],
    );
    says(
        &with("device.enroll", "TV005I", r#""user":"eve","device":{"asset_tag":"C02"}"#),
        "audit-tracking",
        &[("operation", "Enrolment"), ("entity_name", "C02")],
    );
    says(
        &with("session.rejected", "T1006W", r#""user":"eve","reason":"max_connections limit reached""#),
        "audit-tracking",
        &[("operation", "Access denied")],
    );
}

#[test]
fn a_desktop_has_an_address_where_it_has_no_name() {
    let start =
        r#""user":"ana","windows_user":"Administrator","windows_domain":"corp","desktop_addr":"10.0.0.5:3389","addr.remote":"10.0.0.9:1""#;
    says(
        &with("windows.desktop.session.start", "TDP00I", start),
        "password-view",
        &[("device", "10.0.0.5:3389"), ("username", "Administrator")],
    );
    let named = format!(r#"{start},"desktop_name":"dc-7""#);
    says(&with("windows.desktop.session.start", "TDP00I", &named), "password-view", &[("device", "dc-7")]);
}

#[test]
fn events_that_share_a_uid_stay_apart_and_a_repeat_is_the_same() {
    let at = |time: &str| {
        event("teleport", &format!(r#"{{"ei":0,"event":"user.login","uid":"1","code":"T1000I","time":"{time}","user":"ana"}}"#)).source_id
    };
    assert_eq!(at("2026-11-22T14:03:27.1Z"), at("2026-11-22T14:03:27.1Z"));
    assert_ne!(at("2026-11-22T14:03:27.1Z"), at("2026-11-22T14:05:27.1Z"));
}

#[test]
fn sessions_with_a_server_of_tools_are_sessions() {
    let begun = with("mcp.session.start", "TMCP001I", r#""user":"ana","app_name":"orders-mcp""#);
    says(&begun, "password-view", &[("operation", "Start session"), ("device", "orders-mcp")]);
    let line = r#"{"event":"mcp.session.request","code":"TMCP003I","uid":"u-1","time":"2026-11-22T14:03:27Z","user":"ana"}"#;
    assert!(refused("teleport", line).starts_with("unwanted"));
    let wrong = with("mcp.session.invalid_http_request", "TMCP006E", r#""user":"ana","app_name":"orders-mcp""#);
    says(&wrong, "audit-tracking", &[("operation", "Access denied"), ("entity", "Session"), ("change", "No")]);
}
