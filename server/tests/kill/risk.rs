//! The server dies (SIGKILL) while it scores views. The next one goes on, and in the end every score is the one it would be anyway.

use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::clock;
use ::vigia::event::Event;
use ::vigia::risk::Scorer;
use ::vigia::store::{self, Store};
use ::vigia_app::model::Timestamp;
use ::vigia_app::reports::PASSWORD_VIEW;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The steps.
const PLACES: [&str; 2] = ["risk.begun", "risk.kept"];
/// More than are scored in one transaction.
const VIEWS: i64 = 2_100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_scoring_goes_on_wherever_it_dies() {
    for place in PLACES {
        let folder = tempfile::tempdir().expect("a folder");
        goes_on(&format!("sqlite://{}", folder.path().join("vigia.db").display()), place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_scoring_goes_on_wherever_it_dies() {
    for place in PLACES {
        goes_on(&postgres::Server::shared().database().await, place).await;
    }
}

async fn goes_on(database: &str, place: &'static str) {
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    let mut server = Vigia::new(database);
    // Views in their order; then some that come late, before all of them, while those are not done.
    for (from, views, dies) in [(0, VIEWS, true), (-300, 200, true), (-301, 1, false)] {
        store.append((0..views).map(|number| view(from + number)).collect()).await.expect("stored");
        server.crash_at(Some(place).filter(|_| dies));
        server.start().await;
        let begun = Instant::now();
        let over = async |server: &mut Vigia| if dies { server.has_crashed() } else { is_done(&store).await };
        while !over(&mut server).await {
            assert!(begun.elapsed() < Duration::from_secs(60), "{place} from {from}: it takes too long");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.stop();
        server.kill();
    }
    let before = store.journal().position().await.expect("a position");
    store.kept().set("risk", vec![("again".to_owned(), Some("0".to_owned()))]).await.expect("set");
    Scorer::new(store.clone(), clock::system()).round().await.expect("scored");
    assert_eq!(store.journal().position().await.expect("a position"), before, "{place}: all scores were what they are now");
}

/// All views are scored, and nothing is to be scored again.
async fn is_done(store: &Arc<dyn Store>) -> bool {
    let unscored = store.scores().first_unscored(&PASSWORD_VIEW, i64::MAX).await.expect("an answer");
    unscored.is_none() && store.kept().get("risk", "again").await.expect("an answer").is_none_or(|again| again.is_empty())
}

fn view(number: i64) -> Event {
    let time = Timestamp::saturating(1_790_000_000_000 + number * 400_000);
    let mut event = Event::new(&PASSWORD_VIEW, &"risk".into(), number.to_string(), time);
    event.set("user", format!("user {}", number.rem_euclid(7))).set("device", format!("device {}", number.rem_euclid(31)));
    event.set("username", "root").set("origin", "Web").set("governance_id", if number % 3 == 0 { "" } else { "CHG1" });
    event
}

/// It dies before it follows the journal, which has forgotten it: that all views have to be scored again is kept by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_journal_no_longer_says_is_looked_at_whenever_it_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    store.append((0..50).map(view).collect()).await.expect("stored");
    Scorer::new(store.clone(), clock::system()).round().await.expect("scored");
    store.journal().forget("risk").await.expect("forgotten");
    let mut server = Vigia::new(&database);
    server.crash_at(Some("risk.anew"));
    server.start().await;
    let begun = Instant::now();
    while !server.has_crashed() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it takes too long");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.kept().get("risk", "again").await.expect("an answer").as_deref(), Some("0"));
    server.crash_at(None);
    server.start().await;
    while !is_done(&store).await || store.journal().registered("risk").await.expect("an answer").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it takes too long");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
