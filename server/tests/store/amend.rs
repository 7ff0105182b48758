//! Tests of events that say something else than they said.

use crate::journal::{at, event, settled};
use crate::queries::ask;
use crate::{on_every_store, samples};
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::store::Store;
use vigia::store::journal::Extent;
use vigia::store::scores::KeptScore;
use vigia::store::whole::Whole;
use vigia_app::model::{Attempt, Cell, EventId, Live, Query, Record, Report};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};

on_every_store!(
    an_event_says_something_else_and_stays_the_same_event,
    the_last_who_amends_is_right,
    an_event_that_is_not_there_is_not_made,
    an_old_event_is_found,
    what_was_found_out_stays,
    an_event_that_was_just_acknowledged_is_amended,
    who_looks_is_told,
);

fn backup(name: &str, outcome: &str) -> Event {
    let mut event = Event::new(&PERFORMED_BACKUPS, &"vigia".into(), name, at(10));
    for column in PERFORMED_BACKUPS.given().filter(|column| column.kind == vigia_app::model::Kind::Text) {
        event.set(column.key, outcome);
    }
    event.add("outcome", outcome);
    event
}

async fn all(store: &Arc<dyn Store>, report: &'static Report) -> Vec<Whole> {
    store.transfer().events_after(report, -1, 100_000).await.expect("events")
}

async fn record(store: &Arc<dyn Store>, report: &'static Report, id: i64) -> Record {
    let id = EventId::from_i64(id).expect("an id");
    store.record(report, id).await.expect("an answer").expect("a record")
}

async fn amend(store: &Arc<dyn Store>, event: Event) -> bool {
    store.amend(event).await.expect("an answer")
}

async fn an_event_says_something_else_and_stays_the_same_event(store: Arc<dyn Store>) {
    for report in reports::ALL {
        store.append(samples::events(report, 200, 1)).await.expect("stored");
    }
    let mut first = Event::new(&PASSWORD_OPERATION, &"Vigia".into(), "one", at(10));
    first.set("device", "srv-db-77").set("message", "begun").set("origin_ip", Cell::ip("10.0.0.1")).set("attempts", 1u32);
    first.set("reconciliation", true).add("size", "1").add("gone", "soon");
    first.original = "the line".into();
    first.attempts = vec![Attempt { result: "Error".into(), ..Attempt::begun(1, at(11)) }];
    store.append(vec![first, Event::new(&PASSWORD_OPERATION, &"vigia".into(), "one", at(10))]).await.expect("stored");
    settled(&store).await;
    let before = all(&store, &PASSWORD_OPERATION).await;
    let others = [all(&store, &PASSWORD_VIEW).await, all(&store, &AUDIT_TRACKING).await];
    let id = before.iter().find(|event| event.original == "the line").expect("there").id;
    let position = store.journal().position().await.expect("a position");

    // Another time, another line and other attempts are not what it is about.
    let mut second = Event::new(&PASSWORD_OPERATION, &"Vigia".into(), "one", at(99_999));
    second.set("device", "srv-db-78").set("message", "x".repeat(2 * Event::MAX_TEXT)).set("origin_ip", Cell::ip("2001:db8::7"));
    second.set("reconciliation", false).add("size", "2").add("more", "said");
    second.original = "another line".into();
    second.attempts = vec![Attempt::begun(7, at(70)), Attempt::begun(8, at(80))];
    assert!(amend(&store, second).await);

    let record = record(&store, &PASSWORD_OPERATION, id).await;
    let cell = |key: &str| record.cells[PASSWORD_OPERATION.position(key).expect("a column")].clone();
    assert_eq!((cell("schedule_date"), cell("source")), (Cell::Time(at(10)), Cell::text("Vigia")));
    assert_eq!(
        (cell("device"), cell("origin_ip"), cell("reconciliation")),
        (Cell::text("srv-db-78"), Cell::ip("2001:db8::7"), Cell::Flag(false))
    );
    assert_eq!(cell("attempts"), Cell::Empty, "what is not said any more");
    let message = cell("message").plain();
    assert!(message.len() <= Event::MAX_TEXT && message.ends_with('…'), "cut like any other: {} bytes", message.len());
    let extra = [("size", "2"), ("more", "said")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(record.extra, Some(extra.to_vec()));
    assert_eq!((record.source_id.as_str(), record.original.as_deref(), record.attempts.len()), ("one", Some("the line"), 1));
    let search = Query { search: "srv-db-78".into(), ..Query::all(&PASSWORD_OPERATION) };
    assert_eq!(ask(&store, search).await.rows.len(), 1);

    let mut after = all(&store, &PASSWORD_OPERATION).await;
    let (was, is) =
        (before.iter().find(|event| event.id == id).expect("there"), after.iter_mut().find(|event| event.id == id).expect("there"));
    assert_eq!((was.received, &was.attempts), (is.received, &is.attempts));
    is.clone_from(was);
    assert!(before == after, "no other event of the report has changed");
    assert!(others == [all(&store, &PASSWORD_VIEW).await, all(&store, &AUDIT_TRACKING).await]);

    settled(&store).await;
    let entries = store.journal().read(position, 10).await.expect("entries");
    let named = |extent: &Extent| matches!(extent, Extent::Events(ids) if ids.iter().map(|id| id.get()).eq([id]));
    assert!(entries[0].report.key == PASSWORD_OPERATION.key && named(&entries[0].extent), "{:?}", entries[0]);
}

async fn the_last_who_amends_is_right(store: Arc<dyn Store>) {
    store.append(vec![backup("one", "begun"), backup("two", "begun")]).await.expect("stored");
    for outcome in ["half", "nearly", "done"] {
        assert!(amend(&store, backup("one", outcome)).await);
    }
    let said = async |name: &str| {
        let id = all(&store, &PERFORMED_BACKUPS).await.iter().find(|event| event.source_id == name).expect("there").id;
        record(&store, &PERFORMED_BACKUPS, id).await.extra.expect("extra")[0].1.clone()
    };
    assert_eq!((said("one").await.as_str(), said("two").await.as_str()), ("done", "begun"));
    // Of many at once, each is whole.
    let many = (0..20).map(|n| {
        let (store, event) = (store.clone(), backup("two", &format!("outcome {n}")));
        tokio::spawn(async move { amend(&store, event).await })
    });
    for one in many.collect::<Vec<_>>() {
        assert!(one.await.expect("no panic"));
    }
    let outcome = said("two").await;
    let whole = all(&store, &PERFORMED_BACKUPS).await.into_iter().find(|event| event.source_id == "two").expect("there");
    let other = format!("{:?}", whole.cells).replace(&outcome, "");
    assert!(outcome.starts_with("outcome") && !other.contains("outcome"), "{outcome}, but {other}");
    let again = store.append(vec![backup("one", "begun")]).await.expect("an answer");
    assert_eq!((again.stored, again.duplicate), (0, 1), "it is known by what it is, not by what it says");
}

async fn an_event_that_is_not_there_is_not_made(store: Arc<dyn Store>) {
    store.append(vec![backup("one", "begun"), event("vigia", "two", 0)]).await.expect("stored");
    settled(&store).await;
    let before = [all(&store, &PERFORMED_BACKUPS).await, all(&store, &AUDIT_TRACKING).await];
    let position = store.journal().position().await.expect("a position");
    let other_source = Event { source: "other".into(), ..backup("one", "done") };
    let other_case = Event { source: "VIGIA".into(), ..backup("one", "done") };
    let other_report = event("vigia", "one", 0);
    for unknown in [backup("two", "done"), other_source, other_case, other_report] {
        assert!(!amend(&store, unknown).await);
    }
    assert!(before == [all(&store, &PERFORMED_BACKUPS).await, all(&store, &AUDIT_TRACKING).await]);
    settled(&store).await;
    assert_eq!(store.journal().read(position, 10).await.expect("entries").len(), 1, "the mark alone");
    store.remove_source("vigia").await.expect("removed");
    assert!(!amend(&store, backup("one", "done")).await, "it is gone");
}

async fn what_was_found_out_stays(store: Arc<dyn Store>) {
    let view = |user: &str| {
        let mut event = Event::new(&PASSWORD_VIEW, &"vigia".into(), "one", at(0));
        event.set("user", user);
        event
    };
    store.append(vec![view("ana")]).await.expect("stored");
    let id = all(&store, &PASSWORD_VIEW).await[0].id;
    let values = vec![42; PASSWORD_VIEW.derived().count()];
    store.scores().keep_scores(&PASSWORD_VIEW, vec![KeptScore { id, values, parts: vec![9] }]).await.expect("kept");
    assert!(amend(&store, view("rui")).await);
    let cells = record(&store, &PASSWORD_VIEW, id).await.cells;
    let cell = |key: &str| cells[PASSWORD_VIEW.position(key).expect("a column")].clone();
    assert_eq!((cell("user"), cell("risk")), (Cell::text("rui"), Cell::Number(42)));
    assert_eq!(store.scores().score_parts(&PASSWORD_VIEW, id).await.expect("an answer"), Some(vec![9]));
}

async fn an_event_that_was_just_acknowledged_is_amended(store: Arc<dyn Store>) {
    let senders = (0..20).map(|sender| {
        let store = store.clone();
        tokio::spawn(async move {
            for batch in 0..5 {
                let name = |n| format!("{sender}-{batch}-{n}");
                let mut events: Vec<Event> = (0..30).map(|n| event("a", &name(n), n)).collect();
                store.append(events.clone()).await.expect("stored");
                let amended = events[0].set("user", "amended").clone();
                assert!(amend(&store, amended).await, "it was acknowledged");
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("no panic");
    }
    let amended = |event: &&Whole| event.cells.iter().any(|value| format!("{value:?}").contains("amended"));
    let all = all(&store, &AUDIT_TRACKING).await;
    assert_eq!((all.len(), all.iter().filter(amended).count()), (3_000, 100));
}

async fn who_looks_is_told(store: Arc<dyn Store>) {
    store.append(vec![backup("one", "begun")]).await.expect("stored");
    settled(&store).await;
    let mut live = store.operations().live();
    assert!(!amend(&store, backup("two", "done")).await);
    assert!(amend(&store, backup("one", "done")).await);
    let stored = Live::Stored { report: PERFORMED_BACKUPS.key.to_owned() };
    let wait = async { while *live.recv().await.expect("a message") != stored {} };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("told in time");
}

/// Also one of long ago, behind thousands of the same source.
async fn an_old_event_is_found(store: Arc<dyn Store>) {
    let old = |outcome: &str| Event { time: at(-400 * 86_400), ..backup("old", outcome) };
    store.append(vec![old("begun")]).await.expect("stored");
    store.append((0..3_000).map(|n| Event { time: at(n), ..backup(&n.to_string(), "done") }).collect()).await.expect("stored");
    store.settle().await;
    assert!(amend(&store, old("done at last")).await);
    let first = &all(&store, &PERFORMED_BACKUPS).await[0];
    assert_eq!((first.source_id.as_str(), first.extra.as_str()), ("old", "[[\"outcome\",\"done at last\"]]"));
}
