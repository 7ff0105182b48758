//! Tests for appending, removing and reading single events.

use crate::{on_every_store, queries::ask, samples};
use std::sync::Arc;
use vigia::event::Event;
use vigia::store::Store;
use vigia_app::model::{Attempt, Cell, EventId, Moment, Query, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(
    the_same_event_twice_is_one_row,
    a_record_has_everything_that_was_said,
    a_source_goes_and_the_others_stay,
    the_newest_event_is_not_one_of_the_future,
    too_long_a_text_is_cut_and_says_so,
    the_oldest_go_first_and_leave_nothing_behind,
    the_original_line_is_kept_and_cut,
    many_who_send_at_once_are_each_stored_once,
    events_of_any_time_are_kept,
    a_null_character_is_replaced_everywhere,
);

fn event(source: &str, id: &str, seconds: i64) -> Event {
    let mut event = Event::new(&AUDIT_TRACKING, &source.into(), id, Timestamp::saturating(samples::START + seconds * 1000));
    event.set("operation", "Login").set("user", "Ana Lima");
    event
}

async fn the_same_event_twice_is_one_row(store: Arc<dyn Store>) {
    let first = store.append(vec![event("a", "1", 0), event("a", "2", 0), event("a", "1", 0)]).await.expect("stored");
    assert_eq!((first.stored, first.duplicate), (2, 1));
    let again = store.append(vec![event("a", "1", 5), event("b", "1", 0)]).await.expect("stored");
    assert_eq!((again.stored, again.duplicate), (1, 1), "another source's id 1 is another event");
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 3);
}

async fn a_record_has_everything_that_was_said(store: Arc<dyn Store>) {
    let start = Timestamp::saturating(samples::START);
    let attempt = |number: u32, end, result: &str| Attempt {
        end,
        executor: "openbao".into(),
        result: result.into(),
        error_class: if result == "Error" { "Connectivity".into() } else { String::new() },
        message: "connection refused".into(),
        ..Attempt::begun(number, start)
    };
    let attempts = vec![attempt(1, Some(start), "Error"), attempt(2, None, "Running")];
    let mut event = Event::new(&PASSWORD_OPERATION, &"a".into(), "op-1", start);
    event.set("device", "srv-db-01").set("attempts", 2u32).set("origin_ip", Cell::ip("2001:db8::1")).set("unknown", "kept");
    event.attempts.clone_from(&attempts);
    store.append(vec![event]).await.expect("stored");

    let id = ask(&store, Query::all(&PASSWORD_OPERATION)).await.rows[0].id;
    let record = store.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("a record");
    let cell = |key: &str| record.cells[PASSWORD_OPERATION.position(key).expect("a column")].clone();
    assert_eq!(cell("id"), Cell::Text(id.to_string()));
    assert_eq!(cell("schedule_date"), Cell::Time(start));
    assert_eq!(cell("device"), Cell::text("srv-db-01"));
    assert_eq!(cell("origin_ip"), Cell::ip("2001:db8::1"));
    assert_eq!(cell("execution_date"), Cell::Empty);
    assert_eq!(cell("source"), Cell::text("a"));
    assert_eq!((record.source_id.as_str(), record.extra), ("op-1", Some(vec![("unknown".to_owned(), "kept".to_owned())])));
    assert_eq!(record.attempts, attempts);
    assert_eq!(store.record(&PASSWORD_VIEW, id).await.expect("an answer"), None);
}

async fn a_source_goes_and_the_others_stay(store: Arc<dyn Store>) {
    for report in reports::ALL {
        store.append(samples::events(report, 50, 1)).await.expect("stored");
    }
    store.append(vec![event("other", "1", 0)]).await.expect("stored");
    assert!(store.has_source("test").await.expect("an answer"));
    assert_eq!(store.remove_source("test").await.expect("removed"), 50 * reports::ALL.len() as u64);
    assert!(!store.has_source("test").await.expect("an answer"));
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 1);
    let search = Query { search: "srv-db".into(), ..Query::all(&AUDIT_TRACKING) };
    assert_eq!(ask(&store, search).await.rows.len(), 0, "nor does the search find what is gone");
    let again = store.append(samples::events(&AUDIT_TRACKING, 50, 1)).await.expect("stored");
    assert_eq!(again.stored, 50, "what was removed can come back");
}

async fn the_newest_event_is_not_one_of_the_future(store: Arc<dyn Store>) {
    let at = |seconds: i64| Timestamp::saturating(samples::START + seconds * 1000);
    let newest = |store: Arc<dyn Store>, now| async move { store.newest(&AUDIT_TRACKING, now).await.expect("an answer") };
    assert_eq!(newest(store.clone(), at(0)).await, None);
    store.append(vec![event("a", "1", 100), event("a", "2", 200)]).await.expect("stored");
    assert_eq!(newest(store.clone(), at(150)).await, Some(at(100)));
    assert_eq!(newest(store.clone(), at(200)).await, Some(at(200)));
    assert_eq!(newest(store, at(0)).await, Some(at(100)), "all are in the future: the next one");
}

async fn too_long_a_text_is_cut_and_says_so(store: Arc<dyn Store>) {
    let mut long = event("a", "1", 0);
    long.set("user", "é".repeat(Event::MAX_NAME));
    store.append(vec![long]).await.expect("stored");
    let page = ask(&store, Query { columns: vec![AUDIT_TRACKING.column("user").expect("a column")], ..Query::all(&AUDIT_TRACKING) }).await;
    let Cell::Text(user) = &page.rows[0].cells[0] else { panic!("a text") };
    assert!(user.len() <= Event::MAX_NAME && user.ends_with("é…"), "{user}");
    assert_eq!(store.record(&AUDIT_TRACKING, EventId::from_i64(7).expect("an id")).await.expect("an answer"), None);
}

async fn the_oldest_go_first_and_leave_nothing_behind(store: Arc<dyn Store>) {
    let mut events: Vec<Event> = (0..10).map(|n| event("a", &n.to_string(), n)).collect();
    events[0].set("entity_name", "only-in-the-oldest");
    events.push(event("b", "1", 1));
    store.append(events).await.expect("stored");
    let before = Timestamp::saturating(samples::START + 5_000);
    assert_eq!(store.sources(&AUDIT_TRACKING).await.expect("sources"), ["a", "b"]);
    assert!(store.sources(&PASSWORD_OPERATION).await.expect("sources").is_empty(), "of the report that is asked for");
    let remove = async |source, limit| store.remove_before(&AUDIT_TRACKING, source, before, limit).await.expect("removed");
    assert_eq!(remove(Some("a"), 3).await, 3, "in portions");
    assert_eq!(remove(Some("a"), 100).await, 2, "up to the time, and no further");
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 6);
    assert_eq!(remove(None, 100).await, 1, "of every source");
    let search = |text: &str| Query { search: text.to_owned(), ..Query::all(&AUDIT_TRACKING) };
    assert!(ask(&store, search("only-in")).await.rows.is_empty());
    assert_eq!(ask(&store, search("Ana")).await.rows.len(), 5);
}

async fn the_original_line_is_kept_and_cut(store: Arc<dyn Store>) {
    let mut long = event("a", "1", 0);
    long.original = format!("<34>1 {}", "x".repeat(2 * Event::MAX_ORIGINAL));
    store.append(vec![long]).await.expect("stored");
    let id = ask(&store, Query::all(&AUDIT_TRACKING)).await.rows[0].id;
    let original = store.record(&AUDIT_TRACKING, id).await.expect("an answer").expect("a record").original.expect("an original");
    assert!(original.starts_with("<34>1 xxx") && original.ends_with('…') && original.len() <= Event::MAX_ORIGINAL, "{}", original.len());
}

async fn many_who_send_at_once_are_each_stored_once(store: Arc<dyn Store>) {
    // Each of twenty senders sends its own events, and one that all of them send.
    let senders = (0..20).map(|sender| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut appended = (0, 0);
            for batch in 0..10 {
                let own = (0..30).map(|n| event("a", &format!("{sender}-{batch}-{n}"), sender * 1000 + batch * 50 + n));
                let events = own.chain([event("a", &format!("shared-{batch}"), batch)]).collect();
                let result = store.append(events).await.expect("stored");
                appended = (appended.0 + result.stored, appended.1 + result.duplicate);
            }
            appended
        })
    });
    let mut total = (0, 0);
    for sender in senders.collect::<Vec<_>>() {
        let (stored, duplicate) = sender.await.expect("a sender");
        total = (total.0 + stored, total.1 + duplicate);
    }
    // What two send at the same moment, both may be told is new.
    assert!(total.0 >= 6_010 && total.0 + total.1 == 6_200, "{total:?}");
    store.settle().await;
    let counted = async |source, most| store.count_before(&AUDIT_TRACKING, source, Timestamp::MAX, most).await.expect("counted");
    assert_eq!([counted(None, 10_000).await, counted(Some("A"), 10_000).await, counted(Some("b"), 10_000).await], [6_010, 6_010, 0]);
    assert_eq!(counted(None, 100).await, 100, "no further");
    assert_eq!(store.remove_source("a").await.expect("removed"), 6_010);
}

async fn a_null_character_is_replaced_everywhere(store: Arc<dyn Store>) {
    let start = Timestamp::saturating(samples::START);
    let mut event = Event::new(&PASSWORD_OPERATION, &"a\0".into(), "op\0", start);
    event.set("device", "srv\0db").set("message", "me\0ssage").set("unknown", "ke\0pt");
    event.original = "line\0".into();
    event.attempts.push(Attempt {
        end: None,
        executor: "e\0".into(),
        result: "r\0".into(),
        error_class: "c\0".into(),
        message: "m\0".into(),
        ..Attempt::begun(1, start)
    });
    store.append(vec![event.clone()]).await.expect("stored");
    assert_eq!(store.append(vec![event]).await.expect("an answer").duplicate, 1);
    let found = ask(&store, Query { search: "srv\u{FFFD}db".into(), ..Query::all(&PASSWORD_OPERATION) }).await;
    let record = store.record(&PASSWORD_OPERATION, found.rows[0].id).await.expect("an answer").expect("a record");
    let cell = |key: &str| record.cells[PASSWORD_OPERATION.position(key).expect("a column")].plain();
    assert_eq!((cell("device"), cell("message"), cell("source")), ("srv\u{FFFD}db".into(), "me\u{FFFD}ssage".into(), "a\u{FFFD}".into()));
    assert_eq!((record.source_id.as_str(), record.original.as_deref()), ("op\u{FFFD}", Some("line\u{FFFD}")));
    let attempt = &record.attempts[0];
    let said = [&attempt.executor, &attempt.result, &attempt.error_class, &attempt.message];
    assert_eq!(said, ["e\u{FFFD}", "r\u{FFFD}", "c\u{FFFD}", "m\u{FFFD}"]);
    assert!(store.user("a\0").await.expect("an answer").is_none());
    store.add_failure("a\0", start).await.expect("counted");
    assert_eq!(store.failures("a\0").await.expect("an answer").expect("counted").count, 1);
}

async fn events_of_any_time_are_kept(store: Arc<dyn Store>) {
    let times = ["1970-01-01", "1999-12-31", "2026-10-31", "2026-11-30", "2027-02-01", "2031-07-01", "2248-09-26"];
    let at = |text: &str| Timestamp::from(Moment::parse(text).expect("a date").clock.and_utc());
    let mut times: Vec<Timestamp> = times.into_iter().map(at).collect();
    times.push(Timestamp::MAX);
    let events = times.iter().enumerate().map(|(n, at)| Event { time: *at, ..event("a", &n.to_string(), 0) }).collect();
    assert_eq!(store.append(events).await.expect("stored").stored, 8);
    let page = ask(&store, Query::all(&AUDIT_TRACKING)).await;
    let found: Vec<Timestamp> = page.rows.iter().rev().map(|row| row.id.time()).collect();
    assert_eq!(found, times);
    for row in &page.rows {
        assert!(store.record(&AUDIT_TRACKING, row.id).await.expect("an answer").is_some());
    }
}
