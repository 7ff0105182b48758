use super::*;

/// Of Bitwarden's public API.
fn bitwarden(kind: u32) -> String {
    format!(
        r#"{{"object":"event","type":{kind},"itemId":"3767a302","collectionId":null,"groupId":null,"policyId":null,"memberId":"e68b8629","actingUserId":"a2549f79","date":"2026-11-22T14:03:27.120Z","device":2,"ipAddress":"10.1.2.3"}}"#
    )
}

#[test]
fn looking_copying_and_filling_in_are_views() {
    for (kind, operation) in
        [(1108, "View password"), (1118, "View password"), (1131, "Copy password"), (1111, "Copy password"), (1114, "Autofill")]
    {
        let event = event("bitwarden", &bitwarden(kind));
        says(
            &event,
            "password-view",
            &[("operation", operation), ("user", "a2549f79"), ("device", "3767a302"), ("ip", "10.1.2.3"), ("origin", "Web")],
        );
        assert!(!event.get("message").is_empty());
        assert_eq!((event.time.millis(), extra(&event, "type")), (1_795_356_207_120, kind.to_string().as_str()));
    }
}

#[test]
fn vaultwarden_names_the_same_things_differently() {
    let line = r#"{"type":1108,"userId":"u-1","organizationId":"o-1","cipherId":"c-1","actingUserId":"u-1","date":"2026-11-22T14:03:27.120000Z","deviceType":8,"ipAddress":"::1"}"#;
    says(&event("vaultwarden", line), "password-view", &[("user", "u-1"), ("device", "c-1"), ("origin", "Desktop"), ("ip", "::1")]);
}

#[test]
fn the_rest_are_trails_or_are_kept_aside() {
    for (kind, operation, entity) in [
        (1107, "Read", "Item"),
        (1509, "Update", "Member"),
        (1603, "Read", "Vault"),
        (1903, "Read", "Client organisation"),
        (2003, "Verification failed", "Domain"),
        (2103, "Deletion", "Secret"),
        (2304, "Creation", "Machine account"),
        (2402, "Bypass", "Blocked site"),
        (2511, "Download", "Send"),
        (2602, "Disapproval", "Access request"),
        (1000, "Login", "User"),
        (1005, "Login failed", "User"),
        (1100, "Creation", "Item"),
        (1103, "Creation", "Attachment"),
        (1400, "Creation", "Group"),
        (1503, "Deletion", "Member"),
        (1601, "Deletion", "Vault"),
        (1602, "Export", "Vault"),
        (1700, "Update", "Policy"),
    ] {
        says(&event("bitwarden", &bitwarden(kind)), "audit-tracking", &[("operation", operation), ("entity", entity)]);
    }
    assert_eq!(refused("bitwarden", &bitwarden(9900)), "no mapping: JSON object event type 9900");
}

#[test]
fn a_secret_that_a_program_retrieves_is_a_view_of_its_own_origin() {
    let line = |members: &str| {
        format!(
            r#"{{"object":"event","type":2100,"secretId":"s-1",{members},"date":"2026-11-22T14:03:27Z","device":21,"ipAddress":"10.1.2.3"}}"#
        )
    };
    says(
        &event("bitwarden", &line(r#""serviceAccountId":"m-1""#)),
        "password-view",
        &[("user", "m-1"), ("device", "s-1"), ("origin", "API (A2A)")],
    );
    says(&event("bitwarden", &line(r#""actingUserId":"u-1""#)), "password-view", &[("user", "u-1"), ("operation", "View password")]);
}

#[test]
fn a_click_on_a_notice_is_left_out() {
    assert_eq!(refused("bitwarden", &bitwarden(1522)), "unwanted: left out by its mapping");
}
