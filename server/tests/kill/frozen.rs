//! The database stands still (SIGSTOP) while clients send to two servers. Nobody waits for it, the log says so once, and in the end everything that was
//! acknowledged is there once.

use crate::vigia::Vigia;
use crate::{client, drop_and_compare, http, postgres, register};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long it stands still.
const FROZEN: Duration = Duration::from_secs(8);

/// What `/readyz` says, which it has to within a few seconds.
async fn readiness(server: &Vigia) -> (u16, String) {
    let asked =
        http::builder().timeout(Duration::from_secs(4)).build().expect("a client").get(format!("http://{}/readyz", server.address()));
    let answer = asked.send().await.expect("whether it is ready is said in time, whatever the database does");
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_stands_still_is_not_waited_for_and_loses_nothing() {
    let database = postgres::Server::start();
    let url = database.database().await;
    let start = register(&url).await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = |number: usize| folder.path().join(number.to_string());
    let mut servers: Vec<Vigia> = (0..2).map(|_| Vigia::new(&url)).collect();
    let token = servers[0].token("write");
    for (number, server) in servers.iter_mut().enumerate() {
        server.log_to(log(number));
        server.start().await;
    }
    let addresses: Vec<_> = servers.iter().map(Vigia::address).collect();
    let stop = watch::channel(false);
    let senders: Vec<_> = (0..6)
        .map(|number| {
            let refused = |status: reqwest::StatusCode, said: String| assert_eq!(status, 503, "{said}");
            tokio::spawn(client::send_until(number, addresses.clone(), token.clone(), stop.1.clone(), refused))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let frozen = database.freeze();
    let begun = Instant::now();
    let mut said = Vec::new();
    while begun.elapsed() < FROZEN {
        said.push(readiness(&servers[0]).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(said.iter().all(|(status, _)| *status == 503), "{said:?}");
    drop(frozen);
    let thawed = Instant::now();
    for server in &servers {
        while readiness(server).await.0 != 200 {
            assert!(thawed.elapsed() < Duration::from_secs(2), "it is not ready again");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.0.send(true).expect("the clients listen");
    for number in 0..servers.len() {
        let log = std::fs::read_to_string(log(number)).expect("a log");
        let [outages, ends] =
            ["has fallen silent", "can be reached again"].map(|what| log.lines().filter(|line| line.contains(what)).count());
        assert_eq!((outages, ends), (1, 1), "{log}");
        assert!(log.lines().count() < 10, "one outage, said again and again:\n{log}");
    }
    drop_and_compare(&url, senders, servers, start).await;
}
