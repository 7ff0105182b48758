use super::*;

fn line(action: &str, status: u8) -> String {
    format!(
        r#"2026-11-22 14:03:28 info: {{"timestamp":"2026-11-22 14:03:27","user":"ana@corp.example","action":"{action}","context":"Ana Lima (ana@corp.example) accessed password","status":{status},"resource_id":"r-1","resource_name":"Orders","resource_username":"root","resource_uri":"https://db-7.corp.example:5432/orders"}}"#
    )
}

#[test]
fn reading_a_secret_is_a_view_and_what_is_refused_a_trail() {
    let view = event("passbolt", &line("password_access", 1));
    says(
        &view,
        "password-view",
        &[
            ("operation", "View password"),
            ("user", "Ana Lima"),
            ("login", "ana@corp.example"),
            ("device", "db-7.corp.example"),
            ("username", "root"),
        ],
    );
    assert_eq!(view.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    says(
        &event("passbolt", &line("password_access", 0)),
        "audit-tracking",
        &[("operation", "Access denied"), ("entity_name", "Orders"), ("change", "No")],
    );
}

#[test]
fn everything_else_is_a_trail() {
    for (action, status, operation, change) in [
        ("password_update", 1, "Update", "Yes"),
        ("password_delete", 0, "Deletion failed", "No"),
        ("share", 1, "Share", "Yes"),
        ("user_login", 1, "Login", "No"),
        ("user_login", 0, "Login failed", "No"),
    ] {
        says(
            &event("passbolt", &line(action, status)),
            "audit-tracking",
            &[("operation", operation), ("change", change), ("username", "ana@corp.example")],
        );
    }
}
