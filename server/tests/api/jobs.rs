//! Work in the background, as administrators see it.

use crate::harness::{Server, Setup, problem};
use serde_json::json;
use std::time::Duration;
use vigia::jobs::{Job, On};
use vigia_app::model::Role;

/// A server that has something to do.
async fn started() -> Server {
    let hour = Duration::from_secs(3_600);
    let failing = Job::every("failing", "Never works.", hour, On::Each, || async { anyhow::bail!("<b>no disk</b>") });
    let waiting = Job::always("waiting", "Waits.", hour, |stop| async move {
        stop.cancelled().await;
        Ok(())
    });
    Server::with(Setup { jobs: vec![failing, waiting], ..Setup::default() }).await
}

#[tokio::test]
async fn administrators_see_how_each_job_went_and_have_it_done_now() {
    let server = started().await;
    let admin = server.signed_in(Role::Admin).await;
    let failures = async || admin.json("/api/v1/jobs").await[0]["failures"].as_u64().expect("a count");
    while failures().await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let jobs = admin.json("/api/v1/jobs").await;
    let [failing, waiting] = [&jobs[0], &jobs[1]];
    assert_eq!((&failing["name"], &failing["purpose"], &failing["every"]), (&json!("failing"), &json!("Never works."), &json!(3_600)));
    assert_eq!((&failing["one"], &failing["last"]["error"]), (&json!(false), &json!("<b>no disk</b>")));
    assert!(failing["last"]["took"].as_f64().is_some_and(|took| took >= 0.0) && failing["next"].is_string(), "{failing}");
    assert_eq!((&waiting["every"], waiting["running"].is_string()), (&json!(null), true));

    let before = failures().await;
    assert_eq!(admin.post("/api/v1/jobs/failing/run", json!({})).await.status(), 202);
    while failures().await == before {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (status, refused, field) = problem(admin.post("/api/v1/jobs/waiting/run", json!({})).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("name")));
    assert!(refused.contains("goes on all the time"), "{refused}");
    let unknown = problem(admin.post("/api/v1/jobs/none/run", json!({})).await).await;
    assert_eq!(unknown, (404, "There is no job \"none\".".to_owned(), Some("name".to_owned())));
    let trail = admin.json("/api/v1/reports/audit-tracking?entity=Job").await;
    assert_eq!((&trail["rows"][0]["operation"], &trail["rows"][0]["entity_name"]), (&json!("Execution"), &json!("failing")));
    assert_eq!(trail["rows"].as_array().map(Vec::len), Some(1), "what was refused was not done");
}
