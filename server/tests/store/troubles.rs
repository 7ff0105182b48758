//! What goes wrong with backups is told to people, and verifying by schedule.

use crate::backups::{HOUR, Made, backups, rows};
use crate::on_every_store_unfollowed;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use vigia::backups::BackupError;
use vigia::backups::archive::manifest::Type;
use vigia::clock;
use vigia::config::BackupPolicy;
use vigia::identity::{Actor, Identity};
use vigia::index::Index;
use vigia::notifications::{Delivery, NotificationDesk, round};
use vigia::outgoing::Allowed;
use vigia::store::Store;
use vigia_app::model::{Channel, NotificationRule, Occasion};

on_every_store_unfollowed!(
    verifications_that_are_missing_or_outdated_are_read_by_schedule,
    what_goes_wrong_with_backups_is_told_once,
    what_was_not_delivered_is_told_later,
);

/// Damages an archive in its middle.
pub fn damage(archive: &Path) {
    let mut bytes = std::fs::read(archive).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(archive, bytes).expect("written");
}

/// How the rounds of an hour go.
async fn rounds(made: &Made) {
    for _ in 0..4 {
        made.backups.round().await.expect("a round");
    }
}

async fn verifications_that_are_missing_or_outdated_are_read_by_schedule(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let verify = Some("0 5 * * *".parse().expect("a schedule"));
    let made = backups(&store, folder.path(), BackupPolicy { verify, verify_days: 3, ..BackupPolicy::default() });
    // Monday, 01:00.
    made.now.store(1_795_395_600_000, Ordering::Relaxed);
    let mut names = Vec::new();
    for _ in 0..2 {
        names.push(made.backups.make(made.wanted(Type::Full)).await.expect("a backup").name);
        made.wait(1);
    }
    made.backups.verify(&names[1], &Actor::vigia()).await.expect("it is whole");
    let checked = async |name: &String| {
        let checked = made.backups.checked(name).await.expect("an answer");
        checked.map(|(at, wrong)| ((at.millis() - 1_795_395_600_000) / HOUR, wrong.is_some()))
    };
    rounds(&made).await;
    assert_eq!((checked(&names[0]).await, checked(&names[1]).await), (None, Some((2, false))), "it is not due yet");
    made.wait(3);
    let begun = made.backups.begin(made.wanted(Type::Partial)).await.expect("begun");
    rounds(&made).await;
    assert_eq!(checked(&names[0]).await, None, "another one is being made");
    made.backups.cancel(&Actor::vigia()).await.expect("cancelled");
    assert!(matches!(begun.finish().await, Err(BackupError::NotMade(..))));
    rounds(&made).await;
    assert_eq!((checked(&names[0]).await, checked(&names[1]).await), (Some((5, false)), Some((2, false))));
    // Thursday at 05:00 the verification of the second is three days and three hours old, and that of the first three days.
    made.wait(72);
    rounds(&made).await;
    assert_eq!((checked(&names[0]).await, checked(&names[1]).await), (Some((5, false)), Some((77, false))));
    damage(&made.backups.find(&names[0]).await.expect("there").path);
    made.wait(24);
    assert!(made.backups.round().await.is_err_and(|error| error.to_string().contains("damaged")));
    assert_eq!(checked(&names[0]).await, Some((101, true)));
    rounds(&made).await;
    let said: Vec<_> = rows(&store, "reason").await.into_iter().map(|(name, status, _)| (name, status)).collect();
    assert_eq!(said[..2], [(names[0].clone(), "Error".to_owned()), (names[1].clone(), "Success".to_owned())]);
}

/// Receives webhooks: their bodies and ids. `status` is what it answers.
pub async fn receiver(status: u16) -> (String, mpsc::UnboundedReceiver<(String, serde_json::Value)>) {
    let (send, heard) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let handler = move |headers: axum::http::HeaderMap, body: String| async move {
        let id = headers["webhook-id"].to_str().expect("text").to_owned();
        send.send((id, serde_json::from_str(&body).expect("JSON"))).expect("the test listens");
        axum::http::StatusCode::from_u16(status).expect("a status")
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(handler));
    tokio::spawn(vigia::http::run(listener, router, std::future::pending()));
    (url, heard)
}

pub fn delivery() -> Delivery {
    Delivery { hosts: vec![Allowed::try_from("127.0.0.1".to_owned()).expect("an address")], ..Delivery::default() }
}

/// Has a receiver told when something is wrong with backups.
async fn save(store: &Arc<dyn Store>, url: &str) {
    let (identity, delivery) = (Identity::new(store.clone(), clock::system()), delivery());
    let desk = NotificationDesk { store: &**store, identity: &identity, delivery: &delivery };
    let rule = NotificationRule::of("backups".to_owned(), Occasion::BackupTrouble, Channel::Webhook { url: url.to_owned() });
    let narrowed = NotificationRule { device: "srv".to_owned(), ..rule.clone() };
    assert_eq!(desk.save(narrowed, &Actor::vigia()).await.expect_err("it has none").field.as_deref(), Some("device"));
    desk.save(rule, &Actor::vigia()).await.expect("kept");
}

fn troubles(message: &serde_json::Value) -> Vec<(String, String)> {
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().expect("text").to_owned();
    message["data"]["troubles"].as_array().expect("a list").iter().map(|one| (text(one, "trouble"), text(one, "backup"))).collect()
}

async fn what_goes_wrong_with_backups_is_told_once(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let schedule = |cron: &str| Some(cron.parse().expect("a schedule"));
    let policy = BackupPolicy { full: schedule("0 2 * * *"), verify: schedule("0 5 * * *"), ..BackupPolicy::default() };
    let made = backups(&store, folder.path(), policy);
    // Monday, 01:00.
    made.now.store(1_795_395_600_000, Ordering::Relaxed);
    made.backups.round().await.expect("the first look");
    let before = backups(&store, Path::new("/dev/null/none"), BackupPolicy::default());
    before.backups.make(before.wanted(Type::Full)).await.expect_err("there is no such folder");
    let (url, mut heard) = receiver(204).await;
    save(&store, &url).await;
    made.wait(2);
    made.backups.round().await.expect("made");
    round(&*store, &delivery(), &Index::default()).await.expect("a round");
    assert!(heard.try_recv().is_err(), "what was wrong before the rule was there, and what went well");
    // Three days without a server.
    made.wait(72);
    made.backups.round().await.expect("the last is made");
    let name = made.backups.list().await.expect("a list").last().expect("a backup").name.clone();
    damage(&made.backups.find(&name).await.expect("there").path);
    made.backups.drill(None, &Actor::vigia()).await.expect_err("damaged");
    made.backups.verify(&name, &Actor::vigia()).await.expect_err("damaged");
    made.backups.verify(&name, &Actor::vigia()).await.expect_err("damaged still");
    let other = backups(&store, Path::new("/dev/null/none"), BackupPolicy::default());
    other.now.store(made.now.load(Ordering::Relaxed), Ordering::Relaxed);
    other.backups.make(other.wanted(Type::Partial)).await.expect_err("there is no such folder");
    round(&*store, &delivery(), &Index::default()).await.expect("a round");
    let (_, message) = heard.try_recv().expect("a message");
    assert_eq!(message["type"], "backup_trouble");
    let told = troubles(&message);
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["missed", "verification_overdue", "drill_failed", "damaged", "failed"], "{message}");
    assert!(told[0].1.contains("20261124T020000.000Z-full") && told[2].1 == name && told[3].1 == name, "{message}");
    assert!(message["data"]["troubles"][0]["message"].as_str().is_some_and(|words| words.starts_with("2 were due")), "{message}");
    for _ in 0..2 {
        round(&*store, &delivery(), &Index::default()).await.expect("a round");
    }
    assert!(heard.try_recv().is_err(), "once");
}

async fn what_was_not_delivered_is_told_later(store: Arc<dyn Store>) {
    let (url, mut refused) = receiver(503).await;
    save(&store, &url).await;
    let made = backups(&store, Path::new("/dev/null/none"), BackupPolicy::default());
    made.backups.make(made.wanted(Type::Full)).await.expect_err("there is no such folder");
    round(&*store, &delivery(), &Index::default()).await.expect("a round");
    let (id, first) = refused.try_recv().expect("a message");
    // Whoever saves the rule wants it tried at once.
    save(&store, &url).await;
    round(&*store, &delivery(), &Index::default()).await.expect("a round");
    let (same, second) = refused.try_recv().expect("the message again");
    assert_eq!((id, troubles(&first)), (same, troubles(&second)));
}
