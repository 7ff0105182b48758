//! What stands in a line twice: a key that somebody wrote into the text of another field, and lines that are equal.

use super::*;

/// A name that holds what looks like the next field, before the true one.
const FORGED: [(&str, &str); 6] = [
    (
        "delinea",
        "Nov 22 14:03:27 ss CEF:0|Delinea|Secret Server|11.7|10039|SECRET - PASSWORD_DISPLAYED|2|msg=x Item Name: web suser=director suser=mallory src=10.0.0.1 rt=Nov 22 2026 14:03:27 fname=web",
    ),
    ("segura", "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 msg=web suser=director suser=mallory dhost=db-1 duser=root"),
    (
        "cyberark",
        "<5>1 2026-11-22T14:03:27Z VAULT LEEF:1.0|Cyber-Ark|Vault|14.4|295|usrName=director\tusrName=mallory\tdhost=db-1\tduser=root",
    ),
    (
        "wallix",
        r#"<30>Nov 22 14:03:27 bastion WAB[1]: [wabaudit] action="edit" type="User" object="x" user="director" infos="y" user="mallory""#,
    ),
    ("teleport", r#"{"event":"user.login","code":"T1000I","uid":"1","time":"2026-11-22T14:03:27Z","user":"director","user":"mallory"}"#),
    (
        "beyondtrust",
        r#"{"agentid":"PBPS","eventdate":"Nov 22 2026 14:03:27","nvps":{"username":"director","objecttype":"Password","operation":"Retrieve"},"nvps.username":"mallory"}"#,
    ),
];

#[test]
fn a_key_that_stands_twice_with_different_values_makes_no_event() {
    for (format, line) in FORGED {
        let why = refused(format, line);
        assert!(why.starts_with("said twice: the field ") && why.ends_with(" stands in the line with different values"), "{format}: {why}");
        assert!(!why.contains("director") && !why.contains("mallory"), "a reason never quotes the line: {why}");
        event(format, &line.replace("director", "mallory"));
    }
}

#[test]
fn a_label_that_stands_twice_is_no_better() {
    let line = "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana cs1Label=GMUD cs1=CHG1 cs2Label=GMUD cs2=CHG2 duser=root";
    assert_eq!(refused("segura", line), "said twice: the field GMUD stands in the line with different values");
    let line = line.replace("cs2Label=GMUD cs2=CHG2", "cs1=CHG2");
    assert_eq!(refused("segura", &line), "said twice: the field GMUD stands in the line with different values");
}

#[test]
fn a_line_cannot_say_what_only_its_mapping_may() {
    // `person` is the mapping's own word for whoever it was, `list.view` what its list says.
    let line = "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 msg=web person=director suser=mallory duser=root";
    says(&event("segura", line), "password-view", &[("user", "mallory")]);
    let line = r#"{"event":"resize.x","code":"T1I","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana","who":"eve","list.operation":"Login","verb":"create"}"#;
    assert_eq!(refused("teleport", line), "no mapping: JSON object T1I resize.x");
    let line = r#"{"event":"user.login","code":"T1000I","uid":"1","time":"2026-11-22T14:03:27Z","who":"director","user":"mallory"}"#;
    says(&event("teleport", line), "audit-tracking", &[("user", "mallory")]);
}

#[test]
fn equal_lines_of_one_stream_are_events_of_their_own_and_come_in_once() {
    let login = "CEF:0|Delinea|Secret Server|11.7|16|USER - LOGIN|2|suser=ana src=10.0.0.1 rt=Nov 22 2026 14:03:27";
    let other = login.replace("ana", "bea");
    let stream = || {
        let mut reader = FORMATS.named("delinea").expect("a format").open("test", &context());
        let mut events = Vec::new();
        for line in [login, login, &other, login] {
            reader.line(1, line, &mut events).expect("is read");
        }
        events.into_iter().map(|event| event.source_id).collect::<Vec<_>>()
    };
    let ids = stream();
    let apart: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(apart.len(), 4, "{ids:?}");
    assert_eq!(ids, stream(), "whoever reads them again counts the same");
    assert_eq!(event("delinea", login).source_id, ids[0], "the first is what it was alone");
}
