//! Tests of the order of arrival with several servers on one PostgreSQL database, and with that database moved.

use super::replica::Replica;
use super::{event, follower, settled};
use crate::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};
use vigia::event::Event;
use vigia::store::journal::JournalError;
use vigia::store::{self, Store};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(60)).await.expect("a store")
}

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client
}

/// One server's transaction begins first and ends last: another process keeps a key that it needs. Meanwhile a second server stores
/// something, which gets a later number and is durable earlier.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_long_transaction_stores_is_not_passed_over() {
    let url = Server::shared().database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let mut follower = follower(&one).await;
    one.append(vec![event("a", "known", 0)]).await.expect("stored");
    let known = one.transfer().events_after(&AUDIT_TRACKING, -1, 10).await.expect("events").remove(0);
    follower.catch_up(&one, "before").await;
    one.remove_source("a").await.expect("removed");
    follower.catch_up(&one, "removed").await;

    let mut blocker = client(&url).await;
    let blocker = blocker.transaction().await.expect("begins");
    let key = uuid::Uuid::from_bytes(known.key);
    blocker.execute("INSERT INTO audit_tracking_key (key) VALUES ($1)", &[&key]).await.expect("kept");
    let view = Event::new(&PASSWORD_VIEW, &"a".into(), "view", super::at(0));
    let long = tokio::spawn({
        let one = one.clone();
        async move { one.append(vec![view, event("a", "known", 0)]).await.expect("stored") }
    });
    let watcher = client(&url).await;
    let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while watcher.query(waiting, &[]).await.expect("an answer").is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    other.append(vec![event("b", "short", 0)]).await.expect("stored");
    assert_eq!(follower.follow(&other).await.expect("an answer"), 0, "something may still come before it");
    blocker.rollback().await.expect("rolled back");
    assert_eq!(long.await.expect("no panic").stored, 2);
    assert_eq!(follower.catch_up(&other, "after the long one").await, 3);
}

/// Any transaction that has written something holds back what comes after it, for as long as it is open, but not for longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_stays_open_holds_back_what_came_after_it() {
    let server = Server::start();
    let url = server.database().await;
    let store = open(&url).await;
    let mut follower = follower(&store).await;
    let mut somebody = client(&url).await;
    let open = somebody.transaction().await.expect("begins");
    open.query("SELECT pg_current_xact_id()", &[]).await.expect("a number");
    let position = store.journal().position().await.expect("a position");
    for id in ["1", "2"] {
        store.append(vec![event("a", id, 0)]).await.expect("stored");
        assert_eq!(follower.follow(&store).await.expect("an answer"), 0);
    }
    assert_eq!(store.journal().position().await.expect("a position"), position, "it is not an end that could be built on");
    open.rollback().await.expect("rolled back");
    assert_eq!(follower.follow(&store).await.expect("an answer"), 2);
}

/// The servers hear of each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_a_follower_hears_of_what_another_server_writes() {
    let server = Server::start();
    let url = server.database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    is_heard(&one, &other).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_a_follower_hears_of_what_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crate::sqlite(folder.path()).await;
    is_heard(&store, &store).await;
}

async fn is_heard(writer: &Arc<dyn Store>, reader: &Arc<dyn Store>) {
    const WRITES: u32 = 30;
    let mut follower = follower(reader).await;
    let mut wakes = reader.journal().wakes();
    let start = Instant::now();
    for write in 0..WRITES {
        writer.append(vec![event("a", &write.to_string(), 0)]).await.expect("stored");
        while follower.follow(reader).await.expect("entries") == 0 {
            wakes.next().await;
        }
    }
    // Who does not hear looks once a second.
    assert!(start.elapsed() < Duration::from_secs(u64::from(WRITES) / 2), "it took {:?}", start.elapsed());
    let quiet = Instant::now();
    for _ in 0..4 {
        wakes.next().await;
    }
    assert!(quiet.elapsed() > Duration::from_secs(1), "where nothing is written, nobody is woken");
}

/// A dump is restored on a server that has counted fewer transactions: what is written there would come before everything there is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_another_server_the_journal_begins_anew() {
    let server = Server::shared();
    let url = server.database().await;
    let store = open(&url).await;
    store.append(vec![event("a", "1", 0)]).await.expect("stored");
    settled(&store).await;
    let before = store.journal().register("index", super::at(0)).await.expect("registered");
    drop(store);
    let (_, database) = url.rsplit_once('/').expect("a URL");
    let elsewhere = "UPDATE journal SET transaction = transaction + 1000000000 WHERE report <> '';
                     UPDATE journal_follower SET transaction = transaction + 1000000000; UPDATE journal_origin SET server = 'elsewhere'";
    server.run_in(database, elsewhere).await;

    let store = open(&url).await;
    assert!(matches!(store.journal().read(before, 10).await, Err(JournalError::OtherJournal)));
    assert_eq!(store.journal().registered("index").await.expect("an answer"), None);
    let mut follower = follower(&store).await;
    store.append(vec![event("a", "2", 0)]).await.expect("stored");
    assert_eq!(follower.catch_up(&store, "anew").await, 1);
    let kept = store.journal().register("index", super::at(0)).await.expect("registered");
    drop(store);
    let store = open(&url).await;
    assert_eq!(store.journal().registered("index").await.expect("an answer"), Some(kept), "on the same server it goes on");
}

/// A user who owns the database and is nothing else may do all that this takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_of_the_database_needs_no_further_rights() {
    let server = Server::shared();
    server.run("CREATE ROLE owner LOGIN PASSWORD 'only-for-tests'").await;
    server.run("CREATE DATABASE owned OWNER owner").await;
    let store = open(&server.url("owned").replace("vigia:", "owner:")).await;
    let mut follower: Replica = follower(&store).await;
    store.append(vec![event("a", "1", 0)]).await.expect("stored");
    assert_eq!(follower.catch_up(&store, "as its owner").await, 1);
    store.journal().trim(super::at(0)).await.expect("trimmed");
}
