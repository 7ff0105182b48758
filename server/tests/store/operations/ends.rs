//! Tests for how attempts end.

use super::*;
use crate::on_every_store;

on_every_store!(
    a_success_says_what_was_verified,
    a_success_that_verified_nothing_is_none,
    a_failure_is_tried_again_within_its_limit,
    an_outcome_that_is_not_known_is_remembered,
    a_late_end_is_refused_and_told,
    a_heartbeat_holds_what_is_held,
    a_ticket_lives_as_long_as_its_attempt,
    a_log_is_kept_in_its_limits,
    failures_for_good_are_listed_in_order,
    many_end_at_once_each_with_its_own_answer,
);

async fn a_success_says_what_was_verified(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    let job = claim_one(&store, 1).await;
    let log = vec!["one".to_owned(), "two".to_owned()];
    let done = Finish { template: "rotate.sh".into(), version: "3".into(), log: log.clone(), ..end(&job, success(), 9, "") };
    assert_eq!(finish(&store, done).await, Finished::Done(OperationStatus::Success));
    assert_eq!(status(&store, id).await, OperationStatus::Success);
    assert_eq!(cell(&store, id, "execution_date").await, at(9).rfc3339());
    assert_eq!(cell(&store, id, "message").await, "signed in with the new password");
    assert_eq!(cell(&store, id, "error_class").await, "");
    assert_eq!(cell(&store, id, "template").await, "rotate.sh");
    let attempt = attempts(&store, id).await.remove(0);
    assert_eq!((attempt.end, attempt.result.as_str(), attempt.error_class.as_str()), (Some(at(9)), "Success", ""));
    assert_eq!((attempt.template.as_str(), attempt.version.as_str(), &attempt.log), ("rotate.sh", "3", &log));
    let last = history(&store, id).await.pop().expect("a step");
    let note = "Attempt 1 succeeded: signed in with the new password".to_owned();
    assert_eq!(last, (OperationStatus::Success, "executor-1".into(), note));
    assert!(claim(&store, MANY, 100).await.is_empty());
    let last = store.operations().last_attempts(vec![id, EventId::from_i64(7).expect("an id")]).await.expect("an answer");
    assert_eq!(last, [(id, Attempt { log: Vec::new(), ..attempt })], "without its log");
}

async fn a_success_that_verified_nothing_is_none(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    for (now, status) in [(10, OperationStatus::Scheduled), (20, OperationStatus::Scheduled), (30, OperationStatus::Error)] {
        let job = claim_one(&store, now).await;
        assert_eq!(cell(&store, id, "error_class").await, "", "the attempt before says nothing of the one that runs");
        let unverified = Ending::Success { verified: " ".into() };
        assert_eq!(finish(&store, end(&job, unverified, now + 1, "done")).await, Finished::Done(status));
        assert_eq!(cell(&store, id, "error_class").await, "Inconclusive");
    }
    assert_eq!(status(&store, id).await, OperationStatus::Error);
    let attempts = attempts(&store, id).await;
    assert!(attempts.len() == 3 && attempts.iter().all(|attempt| attempt.result == "Unknown" && attempt.error_class == "Inconclusive"));
}

async fn a_failure_is_tried_again_within_its_limit(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    for number in 1..=2u32 {
        let now = i64::from(number) * 100;
        let job = claim_one(&store, now).await;
        assert_eq!((job.attempt, job.tries), (number, number));
        let failed = end(&job, failure(ErrorClass::Connectivity, Some(now + 50)), now + 1, "no route to srv");
        assert_eq!(finish(&store, failed).await, Finished::Done(OperationStatus::Scheduled));
        assert_eq!(status(&store, id).await, OperationStatus::Scheduled);
        assert_eq!(queued(&store, id).await.due, at(now + 50));
        assert_eq!(cell(&store, id, "message").await, "no route to srv");
        assert_eq!(cell(&store, id, "execution_date").await, "", "it was not executed");
        assert_eq!(cell(&store, id, "error_class").await, "Connectivity");
        assert!(claim(&store, MANY, now + 49).await.is_empty(), "not before it is due");
        let note = history(&store, id).await.pop().expect("a step").2;
        assert_eq!(note, format!("Attempt {number} failed (Connectivity): no route to srv. Another attempt is due."));
    }
    let job = claim_one(&store, 300).await;
    let failed = end(&job, failure(ErrorClass::Connectivity, Some(350)), 301, "no route to srv");
    assert_eq!(finish(&store, failed).await, Finished::Done(OperationStatus::Error), "it was the last of three");
    assert_eq!(status(&store, id).await, OperationStatus::Error);
    assert_eq!(cell(&store, id, "execution_date").await, at(301).rfc3339());
    assert_eq!(history(&store, id).await.pop().expect("a step").2, "Attempt 3 failed (Connectivity): no route to srv");
    assert!(attempts(&store, id).await.iter().all(|attempt| attempt.result == "Error" && attempt.error_class == "Connectivity"));
    assert!(claim(&store, MANY, 1_000).await.is_empty());

    let locked = enqueue(&store, vec![operation("b", "srv")]).await[0];
    let job = claim_one(&store, 1).await;
    let failed = finish(&store, end(&job, failure(ErrorClass::AccountLocked, None), 2, "locked")).await;
    assert_eq!(failed, Finished::Done(OperationStatus::Error), "no other attempt was asked for");
    assert_eq!(queued(&store, locked).await.tries, 1);
}

async fn an_outcome_that_is_not_known_is_remembered(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    let job = claim_one(&store, 10).await;
    finish(&store, end(&job, failure(ErrorClass::Connectivity, Some(19)), 11, "refused")).await;
    let job = claim_one(&store, 20).await;
    assert_eq!(job.unsure, None, "nothing was changed");
    finish(&store, end(&job, failure(ErrorClass::Inconclusive, Some(29)), 21, "the answer was cut off")).await;
    assert_eq!(attempts(&store, id).await[1].result, "Unknown");
    let job = claim_one(&store, 30).await;
    assert_eq!(job.unsure, Some(at(20)), "since the first that may have taken effect");
    assert_eq!(job.key, format!("{id}-0"), "the key is the same for every attempt");
    finish(&store, end(&job, failure(ErrorClass::Inconclusive, Some(39)), 31, "again")).await;
    act(&store, Action::Restart, id, 40).await;
    let job = claim_one(&store, 41).await;
    assert_eq!((job.unsure, job.key, job.tries, job.attempt), (None, format!("{id}-1"), 1, 4), "a restart asks for it anew");
}

async fn a_late_end_is_refused_and_told(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "srv")]).await[0];
    let first = claim_one(&store, 1).await;
    assert_eq!(sweep(&store, 4_000, 4_000).await.lost, [id]);
    let second = take(&store, Claim { lease: at(9_000), ..asking(1) }, 4_001).await.jobs.remove(0);
    assert!(second.fence > first.fence);
    let before = record(&store, id).await;
    assert_eq!(finish(&store, end(&first, success(), 4_002, "all good")).await, Finished::Late);
    let failed = end(&first, failure(ErrorClass::Connectivity, Some(9)), 4_003, &"x".repeat(20_000));
    assert_eq!(finish(&store, failed).await, Finished::Late);
    assert_eq!(record(&store, id).await, before, "nothing else was changed");
    let told = history(&store, id).await;
    let [.., good, bad] = &told[..] else { panic!("{told:?}") };
    let note = "A late result of an attempt was refused: Success: all good".to_owned();
    assert_eq!(good, &(OperationStatus::Running, String::new(), note));
    assert!(bad.2.starts_with("A late result of an attempt was refused: Error (Connectivity): xxx"), "{}", bad.2);
    assert!(bad.2.len() <= 1_000);
    let failed = finish(&store, end(&second, failure(ErrorClass::Other, None), 4_004, "no")).await;
    assert_eq!(failed, Finished::Done(OperationStatus::Error));
    assert_eq!(finish(&store, end(&second, success(), 4_005, "")).await, Finished::Late, "nor is it ended twice");
    assert_eq!(attempts(&store, id).await.len(), 2);
    let nobody = Finish { hold: Hold { id: EventId::from_i64(7).expect("an id"), fence: 1 }, ..end(&second, success(), 1, "") };
    assert_eq!(finish(&store, nobody).await, Finished::Late);
    let failed = store.operations().failed_after((Timestamp::MIN, None), at(9_999), 10).await.expect("an answer");
    assert_eq!(failed.iter().map(|ended| ended.at).collect::<Vec<_>>(), [at(4_004)], "what came late is not a failure");
}

async fn a_heartbeat_holds_what_is_held(store: Arc<dyn Store>) {
    let ids = enqueue(&store, vec![operation("a", ""), operation("b", "")]).await;
    let jobs = claim(&store, MANY, 1).await;
    let holds: Vec<Hold> = jobs.iter().map(hold).collect();
    let beat = async |holds: Vec<Hold>, until| store.operations().heartbeat(holds, at(until)).await.expect("an answer");
    assert_eq!(beat(holds.clone(), 5_000).await, []);
    assert_eq!(sweep(&store, 4_000, 4_000).await.lost, [], "beyond the first lease");
    assert_eq!(beat(vec![holds[0]], 9_000).await, []);
    assert_eq!(sweep(&store, 6_000, 6_000).await.lost, [ids[1]]);
    let gone = Hold { fence: holds[0].fence + 1, ..holds[0] };
    assert_eq!(beat(vec![holds[0], holds[1], gone], 9_000).await, [holds[1], gone]);
    assert_eq!(history(&store, ids[0]).await.len(), 2, "a heartbeat is not a step");
    succeed(&store, &jobs[0], 6_001).await;
    assert_eq!(beat(vec![holds[0]], 9_000).await, [holds[0]]);
}

async fn a_ticket_lives_as_long_as_its_attempt(store: Arc<dyn Store>) {
    enqueue(&store, vec![operation("a", "")]).await;
    let operations = store.operations();
    let find = async |hash| operations.by_ticket(hash).await.expect("an answer");
    let job = claim_one(&store, 1).await;
    assert_eq!(find([0; 32]).await, None);
    assert!(operations.ticket(hold(&job), [1; 32]).await.expect("an answer"));
    assert_eq!(find([1; 32]).await, Some((hold(&job), 1)));
    assert!(operations.heartbeat(vec![hold(&job)], at(4_000)).await.expect("an answer").is_empty());
    assert_eq!(find([1; 32]).await, Some((hold(&job), 1)));
    let stale = Hold { fence: job.fence - 1, ..hold(&job) };
    assert!(!operations.ticket(stale, [2; 32]).await.expect("an answer"));
    finish(&store, end(&job, failure(ErrorClass::Unavailable, Some(3)), 2, "busy")).await;
    assert_eq!(find([1; 32]).await, None, "the attempt has ended");
    assert!(!operations.ticket(hold(&job), [3; 32]).await.expect("an answer"));
    let job = claim_one(&store, 4).await;
    assert_eq!(find([1; 32]).await, None);
    assert!(operations.ticket(hold(&job), [4; 32]).await.expect("an answer"));
    sweep(&store, 9_000, 9_000).await;
    assert_eq!(find([4; 32]).await, None, "the attempt was lost");
}

async fn a_log_is_kept_in_its_limits(store: Arc<dyn Store>) {
    let id = enqueue(&store, vec![operation("a", "")]).await[0];
    let job = claim_one(&store, 1).await;
    let mut log: Vec<String> = (0..Attempt::MAX_LOG + 50).map(|n| format!("line {n}\0")).collect();
    log.push("two\nlines".into());
    log.push("é".repeat(Attempt::MAX_LOG_LINE));
    finish(&store, Finish { log, ..end(&job, success(), 2, "") }).await;
    let log = attempts(&store, id).await.remove(0).log;
    assert_eq!(log.len(), Attempt::MAX_LOG, "the last of them");
    assert_eq!(log[Attempt::MAX_LOG - 4..][..3], ["line 249\u{FFFD}", "two", "lines"]);
    let long = log.last().expect("a line");
    assert!(long.ends_with("é…") && long.len() <= Attempt::MAX_LOG_LINE, "{}", long.len());
}

async fn failures_for_good_are_listed_in_order(store: Arc<dyn Store>) {
    let ids = enqueue(&store, (0..4).map(|n| operation(&n.to_string(), "srv")).collect()).await;
    let jobs = claim(&store, MANY, 1).await;
    let fail = |job, class, retry, now| end(job, failure(class, retry), now, "no");
    let ends = vec![
        fail(&jobs[2], ErrorClass::NotFound, None, 10),
        fail(&jobs[1], ErrorClass::AccountLocked, None, 20),
        fail(&jobs[0], ErrorClass::AccountLocked, None, 20),
        fail(&jobs[3], ErrorClass::Connectivity, Some(30), 15),
    ];
    store.operations().finish(ends).await.expect("ended");
    let list = async |after, until, limit| store.operations().failed_after(after, at(until), limit).await.expect("an answer");
    let all = list((at(0), None), 100, 10).await;
    let places: Vec<_> = all.iter().map(|ended| (ended.at, ended.id)).collect();
    assert_eq!(places, [(at(10), ids[2]), (at(20), ids[0]), (at(20), ids[1])], "those that are tried again are none");
    let first = &all[0];
    assert_eq!((first.device.as_str(), first.username.as_str(), first.operation.as_str()), ("srv", "2", "Change password"));
    assert_eq!((first.error_class.as_str(), first.message.as_str()), ("Not found", "no"));
    assert_eq!(list((at(0), None), 100, 2).await, all[..2]);
    assert_eq!(list((at(20), Some(ids[0])), 100, 10).await, all[2..], "from where one stood");
    assert_eq!(list((at(20), Some(ids[1])), 100, 10).await, []);
    assert_eq!(list((at(0), None), 20, 10).await, all[..1], "up to a time that is not included");
    act(&store, Action::Restart, ids[2], 50).await;
    assert_eq!(list((at(0), None), 100, 10).await, all, "what has failed has failed");
}

async fn many_end_at_once_each_with_its_own_answer(store: Arc<dyn Store>) {
    enqueue(&store, (0..300).map(|n| operation(&n.to_string(), "")).collect()).await;
    let jobs = claim(&store, MANY, 1).await;
    assert_eq!(jobs.len(), 300);
    let ending = |n: usize| match n % 3 {
        0 => success(),
        1 => failure(ErrorClass::Unavailable, Some(9)),
        _ => failure(ErrorClass::Other, None),
    };
    let ends = jobs.iter().enumerate().map(|(n, job)| end(job, ending(n), 2, "said")).collect();
    let finished = store.operations().finish(ends).await.expect("ended");
    let expected = [OperationStatus::Success, OperationStatus::Scheduled, OperationStatus::Error];
    assert!(finished.iter().enumerate().all(|(n, finished)| *finished == Finished::Done(expected[n % 3])));
    assert_eq!(claim(&store, MANY, 9).await.len(), 100);
}
