use super::*;

fn line(fields: &str) -> String {
    format!(
        "<134>Nov 22 14:03:27 pra-1 BG[98765]:1234:01:01:{fields};site=pra.example;when=1795356207;who=Ana Lima(ana) using password;who_ip=10.0.0.9"
    )
}

#[test]
fn signing_in_is_told_from_failing_to_and_from_programs() {
    for (fields, operation, kind) in [
        ("event=login;status=success;target=web/login", "Login", "Person"),
        ("event=login;status=failure;reason=failed;target=rep_client", "Login failed", "Person"),
        ("event=logout;target=web/login", "Logout", "Person"),
        ("event=token;target=web/api;status=success", "Login", "Service"),
    ] {
        let event = event("beyondtrust-pra", &line(fields));
        says(
            &event,
            "audit-tracking",
            &[("operation", operation), ("user", "Ana Lima"), ("username", "ana"), ("ip", "10.0.0.9"), ("actor_kind", kind)],
        );
        assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.000Z", "the line's own time");
    }
}

#[test]
fn what_is_changed_has_its_name_and_not_that_of_a_part_of_it() {
    let changed = line("event=user_changed;old_provider:name=3;old_username=bea@corp.example;new_permissions:admin=1;id=7");
    says(
        &event("beyondtrust-pra", &changed),
        "audit-tracking",
        &[("operation", "Update"), ("entity", "User"), ("entity_name", "bea@corp.example"), ("entity_id", "7"), ("change", "Yes")],
    );
    let newer = line("event=jump_approval_removed;name=Nightly");
    says(
        &event("beyondtrust-pra", &newer),
        "audit-tracking",
        &[("operation", "Deletion"), ("entity", "jump_approval"), ("entity_name", "Nightly")],
    );
}

#[test]
fn a_value_that_looks_like_a_field_is_none() {
    let forged = line(r"event=account_added;name=x\;event\=login\;who\=root;id=9");
    says(&event("beyondtrust-pra", &forged), "audit-tracking", &[("entity", "Vault account"), ("user", "Ana Lima")]);
}

#[test]
fn the_second_part_of_a_long_message_is_left_out() {
    let second = "<134>Nov 22 14:03:27 pra-1 BG[98765]:1234:02:02:new_permissions:support:accept_team_sessions=1";
    assert!(refused("beyondtrust-pra", second).starts_with("unwanted"));
    assert!(refused("beyondtrust-pra", &line("event=reboot")).starts_with("no mapping: line of text reboot"));
}
