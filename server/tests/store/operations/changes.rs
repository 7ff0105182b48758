//! Tests for what administrators do with operations.

use super::*;
use crate::{on_every_store, queries::ask};
use vigia_app::model::Query;

on_every_store!(
    two_who_restart_at_once_cause_one_execution,
    a_restart_keeps_what_was,
    what_cannot_be_is_refused_with_a_reason,
    the_same_request_is_done_once,
    what_is_approved_runs_and_what_is_not_does_not,
    four_eyes_are_two_people_whatever_they_are_called,
    each_execution_has_an_approval_of_its_own,
    a_canceled_operation_makes_room_for_the_next,
    what_is_asked_for_at_once_goes_first,
    many_are_changed_together,
    rows_of_other_sources_are_adopted,
);

/// One that has failed for good.
async fn failed(store: &Arc<dyn Store>, name: &str) -> EventId {
    let id = enqueue(store, vec![operation(name, "srv")]).await[0];
    let job = claim_one(store, 1).await;
    finish(store, end(&job, failure(ErrorClass::AccountLocked, None), 2, "the account is locked")).await;
    id
}

async fn two_who_restart_at_once_cause_one_execution(store: Arc<dyn Store>) {
    let id = failed(&store, "a").await;
    let restart = |who: &str| {
        let (store, change) = (store.clone(), Change { who: who.into(), ..asked(Action::Restart, &[id], 10) });
        tokio::spawn(async move { super::change(&store, change).await.remove(0).expect("of the queue") })
    };
    let (ana, bea) = (restart("ana"), restart("bea"));
    let results = [ana.await.expect("an answer"), bea.await.expect("an answer")];
    assert_eq!(results.iter().filter(|result| **result == Ok(OperationStatus::Scheduled)).count(), 1, "{results:?}");
    let refusal = results.iter().find_map(|result| result.as_ref().err()).expect("one was refused");
    assert!(refusal.to_string().starts_with("The operation cannot be restarted: it is scheduled"), "{refusal}");
    let job = claim_one(&store, 11).await;
    succeed(&store, &job, 12).await;
    assert!(claim(&store, MANY, 100).await.is_empty());
    assert_eq!(attempts(&store, id).await.len(), 2);
}

async fn a_restart_keeps_what_was(store: Arc<dyn Store>) {
    let id = failed(&store, "a").await;
    let before = attempts(&store, id).await;
    let restart = Change { note: "unlocked it".into(), ..asked(Action::Restart, &[id], 10) };
    assert_eq!(change(&store, restart).await, [Some(Ok(OperationStatus::Scheduled))]);
    assert_eq!(status(&store, id).await, OperationStatus::Scheduled);
    let now = queued(&store, id).await;
    assert_eq!((now.due, now.tries), (at(10), 0));
    assert_eq!(cell(&store, id, "message").await, "the account is locked", "until there is another one");
    let last = history(&store, id).await.pop().expect("a step");
    assert_eq!(last, (OperationStatus::Scheduled, "ana".into(), "Restart execution: unlocked it".into()));
    let job = claim_one(&store, 10).await;
    assert_eq!((job.attempt, job.tries), (2, 1), "its attempts are counted on, its tries anew");
    succeed(&store, &job, 11).await;
    let attempts = attempts(&store, id).await;
    assert_eq!((&attempts[0], attempts.len()), (&before[0], 2));
    assert_eq!(cell(&store, id, "attempts").await, "2");
    assert_eq!(act(&store, Action::Restart, id, 20).await, OperationStatus::Scheduled, "a success may be wanted again");
}

async fn what_cannot_be_is_refused_with_a_reason(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    let refused = async |action| {
        let before = (record(&store, id).await, queued(&store, id).await);
        let outcome = change(&store, asked(action, &[id], 5)).await.remove(0).expect("of the queue");
        assert_eq!((record(&store, id).await, queued(&store, id).await), before, "nothing has changed");
        outcome.expect_err("refused")
    };
    assert!(refused(Action::Approve).await.to_string().contains("cannot be approved"));
    assert!(refused(Action::Restart).await.to_string().contains("it is scheduled"));
    let job = claim_one(&store, 6).await;
    for action in Action::ALL {
        assert!(refused(action).await.to_string().contains("it is running"), "{action:?}");
    }
    succeed(&store, &job, 7).await;
    assert!(refused(Action::Cancel).await.to_string().contains("it has succeeded"));
    let nowhere = EventId::from_i64(7).expect("an id");
    assert_eq!(change(&store, asked(Action::Cancel, &[nowhere], 8)).await, [None]);
}

async fn the_same_request_is_done_once(store: Arc<dyn Store>) {
    let id = failed(&store, "a").await;
    let request = |request: &str| Change { request: request.into(), ..asked(Action::Restart, &[id, id], 10) };
    let done = Some(Ok(OperationStatus::Scheduled));
    assert_eq!(change(&store, request("one")).await, [done.clone(), done.clone()], "twice in one request is once");
    assert_eq!(change(&store, request("one")).await, [done.clone(), done]);
    assert_eq!(history(&store, id).await.iter().filter(|step| step.2 == "Restart execution").count(), 1);
    let job = claim_one(&store, 11).await;
    assert_eq!(change(&store, request("one")).await[0], Some(Ok(OperationStatus::Running)), "as it stands now");
    succeed(&store, &job, 12).await;
    assert_eq!(change(&store, request("one")).await[0], Some(Ok(OperationStatus::Success)));
    assert_eq!(change(&store, request("two")).await[0], Some(Ok(OperationStatus::Scheduled)), "another request is another one");
}

async fn what_is_approved_runs_and_what_is_not_does_not(store: Arc<dyn Store>) {
    let awaiting = |name: &str| NewOperation { approve_by: Some(at(100)), ..operation(name, "srv") };
    let ids = enqueue(&store, ["a", "b", "c", "d"].map(awaiting).into()).await;
    assert!(claim(&store, MANY, 5).await.is_empty());
    assert_eq!(status(&store, ids[0]).await, OperationStatus::AwaitingApproval);
    assert_eq!(history(&store, ids[0]).await[0].2, "Submitted; awaits approval.");
    assert_eq!(queued(&store, ids[0]).await.approve_by, Some(at(100)));
    assert_eq!(act(&store, Action::Approve, ids[0], 10).await, OperationStatus::Scheduled);
    let no = Change { who: "bea".into(), note: "not this week".into(), ..asked(Action::Disapprove, &[ids[1]], 11) };
    assert_eq!(change(&store, no).await, [Some(Ok(OperationStatus::Canceled))]);
    assert_eq!(cell(&store, ids[1], "message").await, "Disapproved by bea. not this week");
    assert_eq!(history(&store, ids[1]).await.pop().expect("a step").2, "Disapprove: not this week");
    assert_eq!(act(&store, Action::Cancel, ids[2], 12).await, OperationStatus::Canceled);
    assert_eq!(cell(&store, ids[2], "message").await, "Canceled by ana.");
    assert_eq!(sweep(&store, 100, 100).await, Swept::default(), "until then it may be approved");
    assert_eq!(sweep(&store, 101, 101).await, Swept { lost: Vec::new(), expired: vec![ids[3]] });
    assert_eq!(status(&store, ids[3]).await, OperationStatus::Expired);
    assert_eq!(cell(&store, ids[3], "message").await, "Nobody approved it in time.");
    assert_eq!(history(&store, ids[3]).await.pop().expect("a step").1, "vigia");
    assert!(change(&store, asked(Action::Approve, &[ids[3]], 102)).await[0].clone().expect("of the queue").is_err());
    let job = claim_one(&store, 103).await;
    assert_eq!(job.id, ids[0]);
}

async fn a_canceled_operation_makes_room_for_the_next(store: Arc<dyn Store>) {
    let same = |name: &str| {
        let mut new = operation(name, "srv");
        new.plan.credential = "one".into();
        new
    };
    let ids = enqueue(&store, ["a", "b", "c"].map(same).into()).await;
    let job = claim_one(&store, 1).await;
    succeed(&store, &job, 2).await;
    // It is the turn of b, for which c waits.
    assert_eq!(act(&store, Action::Cancel, ids[1], 3).await, OperationStatus::Canceled);
    sweep(&store, 4, 4).await;
    assert_eq!(claim_one(&store, 5).await.id, ids[2]);
}

async fn what_is_asked_for_at_once_goes_first(store: Arc<dyn Store>) {
    let mut new: Vec<_> = ["a", "b"].into_iter().map(|name| operation(name, "srv")).collect();
    new[0].priority = Priority::High;
    new[1].event.time = at(1_000);
    let ids = enqueue(&store, new).await;
    assert_eq!(act(&store, Action::RunNow, ids[1], 5).await, OperationStatus::Scheduled);
    assert_eq!(queued(&store, ids[1]).await.due, at(5));
    assert_eq!(record(&store, ids[1]).await.id.time(), at(1_000), "when it was scheduled for is what it was");
    assert_eq!(history(&store, ids[1]).await.pop().expect("a step").2, "Request immediate execution");
    assert_eq!(names(&claim(&store, MANY, 5).await), ["b", "a"]);
}

async fn many_are_changed_together(store: Arc<dyn Store>) {
    let ids = enqueue(&store, (0..500).map(|n| operation(&n.to_string(), "")).collect()).await;
    let done = change(&store, asked(Action::Cancel, &ids, 5)).await;
    assert_eq!(done, vec![Some(Ok(OperationStatus::Canceled)); 500]);
    let again = change(&store, asked(Action::Cancel, &[ids[0], ids[499]], 6)).await;
    assert!(again.iter().all(|outcome| matches!(outcome, Some(Err(_)))), "{again:?}");
    assert!(claim(&store, MANY, 10).await.is_empty());
}

async fn rows_of_other_sources_are_adopted(store: Arc<dyn Store>) {
    let row = |name: &str, status: &str| {
        let mut event = Event::new(&PASSWORD_OPERATION, &"segura".into(), name, at(0));
        event.set("device", "srv").set("username", name).set("status", status).set("attempts", 2u32);
        event.attempts = vec![Attempt::begun(1, at(0)), Attempt::begun(2, at(1))];
        event
    };
    let words = ["Error", "success", "Canceled", "Expired", "Running", "Scheduled", "Awaiting approval", "", "Unheard of"];
    store.append(words.iter().map(|word| row(word, word)).collect()).await.expect("stored");
    store.settle().await;
    let mut ids: Vec<EventId> = ask(&store, Query::all(&PASSWORD_OPERATION)).await.rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    let plan = |credential: &str| Plan { credential: credential.into(), ..operation("", "").plan };
    let mut plans: Vec<_> = ids.iter().map(|id| (*id, plan("one"))).collect();
    plans.push((EventId::from_i64(7).expect("an id"), plan("two")));
    let adopted = store.operations().adopt(plans).await.expect("adopted");
    assert_eq!(adopted, ids[..4], "those that nobody else is going to carry out");
    let statuses = [OperationStatus::Error, OperationStatus::Success, OperationStatus::Canceled, OperationStatus::Expired];
    for (id, status) in ids.iter().zip(statuses) {
        let queued = queued(&store, *id).await;
        assert_eq!((queued.status, queued.history), (status, Vec::new()));
    }
    assert!(claim(&store, MANY, 10).await.is_empty());
    let again = store.operations().adopt(vec![(ids[0], plan("other"))]).await.expect("an answer");
    assert_eq!((again, queued(&store, ids[0]).await.plan.credential), (vec![ids[0]], "one".into()), "what is there is left alone");

    assert_eq!(act(&store, Action::Restart, ids[0], 20).await, OperationStatus::Scheduled);
    let job = claim_one(&store, 21).await;
    assert_eq!((job.id, job.attempt, job.device.as_str(), job.username.as_str()), (ids[0], 3, "srv", "Error"));
    succeed(&store, &job, 22).await;
    assert_eq!(status(&store, ids[0]).await, OperationStatus::Success);
    let numbers: Vec<u32> = attempts(&store, ids[0]).await.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2, 3], "those of the other system stay");
}

async fn four_eyes_are_two_people_whatever_they_are_called(store: Arc<dyn Store>) {
    let awaiting = |name: &str, asked_by: &str| NewOperation {
        approve_by: Some(at(100)),
        asked_by: asked_by.into(),
        who: "token:bot".into(),
        ..operation(name, "srv")
    };
    let ids = enqueue(&store, vec![awaiting("a", "ana"), awaiting("b", "")]).await;
    let approve = |person: &str| Change { person: person.into(), who: "somebody else".into(), ..asked(Action::Approve, &ids, 10) };
    for (person, words) in [("ana", "somebody else has to"), ("ANA", "somebody else has to"), ("", "Only a person")] {
        let refused = change(&store, approve(person)).await[0].clone().expect("of the queue").expect_err("is refused").to_string();
        assert!(refused.contains(words), "{person}: {refused}");
        assert_eq!(status(&store, ids[0]).await, OperationStatus::AwaitingApproval);
    }
    assert_eq!(change(&store, approve("bea")).await[0], Some(Ok(OperationStatus::Scheduled)));
}

async fn each_execution_has_an_approval_of_its_own(store: Arc<dyn Store>) {
    let guarded = NewOperation { approve_by: Some(at(100)), ..operation("a", "srv") };
    let free = operation("b", "srv");
    let ids = enqueue(&store, vec![guarded, free]).await;
    let restart = |id, guarded: &[&str]| Change {
        person: "bea".into(),
        guarded: guarded.iter().map(|name| (*name).to_owned()).collect(),
        ..asked(Action::Restart, &[id], 20)
    };
    act(&store, Action::Approve, ids[0], 10).await;
    for job in claim(&store, MANY, 11).await {
        succeed(&store, &job, 12).await;
    }
    // One that needed an approval needs another; one whose connector asks for approvals by now needs one, too.
    for (id, connectors) in [(ids[0], &[][..]), (ids[1], &["main"][..])] {
        assert_eq!(change(&store, restart(id, connectors)).await, [Some(Ok(OperationStatus::AwaitingApproval))]);
        assert_eq!(queued(&store, id).await.approve_by, Some(at(110)));
        assert_eq!(cell(&store, id, "status").await, "Awaiting approval");
        assert!(claim(&store, MANY, 21).await.is_empty(), "it waits");
        let own = change(&store, asked(Action::Approve, &[id], 22)).await[0].clone().expect("of the queue");
        assert!(own.expect_err("bea has restarted it").to_string().contains("somebody else"));
        let other = Change { person: "ana".into(), ..asked(Action::Approve, &[id], 23) };
        assert_eq!(change(&store, other).await, [Some(Ok(OperationStatus::Scheduled))]);
        let job = claim_one(&store, 24).await;
        succeed(&store, &job, 25).await;
    }
    act(&store, Action::Restart, ids[1], 30).await;
}
