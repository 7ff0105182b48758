use super::*;

fn line(id: &str, name: &str, msg: &str) -> String {
    format!(
        "Nov 22 14:03:30 SECRET-01 CEF:0|Thycotic Software|Secret Server|11.3.000001|{id}|{name}|2|msg={msg}  suid=2 suser=EXAMPLE\\ana \
         cs4= Ana Lima cs4Label=suser Display Name src=172.16.1.116 rt=Nov 22 2026 14:03:27 fname=Admin account - example\\root \
         fileType=Secret fileId=12 cs3Label=Folder cs3=Databases"
    )
}

fn msg(action: &str) -> String {
    format!(
        "[[SecretServer]] Event: [Secret] Action: [{action}] By User: EXAMPLE\\ana Item Name: Admin account - example\\root (Item Id: 12) \
         Container Name: Databases (Container Id: 4) Details: Ticket = 7, by [hand]"
    )
}

#[test]
fn views_copies_launches_and_checkouts_are_views() {
    for (id, name, action, operation) in [
        ("10004", "SECRET - VIEW", "View", "View password"),
        ("0", "SECRET - VIEW", "View", "View password"),
        ("10039", "SECRET - PASSWORD_DISPLAYED", "Password Displayed", "View password"),
        ("10006", "SECRET - LAUNCH", "Launch", "Start session"),
        ("0", "SECRET - COPY", "Password Copied To Clipboard", "Copy password"),
        ("0", "SECRET - CHECKOUT", "Check Out", "Checkout"),
    ] {
        let event = event("delinea", &line(id, name, &msg(action)));
        says(
            &event,
            "password-view",
            &[
                ("operation", operation),
                ("user", "Ana Lima"),
                ("login", "EXAMPLE\\ana"),
                ("ip", "172.16.1.116"),
                ("device", "Admin account - example\\root"),
                ("message", "Ticket = 7, by [hand]"),
            ],
        );
        assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.000Z");
        assert_eq!((extra(&event, "fileId"), extra(&event, "Folder")), ("12", "Databases"));
    }
}

#[test]
fn heartbeats_and_changes_are_operations() {
    for (action, operation, status) in [
        ("Heartbeat Success", "Verify password", "Success"),
        ("Heartbeat Failure", "Verify password", "Error"),
        ("Password Change", "Change password", "Success"),
        ("Password Change Failed", "Change password", "Error"),
    ] {
        let event = event("delinea", &line("0", "SECRET - X", &msg(action)));
        says(&event, "password-operation", &[("operation", operation), ("status", status), ("execution_date", "2026-11-22T14:03:27.000Z")]);
        assert_eq!(event.attempts.len(), 1);
    }
}

#[test]
fn the_message_alone_tells_what_the_fields_leave_out() {
    let bare = "CEF:0|Delinea|Secret Server|11.7|10004|SECRET - VIEW|2|rt=Nov 22 2026 14:03:27 msg=[[SecretServer]] Event: [Secret] Action: [View] By User: ana Item Name: root on db-1 (Item Id: 77)";
    says(&event("thycotic", bare), "password-view", &[("user", "ana"), ("device", "root on db-1")]);
}

#[test]
fn other_events_are_trails_named_by_their_event_and_action() {
    let login = "CEF:0|Delinea|Secret Server|11.7|16|USER - LOGIN|2|rt=Nov 22 2026 14:03:27 suser=ana src=10.0.0.1";
    says(&event("delinea", login), "audit-tracking", &[("operation", "Login"), ("username", "ana"), ("entity", "USER")]);
    let made = line("5", "FOLDER - CREATE", "[[SecretServer]] Event: [Folder] Action: [Create] By User: ana Item Name: New (Item Id: 9)");
    says(&event("delinea", &made), "audit-tracking", &[("operation", "Creation"), ("entity", "Folder")]);
    let failed = "CEF:0|Delinea|Secret Server|11.7|17|USER - LOGINFAILURE|2|rt=Nov 22 2026 14:03:27 suser=eve";
    says(&event("delinea", failed), "audit-tracking", &[("operation", "Login failed")]);
    assert_eq!(refused("delinea", "CEF:0|Delinea|Secret Server|11.7|77|Odd|2|rt=1795356207120"), "no mapping: CEF event 77: Odd");
}
