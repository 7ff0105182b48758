//! A database server that hangs: it is there, and says nothing (SIGSTOP), or does everything but commit.

use crate::queries::ask;
use crate::samples;
use crate::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use vigia::event::Event;
use vigia::store::tokens::{ApiToken, Scope};
use vigia::store::{self, Appended, Store, StoreError};
use vigia_app::model::{Live, Query, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;

/// After so long nobody waits any more for a server that hangs.
const LEFT: Duration = Duration::from_secs(10);
/// For one that does not commit.
const GIVEN_UP: Duration = Duration::from_secs(14);

async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(1)).await.expect("a store")
}

fn event(id: &str) -> Event {
    let mut event = Event::new(&AUDIT_TRACKING, &"a".into(), id, Timestamp::saturating(samples::START));
    event.set("operation", "Login");
    event
}

/// What all that is done at once comes to, each within a time.
async fn all_at_once(store: &Arc<dyn Store>, within: Duration) -> Vec<(&'static str, Result<(), StoreError>)> {
    let mut uses = tokio::task::JoinSet::new();
    for round in 0..6 {
        for what in ["append", "search", "set", "replace", "claim", "used"] {
            let store = store.clone();
            uses.spawn(async move {
                let done = async {
                    match what {
                        "append" => store.append(vec![event("while it hangs")]).await.map(drop),
                        "search" => store.newest(&AUDIT_TRACKING, Timestamp::MAX).await.map(drop),
                        "set" => store.kept().set("test", vec![(round.to_string(), Some("1".to_owned()))]).await,
                        "replace" => store.kept().replace("test", &format!("r{round}"), None, "1").await.map(drop),
                        "claim" => store.operations().sweep(Timestamp::MIN, Timestamp::MIN).await.map(drop),
                        _ => store.tokens().used([0; 32], Timestamp::MAX).await,
                    }
                };
                (what, timeout(within, done).await.unwrap_or_else(|_| panic!("{what} still waits after {within:?}")))
            });
        }
    }
    uses.join_all().await
}

/// Waits until it takes an event again.
async fn appended(store: &Arc<dyn Store>, id: &str, within: Duration) -> Appended {
    let begun = Instant::now();
    loop {
        match timeout(within, store.append(vec![event(id)])).await.expect("an answer") {
            Ok(appended) => return appended,
            Err(error) => assert!(begun.elapsed() < within, "{error}"),
        }
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_left_for_another_host_of_the_url() {
    let (one, other) = (Server::start(), Server::start());
    let name = one.database().await.rsplit_once('/').expect("a URL").1.to_owned();
    assert!(other.database().await.ends_with(&name));
    let url = one.url(&name).replace(&format!(":{}/", one.port()), &format!(":{},127.0.0.1:{}/", one.port(), other.port()));
    let store = open(&url).await;
    assert_eq!(appended(&store, "before", LEFT).await.stored, 1);
    let frozen = one.freeze();
    let begun = Instant::now();
    for (what, done) in all_at_once(&store, LEFT).await {
        if let Err(error) = done {
            assert!(matches!(error, StoreError::Unreachable(_) | StoreError::Busy(_)), "{what}: {error:?}");
        }
    }
    assert_eq!(appended(&store, "after", LEFT).await, Appended { stored: 1, duplicate: 0 });
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    assert_eq!(ask(&open(&other.url(&name)).await, Query::all(&AUDIT_TRACKING)).await.rows.len(), 1, "it is where it was acknowledged");
    // A new process finds its way, too, while the first one hangs; and whoever left it does not come back to it.
    let begun = Instant::now();
    drop(open(&url).await);
    assert!(begun.elapsed() < LEFT, "{:?}", begun.elapsed());
    drop(frozen);
    assert_eq!(appended(&store, "after", LEFT).await, Appended { stored: 0, duplicate: 1 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_on_is_heard_at_once_and_has_everything_once() {
    let server = Server::start();
    let store = open(&server.database().await).await;
    let mut live = store.operations().live();
    assert_eq!(appended(&store, "before", LEFT).await.stored, 1);
    let frozen = server.freeze();
    for (what, done) in all_at_once(&store, LEFT).await {
        assert!(matches!(done, Err(StoreError::Unreachable(_) | StoreError::Busy(_))), "{what}: {done:?}");
    }
    // From here on nobody waits at all.
    let begun = Instant::now();
    assert!(matches!(store.append(vec![event("while it hangs")]).await, Err(StoreError::Unreachable(_))));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    while live.try_recv().is_ok() {}
    drop(frozen);
    let heard = async { while !matches!(live.recv().await.as_deref(), Ok(Live::Moved { ids }) if ids.is_empty()) {} };
    timeout(Duration::from_secs(2), heard).await.expect("it listens again");
    appended(&store, "while it hangs", LEFT).await;
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 2, "the commit that nobody knew of is the one of who sent again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_waits_for_a_standby_is_no_success_and_holds_up_no_question() {
    let server = Server::replicating();
    let url = server.database().await;
    let store = open(&url).await;
    assert_eq!(appended(&store, "before", LEFT).await.stored, 1);
    let token = ApiToken {
        owner: String::new(),
        name: "t".to_owned(),
        hash: [0; 32],
        scope: Scope::Write,
        sources: Vec::new(),
        created: Timestamp::MIN,
        created_by: String::new(),
        expires: None,
        revoked: None,
        last_used: None,
    };
    assert!(store.tokens().add(token).await.expect("added"));
    server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;
    server.run("SELECT pg_reload_conf()").await;
    // Each backend hears of it when it is asked next.
    sleep(Duration::from_millis(500)).await;
    timeout(Duration::from_secs(1), store.tokens().used([0; 32], Timestamp::MAX))
        .await
        .expect("housekeeping waits for no standby")
        .expect("noted");
    let at_once = tokio::spawn({
        let store = store.clone();
        async move { all_at_once(&store, GIVEN_UP).await }
    });
    for _ in 0..10 {
        sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        ask(&store, Query::all(&AUDIT_TRACKING)).await;
        assert!(begun.elapsed() < Duration::from_secs(1), "a question waited for commits: {:?}", begun.elapsed());
    }
    for (what, done) in at_once.await.expect("no panic") {
        match what {
            "append" | "set" | "replace" => assert!(matches!(done, Err(StoreError::Busy(_))), "{what}: {done:?}"),
            "search" => done.expect(what),
            _ => {}
        }
    }
    // Somebody tells the server not to wait: it calls that a success, and it is none.
    let cancelled = tokio::spawn({
        let store = store.clone();
        async move { store.append(vec![event("cancelled")]).await }
    });
    sleep(Duration::from_secs(1)).await;
    server.run("SET synchronous_commit = local; SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").await;
    let cancelled = timeout(GIVEN_UP, cancelled).await.expect("an answer").expect("no panic");
    assert!(matches!(cancelled, Err(StoreError::Busy(_))), "{cancelled:?}");
    server.run("ALTER SYSTEM RESET synchronous_standby_names").await;
    server.run("SELECT pg_reload_conf()").await;
    for id in ["while it hangs", "cancelled"] {
        appended(&store, id, LEFT).await;
    }
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 3, "each once");
}
