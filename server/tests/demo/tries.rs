//! What a newcomer tries: restarting, what fails, what would lock accounts, approving, and being told.

use crate::newcomer::Newcomer;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn last(record: &Value) -> &Value {
    record["attempts"].as_array().and_then(|attempts| attempts.last()).expect("an attempt")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_operation_is_restarted_and_the_password_is_really_changed() {
    let newcomer = Newcomer::new().await;
    let mut restarted = Vec::new();
    // Those of accounts that something is wrong with are another story.
    let sound = "operation=Change%20password&status=Error&device.not=srv-win-05&device.not=rt-sin-wan-1&device.not=sw-tlv-core-1";
    for id in newcomer.ids(&format!("{sound}&limit=3")).await {
        let record = newcomer.get(&format!("/api/v1/reports/password-operation/{id}")).await;
        let [device, username] = ["device", "username"].map(|field| record["fields"][field].as_str().expect("text").to_owned());
        let before = newcomer.password(&device, &username);
        let done = newcomer.act("restart", &id, true).await;
        assert_eq!(done["status"], "Scheduled", "{done}");
        restarted.push((id, device, username, before));
    }
    assert_eq!(restarted.len(), 3, "there are failed operations to restart");
    for (id, device, username, before) in restarted {
        let record = newcomer.until(&id, "Success").await;
        let attempt = last(&record);
        assert_eq!((&attempt["connector"], &attempt["template"]), (&json!("demo"), &json!("demo-device")), "{attempt}");
        let now = newcomer.password(&device, &username);
        assert_ne!(now, before);
        assert!(newcomer.signs_in(&device, &username, &now) && !newcomer.signs_in(&device, &username, &before), "{device}");
        assert!(!record.to_string().contains(&now) && !record.to_string().contains(&before), "no password is in Vigia");
        let took =
            |key: &str| chrono::DateTime::parse_from_rfc3339(attempt[key].as_str().expect("a time")).expect("a time").timestamp_millis();
        assert!(took("end") - took("start") >= 1_000, "it is seen to run: {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_down_is_tried_again_given_up_and_told_of() {
    let newcomer = Newcomer::new().await;
    let mails = || std::fs::read_dir(newcomer.demo().join("mail")).expect("the mailbox").count();
    assert_eq!(mails(), 0);
    let id = newcomer.create("Change password", "sw-tlv-core-1", "netadmin").await;
    let record = newcomer.until(&id, "Error").await;
    let classes: Vec<_> = record["attempts"].as_array().expect("attempts").iter().map(|attempt| &attempt["error_class"]).collect();
    assert_eq!(classes, ["Connectivity"; 3]);
    let started = Instant::now();
    while mails() == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "nobody is told");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mail = std::fs::read_dir(newcomer.demo().join("mail")).expect("the mailbox").next().expect("a mail").expect("a file");
    let mail: Value = serde_json::from_slice(&std::fs::read(mail.path()).expect("is read")).expect("JSON");
    assert_eq!(mail["subject"], "1 operation failed on sw-tlv-core-1: Connectivity");
    newcomer.vigia(&["demo", "--mend"], "");
    newcomer.act("restart", &id, false).await;
    newcomer.until(&id, "Success").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_of_a_wrong_password_lock_the_account_until_it_is_mended() {
    let newcomer = Newcomer::new().await;
    // Somebody has changed it by hand: what the vault has is refused.
    let id = newcomer.create("Verify password", "srv-app-04", "svc_backup").await;
    for mended in [true, true] {
        assert_eq!(last(&newcomer.until(&id, "Error").await)["error_class"], "Credential rejected");
        let blind = newcomer.act("restart", &id, false).await;
        assert!(blind["refused"].as_str().is_some_and(|why| why.contains("Credential rejected")), "{blind}");
        assert_eq!(newcomer.act("restart", &id, mended).await["status"], "Scheduled");
        newcomer.until(&id, "Error").await;
    }
    assert_eq!(newcomer.act("restart", &id, true).await["status"], "Scheduled");
    assert_eq!(last(&newcomer.until(&id, "Error").await)["error_class"], "Account locked", "three refused sign-ins have locked it");
    newcomer.vigia(&["demo", "--mend"], "");
    let change = newcomer.create("Reconcile password", "srv-app-04", "svc_backup").await;
    newcomer.until(&change, "Success").await;
    newcomer.act("restart", &id, true).await;
    newcomer.until(&id, "Success").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_approved_canceled_and_run_at_once() {
    let newcomer = Newcomer::new().await;
    let mut waiting = Vec::new();
    for id in newcomer.ids("status=Awaiting%20approval&limit=100").await {
        let info = newcomer.get(&format!("/api/v1/operations/{id}")).await;
        if info["connector"] == "demo-approved" {
            assert_ne!(info["history"][0]["who"], "admin");
            waiting.push(id);
        }
    }
    assert!(waiting.len() >= 5, "{} operations wait for an approval", waiting.len());
    assert_eq!(newcomer.act("approve", &waiting[0], false).await["status"], "Scheduled");
    assert_eq!(newcomer.act("disapprove", &waiting[1], false).await["status"], "Canceled");
    let mut scheduled = Vec::new();
    for id in newcomer.ids("status=Scheduled&limit=100").await {
        if newcomer.get(&format!("/api/v1/operations/{id}")).await["connector"] == "demo" {
            scheduled.push(id);
        }
    }
    assert!(scheduled.len() >= 10, "{} operations are scheduled", scheduled.len());
    assert_eq!(newcomer.act("cancel", &scheduled[0], false).await["status"], "Canceled");
    assert_eq!(newcomer.act("run_now", &scheduled[1], false).await["status"], "Scheduled");
    newcomer.until(&scheduled[1], "Success").await;
    for (path, count) in [("/api/v1/credential-sets", 2), ("/api/v1/notification-rules", 1), ("/api/v1/connectors", 2)] {
        assert_eq!(newcomer.get(path).await.as_array().map(Vec::len), Some(count), "{path}");
    }
}
