//! Tests of what is read of a store as it was at one moment.

use crate::{copy, on_every_store, on_every_store_unfollowed, samples};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia::event::Event;
use vigia::store::operations::{Claim, Ending, Finish, Hold, Limits, NewOperation, Plan};
use vigia::store::quarantine::{QuarantineFilter, Quarantined, Refused};
use vigia::store::scores::KeptScore;
use vigia::store::tokens::ApiToken;
use vigia::store::whole::Whole;
use vigia::store::{Still, Store, User};
use vigia_app::model::{ErrorClass, Priority, Report, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(nothing_that_happens_later_is_seen);

on_every_store_unfollowed!(
    what_is_read_is_what_a_copy_reads,
    it_is_read_while_others_write,
    everything_acknowledged_before_is_in_it,
    a_range_of_ids_is_read_and_counted,
    many_views_leave_connections_for_everybody_else,
    what_is_read_can_be_written_as_json,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

async fn begin(store: &Arc<dyn Store>) -> Box<dyn Still> {
    store.transfer().still().await.expect("a view")
}

/// All there is.
#[derive(Debug, Clone, PartialEq)]
struct All {
    events: Vec<Vec<Whole>>,
    quarantine: Vec<Quarantined>,
    kept: Vec<(String, String, String)>,
    secrets: Vec<(String, Vec<u8>)>,
    users: Vec<User>,
    tokens: Vec<ApiToken>,
}

impl All {
    /// In small steps, as whoever reads for long does.
    async fn seen(view: &mut dyn Still, step: u32) -> Self {
        let mut events = Vec::new();
        for report in reports::ALL {
            let (mut of_report, mut after): (Vec<Whole>, _) = (Vec::new(), -1);
            loop {
                let some = view.events_after(report, after, i64::MAX, step).await.expect("events");
                let Some(last) = some.last() else { break };
                after = last.id;
                of_report.extend(some);
            }
            assert_eq!(view.events(report, 0..i64::MAX).await.expect("counted"), of_report.len() as u64);
            events.push(of_report);
        }
        let (mut quarantine, mut after): (Vec<Quarantined>, _) = (Vec::new(), -1);
        loop {
            let some = view.quarantined_after(after, step).await.expect("lines");
            let Some(last) = some.last() else { break };
            after = last.id;
            quarantine.extend(some);
        }
        Self {
            events,
            quarantine,
            kept: view.all_kept().await.expect("kept"),
            secrets: view.secrets().await.expect("secrets"),
            users: view.users().await.expect("users"),
            tokens: view.tokens().await.expect("tokens"),
        }
    }

    /// As it is now.
    async fn now(store: &Arc<dyn Store>) -> Self {
        store.settle().await;
        let transfer = store.transfer();
        let mut events = Vec::new();
        for report in reports::ALL {
            events.push(transfer.events_after(report, -1, 1_000_000).await.expect("events"));
        }
        Self {
            events,
            quarantine: transfer.quarantined_after(-1, 1_000_000).await.expect("lines"),
            kept: transfer.all_kept().await.expect("kept"),
            secrets: transfer.secrets().await.expect("secrets"),
            users: store.users().await.expect("users"),
            tokens: store.tokens().all().await.expect("tokens"),
        }
    }

    /// Fails without printing thousands of events.
    fn assert_is(&self, other: &Self, what: &str) {
        for (report, (one, other)) in reports::ALL.iter().zip(self.events.iter().zip(&other.events)) {
            let differs = one.iter().zip(other).find(|(one, other)| one != other);
            assert!(differs.is_none(), "{what}, {}: {differs:#?}", report.key);
            assert_eq!(one.len(), other.len(), "{what}, {}", report.key);
        }
        let beside = |all: &Self| Self { events: Vec::new(), ..all.clone() };
        assert_eq!(beside(self), beside(other), "{what}");
    }
}

async fn what_is_read_is_what_a_copy_reads(store: Arc<dyn Store>) {
    copy::fill(&store, 400).await;
    let now = All::now(&store).await;
    assert!(now.events.iter().flatten().any(|event| event.attempts.len() == 2));
    assert!(now.events.iter().flatten().any(|event| event.queued.as_ref().is_some_and(|queued| !queued.ticket.is_empty())));
    let mut view = begin(&store).await;
    for step in [100_000, 700, 97] {
        All::seen(&mut *view, step).await.assert_is(&now, &format!("in steps of {step}"));
    }
    // In steps of one there are events without attempts, and with all of theirs.
    let last = view.events_after(&PASSWORD_OPERATION, -1, i64::MAX, 1).await.expect("events");
    let operations = &now.events[reports::ALL.iter().position(|report| report.key == PASSWORD_OPERATION.key).expect("a report")];
    assert_eq!(last, operations[..1]);
    for pair in operations.windows(2).rev().take(20) {
        assert_eq!(view.events_after(&PASSWORD_OPERATION, pair[0].id, i64::MAX, 1).await.expect("events"), pair[1..]);
    }
}

/// Something of everything that a store can do.
async fn change_all(store: &Arc<dyn Store>) {
    for report in reports::ALL {
        store.append(samples::events(report, 400, 2)).await.expect("stored");
        // Of a month that nobody had an event of.
        let long_ago = Event::new(report, &"test".into(), "long ago", Timestamp::saturating(samples::START - 400 * 86_400_000));
        store.append(vec![long_ago]).await.expect("stored");
    }
    let operations = store.operations();
    let limits = Limits { total: 100, device: 100 };
    let claim = Claim { executor: "two".into(), connectors: vec!["main".into()], want: 10, limits, lease: at(900) };
    let jobs = operations.claim(claim, at(60)).await.expect("taken").jobs;
    assert!(!jobs.is_empty(), "some are due");
    let end = |hold| Finish {
        hold,
        at: at(61),
        ending: Ending::Failed { class: ErrorClass::PolicyRejected, retry: None },
        message: "too short".into(),
        template: String::new(),
        version: String::new(),
        log: Vec::new(),
    };
    operations.finish(jobs.iter().map(|job| end(Hold { id: job.id, fence: job.fence })).collect()).await.expect("ended");
    let plan = Plan { connector: "main".into(), parameters: Vec::new(), credential: "later".into(), max_tries: 1 };
    let event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), "later", at(0));
    let new = NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "ana".into(), asked_by: "ana".into() };
    operations.enqueue(vec![new], at(0)).await.expect("stored");
    let ids = store.rows().ids_after(&PASSWORD_VIEW, -1, 50).await.expect("ids");
    let values = vec![70; PASSWORD_VIEW.derived().count()];
    let scores = ids.iter().map(|id| KeptScore { id: *id, values: values.clone(), parts: vec![1] }).collect();
    store.scores().keep_scores(&PASSWORD_VIEW, scores).await.expect("kept");

    let lines = store.quarantine().list(&QuarantineFilter::default(), None, 3).await.expect("lines");
    store.quarantine().remove(&lines.iter().map(|line| line.id).collect::<Vec<_>>()).await.expect("removed");
    let line = Refused { source: "s".into(), format: "f".into(), reason: "r".into(), detail: String::new(), original: "later".into() };
    store.quarantine().add(vec![line], at(1)).await.expect("kept");
    store.kept().set("tail", vec![("a".into(), None), ("b".into(), Some("later".into()))]).await.expect("kept");
    store.transfer().put_secrets(vec![("later".into(), vec![1])]).await.expect("put");
    store.set_disabled("ana", true).await.expect("disabled");
    store.tokens().used([7; 32], at(9)).await.expect("noted");
}

async fn nothing_that_happens_later_is_seen(store: Arc<dyn Store>) {
    copy::fill(&store, 400).await;
    let before = All::now(&store).await;
    let mut view = begin(&store).await;
    change_all(&store).await;
    All::seen(&mut *view, 1_000).await.assert_is(&before, "after changes");
    // Whole months, where a database could let them go at once, some, and a source.
    for report in reports::ALL {
        store.remove_before(report, None, at(86_400 * 40), 500).await.expect("removed");
    }
    store.remove_before(&AUDIT_TRACKING, Some("test"), at(86_400), 100).await.expect("removed");
    store.remove_source("other").await.expect("removed");
    All::seen(&mut *view, 1_000).await.assert_is(&before, "after removals");
    let after = All::now(&store).await;
    assert!(before.events.iter().zip(&after.events).all(|(before, after)| before != after), "each report has changed");
    let mut second = begin(&store).await;
    All::seen(&mut *second, 1_000).await.assert_is(&after, "a view that begins later");
    drop(view);
    store.append(samples::events(&AUDIT_TRACKING, 100, 3)).await.expect("stored");
    All::seen(&mut *second, 1_000).await.assert_is(&after, "with the first one gone");
}

async fn it_is_read_while_others_write(store: Arc<dyn Store>) {
    copy::fill(&store, 400).await;
    let before = All::now(&store).await;
    let mut view = begin(&store).await;
    let (done, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writer = tokio::spawn({
        let (store, done, ended) = (store.clone(), done.clone(), ended.clone());
        async move {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) {
                rounds += 1;
                for report in reports::ALL {
                    store.append(samples::events(report, 40, 100 + rounds)).await.expect("stored");
                    store.remove_before(report, None, at(600), 20).await.expect("removed");
                }
                let plan = Plan { connector: "main".into(), parameters: Vec::new(), credential: rounds.to_string(), max_tries: 1 };
                let event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), format!("round {rounds}"), at(0));
                let new =
                    NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "ana".into(), asked_by: "ana".into() };
                store.operations().enqueue(vec![new], at(0)).await.expect("stored");
                let limits = Limits { total: 10_000, device: 10_000 };
                let claim = Claim { executor: "two".into(), connectors: vec!["main".into()], want: 5, limits, lease: at(60) };
                store.operations().claim(claim, at(60)).await.expect("taken");
                ended.store(rounds, Ordering::Relaxed);
            }
        }
    });
    let others = async {
        let mut readings = 0;
        // The machine may give the others little time: they get on, sooner or later.
        while readings < 3 || ended.load(Ordering::Relaxed) < 2 {
            All::seen(&mut *view, 150).await.assert_is(&before, "meanwhile");
            readings += 1;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), others).await.expect("others get on");
    done.store(true, Ordering::Relaxed);
    writer.await.expect("no panic");
}

/// Sixteen senders do not stop while views begin: what they were told is stored is there.
async fn everything_acknowledged_before_is_in_it(store: Arc<dyn Store>) {
    let (acknowledged, done) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let senders: Vec<_> = (0..16)
        .map(|sender| {
            let (store, acknowledged, done) = (store.clone(), acknowledged.clone(), done.clone());
            tokio::spawn(async move {
                let mut batch = 0;
                while !done.load(Ordering::Relaxed) && batch < 60 {
                    let names: Vec<String> = (0..30).map(|n| format!("{sender}-{batch}-{n}")).collect();
                    let event = |name: &String| Event::new(&AUDIT_TRACKING, &"a".into(), name.clone(), at(batch));
                    store.append(names.iter().map(event).collect()).await.expect("stored");
                    acknowledged.lock().expect("no panic").extend(names);
                    batch += 1;
                }
            })
        })
        .collect();
    for round in 0..5 {
        while acknowledged.lock().expect("no panic").len() < (round + 1) * 1_000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut names = acknowledged.lock().expect("no panic").clone();
        let mut view = begin(&store).await;
        let seen = view.events_after(&AUDIT_TRACKING, -1, i64::MAX, 1_000_000).await.expect("events");
        let seen: std::collections::HashSet<String> = seen.into_iter().map(|event| event.source_id).collect();
        names.retain(|name| !seen.contains(name));
        assert!(names.is_empty(), "round {round}: {} acknowledged events are missing, as {}", names.len(), names[0]);
    }
    done.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.expect("no panic");
    }
    if let Some(path) = store.describe().strip_prefix("SQLite, ") {
        let inbox = rusqlite::Connection::open(format!("{path}-inbox")).expect("opens");
        let batches: i64 = inbox.query_row("SELECT seq FROM sqlite_sequence", [], |row| row.get(0)).expect("a number");
        assert!(batches > 20, "{batches} batches went through the inbox");
    }
}

async fn a_range_of_ids_is_read_and_counted(store: Arc<dyn Store>) {
    copy::fill(&store, 400).await;
    let mut view = begin(&store).await;
    for report in reports::ALL {
        let all = view.events_after(report, -1, i64::MAX, 100_000).await.expect("events");
        let (first, last) = (all[30].id, all[330].id);
        assert_eq!(view.events(report, first..last).await.expect("counted"), 300, "half open");
        assert_eq!(view.events(report, first..last + 1).await.expect("counted"), 301);
        assert_eq!([view.events(report, first..first).await, view.events(report, 0..all[0].id).await].map(|n| n.expect("counted")), [0, 0]);
        let read =
            async |view: &mut Box<dyn Still>, after, below, limit| view.events_after(report, after, below, limit).await.expect("events");
        assert!(read(&mut view, first, last, 100_000).await == all[31..330], "neither end is in it");
        assert!(read(&mut view, first - 1, last + 1, 100_000).await == all[30..=330]);
        assert!(read(&mut view, first, last, 7).await == all[31..38], "no more than were asked for");
        assert!(read(&mut view, first, first + 1, 10).await.is_empty());
        assert!(read(&mut view, last, first, 10).await.is_empty());
        assert!(read(&mut view, all[all.len() - 1].id, i64::MAX, 10).await.is_empty());
    }
}

async fn many_views_leave_connections_for_everybody_else(store: Arc<dyn Store>) {
    store.append(samples::events(&AUDIT_TRACKING, 40, 1)).await.expect("stored");
    let mut views = Vec::new();
    for _ in 0..12 {
        views.push(begin(&store).await);
    }
    let users = tokio::time::timeout(Duration::from_secs(30), store.users()).await.expect("in time").expect("users");
    assert!(users.is_empty());
    for view in &mut views {
        assert_eq!(view.events(&AUDIT_TRACKING, 0..i64::MAX).await.expect("counted"), 40);
    }
}

async fn what_is_read_can_be_written_as_json(store: Arc<dyn Store>) {
    fn again<T: Serialize + DeserializeOwned>(values: &Vec<T>) -> Vec<T> {
        serde_json::from_str(&serde_json::to_string(values).expect("written")).expect("read")
    }
    copy::fill(&store, 400).await;
    let all = All::seen(&mut *begin(&store).await, 1_000).await;
    let read = All {
        events: all.events.iter().map(again).collect(),
        quarantine: again(&all.quarantine),
        kept: again(&all.kept),
        secrets: again(&all.secrets),
        users: again(&all.users),
        tokens: again(&all.tokens),
    };
    read.assert_is(&all, "through JSON");
}

/// How many events of a report there are in a view.
pub async fn count(view: &mut dyn Still, report: &'static Report) -> u64 {
    view.events(report, 0..i64::MAX).await.expect("counted")
}
