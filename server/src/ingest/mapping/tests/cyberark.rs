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
            says(&event, "password-operation", &[("operation", operation), ("status", status), ("attempts", "5")]);
            assert_eq!((event.attempts[0].number, &*event.attempts[0].result), (5, status), "the first try is number 0");
        }
    }
    says(&event("cyberark", &cef("57", "CPM", "")), "password-operation", &[("attempts", "3"), ("requester_kind", "User")]);
    let failed = event("cyberark", &json("38", "PasswordManager", "Reason: The specified username is invalid.\\n", "3"));
    says(
        &failed,
        "password-operation",
        &[
            ("attempts", "4"),
            ("device", "10.0.0.5"),
            ("username", "CORP\\bart"),
            ("requester", "PasswordManager"),
            ("requester_kind", "Task"),
            ("message", "Reason: The specified username is invalid."),
        ],
    );
    assert_eq!(failed.time.rfc3339(), "2026-11-22T14:03:26.000Z");
    assert_eq!(extra(&failed, "raw"), "", "the record stands in the line twice, and is kept once");
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

/// As elastic-json-v1.0.xsl writes it, with what a line differs in.
fn record(members: &str) -> String {
    format!(
        r#"<5>1 2026-11-22T14:03:27Z VAULT {{"format":"elastic","syslog":{{"audit_record":{{"Vendor":"Cyber-Ark","Product":"Vault","IsoTimestamp":"2026-11-22T14:03:27Z","Issuer":"ana","Station":"10.0.0.20","File":"Root\\unix-db-7-root","Safe":"T1","CAProperties":{{"CAProperty":[{{"Name":"UserName","Value":"root"}},{{"Name":"Address","Value":"db-7"}}]}},{members}}}}}}}"#
    )
}

#[test]
fn a_session_is_one_view_and_has_its_users_address() {
    let used = event("cyberark", &record(r#""MessageID":"308","Desc":"Use Password","Reason":"restart""#));
    says(&used, "password-view", &[("operation", "Start session"), ("justification", "restart"), ("device", "db-7"), ("username", "root")]);
    let details = "ApplicationType=PSMP-SSH;DstHost=db-7;SessionID=9;SrcHost=10.8.8.8;User=root;";
    for (id, operation) in [("300", "Session started"), ("302", "Session finished"), ("380", "Session finished")] {
        let line = record(&format!(r#""MessageID":"{id}","Desc":"PSM","ExtraDetails":"{details}""#));
        says(
            &event("cyberark", &line),
            "audit-tracking",
            &[("operation", operation), ("ip", "10.8.8.8"), ("entity_name", "db-7"), ("user", "ana")],
        );
    }
    let own = record(&format!(r#""MessageID":"378","Desc":"PSM Secure Connect Session Start","ExtraDetails":"{details}""#));
    says(&event("cyberark", &own), "password-view", &[("operation", "Start session"), ("ip", "10.8.8.8")]);
    let leef = "<5>1 2026-11-22T14:03:27Z VAULT LEEF:1.0|Cyber-Ark|Vault|14.4|302|Action=PSM Disconnect\tusrName=ana\tsrc=10.0.0.20\tshost=10.8.8.8\tdhost=db-7\tduser=root";
    says(&event("cyberark", leef), "audit-tracking", &[("operation", "Session finished"), ("ip", "10.8.8.8")]);
    let cef = r#"<5>1 2026-11-22T14:03:27Z VAULT CEF:0|Cyber-Ark|Vault|12.6|300|PSM Connect|5|suser=ana shost=10.0.0.20 dhost=db-7 duser=root cs5Label="Other info" cs5="DstHost=db-7;SrcHost=10.8.8.8;User=root;""#;
    says(&event("cyberark", cef), "audit-tracking", &[("ip", "10.8.8.8")]);
}

#[test]
fn a_justification_is_the_users_own_words_and_nothing_else() {
    for (id, reason, operation, words) in [
        ("295", "(Action: Show Password)", "View password", ""),
        ("295", "(Action: Copy Password) disk full ", "Copy password", "disk full"),
        ("295", "disk full", "View password", "disk full"),
        ("428", "(Action: Connect)disk full(Connection to address: 10.0.0.5)", "Start session", "disk full"),
        ("428", "(Action: Connect)(Connection to address: 10.0.0.5)(Connection method: SSH)", "Start session", ""),
        ("428", "(Action: Copy SSH Key)x", "Copy password", "x"),
    ] {
        let line = record(&format!(r#""MessageID":"{id}","Desc":"Retrieve","Reason":"{reason}""#));
        says(&event("cyberark", &line), "password-view", &[("operation", operation), ("justification", words)]);
    }
}

#[test]
fn a_ticket_is_one_where_it_is_not_the_reason_again() {
    let line = |ticket: &str, msg: &str| {
        format!(
            r#"<5>1 2026-11-22T14:03:27Z VAULT CEF:0|Cyber-Ark|Vault|12.6|295|Retrieve password|5|suser=ana shost=10.0.0.9 dhost=db-7 duser=root reason= cn2Label="Ticket Id" cn2="{ticket}"  msg="{msg}""#
        )
    };
    for (ticket, msg, governance) in [
        ("disk full", "disk full", ""),
        ("CHG7", "CHG7", ""),
        ("CHG7", "disk full", "CHG7"),
        ("see below", "disk full", ""),
        ("INC-2026/7", "x", "INC-2026/7"),
    ] {
        says(&event("cyberark", &line(ticket, msg)), "password-view", &[("governance_id", governance), ("justification", msg)]);
    }
}

#[test]
fn the_first_try_is_one_and_giving_up_is_no_operation() {
    let line = |id: &str, reason: &str, retries: &str| {
        record(&format!(r#""MessageID":"{id}","Desc":"CPM","Reason":"{reason}","RetriesCount":"{retries}""#))
            .replace(r#""Issuer":"ana""#, r#""Issuer":"PasswordManager_2""#)
    };
    for (id, reason, retries, attempts) in [
        ("57", "failed (try #0). Code: 2101", "0", "1"),
        ("24", "ImmediateTask", "-1", "1"),
        ("22", "", "", "1"),
        ("57", "failed (try #3)", "9", "4"),
    ] {
        let event = event("cyberark", &line(id, reason, retries));
        says(&event, "password-operation", &[("attempts", attempts), ("requester_kind", "Task")]);
        assert_eq!(event.attempts[0].number.to_string(), attempts);
    }
    says(
        &event("cyberark", &line("130", "MaxRetries. Failure Description: x", "5")),
        "audit-tracking",
        &[
            ("operation", "Management disabled"),
            ("entity", "Account"),
            ("entity_name", "Root\\unix-db-7-root"),
            ("user", "PasswordManager_2"),
        ],
    );
}

#[test]
fn programs_and_the_vaults_own_users_are_told_from_people() {
    let line = |id: &str, issuer: &str| {
        record(&format!(r#""MessageID":"{id}","Desc":"Retrieve password""#)).replace("\"ana\"", &format!("\"{issuer}\""))
    };
    says(&event("cyberark", &line("295", "ana")), "password-view", &[("origin", ""), ("actor_kind", "Person")]);
    for (id, issuer) in [("295", "Prov_APP7"), ("428", "Prov_APP7"), ("308", "prov_app7"), ("319", "ana")] {
        says(
            &event("cyberark", &line(id, issuer)),
            "password-view",
            &[("operation", "View password"), ("origin", "API (A2A)"), ("actor_kind", "Service")],
        );
    }
    for issuer in ["PasswordManager", "PasswordManager1", "PVWAAppUser", "PSMApp_PSM-1"] {
        says(
            &event("cyberark", &line("295", issuer)),
            "audit-tracking",
            &[("operation", "Read"), ("user", issuer), ("actor_kind", "System")],
        );
    }
    says(&event("cyberark", &line("295", "Providence")), "password-view", &[("origin", "")]);
    says(
        &event("cyberark", &line("295", "PasswordManagement")),
        "password-view",
        &[("user", "PasswordManagement"), ("actor_kind", "Person")],
    );
}

#[test]
fn ids_that_are_not_in_the_list_are_read_by_their_names() {
    let line = |desc: &str| record(&format!(r#""MessageID":"9000","Desc":"{desc}","TargetUser":"bea""#));
    for (desc, operation, entity, change) in [
        ("Delete Safe", "Deletion", "Safe", "Yes"),
        ("Activate Trusted Network Area", "Update", "Trusted Network Area", "Yes"),
        ("Open Safe", "Read", "Safe", "No"),
        ("Update User (Unauthorized)", "Access denied", "User", "No"),
        ("Add Location Failed", "Add failed", "Location", "No"),
    ] {
        says(
            &event("cyberark", &line(desc)),
            "audit-tracking",
            &[("operation", operation), ("entity", entity), ("change", change), ("entity_name", "bea")],
        );
    }
    for (desc, operation, status) in
        [("CPM Change SSH Key", "Change password", "Success"), ("CPM Reconcile SSH Key Failed", "Reconcile password", "Error")]
    {
        says(
            &event("cyberark", &line(desc)),
            "password-operation",
            &[("operation", operation), ("status", status), ("credential_type", "SSH Key")],
        );
    }
}

#[test]
fn trails_name_what_they_are_about() {
    for (members, operation, entity, name) in [
        (r#""MessageID":"265","SourceUser":"Vault Admins","TargetUser":"eve""#, "Creation", "Group member", "eve"),
        (r#""MessageID":"23""#, "Access denied", "Safe", "T1"),
        (r#""MessageID":"185""#, "Creation", "Safe", "T1"),
        (r#""MessageID":"19","SourceUser":"PVWAGWUser""#, "Connection", "Gateway", "PVWAGWUser"),
        (r#""MessageID":"427""#, "Update", "SSH key of an account", "Root\\unix-db-7-root"),
    ] {
        says(
            &event("cyberark", &record(members)),
            "audit-tracking",
            &[("operation", operation), ("entity", entity), ("entity_name", name), ("user", "ana")],
        );
    }
    let bare = r#"<5>1 2026-11-22T14:03:27Z VAULT {"syslog":{"audit_record":{"Vendor":"Cyber-Ark","IsoTimestamp":"2026-11-22T14:03:27Z","MessageID":"88","Desc":"Set Password","Issuer":"ana","File":""}}}"#;
    says(&event("cyberark", bare), "audit-tracking", &[("operation", "Update"), ("entity_name", "ana")]);
}

#[test]
fn nothing_that_was_typed_is_kept() {
    for id in ["344", "346", "359", "360", "361", "362", "411", "412"] {
        let line = record(&format!(r#""MessageID":"{id}","Desc":"x","ExtraDetails":"Command=S3cret;User=root;""#));
        assert_eq!(refused("cyberark", &line), "unwanted: left out by its mapping", "{id}");
    }
    let cloud = cloud("PAM00411", "Window Title", "").replace("\"new_target\":\"\"", "\"new_target\":\"Command=S3cret;\"");
    assert_eq!(refused("cyberark", &cloud), "unwanted: left out by its mapping");
}

#[test]
fn what_the_vault_says_of_its_own_load_is_left_out() {
    let line = r#"{"format":"elastic","syslog":{"monitor_record":{"IsoTimestamp":"2026-11-22T14:03:27Z","Vendor":"Cyber-Ark","Product":"VaultMonitor","CPUUsage":"7"}}}"#;
    assert_eq!(refused("cyberark", line), "unwanted: left out by its mapping");
}

#[test]
fn leef_says_what_cef_does() {
    let leef = |id: &str, reason: &str| {
        format!(
            "<5>1 2026-11-22T14:03:27Z VAULT LEEF:1.0|Cyber-Ark|Vault|14.4.0002|{id}|sev=6\tAction=x\tEventMessage=x\tOSUser=\tusrName=ana\tsrc=10.0.0.9\tSourceUser=\tTargetUser=bea\tFile=Root/x\tSafe=T1\tReason={reason}\t shost=10.0.0.9\tdhost=db-7\tduser=root"
        )
    };
    let view = [
        ("operation", "View password"),
        ("user", "ana"),
        ("ip", "10.0.0.9"),
        ("device", "db-7"),
        ("username", "root"),
        ("justification", "disk full"),
    ];
    for format in ["cyberark", "leef"] {
        says(&event(format, &leef("295", "disk full")), "password-view", &view);
    }
    says(
        &event("cyberark", &leef("57", "failed (try #1)")),
        "password-operation",
        &[("status", "Error"), ("attempts", "2"), ("username", "root")],
    );
    says(&event("cyberark", &leef("180", "")), "audit-tracking", &[("operation", "Creation"), ("entity_name", "bea")]);
    assert_eq!(event("cyberark", &leef("180", "")).time.rfc3339(), "2026-11-22T14:03:27.000Z");
}

/// An audit event of Privilege Cloud.
fn cloud(code: &str, action: &str, message: &str) -> String {
    format!(
        r#"{{"uuid":"6f00-{code}","tenantId":"t","timestamp":1795356207120,"username":"ana@corp.example","applicationCode":"PAM","auditCode":"{code}","auditType":"Info","action":"{action}","userId":"u-7","source":"PVWA","actionType":"Password","component":"Vault","serviceName":"Privilege Cloud","accountId":"15_3","target":"10.0.0.5","message":"{message}","customData":{{"PAM":{{"new_target":"","target":"Root\\unix-db"}}}},"safe":"T1","accountName":"unix-db","targetPlatform":"UnixSSH","targetAccount":"root","identityType":null}}"#
    )
}

#[test]
fn privilege_cloud_has_the_vaults_codes_and_its_own() {
    let copied = event("cyberark", &cloud("PAM00295", "Retrieve password", "(Action: Copy Password)disk full"));
    says(
        &copied,
        "password-view",
        &[
            ("operation", "Copy password"),
            ("user", "ana@corp.example"),
            ("device", "10.0.0.5"),
            ("username", "root"),
            ("justification", "disk full"),
        ],
    );
    assert_eq!((&*copied.source_id, copied.time.millis()), ("6f00-PAM00295", 1_795_356_207_120));
    says(&event("cyberark", &cloud("PAM00032", "Add Owner", "")), "audit-tracking", &[("operation", "Creation"), ("entity", "Safe owner")]);
    says(
        &event("cyberark", &cloud("PAM00038", "CPM Verify Password Failed", "x (try #0)")),
        "password-operation",
        &[("status", "Error"), ("attempts", "1")],
    );
    let user = r#"{"uuid":"5f","timestamp":1795356207120,"username":"ana@corp.example","applicationCode":"IDP","auditCode":"IDP2001","action":"add-user","source":"2001:db8::7","actionType":"Create","component":"Identity","serviceName":"Identity","message":"add-user","customData":{"user_name":"bea@corp.example"}}"#;
    says(
        &event("cyberark", user),
        "audit-tracking",
        &[
            ("operation", "Creation"),
            ("entity", "Identity"),
            ("entity_name", "bea@corp.example"),
            ("ip", "2001:db8::7"),
            ("change", "Yes"),
            ("origin", "Identity"),
        ],
    );
}
