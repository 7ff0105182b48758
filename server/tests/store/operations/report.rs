//! Tests that the report finds operations as they stand.

use super::*;
use crate::{on_every_store, queries::ask};
use ::vigia::store::operations::Carrier;
use vigia_app::model::{Filter, Query, Test};

on_every_store!(
    filters_and_search_find_what_an_operation_says_now,
    hostile_texts_are_kept_as_they_are,
    the_connector_is_known_of_what_is_in_the_queue
);

fn only(column: &str, test: Test) -> Query {
    let column = PASSWORD_OPERATION.column(column).expect("a column");
    Query { filters: vec![Filter { column, test }], ..Query::all(&PASSWORD_OPERATION) }
}

async fn found(store: &Arc<dyn Store>, query: Query) -> Vec<EventId> {
    let mut ids: Vec<EventId> = ask(store, query).await.rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids
}

async fn filters_and_search_find_what_an_operation_says_now(store: Arc<dyn Store>) {
    let ids = enqueue(&store, (0..4).map(|n| operation(&n.to_string(), "srv")).collect()).await;
    let status = |status: OperationStatus| only("status", Test::Is(vec![status.name().to_owned()]));
    let search = |text: &str| Query { search: text.into(), ..Query::all(&PASSWORD_OPERATION) };
    assert_eq!(found(&store, status(OperationStatus::Scheduled)).await, ids);
    let jobs = claim(&store, 2, 1).await;
    assert_eq!(found(&store, status(OperationStatus::Running)).await, ids[..2]);
    assert_eq!(found(&store, search("running")).await, ids[..2]);
    assert_eq!(found(&store, status(OperationStatus::Scheduled)).await, ids[2..]);
    let done = Finish { template: "Übergabe.ps1".into(), ..end(&jobs[0], success(), 2, "Vérifié auprès d'ICMP-Ωmega") };
    finish(&store, done).await;
    finish(&store, end(&jobs[1], failure(ErrorClass::PolicyRejected, None), 3, "Too short a password")).await;
    assert_eq!(found(&store, status(OperationStatus::Running)).await, []);
    assert_eq!(found(&store, search("icmp-ωmega")).await, ids[..1]);
    assert_eq!(found(&store, search("übergabe")).await, ids[..1]);
    assert_eq!(found(&store, only("message", Test::Contains("too short".into()))).await, ids[1..2]);
    assert_eq!(found(&store, only("template", Test::Is(vec!["Übergabe.ps1".into()]))).await, ids[..1]);
    assert_eq!(found(&store, only("attempts", Test::Between { min: Some(1), max: None })).await, ids[..2]);
    let cancel = Change { who: "Çelik".into(), note: "wrong host".into(), ..asked(Action::Cancel, &ids[2..3], 5) };
    change(&store, cancel).await;
    assert_eq!(found(&store, search("wrong host")).await, ids[2..3]);
    act(&store, Action::Restart, ids[1], 6).await;
    let job = claim(&store, 1, 7).await.remove(0);
    assert_eq!(job.id, ids[1], "a restart goes first");
    succeed(&store, &job, 8).await;
    assert_eq!(found(&store, only("message", Test::Contains("too short".into()))).await, [], "that is not what it says now");
    assert_eq!(found(&store, status(OperationStatus::Success)).await, ids[..2]);
    assert_eq!(found(&store, search("signed in with the new")).await, ids[1..2]);
    assert_eq!(found(&store, search("wrong host")).await, ids[2..3]);
    // It said so before, and says so again.
    act(&store, Action::Restart, ids[1], 9).await;
    let job = claim(&store, 1, 10).await.remove(0);
    finish(&store, end(&job, failure(ErrorClass::PolicyRejected, None), 11, "Too short a password")).await;
    assert_eq!(found(&store, search("too short a")).await, ids[1..2]);
}

async fn hostile_texts_are_kept_as_they_are(store: Arc<dyn Store>) {
    let hostile = "'; DROP TABLE operation; -- <script>\0 \u{202e}";
    let kept = hostile.replace('\0', "\u{FFFD}");
    let mut new = operation("a", hostile);
    new.who = hostile.into();
    new.plan.credential = hostile.into();
    new.plan.parameters = vec![("ro\"le".into(), "a\\b\n".into())];
    let id = enqueue(&store, vec![new]).await[0];
    let plan = queued(&store, id).await.plan;
    assert_eq!((plan.credential, plan.parameters), (kept.clone(), vec![("ro\"le".to_owned(), "a\\b\n".to_owned())]));
    let job = take(&store, Claim { executor: hostile.into(), ..asking(1) }, 1).await.jobs.remove(0);
    assert_eq!(job.device, kept);
    let ended = Finish { template: hostile.into(), version: hostile.into(), ..end(&job, success(), 2, hostile) };
    assert_eq!(finish(&store, ended).await, Finished::Done(OperationStatus::Success));
    assert_eq!((cell(&store, id, "message").await, cell(&store, id, "template").await), (kept.clone(), kept.clone()));
    let attempt = attempts(&store, id).await.remove(0);
    assert_eq!([&attempt.executor, &attempt.message, &attempt.version], [&kept, &kept, &kept]);
    let again = Change { who: hostile.into(), note: hostile.into(), ..asked(Action::Restart, &[id], 3) };
    assert_eq!(change(&store, again).await, [Some(Ok(OperationStatus::Scheduled))]);
    let last = history(&store, id).await.pop().expect("a step");
    assert_eq!((last.1, last.2), (kept.clone(), format!("Restart execution: {kept}")));
}

async fn the_connector_is_known_of_what_is_in_the_queue(store: Arc<dyn Store>) {
    let mut other = operation("b", "srv");
    other.plan.connector = "other".into();
    let ids = enqueue(&store, vec![operation("a", "srv"), other]).await;
    let nobody = EventId::first(at(-1));
    let known = store.operations().carriers_of(vec![ids[0], nobody, ids[1], ids[1]]).await.expect("an answer");
    let first = queued(&store, ids[0]).await.plan.connector;
    let on = |connector: String| Carrier { connector, device: "srv".to_owned() };
    assert_eq!(known, [(ids[0], on(first)), (ids[1], on("other".to_owned()))].into());
    assert!(store.operations().carriers_of(Vec::new()).await.expect("an answer").is_empty());
}
