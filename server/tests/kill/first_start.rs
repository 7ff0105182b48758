//! Several servers are started at once on a database that has nothing yet.

use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::store;
use futures_util::future::join_all;
use std::time::Duration;

const SERVERS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_servers_that_start_at_once_on_an_empty_database_all_come_up() {
    let server = postgres::Server::shared();
    server.run("CREATE DATABASE started_at_once").await;
    let url = server.url("started_at_once");
    let mut servers: Vec<Vigia> = (0..SERVERS).map(|_| Vigia::new(&url)).collect();
    join_all(servers.iter_mut().map(Vigia::start)).await;
    let store = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    let users = store.users().await.expect("users");
    assert_eq!(users.iter().map(|user| &*user.username).collect::<Vec<_>>(), ["admin"]);
}
