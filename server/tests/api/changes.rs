//! Tests of the board of password changes over the API.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

const PATH: &str = "/api/v1/dashboards/password-changes";

/// An operation of another system, and the classes of its attempts' errors.
fn operation(id: usize, day: u8, status: &str, classes: &[&str]) -> String {
    let start = format!("2026-11-{day}T14:00:00Z");
    let attempt = |class: &&str| {
        let result = if class.is_empty() { "Success" } else { "Error" };
        json!({ "start": start, "result": result, "error_class": class, "message": "said" })
    };
    let attempts: Vec<Value> = classes.iter().map(attempt).collect();
    let event = json!({
        "report": "password-operation", "source_id": format!("op-{id}"), "time": start, "device": format!("srv-{}", id % 2), "site": "Porto",
        "operation": "Change password", "status": status, "attempts": attempts,
    });
    format!("{event}\n")
}

#[tokio::test]
async fn the_board_has_the_numbers_of_the_report() {
    let server = Server::start().await;
    let lines = [
        operation(1, 20, "Success", &[""]),
        operation(2, 20, "Success", &["Connectivity", ""]),
        operation(3, 21, "Error", &["Connectivity", "Connectivity"]),
        operation(4, 21, "Error", &["Connectivity"]),
        operation(5, 21, "Error", &["Connectivity", "Permission denied"]),
        operation(6, 21, "Error", &["Inconclusive"]),
        operation(7, 22, "Running", &[]),
        operation(8, 22, "Scheduled", &["Inconclusive"]),
        operation(9, 25, "Scheduled", &[]),
        operation(10, 22, "Awaiting approval", &[]),
    ];
    let sent = server.sender("pam").await.request("POST", "/api/v1/events").body(lines.concat()).send().await.expect("an answer");
    assert_eq!(sent.json::<Value>().await.expect("JSON")["stored"], lines.len());
    let manager = server.signed_in(Role::Manager).await;
    let period = "source=pam&from=2026-11-16&to=2026-11-24&zone=America/Sao_Paulo";
    let shown = manager.json(&format!("{PATH}?{period}")).await;
    let rows = async |query: &str| {
        let page = manager.json(&format!("/api/v1/reports/password-operation?limit=500&columns=id&source=pam&{query}")).await;
        page["rows"].as_array().expect("rows").len() as u64
    };
    let one = |list: &str, key: &str, name: &str, of: &str| -> u64 {
        let found = shown[list].as_array().expect("a list").iter().find(|one| one[key] == name).expect("one of it");
        found[of].as_u64().expect("a number")
    };
    for (name, status, there) in [("awaiting_approval", "Awaiting%20approval", 1), ("scheduled", "Scheduled", 2), ("running", "Running", 1)]
    {
        let told = one("standing", "standing", name, "operations");
        assert_eq!((told, rows(&format!("status={status}")).await), (there, there), "{name}");
    }
    for (name, query, there) in [
        ("succeeded", "status=Success", 2),
        ("failed", "status=Error", 4),
        ("exhausted", "status=Error&error_class=Connectivity&error_class=Unavailable&error_class=Inconclusive&attempts.min=2", 1),
        ("not_verified", "error_class=Inconclusive", 2),
    ] {
        assert_eq!((one("outcomes", "outcome", name, "now"), rows(&format!("{query}&{period}")).await), (there, there), "{name}");
    }
    let sum = |of: &str| shown["spans"].as_array().expect("spans").iter().map(|span| span[of].as_u64().expect("a number")).sum::<u64>();
    assert_eq!((sum("succeeded"), sum("succeeded_again"), sum("failed")), (2, 1, 4));
    let failed = |at: usize| &shown["failed"][at];
    assert_eq!([0, 1, 2].map(|at| &failed(at)["column"]), [&json!("error_class"), &json!("device"), &json!("site")]);
    assert_eq!(failed(0)["values"][0], json!({ "value": "Connectivity", "failed": 2, "exhausted": 1 }));
    assert_eq!(failed(2)["values"], json!([{ "value": "Porto", "failed": 4, "exhausted": 1 }]));
    assert_eq!(shown["alike_total"], 4, "{}", shown["alike"]);
}

#[tokio::test]
async fn what_the_board_cannot_read_is_named() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for (query, field) in
        [("show=views", "show"), ("user=ana", "user"), ("schedule_date=mon-24", "schedule_date"), ("zone=Mars/Olympus", "zone")]
    {
        let (status, _, named) = problem(manager.get(&format!("{PATH}?{query}")).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{query}");
    }
}
