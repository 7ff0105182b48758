//! The backups that a demo makes of itself.

use crate::newcomer::Newcomer;
use serde_json::json;
use std::time::Duration;

/// One was made two days ago, the one of yesterday was missed, and the server makes that of today and restores it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_has_a_policy_that_was_not_quite_kept() {
    let newcomer = Newcomer::new().await;
    for _ in 0..1_200 {
        let standing = newcomer.get("/api/v1/backups/standing").await;
        if standing["restore_seconds"].is_number() {
            let times = &standing["times"];
            let made = times["kept"].as_u64().zip(times["late"].as_u64()).map_or(0, |(kept, late)| kept + late);
            assert_eq!((&standing["types"][0]["cron"], &times["failed"], &times["missed"]), (&json!("0 2 * * *"), &json!(0), &json!(1)));
            assert!(made >= 2, "two days ago, and today: {standing}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no drill within two minutes: {}", newcomer.get("/api/v1/backups").await);
}
