//! Two real servers on one PostgreSQL: one is frozen or killed in the middle of an attempt, and the other one goes on.

use crate::house::{House, SCRIPT_FILE, until};
use crate::postgres;
use crate::vigia::Vigia;
use std::process::Command;
use vigia_app::model::OperationStatus;

/// The first run waits to be let go, the next ones look and find it done. Each says which process has started it.
const SCRIPT: &str = r#"
    if mkdir "$FOLDER/first" 2>/dev/null; then
        echo $PPID >"$FOLDER/holder"
        until [ -e "$FOLDER/go" ]; do sleep 0.05; done
        echo '{"result":"success","verified":"the first one signed in"}'
        touch "$FOLDER/done"
    else
        grep -q '"unsure_since":null' && exit 3
        echo '{"result":"success","verified":"the second one looked and signed in"}'
    fi"#;

/// A house whose operations are carried out by servers of their own.
async fn house() -> (House, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("script"), SCRIPT).expect("written");
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("connectors.toml"), SCRIPT_FILE.replace("{folder}", &place)).expect("written");
    let database = postgres::Server::shared().database().await;
    (House::with(folder, &database, SCRIPT_FILE).await, database)
}

async fn serve(house: &House, database: &str) -> Vigia {
    let mut server = Vigia::new(database).with(&["--connectors", &house.path("connectors.toml").display().to_string()]);
    server.start().await;
    server
}

fn signal(process: &str, signal: &str) {
    assert!(Command::new("kill").args([signal, process]).status().expect("kill runs").success(), "{signal} {process}");
}

async fn holder(house: &House) -> String {
    let read = || std::fs::read_to_string(house.path("holder")).unwrap_or_default();
    until("the first attempt begins", async || read().ends_with('\n')).await;
    read().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_frozen_past_its_lease_finds_its_result_refused() {
    let (house, database) = house().await;
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let _frozen = serve(&house, &database).await;
    let process = holder(&house).await;
    signal(&process, "-STOP");
    let _other = serve(&house, &database).await;
    let (status, attempts) = house.end(id).await;
    let results: Vec<_> = attempts.iter().map(|attempt| attempt.result.as_str()).collect();
    assert_eq!((status, results), (OperationStatus::Success, vec!["Unknown", "Success"]), "{attempts:?}");
    assert_ne!(attempts[0].executor, attempts[1].executor);

    std::fs::write(house.path("go"), "").expect("written");
    until("the first program ends", async || house.path("done").exists()).await;
    signal(&process, "-CONT");
    let refused = async || house.history(id).await.iter().any(|note| note.starts_with("A late result of an attempt was refused"));
    until("the late result is recorded", refused).await;
    assert_eq!(house.status(id).await, OperationStatus::Success);
    assert_eq!(house.record(id).await.attempts, attempts, "and changes nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_had_begun_is_closed_and_looked_at_by_another() {
    let (house, database) = house().await;
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let mut killed = serve(&house, &database).await;
    holder(&house).await;
    killed.kill();
    std::fs::write(house.path("go"), "").expect("written");
    let _other = serve(&house, &database).await;
    let (status, attempts) = house.end(id).await;
    let results: Vec<_> = attempts.iter().map(|attempt| (attempt.result.as_str(), attempt.error_class.as_str())).collect();
    assert_eq!((status, results), (OperationStatus::Success, vec![("Unknown", "Inconclusive"), ("Success", "")]), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_executor_outlives_a_restart_of_its_database() {
    let server = postgres::Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("script"), "sleep 0.2; echo '{\"result\":\"success\",\"verified\":\"signed in\"}'").expect("written");
    let house = House::with(folder, &server.database().await, SCRIPT_FILE).await;
    let running = house.executor();
    let before = house.enqueue("script", "srv-1", "app", &[]).await;
    assert_eq!(house.end(before).await.0, OperationStatus::Success);
    server.restart();
    // The first use of each connection may still tell of the restart.
    until("the database is back", async || house.store.operations().clock().await.is_ok()).await;
    let after = house.enqueue("script", "srv-1", "app", &[]).await;
    assert_eq!(house.end(after).await.0, OperationStatus::Success);
    running.stop().await;
}
