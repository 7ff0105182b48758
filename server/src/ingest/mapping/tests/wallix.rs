use super::*;

fn line(payload: &str) -> String {
    format!("<30>Nov 22 14:03:27 bastion WAB(CORE)[1234]: {payload}")
}

#[test]
fn trails_say_what_was_done_to_what() {
    let event = event(
        "wallix",
        &line(
            r#"[wabaudit] action="edit" type="User" object="ana" user="admin" client_ip="192.168.0.12" infos="email ['' to 'a "x" @b']""#,
        ),
    );
    says(
        &event,
        "audit-tracking",
        &[
            ("operation", "Update"),
            ("entity", "User"),
            ("entity_name", "ana"),
            ("username", "admin"),
            ("ip", "192.168.0.12"),
            ("change", "Yes"),
        ],
    );
    assert_eq!(extra(&event, "infos"), "email ['' to 'a \"x\" @b']");
    assert_eq!((event.time.rfc3339(), extra(&event, "syslog.program")), ("2026-11-22T14:03:27.000Z".to_owned(), "WAB(CORE)"));
}

#[test]
fn backups_are_backups() {
    let saved = r#"[wabaudit] action="backup" type="Backup/Restore" user="admin" client_ip="192.168.0.12" infos="Backup ['wab-12.0_2026-11-22_03-00-00.wbk' saved]""#;
    says(&event("wallix", &line(saved)), "performed-backups", &[("type", "Full"), ("status", "Success"), ("requested_by", "admin")]);
    let failed = r#"[wabaudit] action="backup" type="Backup/Restore" user="admin" infos="Backup failed: disk full""#;
    says(&event("wallix", &line(failed)), "performed-backups", &[("status", "Error")]);
    let download = r#"[wabaudit] action="download" type="Backup/Restore" user="admin" infos="Backup ['a.wbk' downloaded]""#;
    says(&event("wallix", &line(download)), "audit-tracking", &[("operation", "Download"), ("entity_name", "a.wbk"), ("change", "No")]);
}

#[test]
fn sign_ins_sessions_and_checkouts_are_told_apart() {
    let ok = r#"[wabauth] action="authentify" user="ana" client_ip="1.1.1.1" status="success" infos="diagnostic [ok]""#;
    says(&event("wallix", &line(ok)), "audit-tracking", &[("operation", "Login"), ("username", "ana")]);
    let failed =
        r#"[wabauth] action="authentify" user="ana" client_ip="1.1.1.1" status="failure" infos="diagnostic [Authentication failed]"#;
    says(&event("wallix", &line(failed)), "audit-tracking", &[("operation", "Login failed")]);
    let session = r#"[SSH Session] session_id="18" client_ip="1.1.1.1" target_ip="10.0.0.5" user="ana" device="db-1" service="SSH" account="root" type="SESSION_ESTABLISHED_SUCCESSFULLY""#;
    says(&event("wallix", &line(session)), "password-view", &[("operation", "Start session"), ("device", "db-1"), ("username", "root")]);
    let out = r#"[Vault Activity] type="Vault" action="checkout" user="ana" account="root@local@db-1" vault="local" result="Checkout successful""#;
    says(&event("wallix", &line(out)), "password-view", &[("operation", "Checkout"), ("username", "root@local@db-1"), ("device", "db-1")]);
    says(&event("wallix", &line(&out.replace("checkout", "checkin"))), "audit-tracking", &[("operation", "Checkin")]);
}

#[test]
fn what_is_typed_in_a_session_and_what_the_page_asks_for_is_left_out() {
    let typed = r#"[RDP Session] session_id="19" user="ana" type="KBD_INPUT" data="hunter2""#;
    assert_eq!(refused("wallix", &line(typed)), "unwanted: left out by its mapping");
    assert_eq!(refused("wallix", &line(r#"[wabaudit] action="list" type="Approval" user="a""#)), "unwanted: left out by its mapping");
    assert_eq!(refused("wallix", &line(r#"[kernel] x="y""#)), "no mapping: line of key=\"value\" pairs with the fields tag, x");
}

#[test]
fn an_approvers_decision_is_one() {
    let decided = |to: &str| {
        let payload = format!(
            r#"[wabaudit] action="edit" type="Approval" object="<Approval(uid=7)>" user="bea" client_ip="10.0.0.9" infos="status ['3' to '{to}'], comment ['' to 'ok']""#
        );
        event("wallix", &line(&payload)).get("operation").plain()
    };
    assert_eq!([decided("1"), decided("2"), decided("4")], ["Approval", "Disapproval", "Update"]);
    let other = r#"[wabaudit] action="edit" type="User" object="x" user="bea" infos="status ['3' to '1']""#;
    says(&event("wallix", &line(other)), "audit-tracking", &[("operation", "Update"), ("entity", "User")]);
}

#[test]
fn sessions_of_the_web_and_connections_that_failed_are_known() {
    let session = |tag: &str, kind: &str| line(&format!(r#"[{tag}] type="{kind}" session_id="1" user="ana" device="db-7" account="root""#));
    says(
        &event("wallix", &session("Web Session", "SESSION_ESTABLISHED_SUCCESSFULLY")),
        "password-view",
        &[("operation", "Start session"), ("device", "db-7")],
    );
    says(&event("wallix", &session("Web Session", "SESSION_DISCONNECTION")), "audit-tracking", &[("operation", "Session finished")]);
    says(
        &event("wallix", &session("RDP Session", "CONNECTION_FAILED")),
        "audit-tracking",
        &[("operation", "Access denied"), ("entity_name", "db-7")],
    );
    for kind in ["SESSION_ENDING_IN_PROGRESS", "NOTIFY_PATTERN_DETECTED", "SOMETHING_NEW"] {
        assert_eq!(refused("wallix", &session("SSH Session", kind)), "unwanted: left out by its mapping");
    }
    let ended = r#"[wabaudit] action="terminate" type="sessionlog" object="1" user="bea" infos="reason ['Killed by admin']""#;
    says(&event("wallix", &line(ended)), "audit-tracking", &[("operation", "Termination"), ("user", "bea"), ("change", "No")]);
}
