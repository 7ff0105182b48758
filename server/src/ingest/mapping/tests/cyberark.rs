use super::*;

/// As the vendor's Arcsight.sample.xsl writes it: quotes around some values, most of them empty, no time but the header's.
fn cef(id: &str, name: &str, reason: &str) -> String {
    format!(
        r#"<5>1 2026-11-22T14:03:27Z VAULT CEF:0|Cyber-Ark|Vault|12.6.0000|{id}|{name}|5|act="{name}" suser=ana fname=Root\Operating System-WinDomain-db-1-root dvc= shost=10.0.0.10 dhost=db-1.example duser=root externalId= app= reason={reason} cs1Label="Affected User Name" cs1= cs2Label="Safe Name" cs2="T0-Servers" cs3Label="Device Type" cs3="Operating System" cs4Label="Database" cs4= cs5Label="Other info" cs5="retriescount=2;address=db-1" cn1Label="Request Id" cn1= cn2Label="Ticket Id" cn2=CHG7 msg="#
    )
}

/// As elastic-json-v1.0.xsl writes it.
fn json(id: &str, issuer: &str, reason: &str, retries: &str) -> String {
    format!(
        r#"<7>1 2026-11-22T14:03:27Z VAULT {{"format":"elastic","version":"1.0","raw":"<syslog>...</syslog>","syslog":{{"audit_record":{{"Rfc5424":"yes","IsoTimestamp":"2026-11-22T14:03:26Z","Vendor":"Cyber-Ark","Product":"Vault","MessageID":"{id}","Desc":"CPM Verify Password Failed","Issuer":"{issuer}","SourceUser":"","TargetUser":null,"Safe":"partner","File":"Root\\Operating System-WinDomain-10.0.0.5-bart","Station":"10.0.1.20","Reason":"{reason}","ExtraDetails":"address=10.0.0.5;username=bart;","CAProperties":{{"CAProperty":[{{"Name":"UserName","Value":"CORP\\bart"}},{{"Name":"Address","Value":"10.0.0.5"}},{{"Name":"RetriesCount","Value":"{retries}"}}]}}}}}}}}"#
    )
}

#[test]
fn retrieving_a_password_is_a_view_with_the_users_own_words() {
    let shown = event("cyberark", &cef("295", "Retrieve password", "(Action: Show Password)Fix = CHG7, see C:\\logs"));
    says(
        &shown,
        "password-view",
        &[
            ("operation", "View password"),
            ("user", "ana"),
            ("ip", "10.0.0.10"),
            ("device", "db-1.example"),
            ("username", "root"),
            ("justification", "Fix = CHG7, see C:\\logs"),
            ("governance_id", "CHG7"),
        ],
    );
    assert_eq!(shown.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    assert_eq!((extra(&shown, "Safe Name"), extra(&shown, "Device Type")), ("T0-Servers", "Operating System"));
    let operation = |action: &str| event("cyberark", &cef("295", "Retrieve password", action)).get("operation").plain();
    assert_eq!(operation("(Action: Copy Password)x"), "Copy password");
    assert_eq!(operation("(Action: Connect)x"), "Start session");
    assert_eq!(operation("no action"), "View password");
}

#[test]
fn what_the_policy_manager_does_is_an_operation_with_its_attempt() {
    for (id, operation, status) in [
        ("22", "Verify password", "Success"),
        ("38", "Verify password", "Error"),
        ("24", "Change password", "Success"),
        ("57", "Change password", "Error"),
        ("31", "Reconcile password", "Success"),
        ("60", "Reconcile password", "Error"),
    ] {
        for line in [cef(id, "CPM", "failed (try #4). Code: 2101"), json(id, "PasswordManager", "failed (try #4). Code: 2101", "1")] {
            let event = event("cyberark", &line);
            says(&event, "password-operation", &[("operation", operation), ("status", status), ("attempts", "4")]);
            assert_eq!((event.attempts[0].number, &*event.attempts[0].result), (4, status));
        }
    }
    says(&event("cyberark", &cef("57", "CPM", "")), "password-operation", &[("attempts", "2"), ("requester_kind", "User")]);
    let failed = event("cyberark", &json("38", "PasswordManager", "Reason: The specified username is invalid.\\n", "3"));
    says(
        &failed,
        "password-operation",
        &[
            ("attempts", "3"),
            ("device", "10.0.0.5"),
            ("username", "CORP\\bart"),
            ("requester", "PasswordManager"),
            ("requester_kind", "Task"),
            ("message", "Reason: The specified username is invalid."),
        ],
    );
    assert_eq!(failed.time.rfc3339(), "2026-11-22T14:03:26.000Z");
    assert_eq!(extra(&failed, "raw"), "", "the record stands in the line twice, and is kept once");
    says(&event("cyberark", &cef("130", "CPM Disable Password", "")), "password-operation", &[("operation", "Credential inactivation")]);
}

#[test]
fn everything_else_that_is_known_is_a_trail_or_a_backup() {
    says(&event("cyberark", &cef("7", "Logon", "")), "audit-tracking", &[("operation", "Login"), ("username", "ana")]);
    says(&event("cyberark", &cef("8", "Logoff", "")), "audit-tracking", &[("operation", "Logout")]);
    says(&event("cyberark", &cef("88", "Set Password", "")), "audit-tracking", &[("operation", "Update"), ("change", "Yes")]);
    says(&event("cyberark", &cef("194", "Backup Process Initiated", "")), "performed-backups", &[("status", "Running")]);
    assert_eq!(refused("cyberark", &cef("9999", "New thing", "")), "no mapping: CEF event 9999: New thing");
    assert_eq!(refused("cyberark", "{\"a\":1,\"b\":2}"), "no mapping: JSON object with the fields a, b");
}
