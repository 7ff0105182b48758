use super::*;

#[test]
fn the_three_shapes_say_the_same() {
    let json = r#"{"Agent ID":"PBPS","Event Name":"ISA","ObjectType":"Password","Operation":"Retrieve","UserName":"ana","LogTime":"11/22/2026 14:03:27","Event Subject":"10.0.0.1","Failed":"False","Target":"ManagedAccount=root ManagedSystem=db-1","Details":"Request 7"}"#;
    let leef = "LEEF:1.0|BeyondTrust|BeyondInsight|22|PBPS|ObjectType=Password\tOperation=Retrieve\tusrName=ana\tdevTime=Nov 22 2026 14:03:27\tsrc=10.0.0.1\tTarget=ManagedAccount=root ManagedSystem=db-1";
    let cef = "CEF:0|BeyondTrust|BeyondInsight|22|PBPS|ISA|1|suser=ana rt=1795356207000 src=10.0.0.1 cs1Label=ObjectType cs1=Password cs2Label=Operation cs2=Retrieve cs3Label=Target cs3=Account\\=root System\\=db-1";
    for line in [json, leef, cef] {
        let event = event("beyondtrust", line);
        says(
            &event,
            "password-view",
            &[("operation", "View password"), ("user", "ana"), ("ip", "10.0.0.1"), ("username", "root"), ("device", "db-1")],
        );
        assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    }
}

#[test]
fn what_failed_is_told() {
    let line = |operation: &str, failed: &str| {
        format!(
            r#"{{"Agent ID":"PBPS","ObjectType":"Functional Account","ObjectID":3,"Operation":"{operation}","UserName":"ana","LogTime":"11/22/2026 14:03:27","Failed":"{failed}"}}"#
        )
    };
    says(&event("beyondtrust", &line("Login", "True")), "audit-tracking", &[("operation", "Login failed")]);
    says(
        &event("beyondtrust", &line("Add", "False")),
        "audit-tracking",
        &[("operation", "Creation"), ("change", "Yes"), ("entity_id", "3")],
    );
    says(&event("beyondtrust", &line("Add", "True")), "audit-tracking", &[("operation", "Creation"), ("change", "No")]);
    says(&event("beyondtrust", &line("Change Password", "True")), "password-operation", &[("status", "Error")]);
}

/// As the event forwarder's JSON has it.
fn json(desc: &str, nvps: &str) -> String {
    format!(
        r#"{{"severity":"0","eventid":"PBPS","agentid":"PBPS","eventsubject":"10.0.0.9","sourcehost":"bi-1","eventdesc":"{desc}","eventname":"Administrators","eventdate":"Nov 22 2026 14:03:27","vendor":"BeyondTrust","product":"BeyondInsight","nvps":{{"ipaddress":"10.0.0.9","logtime":"11/22/2026 2:03:27 PM","roleused":"Administrators","objectid":"7","username":"ana",{nvps}}},"user":"ana"}}"#
    )
}

#[test]
fn the_forwarders_json_names_account_and_device_with_blanks_in_them() {
    for (target, device, account) in [
        ("Asset:db-7 MAccount:root", "db-7", "root"),
        ("Asset:db 7 north MAccount:svc backup Domain:corp", "db 7 north", "svc backup"),
        ("MAccount:root, Asset:db-7", "db-7", "root"),
    ] {
        let line = json(
            "System",
            &format!(
                r#""objecttype":"Password","operation":"Retrieve","target":"{target}","reason":"disk full","details":"ISA Release #1""#
            ),
        );
        let event = event("beyondtrust", &line);
        says(
            &event,
            "password-view",
            &[
                ("operation", "View password"),
                ("user", "ana"),
                ("ip", "10.0.0.9"),
                ("device", device),
                ("username", account),
                ("justification", "disk full"),
                ("message", "ISA Release #1"),
            ],
        );
        assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    }
}

#[test]
fn the_agents_changes_and_tests_are_operations() {
    for (desc, nvps, operation, status) in [
        ("Failed", r#""btcategory":"Change","result":"F""#, "Change password", "Error"),
        ("Failed", r#""btcategory":"Change""#, "Change password", "Error"),
        ("Success", r#""btcategory":"Change","result":"S""#, "Change password", "Success"),
        ("Success", r#""btcategory":"Test","result":"F""#, "Verify password", "Error"),
    ] {
        let event = event("beyondtrust", &json(desc, &format!(r#"{nvps},"target":"Asset:db-7 MAccount:root""#)));
        says(&event, "password-operation", &[("operation", operation), ("status", status), ("device", "db-7"), ("username", "root")]);
        assert_eq!(event.attempts.len(), 1);
    }
}

#[test]
fn cef_and_leef_have_the_makers_own_names() {
    let cef = |rest: &str| {
        format!(
            "<14>Nov 22 14:03:28 bi-1 CEF:0|BeyondTrust|BeyondInsight|25.1|PBPS|Administrators|0|start=Nov 22 2026 14:03:27 src=10.0.0.9 suser=ana {rest}"
        )
    };
    let seen = "BeyondTrustBeyondInsightObjectType=Password BeyondTrustBeyondInsightOperation=Retrieve";
    let event_of = |line: &str| event("beyondtrust", line);
    says(
        &event_of(&cef(&format!("{seen} msg=ISA Release #1"))),
        "password-view",
        &[("user", "ana"), ("ip", "10.0.0.9"), ("message", "ISA Release #1")],
    );
    assert_eq!(event_of(&cef(seen)).time.rfc3339(), "2026-11-22T14:03:27.000Z");
    for result in ["Result=F", "Failed=True"] {
        says(
            &event_of(&cef(&format!("{seen} BeyondTrustBeyondInsight{result}"))),
            "audit-tracking",
            &[("operation", "Access denied"), ("change", "No")],
        );
    }
    let leef = "LEEF:1.0|BeyondTrust|BeyondInsight|25.1|PBPS|devTime=Nov 22 2026 14:03:27\tsrc=10.0.0.9\tusrName=ana\tBeyondTrustBeyondInsightObjectType=Password\tBeyondTrustBeyondInsightOperation=Retrieve\tBeyondTrustBeyondInsightTarget=Asset:db-7 MAccount:root";
    says(&event_of(leef), "password-view", &[("user", "ana"), ("device", "db-7"), ("username", "root")]);
    let console = cef("").replace("|PBPS|Administrators|", "|AppAudit|Login|");
    says(&event_of(&console), "audit-tracking", &[("operation", "Login"), ("user", "ana"), ("change", "No")]);
    says(&event("cef", &console.replace("|Login|", "|Edit|")), "audit-tracking", &[("operation", "Update"), ("change", "Yes")]);
}

#[test]
fn audits_of_the_api_are_trails() {
    let audit = |action: &str| {
        format!(
            r#"{{"AuditID":7,"ActionType":"{action}","Section":"SecretsSafeFolder","UserID":1,"UserName":"ana@corp.example","IPAddress":"10.0.0.9","CreateDate":"2026-11-22T14:03:27.36Z"}}"#
        )
    };
    for (action, operation, change) in
        [("Add", "Creation", "Yes"), ("Login", "Login", "No"), ("Delete", "Deletion", "Yes"), ("Read", "Read", "No")]
    {
        says(
            &event("beyondtrust", &audit(action)),
            "audit-tracking",
            &[
                ("operation", operation),
                ("entity", "SecretsSafeFolder"),
                ("user", "ana@corp.example"),
                ("ip", "10.0.0.9"),
                ("change", change),
            ],
        );
    }
    assert!(refused("beyondtrust", &audit("Fly")).starts_with("no mapping"));
}

#[test]
fn sessions_begin_as_views_and_end_as_trails() {
    let line = |operation: &str| {
        json("System", &format!(r#""objecttype":"RDP Session","operation":"{operation}","target":"Asset:db-7 MAccount:root""#))
    };
    says(&event("beyondtrust", &line("Start")), "password-view", &[("operation", "Start session"), ("device", "db-7")]);
    says(&event("beyondtrust", &line("End")), "audit-tracking", &[("operation", "Session finished")]);
}
