//! Tests of the Behavior dashboard over the API.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

const ASKED: &str = "from=2026-11-16&to=2026-11-24&operation=View%20password&services=yes&zone=America/Sao_Paulo";

fn sum(list: &Value, of: impl Fn(&Value) -> &Value) -> u64 {
    list.as_array().expect("a list").iter().map(|one| of(one).as_u64().expect("a number")).sum()
}

#[tokio::test]
async fn the_dashboard_has_the_numbers_of_the_report() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let shown = manager.json(&format!("/api/v1/dashboards/behavior?{ASKED}")).await;
    assert_eq!((&shown["step"], shown["spans"].as_array().map(Vec::len)), (&json!("day"), Some(7)));
    assert_eq!(sum(&shown["spans"], |span| &span["views"]["all"]), 5);
    let views = shown["figures"].as_array().expect("figures").iter().find(|figure| figure["measure"] == "views");
    assert_eq!(views, Some(&json!({ "measure": "views", "now": 5, "before": 0 })));
    let devices = shown["rankings"].as_array().expect("rankings").iter().find(|ranking| ranking["column"] == "device").expect("one");
    assert_eq!(sum(&devices["values"], |value| &value["views"]), 5);

    let patterns = manager.json(&format!("/api/v1/dashboards/behavior/patterns?{ASKED}")).await;
    assert_eq!(sum(&patterns["week"], |hour| &hour["views"]), 5);
    let hours = patterns["week"].as_array().expect("hours");
    // 13:59 to 14:03 in UTC on a Sunday.
    let sunday = |hour: usize| &hours[6 * 24 + hour]["views"];
    assert_eq!((hours.len(), sunday(10), sunday(11)), (168, &json!(2), &json!(3)));
    let told =
        manager.json(&format!("/api/v1/reports/password-view?{}&date=sun-11&columns=date", ASKED.replace("&services=yes", ""))).await;
    assert_eq!(told["rows"].as_array().map(Vec::len), Some(3));
    assert_eq!(patterns["trends"].as_array().map(Vec::len), Some(6));
    assert_eq!(sum(&patterns["credentials"], |used| &used["views"]), 5);
    assert_eq!(patterns["latest"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_the_dashboard_cannot_read_is_named() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for path in ["/api/v1/dashboards/behavior", "/api/v1/dashboards/behavior/patterns"] {
        for (query, field) in [("show=all", "show"), ("services=1", "services"), ("date=mon-24", "date"), ("zone=Mars/Olympus", "zone")] {
            let (status, _, named) = problem(manager.get(&format!("{path}?{query}")).await).await;
            assert_eq!((status, named.as_deref()), (400, Some(field)), "{path}?{query}");
        }
    }
}
