use super::*;

fn cef(kind: &str, rest: &str) -> String {
    format!(
        "CEF:0|OneIdentity|SPS|7.0.0|107115592|{kind}|0|app=SSH cs1=svc-a1-office-7 cs1Label=Session ID dhost=db-7.example dpt=22 dst=10.0.0.5 duser=root dvc=10.0.0.2 src=10.0.0.9 start=1795356207120 {rest}"
    )
}

#[test]
fn a_session_begins_as_a_view_and_ends_as_a_trail() {
    let begun = event("safeguard", &cef("ServerConnect", "suser=ana"));
    says(
        &begun,
        "password-view",
        &[("operation", "Start session"), ("user", "ana"), ("device", "db-7.example"), ("username", "root"), ("ip", "10.0.0.9")],
    );
    assert_eq!(begun.time.rfc3339(), "2026-11-22T14:03:27.120Z");
    for (verdict, operation) in [("TERMINATED", "Session finished"), ("DENIED", "Access denied")] {
        let closed = event("cef", &cef("SessionClosed", &format!("suser=ana cs2={verdict} cs2Label=Verdict")));
        says(&closed, "audit-tracking", &[("operation", operation), ("entity_id", "svc-a1-office-7"), ("entity_name", "db-7.example")]);
    }
    says(&event("safeguard", &cef("ServerConnect", "suser=")), "password-view", &[("user", "root"), ("login", "")]);
}

#[test]
fn json_says_the_same_and_what_is_typed_is_left_out() {
    let json = |kind: &str, base: &str| {
        format!(
            r#"{{"base_type_name":"{base}","event_name":"{kind}","session_id":"svc-a1-office-7","timestamp":"1795356207120","gateway_username":"ana","server_username":"root","server_name":"db-7.example","client_address":"10.0.0.9","protocol":"SSH"}}"#
        )
    };
    says(
        &event("safeguard", &json("ServerConnect", "meta")),
        "password-view",
        &[("user", "ana"), ("username", "root"), ("ip", "10.0.0.9")],
    );
    assert!(refused("safeguard", &json("CommandRun", "content")).starts_with("unwanted"));
    assert!(refused("safeguard", &cef("WindowTitle", "msg=secret")).starts_with("unwanted"));
    assert!(refused("safeguard", &json("Unheard", "meta")).starts_with("no mapping: JSON object Unheard"));
}
