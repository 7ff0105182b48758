//! Tests for the executor: what is tried again, how much at once, what happens when it is told to stop or loses what it holds.

use crate::house::{House, until};
use ::vigia::operations::connectors::Connector;
use ::vigia::operations::executor::PAUSED;
use ::vigia::operations::outcome::{Outcome, Script};
use ::vigia::operations::turn::Turn;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia_app::model::{Action, OperationStatus, Target, Timestamp};

const SCRIPT: &str = r#"
    [limits]
    attempts = 3
    backoff_first = "10ms"
    backoff_cap = "20ms"
    [connector.script]
    kind = "command"
    hosts = ["srv-*"]
    command = ["/bin/sh", "{folder}/script"]
    env = { PATH = "/usr/bin:/bin", FOLDER = "{folder}" }
"#;

async fn house(script: &str) -> House {
    let house = House::new(SCRIPT).await;
    std::fs::write(house.path("script"), script).expect("written");
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_reached_is_tried_again_until_it_is() {
    let script = r#"[ -e "$FOLDER/up" ] && echo '{"result":"success","verified":"signed in"}' && exit
        touch "$FOLDER/up"; exit 68"#;
    let (status, attempts) = house(script).await.carry_out("script", &[]).await;
    assert_eq!(status, OperationStatus::Success);
    let results: Vec<_> = attempts.iter().map(|attempt| (attempt.number, attempt.result.as_str(), attempt.error_class.as_str())).collect();
    assert_eq!(results, [(1, "Error", "Connectivity"), (2, "Success", "")]);
    assert!(attempts.iter().all(|attempt| attempt.executor.ends_with(&std::process::id().to_string())), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_come_to_an_end() {
    let (status, attempts) = house("exit 68").await.carry_out("script", &[]).await;
    assert_eq!((status, attempts.len()), (OperationStatus::Error, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_lock_an_account_is_not_tried_again() {
    for class in ["Credential rejected", "Account locked", "Permission denied", "Not found", "Policy rejected", "Configuration", "Other"] {
        let script = format!(r#"echo '{{"result":"error","error_class":"{class}","message":"no"}}'"#);
        let (status, attempts) = house(&script).await.carry_out("script", &[]).await;
        assert_eq!((status, attempts.len()), (OperationStatus::Error, 1), "{class}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_attempt_whose_outcome_is_unknown_the_next_one_is_told_to_look_first() {
    let script = r#"grep -q '"unsure_since":null' || { echo '{"result":"success","verified":"it was done before"}'; exit; }"#;
    let (status, attempts) = house(script).await.carry_out("script", &[]).await;
    let results: Vec<_> = attempts.iter().map(|attempt| attempt.result.as_str()).collect();
    assert_eq!((status, results), (OperationStatus::Success, vec!["Unknown", "Success"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_is_taken_up_at_once_with_new_attempts() {
    let house = house("exit 68").await;
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let running = house.executor();
    assert_eq!(house.end(id).await.0, OperationStatus::Error);
    std::fs::write(house.path("script"), r#"echo '{"result":"success","verified":"signed in"}'"#).expect("written");
    house.change(Action::Restart, id).await.expect("may be restarted");
    let (status, attempts) = house.end(id).await;
    assert_eq!((status, attempts.len()), (OperationStatus::Success, 4), "earlier attempts stay");
    running.stop().await;
}

/// Counts how many run at once, over all and on a device.
#[derive(Default)]
struct Counting {
    devices: Mutex<Vec<String>>,
    most: AtomicU32,
    most_of_device: AtomicU32,
    credentials: Mutex<BTreeSet<String>>,
    twice: AtomicU32,
}

#[async_trait]
impl Connector for Counting {
    async fn run(&self, turn: &Turn<'_>) -> Outcome {
        let job = turn.job;
        {
            let mut devices = self.devices.lock().expect("no panic");
            devices.push(job.device.clone());
            let of_device = devices.iter().filter(|device| **device == job.device).count();
            self.most.fetch_max(devices.len() as u32, Ordering::Relaxed);
            self.most_of_device.fetch_max(of_device as u32, Ordering::Relaxed);
        }
        if !self.credentials.lock().expect("no panic").insert(job.plan.credential.clone()) {
            self.twice.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
        self.credentials.lock().expect("no panic").remove(&job.plan.credential);
        let mut devices = self.devices.lock().expect("no panic");
        let at = devices.iter().position(|device| *device == job.device).expect("is there");
        devices.swap_remove(at);
        Outcome::done("counted", "", Script::default())
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(10)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_operations_never_exceeds_the_limits() {
    let mut house = House::new(
        "[limits]\nconcurrent = 8\nper_device = 2\n[connector.counting]\nkind = \"command\"\nhosts = [\"srv-*\"]\ncommand = [\"/none\"]",
    )
    .await;
    let counting = Arc::new(Counting::default());
    house.connectors.insert("counting".to_owned(), counting.clone());
    let target = |n: usize| Target {
        device: format!("srv-{}", n % 6),
        username: format!("user-{}", n % 30),
        connector: "counting".to_owned(),
        ..Target::default()
    };
    let ids = house.enqueue_all((0..300).map(target).collect()).await;
    let running = [house.executor(), house.executor()];
    for id in ids {
        assert_eq!(house.end(id).await.0, OperationStatus::Success);
    }
    for running in running {
        running.stop().await;
    }
    let (most, of_device) = (counting.most.load(Ordering::Relaxed), counting.most_of_device.load(Ordering::Relaxed));
    assert!(most <= 8 && of_device <= 2, "{most} at once, {of_device} on a device");
    assert!(most > 2, "several run at once: {most}");
    assert_eq!(counting.twice.load(Ordering::Relaxed), 0, "never two of one credential");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_executor_takes_nothing_until_it_goes_on() {
    let house = house(r#"echo '{"result":"success","verified":"signed in"}'"#).await;
    let (space, key, yes) = PAUSED;
    let set = async |value: Option<&str>| {
        house.store.kept().set(space, vec![(key.to_owned(), value.map(str::to_owned))]).await.expect("kept");
    };
    set(Some(yes)).await;
    let running = house.executor();
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(house.status(id).await, OperationStatus::Scheduled);
    set(None).await;
    assert_eq!(house.end(id).await.0, OperationStatus::Success);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_to_stop_finishes_what_runs_and_takes_nothing_more() {
    let house = house(r#"touch "$FOLDER/begun"; sleep 1; echo '{"result":"success","verified":"signed in"}'"#).await;
    let running = house.executor();
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    until("it begins", async || house.path("begun").exists()).await;
    let second = house.enqueue("script", "srv-1", "app", &[]).await;
    running.stop().await;
    assert_eq!(house.status(id).await, OperationStatus::Success);
    assert_eq!(house.status(second).await, OperationStatus::Scheduled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_end_in_time_is_ended_and_closed_as_unknown() {
    let mut house = House::new(&SCRIPT.replace("attempts = 3", "attempts = 3\ndrain = \"100ms\"")).await;
    std::fs::write(house.path("script"), r#"echo $$ >"$FOLDER/process"; sleep 1000"#).expect("written");
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let running = house.executor();
    until("it begins", async || std::fs::read_to_string(house.path("process")).is_ok_and(|id| id.ends_with('\n'))).await;
    running.stop().await;
    let process = std::fs::read_to_string(house.path("process")).expect("was written");
    until("the program is ended", async || !std::path::Path::new(&format!("/proc/{}/fd/0", process.trim())).exists()).await;
    assert_eq!(house.status(id).await, OperationStatus::Scheduled, "another attempt is due");

    std::fs::write(house.path("script"), r#"echo '{"result":"success","verified":"signed in"}'"#).expect("written");
    house.set_up(SCRIPT);
    let running = house.executor();
    let (status, attempts) = house.end(id).await;
    running.stop().await;
    let results: Vec<_> = attempts.iter().map(|attempt| attempt.result.as_str()).collect();
    assert_eq!((status, results), (OperationStatus::Success, vec!["Unknown", "Success"]), "{attempts:?}");
    assert_eq!(attempts[0].message, "The server stopped before the attempt had come to an end.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_has_moved_is_let_go_and_ended() {
    let house = House::new(&SCRIPT.replace("attempts = 3", "attempts = 1\nlease = \"3s\"")).await;
    std::fs::write(house.path("script"), r#"echo $$ >"$FOLDER/process"; sleep 1000"#).expect("written");
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let running = house.executor();
    until("it begins", async || std::fs::read_to_string(house.path("process")).is_ok_and(|id| id.ends_with('\n'))).await;
    // As another server would, whose clock says that the lease has ended.
    let later = Timestamp::saturating(house.now().await.millis() + 60_000);
    let swept = house.store.operations().sweep(later, later).await.expect("swept");
    assert_eq!(swept.lost, [id]);
    let process = std::fs::read_to_string(house.path("process")).expect("was written");
    until("the program is ended", async || !std::path::Path::new(&format!("/proc/{}/fd/0", process.trim())).exists()).await;
    running.stop().await;
    assert_eq!(house.status(id).await, OperationStatus::Error);
    let history = house.history(id).await;
    let late = history.iter().filter(|note| note.starts_with("A late result of an attempt was refused")).count();
    assert_eq!(late, 1, "{history:#?}");
}
