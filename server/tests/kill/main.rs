//! The server is killed (SIGKILL) at random moments while clients send events, each batch until it is acknowledged. Then every
//! event that was acknowledged is there, none twice, what the store derives from the rows agrees with them, and the journal has told of
//! each.

#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/agrees.rs"]
mod agrees;
mod backups;
mod client;
mod copies;
mod exposure;
mod first_start;
mod frozen;
#[path = "../support/http.rs"]
mod http;
mod index;
mod notifications;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod postgres;
mod replace;
mod risk;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/s3.rs"]
mod s3;
mod standbys;
mod upgrade;
#[path = "../support/vigia.rs"]
mod vigia;

use self::vigia::Vigia;
use ::vigia::index::Index;
use ::vigia::store::journal::{Extent, Position};
use ::vigia::store::{self, ResolvedQuery, Store};
use ::vigia_app::model::{EventId, Filter, Query, Test, Timestamp};
use ::vigia_app::reports::AUDIT_TRACKING;
use agrees::{Following, agrees};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How often the server is killed; `KILLS` in the environment says otherwise.
const KILLS: u32 = 200;
const CLIENTS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    what_was_acknowledged_is_there_once(&format!("sqlite://{}", folder.path().join("vigia.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_it_acknowledged() {
    what_was_acknowledged_is_there_once(&postgres::Server::shared().database().await).await;
}

/// Three servers on one database; one is killed, for good, while all three are sent to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_three_servers_lose_nothing_with_one() {
    let database = postgres::Server::shared().database().await;
    let start = register(&database).await;
    let mut servers: Vec<Vigia> = (0..3).map(|_| Vigia::new(&database)).collect();
    let token = servers[0].token("write");
    for server in &mut servers {
        server.start().await;
    }
    let addresses: Vec<_> = servers.iter().map(Vigia::address).collect();
    let stop = tokio::sync::watch::channel(false);
    let clients: Vec<_> =
        (0..CLIENTS).map(|client| tokio::spawn(client::send(client, addresses.clone(), token.clone(), stop.1.clone()))).collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    servers[1].kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.0.send(true).expect("the clients listen");
    drop_and_compare(&database, clients, servers, start).await;
}

async fn what_was_acknowledged_is_there_once(database: &str) {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let start = register(database).await;
    let mut server = Vigia::new(database);
    let token = server.token("write");
    let mut took = server.start().await;
    let stop = tokio::sync::watch::channel(false);
    let clients: Vec<_> =
        (0..CLIENTS).map(|client| tokio::spawn(client::send(client, vec![server.address()], token.clone(), stop.1.clone()))).collect();
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..kills {
        // From when it has hardly begun to well into what it does; on a busy machine it lives the longer, as it takes longer to start.
        let most = took.max(Duration::from_millis(150));
        tokio::time::sleep(most.mul_f64(random.random_range(0.0..1.0))).await;
        server.kill();
        took = server.start().await;
    }
    stop.0.send(true).expect("the clients listen");
    drop_and_compare(database, clients, vec![server], start).await;
}

/// Lets the clients finish, kills what still runs, and compares what they were told with what is there.
async fn drop_and_compare(database: &str, clients: Vec<JoinHandle<Vec<String>>>, mut servers: Vec<Vigia>, start: Position) {
    let mut acknowledged = HashSet::new();
    for client in clients {
        acknowledged.extend(client.await.expect("a client"));
    }
    servers.iter_mut().for_each(Vigia::kill);

    let store = store::open(database, Duration::from_secs(60)).await.expect("opens after the last kill");
    let (ids, by_user) = everything(&store).await;
    let there: HashSet<&String> = ids.iter().collect();
    assert_eq!(there.len(), ids.len(), "an event is there twice");
    let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(id)).take(5).collect();
    assert!(lost.is_empty(), "acknowledged, and lost: {lost:?} and perhaps more");
    // Clients send each batch until it is acknowledged, so there is nothing else either.
    assert_eq!(there.len(), acknowledged.len());
    assert!(!acknowledged.is_empty(), "nothing went through");
    everything_is_told_of(&store, start).await;
    // What the last kill left of each index goes on from there.
    for server in &servers {
        let following = Following::start(server.index_folder(), &store);
        following.ready().await;
        agrees(&following.index, &*store, "after the last kill").await;
        for (user, rows) in &by_user {
            assert_eq!(found(&following.index, &store, user).await, *rows, "rows that the search finds for {user}");
        }
        following.stop().await;
    }
}

/// Has the journal of an empty database kept from its beginning on.
async fn register(database: &str) -> Position {
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    store.journal().register("test", ::vigia::clock::system()()).await.expect("registered")
}

/// Nothing was removed, so what the journal tells of is what is there.
async fn everything_is_told_of(store: &Arc<dyn Store>, start: Position) {
    let (mut there, mut after) = (BTreeSet::new(), -1);
    loop {
        let events = store.transfer().events_after(&AUDIT_TRACKING, after, 5_000).await.expect("events");
        let Some(last) = events.last() else { break };
        after = last.id;
        there.extend(events.into_iter().map(|event| event.id));
    }
    let (mut told, mut position, mut wakes) = (BTreeSet::new(), start, store.journal().wakes());
    let begun = Instant::now();
    while told.len() < there.len() {
        let entries = store.journal().read(position, 100).await.expect("entries");
        match entries.last() {
            Some(last) => position = last.at,
            // What other tests have open on the same server holds entries back.
            None if begun.elapsed() < Duration::from_secs(60) => wakes.next().await,
            None => panic!("the journal has told of {} of {} events", told.len(), there.len()),
        }
        for entry in entries.into_iter().filter(|entry| entry.report.key == AUDIT_TRACKING.key) {
            let Extent::Events(ids) = entry.extent else { panic!("nothing was removed") };
            told.extend(ids.into_iter().map(EventId::get));
        }
    }
    assert!(told == there, "the journal has told of events that are not there");
}

/// The id of every event, and how many there are of each user, read row by row.
async fn everything(store: &Arc<dyn Store>) -> (Vec<String>, BTreeMap<String, u64>) {
    let columns = ["entity_id", "user"].map(|key| AUDIT_TRACKING.column(key).expect("a column")).to_vec();
    let mut query = Query { columns, limit: Query::MAX_LIMIT, filters: vec![sent()], ..Query::all(&AUDIT_TRACKING) };
    let (mut ids, mut by_user) = (Vec::new(), BTreeMap::new());
    loop {
        let asked = ResolvedQuery::new(query.clone(), Timestamp::MAX).expect("a query");
        let page = Index::default().page(&**store, &asked).await.expect("an answer").expect("a page by time");
        for row in &page.rows {
            ids.push(row.cells[0].plain());
            *by_user.entry(row.cells[1].plain()).or_default() += 1;
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return (ids, by_user),
        }
    }
}

/// How many rows the search finds.
async fn found(index: &Index, store: &Arc<dyn Store>, text: &str) -> u64 {
    let filters = vec![sent(), Filter { column: AUDIT_TRACKING.column("user").expect("a column"), test: Test::Contains(text.to_owned()) }];
    let query = Query { filters, ..Query::all(&AUDIT_TRACKING) };
    let asked = ResolvedQuery::new(query, Timestamp::MAX).expect("a query");
    index.count(&**store, &asked).await.expect("an answer").expect("a count")
}

/// What the clients sent, and not what the server says of itself.
fn sent() -> Filter {
    Filter { column: AUDIT_TRACKING.column("source").expect("a column"), test: Test::Is(vec!["kill".to_owned()]) }
}
