//! The server dies (SIGKILL) at each step of keeping its index. The next one goes on with what is there, and says what the tables say.

use crate::agrees::{Following, agrees};
use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::event::Event;
use ::vigia::store::{self, Store};
use ::vigia_app::model::Timestamp;
use ::vigia_app::reports::AUDIT_TRACKING;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The steps.
const PLACES: [&str; 6] = ["index.built", "index.segment", "index.manifest", "index.renamed", "index.kept", "index.merged"];
/// Of a segment that a merge of four is left to a task of its own for.
const MANY: u32 = 8_300;
const FEW: u32 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_an_index_goes_on_wherever_it_dies() {
    for place in PLACES {
        let folder = tempfile::tempdir().expect("a folder");
        goes_on(&format!("sqlite://{}", folder.path().join("vigia.db").display()), place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_an_index_goes_on_wherever_it_dies() {
    for place in PLACES {
        goes_on(&postgres::Server::shared().database().await, place).await;
    }
}

async fn goes_on(database: &str, place: &'static str) {
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    let mut server = Vigia::new(database);
    let mut next = 0;
    // As it begins, and as it goes on.
    for (round, dies) in [true, false, true, false].into_iter().enumerate() {
        let rows = if place == "index.merged" && round == 0 { MANY } else { FEW };
        server.crash_at(Some(place).filter(|_| dies));
        append(&store, &mut next, rows).await;
        server.start().await;
        // The first of them may come while the index is built.
        for _ in 0..6 {
            append(&store, &mut next, rows).await;
            if rows == MANY {
                // Each is to be a segment of its own; of what other processes write the server hears once a second.
                tokio::time::sleep(Duration::from_millis(1_500)).await;
            }
        }
        store.remove_before(&AUDIT_TRACKING, None, at(next / 3), 100).await.expect("removed");
        let begun = Instant::now();
        let patience = Duration::from_secs(if round == 0 && place == "index.merged" { 60 } else { 1 });
        while dies && !server.has_crashed() && begun.elapsed() < patience {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // It also dies when it keeps what there is in the end.
        server.stop();
        // What goes on is not built again, and how much there is to merge depends on what came together.
        if dies && (round == 0 || !["index.built", "index.merged"].contains(&place)) {
            assert!(server.has_crashed(), "{place} was not reached");
        }
        server.kill();
    }
    let following = Following::start(server.index_folder(), &store);
    following.ready().await;
    agrees(&following.index, &*store, place).await;
    following.stop().await;
}

fn at(number: u32) -> Timestamp {
    Timestamp::saturating(1_795_000_000_000 + i64::from(number) * 40)
}

async fn append(store: &Arc<dyn Store>, next: &mut u32, count: u32) {
    let event = |number: u32| {
        let mut event = Event::new(&AUDIT_TRACKING, &"index".into(), number.to_string(), at(number));
        event.set("operation", "Login").set("user", format!("user {}", number % 37)).set("entity_name", format!("entity {}", number % 900));
        event
    };
    store.append((*next..*next + count).map(event).collect()).await.expect("stored");
    *next += count;
}
