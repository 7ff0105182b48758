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
    let bare = "CEF:0|Delinea|Secret Server|11.7|10039|SECRET - PASSWORD_DISPLAYED|2|rt=Nov 22 2026 14:03:27 msg=[[SecretServer]] Event: [Secret] Action: [Password Displayed] By User: ana Item Name: root on db-1 (Item Id: 77)";
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

#[test]
fn that_the_page_of_a_secret_was_opened_is_a_trail_beside_the_view_of_its_password() {
    for (id, name, action) in [("10004", "SECRET - VIEW", "View"), ("0", "SECRET - VIEW", "View")] {
        says(
            &event("delinea", &line(id, name, &msg(action))),
            "audit-tracking",
            &[
                ("operation", "Read"),
                ("entity", "Secret"),
                ("entity_name", "Admin account - example\\root"),
                ("user", "Ana Lima"),
                ("change", "No"),
            ],
        );
    }
    let bare = "CEF:0|Delinea|Secret Server|11.7|0|SECRET - VIEW|2|rt=Nov 22 2026 14:03:27 suser=ana fname=db";
    says(&event("delinea", bare), "audit-tracking", &[("operation", "Read"), ("username", "ana")]);
}

#[test]
fn the_names_of_the_list_are_known_in_both_spellings() {
    for (name, report, cells) in [
        ("SECRET - PASSWORD_COPIED_TO_CLIPBOARD", "password-view", [("operation", "Copy password"), ("device", "db")]),
        ("SECRET - PASSWORD COPIED TO CLIPBOARD", "password-view", [("operation", "Copy password"), ("device", "db")]),
        ("SECRET - HEARTBEATFAILURE", "password-operation", [("operation", "Verify password"), ("status", "Error")]),
        ("SECRET - HEARTBEATSUCCESS", "password-operation", [("operation", "Verify password"), ("status", "Success")]),
        ("USER - ADDEDTOGROUP", "audit-tracking", [("operation", "Creation"), ("entity", "Group member")]),
        ("USER - LOGIN FAILURE", "audit-tracking", [("operation", "Login failed"), ("change", "No")]),
        ("UNLIMITEDADMIN - ENABLE", "audit-tracking", [("operation", "Update"), ("change", "Yes")]),
        ("SECRET - SESSION RECORDING VIEW", "audit-tracking", [("operation", "Read"), ("entity", "Session recording")]),
    ] {
        let line = format!("CEF:0|Delinea Software|Secret Server|11.7|1|{name}|2|rt=Nov 22 2026 14:03:27 suser=ana fname=db");
        says(&event("delinea", &line), report, &cells);
    }
    let reminder = "CEF:0|Delinea|Secret Server|11.7|1|SECRET - EXPIRES7DAYS|2|rt=Nov 22 2026 14:03:27 suser=ana";
    assert_eq!(refused("delinea", reminder), "unwanted: left out by its mapping");
}

/// As the platform's API gives it.
fn platform(kind: &str) -> String {
    format!(
        r#"{{"eventMessageId":"e-1","tenantId":"t","notes":"{{\"itemName\":\"root on db-7\",\"eventDetails\":\"Remote Desktop Host: [db-7] Username: [root] Account Name: x\"}}","displayMessage":"Something was done.","level":"PrivilegedActivity","eventDateTime":"2026-11-22T14:03:27.603+00:00","isSystem":false,"service":{{"type":"Secret Server","version":"11.7"}},"source":{{"host":{{"network":{{"ipAddress":"10.0.0.1"}}}},"name":"host"}},"actor":{{"displayName":"Ana Lima","email":"ana@corp.example","type":"user","name":"ana@corp.example"}},"target":{{"id":"5","name":"5","type":"SECRET"}},"eventType":{{"name":"{kind}","internalName":"10006"}}}}"#
    )
}

#[test]
fn events_of_the_platform_are_told_by_their_type() {
    let launched = event("delinea", &platform("Delinea.Vault.Secret.RemoteSession.Launched"));
    says(
        &launched,
        "password-view",
        &[
            ("operation", "Start session"),
            ("user", "Ana Lima"),
            ("login", "ana@corp.example"),
            ("ip", "10.0.0.1"),
            ("device", "db-7"),
            ("username", "root"),
        ],
    );
    assert_eq!((&*launched.source_id, launched.time.rfc3339()), ("e-1", "2026-11-22T14:03:27.603Z".to_owned()));
    for (kind, report, cells) in [
        ("Delinea.Vault.Secret.Viewed", "audit-tracking", [("operation", "Read"), ("entity", "Secret")]),
        ("Delinea.Vault.Secret.Password.Displayed", "password-view", [("operation", "View password"), ("user", "Ana Lima")]),
        ("Delinea.Vault.Secret.CheckedOut", "password-view", [("operation", "Checkout"), ("user", "Ana Lima")]),
        ("Delinea.Vault.Secret.Heartbeat.Failed", "password-operation", [("operation", "Verify password"), ("status", "Error")]),
        ("Delinea.Vault.Secret.Password.Changed", "password-operation", [("operation", "Change password"), ("status", "Success")]),
        ("Delinea.Identity.AuthSession.SessionStart", "audit-tracking", [("operation", "Login"), ("change", "No")]),
        ("Delinea.Identity.AuthSession.Failed", "audit-tracking", [("operation", "Login failed"), ("change", "No")]),
        ("Delinea.Identity.Group.Member.Added", "audit-tracking", [("operation", "Creation"), ("entity", "Group.Member")]),
        ("Delinea.RAS.Session.ClosedByTimeout", "audit-tracking", [("operation", "Session finished"), ("entity", "Session")]),
    ] {
        says(&event("delinea", &platform(kind)), report, &cells);
    }
    assert_eq!(refused("delinea", &platform("Delinea.RAS.Site.Queried")), "unwanted: left out by its mapping");
    let exported = r#"{"Date":"2026-11-22T14:03:27.7166877+00:00","Service":"Remote Access","Level":"PrivilegedActivity","Event type":"Delinea.RAS.Session.Secret.Launched","Action":"Launched by user ana@corp.example from secret web root (web-7) as root to db-7:22 at Madrid using ssh.","Initiated by":"ana","Target":"db-7","Source":"10.0.0.1","Field changes":""}"#;
    says(
        &event("delinea", exported),
        "password-view",
        &[("operation", "Start session"), ("user", "ana"), ("ip", "10.0.0.1"), ("device", "db-7"), ("username", "root")],
    );
}
