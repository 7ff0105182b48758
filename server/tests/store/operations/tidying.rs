//! Tests for what becomes of operations that are lost, forgotten or removed, and who hears of it.

use super::*;
use crate::{on_every_store, queries::ask};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use vigia_app::model::{Live, Query};
use vigia_app::reports::AUDIT_TRACKING;

on_every_store!(
    a_lost_operation_is_tried_again_and_then_given_up,
    what_waits_for_nothing_is_let_go,
    removed_rows_leave_nothing_in_the_queue,
    what_moves_is_told,
    what_is_stored_is_told,
    a_clock_that_jumps_loses_nothing,
);

async fn a_lost_operation_is_tried_again_and_then_given_up(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    let mut now = 0;
    for number in 1..=3u32 {
        let job = claim(&store, 1, now + 1).await.remove(0);
        let unsure = (number > 1).then_some(at(1));
        assert_eq!((job.attempt, job.unsure), (number, unsure), "whether the first took effect is not known");
        now += 10_000;
        let beat = store.operations().heartbeat(vec![hold(&job)], at(now)).await.expect("an answer");
        assert_eq!(beat, []);
        assert_eq!(sweep(&store, now, now).await.lost, [], "to the millisecond it is held");
        assert_eq!(sweep(&store, now + 1, now + 1).await.lost, [id]);
        assert_eq!(sweep(&store, now + 1, now + 1).await.lost, []);
        let expected = if number < 3 { OperationStatus::Scheduled } else { OperationStatus::Error };
        assert_eq!(status(&store, id).await, expected);
    }
    let attempts = attempts(&store, id).await;
    assert_eq!(attempts.len(), 3);
    for attempt in attempts {
        assert_eq!((attempt.end, attempt.result.as_str(), attempt.error_class.as_str()), (None, "Unknown", "Inconclusive"));
        assert_eq!(attempt.message, "The executor did not come back; whether the change took effect is not known.");
    }
    assert_eq!(cell(&store, id, "execution_date").await, at(now + 1).rfc3339());
    assert_eq!(history(&store, id).await.pop().expect("a step").1, "vigia");
    let failed = store.operations().failed_after((at(0), None), at(now + 100), 10).await.expect("an answer");
    assert_eq!(failed.iter().map(|ended| (ended.id, ended.error_class.as_str())).collect::<Vec<_>>(), [(id, "Inconclusive")]);
}

async fn what_waits_for_nothing_is_let_go(store: Arc<dyn Store>) {
    let mut new: Vec<_> = (0..4).map(|n| operation(&n.to_string(), "srv")).collect();
    new[0].event.source = "other".into();
    new[1].plan.credential = "srv/0".into();
    enqueue(&store, new).await;
    let limited = || Claim { limits: Limits { total: MANY, device: 1 }, ..asking(MANY) };
    assert_eq!(names(&take(&store, limited(), 1).await.jobs), ["0"]);
    // What they wait for goes without an end.
    assert_eq!(store.remove_source("other").await.expect("removed"), 1);
    let mut found = Vec::new();
    for now in 2..5 {
        sweep(&store, now, now).await;
        let jobs = take(&store, limited(), now).await.jobs;
        assert!(jobs.len() <= 1, "{jobs:?}");
        for job in &jobs {
            succeed(&store, job, now).await;
        }
        found.extend(jobs);
    }
    found.sort_by(|a, b| a.username.cmp(&b.username));
    assert_eq!(names(&found), ["1", "2", "3"]);
}

async fn removed_rows_leave_nothing_in_the_queue(store: Arc<dyn Store>) {
    let mut new: Vec<_> = ["a", "b", "c"].into_iter().map(|name| operation(name, "srv")).collect();
    new[1].plan.credential = "srv/a".into();
    new[1].event.time = at(100);
    new[2].event.source = "other".into();
    new[2].event.time = at(100);
    let ids = enqueue(&store, new).await;
    assert_eq!(names(&claim(&store, MANY, 100).await), ["a", "c"]);
    assert_eq!(store.remove_before(&PASSWORD_OPERATION, Some("vigia"), at(50), 10).await.expect("removed"), 1);
    assert_eq!(store.operations().operation(ids[0]).await.expect("an answer"), None);
    assert_eq!(store.operations().last_attempts(vec![ids[0]]).await.expect("an answer"), []);
    sweep(&store, 101, 101).await;
    let job = claim_one(&store, 102).await;
    assert_eq!(job.id, ids[1], "what waited for it goes on");
    assert_eq!(store.remove_source("vigia").await.expect("removed"), 1);
    assert_eq!(store.operations().operation(ids[1]).await.expect("an answer"), None);
    assert_eq!(finish(&store, end(&job, success(), 103, "")).await, Finished::Late);
    let counts = store.operations().counts(at(200)).await.expect("counted");
    assert_eq!((counts.scheduled, counts.running), (0, 1), "that of the other source");
    let again = enqueue(&store, vec![operation("a", "srv")]).await;
    assert_eq!(history(&store, again[0]).await.len(), 1, "what was removed can come back, and nothing of it was left");
}

/// Hears messages until there is this one: what else is told in between is not what the story is about.
async fn hear(live: &mut Receiver<Arc<Live>>, message: Live) {
    let wait = async { while *live.recv().await.expect("a message") != message {} };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("told in time");
}

async fn what_moves_is_told(store: Arc<dyn Store>) {
    let mut live = store.operations().live();
    let moved = |ids: &[EventId]| Live::Moved { ids: ids.to_vec() };
    let ids = enqueue(&store, vec![operation("a", ""), operation("b", "")]).await;
    let jobs = claim(&store, MANY, 1).await;
    hear(&mut live, moved(&ids)).await;
    succeed(&store, &jobs[0], 2).await;
    hear(&mut live, moved(&ids[..1])).await;
    sweep(&store, 9_000, 9_000).await;
    hear(&mut live, moved(&ids[1..])).await;
    act(&store, Action::Cancel, ids[1], 9_001).await;
    hear(&mut live, moved(&ids[1..])).await;
    let many = enqueue(&store, (0..300).map(|n| operation(&format!("n{n}"), "")).collect()).await;
    hear(&mut live, Live::Stored { report: PASSWORD_OPERATION.key.to_owned() }).await;
    change(&store, asked(Action::Cancel, &many, 5)).await;
    hear(&mut live, moved(&[])).await;
}

async fn what_is_stored_is_told(store: Arc<dyn Store>) {
    let mut live = store.operations().live();
    let stored = || Live::Stored { report: AUDIT_TRACKING.key.to_owned() };
    let event = |id: String| Event::new(&AUDIT_TRACKING, &"a".into(), id, at(0));
    store.append(vec![event("1".into())]).await.expect("stored");
    hear(&mut live, stored()).await;
    // As many who send at once, which takes another way into the report.
    let senders = (0..20).map(|sender| {
        let (store, event) = (store.clone(), event(format!("many-{sender}")));
        tokio::spawn(async move { store.append(vec![event]).await.expect("stored") })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("a sender");
    }
    store.settle().await;
    hear(&mut live, stored()).await;
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 21);
}

async fn a_clock_that_jumps_loses_nothing(store: Arc<dyn Store>) {
    let ids = enqueue(&store, vec![operation("a", ""), operation("b", "")]).await;
    assert!(claim(&store, MANY, -100).await.is_empty(), "not due by a clock that is behind");
    let job = claim(&store, 1, 100).await.remove(0);
    succeed(&store, &job, 50).await;
    assert_eq!(attempts(&store, ids[0]).await[0].end, Some(at(50)), "as it was told");
    assert_eq!(sweep(&store, -50, -50).await, Swept::default());
    let job = claim_one(&store, 1).await;
    assert_eq!(sweep(&store, 1_000_000, 1_000_000).await.lost, [ids[1]], "far ahead every lease has passed");
    assert!(claim(&store, MANY, 2).await.is_empty());
    assert_eq!(finish(&store, end(&job, success(), 3, "")).await, Finished::Late);
    assert_eq!(act(&store, Action::RunNow, ids[1], 4).await, OperationStatus::Scheduled);
    let job = claim_one(&store, 5).await;
    succeed(&store, &job, 6).await;
    assert_eq!(attempts(&store, ids[1]).await.len(), 2);
}
