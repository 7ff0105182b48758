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
