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
    assert_eq!((&*event.source_id, event.time.rfc3339(), extra(&event, "sid")), ("84f7", "2026-11-22T14:03:27.120Z".to_owned(), "s-1"));
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
