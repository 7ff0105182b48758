//! Lines as relays hand them on, whatever their product.

use super::*;

const SEGURA: &str =
    "0|senhasegura|senhasegura|3.3|1|Password viewed|3|rt=1795356207120 sname=Ana suser=ana src=10.1.2.3 dhost=db-1 duser=root";

#[test]
fn an_event_is_the_same_whatever_a_relay_made_of_its_announcement() {
    let direct = event("segura", &format!("<134>Nov 22 14:03:27 pam CEF:{SEGURA}"));
    for relayed in [
        format!("<134>Nov 22 14:03:27 pam CEF: {SEGURA}"),
        format!("<134>1 2026-11-22T14:03:27+00:00 localhost CEF - - - {SEGURA}"),
        format!("<13>1 2026-11-22T14:03:29Z relay - - - - <134>Nov 22 14:03:27 pam CEF:{SEGURA}"),
    ] {
        let event = event("segura", &relayed);
        assert_eq!((event.source_id, event.cells), (direct.source_id.clone(), direct.cells.clone()), "{relayed}");
    }
    let pairs = |tab: &str| {
        let fields =
            ["devTime=11/22/2026 14:03:27", "usrName=ana", "src=10.1.2.3", "ObjectType=ManagedAccount", "Operation=Retrieve Password"];
        format!("LEEF:1.0|BeyondTrust|BeyondInsight|23.1|PasswordRetrieve|{}{tab}Target=ManagedAccount=root System=db-1", fields.join(tab))
    };
    let direct = event("beyondtrust", &pairs("\t"));
    assert_eq!(event("beyondtrust", &format!("<134>Nov 22 14:03:27 bi {}", pairs("#011"))).source_id, direct.source_id);
}

#[test]
fn several_events_in_one_line_are_kept_aside_whole() {
    for between in ["#000", "#012", " "] {
        for same in [true, false] {
            // Said twice is said only where the values differ.
            let other = if same { SEGURA.to_owned() } else { SEGURA.replace("ana", "bob") };
            let line = format!("<134>Nov 22 14:03:27 pam CEF:{SEGURA}{between}<134>Nov 22 14:03:28 pam CEF:{other}");
            assert_eq!(refused("segura", &line), "several events in one line: another one begins within it");
        }
    }
}

#[test]
fn events_of_vigia_and_of_openbao_come_through_a_relay() {
    let own = r#"{"report":"password-view","source_id":"1","time":"2026-11-22T14:00:00Z","device":"db-1"}"#;
    let openbao = r#"{"time":"2026-11-22T14:03:27Z","type":"response","auth":{"display_name":"ana"},"request":{"path":"sys/health","operation":"read"},"response":{}}"#;
    for (format, line) in [("vigia", own), ("openbao", openbao)] {
        let direct = event(format, line);
        for relayed in [format!("<13>Nov 22 14:03:27 localhost {line}"), format!("<13>1 2026-11-22T14:03:27Z h - - - - {line}#015#012")] {
            assert_eq!(event(format, &relayed).cells, direct.cells, "{relayed}");
        }
    }
}
