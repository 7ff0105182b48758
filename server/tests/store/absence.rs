//! What does not happen is told to people: sources that are silent, and reviews that nobody makes.

use crate::on_every_store;
use crate::queries::House;
use crate::troubles::{delivery, receiver};
use serde_json::Value;
use std::sync::Arc;
use vigia::clock;
use vigia::event::Event;
use vigia::identity::{Actor, Identity};
use vigia::index::Index;
use vigia::notifications::{NotificationDesk, round};
use vigia::store::Store;
use vigia::store::reviews::Said;
use vigia_app::model::{Channel, NotificationRule, Occasion, ReviewEntry, Timestamp, Verdict};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(
    a_source_that_is_silent_is_told_once_until_it_is_heard_of,
    a_source_that_is_named_is_the_only_one_that_counts,
    that_nobody_reviews_is_told_each_time_that_as_many_days_have_gone_by,
);

const HOUR: i64 = 60 * 60 * 1000;

/// An event of a source, so many hours ago by the database's clock.
async fn send(store: &Arc<dyn Store>, source: &str, hours: i64) {
    let now = store.operations().clock().await.expect("a clock").millis();
    let report = if hours % 2 == 0 { &PASSWORD_VIEW } else { &PASSWORD_OPERATION };
    let event = Event::new(report, &source.into(), format!("{hours} hours ago"), Timestamp::saturating(now - hours * HOUR));
    store.append(vec![event]).await.expect("stored");
    store.settle().await;
}

async fn save(store: &Arc<dyn Store>, rule: NotificationRule) {
    let (identity, delivery) = (Identity::new(store.clone(), clock::system()), delivery());
    let desk = NotificationDesk { store: &**store, identity: &identity, delivery: &delivery };
    desk.save(rule, &Actor::vigia()).await.expect("kept");
}

fn rule(occasion: Occasion, url: &str) -> NotificationRule {
    NotificationRule::of("absent".to_owned(), occasion, Channel::Webhook { url: url.to_owned() })
}

/// What is kept of how far a rule is, changed as if so many hours had gone by.
async fn later(store: &Arc<dyn Store>, hours: i64) {
    let (key, kept) = store.kept().all("notification_place").await.expect("kept").remove(0);
    let mut progress: Value = serde_json::from_str(&kept).expect("JSON");
    for field in ["at", "look"] {
        if let Some(at) = progress[field].as_i64() {
            progress[field] = (at - hours * HOUR).into();
        }
    }
    store.kept().set("notification_place", vec![(key, Some(progress.to_string()))]).await.expect("kept");
}

fn sources(message: &Value) -> Vec<String> {
    let mut sources: Vec<String> =
        message["data"]["sources"].as_array().expect("a list").iter().map(|one| one["source"].as_str().expect("text").to_owned()).collect();
    sources.sort();
    sources
}

async fn tell(store: &Arc<dyn Store>, index: &Index) {
    round(&**store, &delivery(), index).await.expect("a round");
}

async fn a_source_that_is_silent_is_told_once_until_it_is_heard_of(store: Arc<dyn Store>) {
    for (source, hours) in [("vault", 30), ("vault", 5), ("gate", 1), ("gone", 49), ("fast", -9), ("fast", 40), ("unknown", -9)] {
        send(&store, source, hours).await;
    }
    let house = House::new(&store).await;
    let index = &house.following.index;
    let (url, mut heard) = receiver(204).await;
    let silent = NotificationRule { hours: Some(24), ..rule(Occasion::SourceSilent, &url) };
    save(&store, silent.clone()).await;
    // As long as there is no index, nothing can be said.
    tell(&store, &Index::default()).await;
    assert!(heard.try_recv().is_err());
    tell(&store, index).await;
    let (id, message) = heard.try_recv().expect("a message");
    assert_eq!(
        (message["type"].as_str(), sources(&message)),
        (Some("source_silent"), vec!["fast".to_owned(), "gone".to_owned()]),
        "{message}"
    );
    let gone =
        &message["data"]["sources"].as_array().expect("a list").iter().find(|one| one["source"] == "gone").expect("it is there")["last"];
    assert!(gone.is_string(), "{message}");
    // Neither a second server nor a later look tells it again.
    tell(&store, index).await;
    later(&store, 24).await;
    tell(&store, index).await;
    assert!(heard.try_recv().is_err(), "once");
    // The same rule is saved again, with less patience.
    save(&store, NotificationRule { hours: Some(3), ..silent }).await;
    tell(&store, index).await;
    let (other, message) = heard.try_recv().expect("a message");
    assert_eq!(sources(&message), ["vault"], "{message}");
    assert_ne!(id, other);
    // One is heard of, and silent anew.
    send(&store, "gone", 2).await;
    later(&store, 3).await;
    tell(&store, index).await;
    assert!(heard.try_recv().is_err(), "it is heard of");
    send(&store, "vault", 4).await;
    later(&store, 3).await;
    tell(&store, index).await;
    let (_, message) = heard.try_recv().expect("a message");
    assert_eq!(sources(&message), ["vault"], "it was heard of since, and that is too long ago, too: {message}");
    house.following.stop().await;
}

async fn a_source_that_is_named_is_the_only_one_that_counts(store: Arc<dyn Store>) {
    send(&store, "vault", 90).await;
    let house = House::new(&store).await;
    let (url, mut heard) = receiver(204).await;
    save(&store, NotificationRule { hours: Some(24), source: "gate".to_owned(), ..rule(Occasion::SourceSilent, &url) }).await;
    tell(&store, &house.following.index).await;
    assert!(heard.try_recv().is_err(), "nothing was heard of it, but the rule is new");
    later(&store, 25).await;
    tell(&store, &house.following.index).await;
    let (_, message) = heard.try_recv().expect("a message");
    assert_eq!((sources(&message), &message["data"]["sources"][0]["last"]), (vec!["gate".to_owned()], &Value::Null), "{message}");
    house.following.stop().await;
}

async fn that_nobody_reviews_is_told_each_time_that_as_many_days_have_gone_by(store: Arc<dyn Store>) {
    let (url, mut heard) = receiver(204).await;
    save(&store, NotificationRule { days: Some(2), ..rule(Occasion::NobodyReviewed, &url) }).await;
    let index = Index::default();
    tell(&store, &index).await;
    assert!(heard.try_recv().is_err(), "the rule is new");
    later(&store, 49).await;
    tell(&store, &index).await;
    let (first, message) = heard.try_recv().expect("a message");
    assert_eq!((&message["type"], &message["data"]["last"]), (&"nobody_reviewed".into(), &Value::Null), "{message}");
    tell(&store, &index).await;
    assert!(heard.try_recv().is_err(), "once in two days");
    later(&store, 49).await;
    tell(&store, &index).await;
    let (second, _) = heard.try_recv().expect("it is told again");
    assert_ne!(first, second, "that is another message");

    send(&store, "vault", 100).await;
    let now = store.operations().clock().await.expect("a clock").millis();
    let review = async |hours: i64| {
        let ids = store.rows().ids_after(&PASSWORD_VIEW, -1, 1).await.expect("ids");
        let ids = ids.into_iter().filter_map(vigia_app::model::EventId::from_i64).collect();
        let at = Timestamp::saturating(now - hours * HOUR);
        let step = ReviewEntry { at, who: "eva".to_owned(), verdict: Some(Verdict::Expected), comment: String::new() };
        store.reviews().review(Said { report: &PASSWORD_VIEW, ids, step, heeded: None }).await.expect("kept");
    };
    review(3).await;
    later(&store, 49).await;
    tell(&store, &index).await;
    assert!(heard.try_recv().is_err(), "somebody has");
    // A day that was closed counts, too; what is kept of it says when.
    assert_eq!(vigia::reviews::last(&*store).await.expect("an answer"), Some(Timestamp::saturating(now - 3 * HOUR)));
    let closed = serde_json::json!({ "at": now - HOUR, "who": "eva" }).to_string();
    store.kept().set("reviews", vec![("day 2026-11-26 UTC".to_owned(), Some(closed))]).await.expect("kept");
    assert_eq!(vigia::reviews::last(&*store).await.expect("an answer"), Some(Timestamp::saturating(now - HOUR)));
}
