use super::*;

fn streamed(kind: &str, actor: &str, metadata: &str) -> String {
    format!(
        r#"{{"id":"a-1","eventType":"{kind}","eventMetadata":{{{metadata}}},"actor":"{actor}","actorMetadata":{{"email":"ana@corp.example","username":"ana","name":"ci"}},"ipAddress":"10.0.0.9","userAgentType":"web","projectName":"shop","createdAt":"2026-11-22T14:03:27.120Z"}}"#
    )
}

#[test]
fn reading_a_secret_is_a_view_by_whom_it_is() {
    for (actor, kind, origin) in [("user", "Person", "Web"), ("identity", "Service", "API (A2A)"), ("service", "Service", "API (A2A)")] {
        let line = streamed("get-secret", actor, r#""environment":"prod","secretPath":"/db","secretId":"s-1","secretKey":"ORDERS_URL""#);
        let event = event("infisical", &line);
        says(
            &event,
            "password-view",
            &[
                ("operation", "View password"),
                ("device", "shop/prod/db"),
                ("username", "ORDERS_URL"),
                ("ip", "10.0.0.9"),
                ("actor_kind", kind),
                ("origin", origin),
            ],
        );
        assert_eq!((event.time.rfc3339(), &*event.source_id), ("2026-11-22T14:03:27.120Z".to_owned(), "a-1"));
    }
}

#[test]
fn the_api_gives_the_same_in_objects() {
    let line = r#"{"id":"a-2","event":{"type":"create-secret","metadata":{"environment":"prod","secretPath":"/db","secretId":"s-1"}},"actor":{"type":"user","metadata":{"userId":"u-1","username":"ana"}},"createdAt":"2026-11-22T14:03:27.120Z"}"#;
    says(
        &event("infisical", line),
        "audit-tracking",
        &[
            ("operation", "Creation"),
            ("entity", "secret"),
            ("entity_id", "s-1"),
            ("user", "ana"),
            ("change", "Yes"),
            ("actor_kind", "Person"),
        ],
    );
}

#[test]
fn what_infisical_does_by_itself_and_rotations_are_told() {
    says(
        &event("infisical", &streamed("secret-rotation-rotate-secrets", "platform", r#""name":"orders""#)),
        "password-operation",
        &[("operation", "Change password"), ("status", "Success"), ("requester_kind", "Task")],
    );
    let failed = event(
        "infisical",
        &streamed("pam-account-credential-rotation-failed", "user", r#""accountName":"root","resourceName":"db-7","message":"timed out""#),
    );
    says(&failed, "password-operation", &[("status", "Error"), ("device", "db-7"), ("username", "root"), ("message", "timed out")]);
    assert_eq!(failed.attempts[0].message, "timed out");
    says(
        &event("infisical", &streamed("delete-identity", "platform", "")),
        "audit-tracking",
        &[("actor_kind", "System"), ("operation", "Deletion"), ("entity", "identity")],
    );
}

#[test]
fn verbs_stand_before_or_behind_the_thing_and_what_has_none_keeps_its_name() {
    for (kind, operation, entity) in [
        ("create-webhook", "Creation", "webhook"),
        ("pam-resource-delete", "Deletion", "pam-resource"),
        ("automated-renew-certificate-failed", "automated-renew-certificate-failed", ""),
        ("login-identity-aws-auth-failed", "Login failed", "Identity"),
    ] {
        says(&event("infisical", &streamed(kind, "user", "")), "audit-tracking", &[("operation", operation), ("entity", entity)]);
    }
}
