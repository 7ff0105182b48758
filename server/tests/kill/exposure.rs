//! The server dies (SIGKILL) while it finds out which passwords were changed after they were seen. The next one goes on, and in the end each view says what
//! it would say anyway.

use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::event::Event;
use ::vigia::store::value::Value;
use ::vigia::store::{self, Store};
use ::vigia_app::model::{Direction, EventId, Timestamp};
use ::vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The steps.
const PLACES: [&str; 4] = ["exposure.anew", "exposure.before", "exposure.set", "exposure.followed"];
const START: i64 = 1_790_000_000_000;
const HOUR: i64 = 3_600_000;
const CREDENTIALS: i64 = 7;
/// Of each credential a view every hour, and a change every ten hours.
const HOURS: i64 = 40;
const EVERY: i64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_what_was_changed_since_is_found_out_wherever_it_dies() {
    for place in PLACES {
        let folder = tempfile::tempdir().expect("a folder");
        goes_on(&format!("sqlite://{}", folder.path().join("vigia.db").display()), place).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_what_was_changed_since_is_found_out_wherever_it_dies() {
    for place in PLACES {
        goes_on(&postgres::Server::shared().database().await, place).await;
    }
}

async fn goes_on(database: &str, place: &'static str) {
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    // Half is there before anybody follows; the rest comes while somebody does.
    store.append(history(0..HOURS / 2)).await.expect("stored");
    let mut server = Vigia::new(database);
    server.crash_at(Some(place));
    server.start().await;
    let begun = Instant::now();
    let mut stored = false;
    while !server.has_crashed() {
        // What dies only once it follows has to have something to follow.
        if !stored && store.journal().registered("exposure").await.expect("an answer").is_some() {
            store.append(history(HOURS / 2..HOURS)).await.expect("stored");
            stored = true;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{place}: it takes too long");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if !stored {
        store.append(history(HOURS / 2..HOURS)).await.expect("stored");
    }
    server.crash_at(None);
    server.start().await;
    let mut wrong = wrong(&store).await;
    while !wrong.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{place}: {wrong:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        wrong = self::wrong(&store).await;
    }
    let views = store.transfer().events(&PASSWORD_VIEW).await.expect("a count");
    assert_eq!(views, (CREDENTIALS * HOURS) as u64, "{place}: none is lost, and none is there twice");
    server.stop();
    server.kill();
    assert_eq!(self::wrong(&store).await, [], "{place}");
}

/// What views say of when their passwords were changed, where that is not what the history is.
async fn wrong(store: &Arc<dyn Store>) -> Vec<(i64, i64)> {
    let place = |key: &str| PASSWORD_VIEW.stored().position(|column| column.key == key).expect("a column");
    let rows = store.rows().rows_within(&PASSWORD_VIEW, 0..i64::MAX, Direction::Ascending, 10_000).await.expect("rows");
    let said = rows.into_iter().map(|(id, values)| {
        let seen = (EventId::from_i64(id).expect("an id").time().millis() - START) / HOUR;
        let changed = if let Value::Number(changed) = values[place("changed")] { changed } else { i64::MIN };
        (seen, if changed < 0 { -1 } else { (changed - START) / HOUR })
    });
    // The first change after it: at the end of each ten hours, but the last.
    let right = |seen: i64| Some((seen / EVERY + 1) * EVERY).filter(|next| *next < HOURS).unwrap_or(-1);
    said.filter(|(seen, changed)| *changed != right(*seen)).collect()
}

fn history(hours: std::ops::Range<i64>) -> Vec<Event> {
    let mut events = Vec::new();
    for hour in hours {
        for number in 0..CREDENTIALS {
            // Changes are at the hour, views half an hour later.
            let of = |report, minutes: i64| {
                let time = Timestamp::saturating(START + hour * HOUR + minutes * 60_000);
                let mut event = Event::new(report, &"exposure".into(), format!("{hour}-{number}"), time);
                event.set("device", format!("srv-{number}")).set("username", "root");
                event
            };
            let mut view = of(&PASSWORD_VIEW, 30);
            view.set("user", "Ana Lima").set("operation", "View password");
            events.push(view);
            if hour > 0 && hour % EVERY == 0 {
                let mut change = of(&PASSWORD_OPERATION, 0);
                let time = change.time;
                change.set("operation", "Change password").set("status", "Success").set("execution_date", time);
                events.push(change);
            }
        }
    }
    events
}
