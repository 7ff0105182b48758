//! How scores are made, as administrators set it.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

const SETTINGS: &str = "/api/v1/risk/settings";

fn settings(history_days: u32, volume: f64) -> Value {
    let weights =
        json!({ "time": 1.0, "origin": 2.5, "credential": 1.0, "volume": volume, "emergency": 0.0, "governance": 1.0, "change": 1.0 });
    json!({ "history_days": history_days, "weights": weights })
}

#[tokio::test]
async fn administrators_set_how_scores_are_made() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let usual = admin.json(SETTINGS).await;
    assert_eq!(
        (&usual["settings"]["history_days"], &usual["settings"]["weights"]["time"], &usual["again"]),
        (&json!(90), &json!(1.0), &json!(null))
    );

    let put = async |set: &Value| admin.request("PUT", SETTINGS).json(set).send().await.expect("an answer");
    assert_eq!(put(&settings(30, 0.3)).await.status(), 204);
    let set = admin.json(SETTINGS).await;
    assert_eq!((&set["settings"], &set["again"]), (&settings(30, 0.3), &json!("1970-01-01T00:00:00.000Z")), "all views are scored again");
    for (wrong, field) in [
        (settings(0, 1.0), "history_days"),
        (settings(1_001, 1.0), "history_days"),
        (settings(30, 3.1), "weights.volume"),
        (settings(30, -0.1), "weights.volume"),
        (settings(30, 0.25), "weights.volume"),
        (json!({ "history_days": 30 }), "body"),
    ] {
        let (status, _, at) = problem(put(&wrong).await).await;
        assert_eq!((status, at.as_deref()), (400, Some(field)), "{wrong}");
    }
    assert_eq!(admin.json(SETTINGS).await, set, "what was refused was not set");
    let trail = admin.json("/api/v1/reports/audit-tracking?entity=Risk settings").await;
    assert_eq!((trail["rows"].as_array().map(Vec::len), &trail["rows"][0]["operation"]), (Some(1), &json!("Update")));
}
