//! Whoever names several hosts expects another one to take over: that it would lack what is acknowledged is said at the start.

use crate::postgres;
use crate::vigia::Vigia;

/// What a server warns of when it starts.
async fn warned(url: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut server = Vigia::new(url);
    server.log_to(log.clone());
    server.start().await;
    server.kill();
    std::fs::read_to_string(log).expect("a log")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_hosts_of_which_none_waits_for_another_are_warned_of_at_the_start() {
    let database = postgres::Server::replicating();
    let one = database.database().await;
    let host = format!("127.0.0.1:{}", database.port());
    let several = one.replace(&host, &format!("{host},localhost:{}", database.port()));
    let said = |log: &str| log.matches("docs/high-availability.md").count();
    assert_eq!(said(&warned(&one).await), 0, "one host, nobody to take over");
    let log = warned(&several).await;
    assert_eq!(said(&log), 1, "{log}");
    assert!(log.contains("synchronous_standby_names is empty"), "{log}");
    // One that is named is waited for, which is not what this is about: looking at it needs no commit.
    database.run("ALTER SYSTEM SET synchronous_standby_names = 'another'").await;
    database.run("SELECT pg_reload_conf()").await;
    let log = warned(&several).await;
    assert_eq!(said(&log), 0, "{log}");
}
