//! Tests for asking for operations and taking them.

use super::*;
use crate::on_every_store;
use std::collections::{HashMap, HashSet};
use vigia_app::model::Cell;

on_every_store!(
    an_operation_is_stored_with_its_row_once,
    the_most_urgent_and_then_the_oldest_are_taken_first,
    what_is_not_due_or_of_another_connector_is_left_alone,
    a_job_says_all_that_a_connector_needs,
    of_one_credential_one_is_in_flight,
    a_device_and_the_whole_have_limits,
    a_busy_device_starves_no_other,
    a_device_is_not_held_by_those_that_wait_for_a_credential,
    two_who_take_at_once_never_take_the_same,
    the_next_is_due_when_it_is,
    they_are_counted,
);

async fn an_operation_is_stored_with_its_row_once(store: Arc<dyn Store>) {
    let twice = vec![operation("a", "srv"), operation("b", "srv"), operation("a", "srv")];
    let enqueued = store.operations().enqueue(twice, at(5)).await.expect("stored");
    let [Enqueued::New(a), Enqueued::New(b), Enqueued::Known(again)] = enqueued[..] else { panic!("{enqueued:?}") };
    assert!(a == again && a != b);
    let mut other = operation("a", "elsewhere");
    other.event.time = at(99);
    assert_eq!(store.operations().enqueue(vec![other], at(6)).await.expect("an answer"), [Enqueued::Known(a)]);
    let found = async |source: &str, id: &str| store.operations().enqueued(source, id).await.expect("an answer");
    let source = operation("a", "srv").event.source;
    assert_eq!((found(&source, "a").await, found(&source, "c").await, found("elsewhere", "a").await), (Some(a), None, None));
    assert_eq!(status(&store, a).await, OperationStatus::Scheduled);
    assert_eq!(cell(&store, a, "device").await, "srv", "what was there has not changed");
    let row = record(&store, a).await;
    assert_eq!((row.source_id.as_str(), row.id.time()), ("a", at(0)));
    assert_eq!(row.cells[PASSWORD_OPERATION.position("attempts").expect("a column")], Cell::Number(0));
    let queued = queued(&store, a).await;
    assert_eq!((queued.plan, queued.due, queued.tries, queued.approve_by), (operation("a", "srv").plan, at(0), 0, None));
    assert_eq!(history(&store, a).await, [(OperationStatus::Scheduled, "ana".into(), "Submitted.".into())]);
    assert_eq!(store.operations().operation(EventId::from_i64(7).expect("an id")).await.expect("an answer"), None);
}

async fn the_most_urgent_and_then_the_oldest_are_taken_first(store: Arc<dyn Store>) {
    let with = |name: &str, priority, seconds| {
        let mut new = operation(name, "");
        new.priority = priority;
        new.event.time = at(seconds);
        new
    };
    let new = vec![
        with("low-old", Priority::Low, 1),
        with("normal-new", Priority::Normal, 9),
        with("normal-old", Priority::Normal, 2),
        with("normal-tie", Priority::Normal, 9),
        with("high", Priority::High, 10),
        with("immediate", Priority::Immediate, 10),
    ];
    enqueue(&store, new).await;
    let first = claim(&store, 3, 10).await;
    assert_eq!(names(&first), ["immediate", "high", "normal-old"]);
    assert_eq!(names(&claim(&store, MANY, 10).await), ["normal-new", "normal-tie", "low-old"]);
}

async fn what_is_not_due_or_of_another_connector_is_left_alone(store: Arc<dyn Store>) {
    let mut later = operation("later", "");
    later.event.time = at(100);
    let mut other = operation("other", "");
    other.plan.connector = "other".into();
    enqueue(&store, vec![later, other, operation("now", "")]).await;
    assert_eq!(names(&claim(&store, MANY, 99).await), ["now"]);
    assert_eq!(names(&claim(&store, MANY, 100).await), ["later"], "due to the millisecond");
    let both = Claim { connectors: vec!["main".into(), "other".into(), "other".into(), "none".into()], ..asking(MANY) };
    assert_eq!(names(&take(&store, both, 100).await.jobs), ["other"]);
    let none = take(&store, Claim { connectors: Vec::new(), ..asking(MANY) }, 200).await;
    assert_eq!(none, Claimed::default());
}

async fn a_job_says_all_that_a_connector_needs(store: Arc<dyn Store>) {
    let new = operation("svc", "SRV-DB-01");
    let id = enqueue(&store, vec![new.clone()]).await[0];
    let job = claim_one(&store, 5).await;
    assert_eq!((job.id, job.attempt, job.tries, &job.plan, job.unsure), (id, 1, 1, &new.plan, None));
    let words = [&job.operation, &job.device, &job.username, &job.credential_type].map(String::as_str);
    assert_eq!(words, ["Change password", "SRV-DB-01", "svc", "Local User"]);
    assert_eq!(job.key, format!("{id}-0"));
    assert_eq!(status(&store, id).await, OperationStatus::Running);
    assert_eq!((cell(&store, id, "last_attempt").await, cell(&store, id, "attempts").await), (at(5).rfc3339(), "1".to_owned()));
    let begun = Attempt { executor: "executor-1".into(), result: "Running".into(), connector: "main".into(), ..Attempt::begun(1, at(5)) };
    assert_eq!(attempts(&store, id).await, [begun]);
    let last = history(&store, id).await.pop().expect("a step");
    assert_eq!(last, (OperationStatus::Running, "executor-1".into(), "Attempt 1 started.".into()));
}

async fn of_one_credential_one_is_in_flight(store: Arc<dyn Store>) {
    let same = |name: &str, priority| {
        let mut new = operation(name, "srv");
        new.plan.credential = "one".into();
        new.priority = priority;
        new
    };
    let new = vec![same("first", Priority::High), same("second", Priority::Low), same("third", Priority::Normal), operation("free", "srv")];
    enqueue(&store, new).await;
    let taken = claim(&store, MANY, 1).await;
    assert_eq!(names(&taken), ["first", "free"]);
    assert!(claim(&store, MANY, 2).await.is_empty());
    succeed(&store, &taken[0], 3).await;
    let taken = claim(&store, MANY, 4).await;
    assert_eq!(names(&taken), ["third"], "the more urgent of those that waited");
    // Whatever ends it lets the next one go: this time a failure for good.
    finish(&store, end(&taken[0], failure(ErrorClass::AccountLocked, None), 5, "locked")).await;
    assert_eq!(names(&claim(&store, MANY, 6).await), ["second"]);
}

async fn a_device_and_the_whole_have_limits(store: Arc<dyn Store>) {
    let limited = |total, device| Claim { limits: Limits { total, device }, ..asking(MANY) };
    let devices = ["srv", "SRV", "srv", "other", "", "", ""];
    enqueue(&store, (1..).zip(devices).map(|(n, device)| operation(&n.to_string(), device)).collect()).await;
    let taken = take(&store, limited(MANY, 2), 1).await.jobs;
    assert_eq!(names(&taken), ["1", "2", "4", "5", "6", "7"], "a device is the same in any case, and no device has no limit");
    assert!(take(&store, limited(MANY, 2), 2).await.jobs.is_empty());
    succeed(&store, &taken[1], 3).await;
    let more = take(&store, limited(MANY, 2), 4).await.jobs;
    assert_eq!(names(&more), ["3"], "its turn has come");

    enqueue(&store, (10..20).map(|n| operation(&n.to_string(), "")).collect()).await;
    assert_eq!(take(&store, limited(6, 2), 5).await, Claimed::default(), "six are in flight");
    assert_eq!(names(&take(&store, limited(8, 2), 5).await.jobs), ["10", "11"]);
    assert!(take(&store, limited(1, 2), 5).await.jobs.is_empty(), "more than may be are in flight");
}

async fn a_busy_device_starves_no_other(store: Arc<dyn Store>) {
    let limited = || Claim { limits: Limits { total: MANY, device: 2 }, ..asking(10) };
    let mut new: Vec<_> = (0..1_000).map(|n| operation(&format!("busy-{n}"), "busy")).collect();
    new.iter_mut().for_each(|new| new.priority = Priority::High);
    new.extend((0..3).map(|n| operation(&format!("other-{n}"), "other")));
    enqueue(&store, new).await;
    let mut taken = Vec::new();
    for _ in 0..10 {
        let claimed = take(&store, limited(), 1).await;
        taken.extend(claimed.jobs);
        if !claimed.more {
            break;
        }
    }
    assert_eq!(names(&taken), ["busy-0", "busy-1", "other-0", "other-1"], "the device's limit holds, and the other one has its turn");
    // One after the other the rest goes, too, always two at a time.
    let mut busy: Vec<Job> = taken.into_iter().take(2).collect();
    for turn in 2..30 {
        succeed(&store, &busy.remove(0), turn).await;
        let jobs = take(&store, limited(), turn).await.jobs;
        assert_eq!(names(&jobs), [format!("busy-{turn}")]);
        busy.extend(jobs);
    }
}

async fn a_device_is_not_held_by_those_that_wait_for_a_credential(store: Arc<dyn Store>) {
    let with = |name: &str, credential: &str, device: &str| {
        let mut new = operation(name, device);
        new.plan.credential = credential.into();
        new
    };
    // Two of the device are in flight; one that waits for a credential, and then one that could go, wait for it.
    let mut new =
        vec![with("elsewhere", "z", "e"), with("x", "x", "d"), with("y", "y", "d"), with("z", "z", "d"), with("free", "free", "d")];
    new[0].event.time = at(-1);
    enqueue(&store, new).await;
    let limited = |want| Claim { limits: Limits { total: MANY, device: 2 }, ..asking(want) };
    let mut first = limited(1);
    first.limits.device = 0;
    assert_eq!(take(&store, first, 1).await.jobs, [], "no room anywhere: all are set aside");
    sweep(&store, 1, 1).await;
    let mut taken = Vec::new();
    for _ in 0..10 {
        let claimed = take(&store, limited(3), 1).await;
        taken.extend(claimed.jobs);
        if !claimed.more {
            break;
        }
    }
    assert_eq!(names(&taken), ["elsewhere", "x", "y"]);
    assert_eq!(take(&store, limited(3), 2).await.jobs, []);
    succeed(&store, &taken[1], 3).await;
    let mut found = Vec::new();
    for _ in 0..10 {
        let claimed = take(&store, limited(3), 4).await;
        found.extend(claimed.jobs);
        if !claimed.more {
            break;
        }
    }
    assert_eq!(names(&found), ["free"], "the room that z cannot use");
}

async fn two_who_take_at_once_never_take_the_same(store: Arc<dyn Store>) {
    let new = (0..300).map(|n| {
        let mut new = operation(&format!("{n}"), &format!("srv-{}", n % 30));
        new.plan.credential = format!("{}", n % 200);
        new
    });
    enqueue(&store, new.collect()).await;
    let claimers = (0..4).map(|claimer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut jobs = Vec::new();
            for _ in 0..40 {
                let claim = Claim { executor: format!("executor-{claimer}"), limits: Limits { total: 150, device: 6 }, ..asking(7) };
                jobs.extend(take(&store, claim, 1).await.jobs);
            }
            jobs
        })
    });
    let mut jobs: Vec<Job> = Vec::new();
    for claimer in claimers.collect::<Vec<_>>() {
        jobs.extend(claimer.await.expect("a claimer"));
    }
    let ids: HashSet<_> = jobs.iter().map(|job| job.id).collect();
    let credentials: HashSet<_> = jobs.iter().map(|job| &job.plan.credential).collect();
    assert_eq!((jobs.len(), ids.len(), credentials.len()), (150, 150, 150), "as many as there may be, and nothing twice");
    let mut devices: HashMap<&str, u32> = HashMap::new();
    jobs.iter().for_each(|job| *devices.entry(&job.device).or_default() += 1);
    assert!(devices.values().all(|count| *count <= 6), "{devices:?}");
}

async fn the_next_is_due_when_it_is(store: Arc<dyn Store>) {
    let next = async || store.operations().next_due(vec!["main".into(), "none".into()]).await.expect("an answer");
    assert_eq!(next().await, None);
    let with = |name: &str, priority, seconds| {
        let mut new = operation(name, "");
        new.priority = priority;
        new.event.time = at(seconds);
        new
    };
    let mut other = with("other", Priority::Normal, 10);
    other.plan.connector = "other".into();
    enqueue(&store, vec![with("a", Priority::Immediate, 100), with("b", Priority::Low, 50), other]).await;
    assert_eq!(next().await, Some(at(50)));
    claim_one(&store, 60).await;
    assert_eq!(next().await, Some(at(100)));
}

async fn they_are_counted(store: Arc<dyn Store>) {
    let mut new: Vec<_> = (0..4).map(|n| operation(&n.to_string(), "srv")).collect();
    new[1].event.time = at(100);
    new[2].approve_by = Some(at(50));
    enqueue(&store, new).await;
    let limited = Claim { limits: Limits { total: MANY, device: 1 }, ..asking(MANY) };
    assert_eq!(names(&take(&store, limited, 1).await.jobs), ["0"]);
    let counts = store.operations().counts(at(1)).await.expect("counted");
    // One waits for the device, which is scheduled and due all the same.
    assert_eq!((counts.scheduled, counts.due, counts.running), (2, 1, 1));
}
