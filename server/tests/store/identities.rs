//! Tests for users, sessions and failed sign-ins.

use crate::{on_every_store, samples};
use std::sync::Arc;
use vigia::store::{SessionRow, Store, User};
use vigia_app::model::{Role, Timestamp};

on_every_store!(a_user_name_is_taken_whatever_its_case, sessions_end_when_they_should, failures_are_counted_and_cleared);

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

fn ana() -> User {
    User { username: "ana".into(), name: "Ana Lima".into(), role: Role::Auditor, password_hash: "hash".into(), disabled: false }
}

async fn a_user_name_is_taken_whatever_its_case(store: Arc<dyn Store>) {
    assert!(store.add_user(ana()).await.expect("an answer"));
    assert!(!store.add_user(User { username: "ANA".into(), ..ana() }).await.expect("an answer"));
    assert_eq!(store.user("Ana").await.expect("an answer"), Some(ana()));
    assert_eq!(store.user("anna").await.expect("an answer"), None);
    assert_eq!(store.users().await.expect("an answer"), [ana()]);
    assert!(!store.set_password("nobody", "x", None).await.expect("an answer"));
    assert!(!store.set_disabled("nobody", true).await.expect("an answer"));
}

async fn sessions_end_when_they_should(store: Arc<dyn Store>) {
    store.add_user(ana()).await.expect("added");
    let session = |token: u8| SessionRow { token_hash: [token; 32], username: "ana".into(), created: at(0), expires: at(100) };
    let there = |store: Arc<dyn Store>, token: u8, now| async move { store.session([token; 32], now).await.expect("an answer").is_some() };
    for token in 1..=3 {
        store.add_session(session(token)).await.expect("added");
    }
    assert_eq!(store.session([1; 32], at(99)).await.expect("an answer"), Some((session(1), ana())));
    assert!(!there(store.clone(), 1, at(100)).await, "it has expired");
    assert!(!there(store.clone(), 9, at(0)).await, "nobody has this token");
    store.set_password("ana", "new", Some([2; 32])).await.expect("changed");
    assert!(!there(store.clone(), 1, at(0)).await, "a new password ends the other sessions");
    assert!(there(store.clone(), 2, at(0)).await, "and keeps the one it was changed in");
    store.end_session([2; 32]).await.expect("ended");
    assert!(!there(store.clone(), 2, at(0)).await);
    store.add_session(session(4)).await.expect("added");
    store.set_disabled("ana", true).await.expect("disabled");
    store.set_disabled("ana", false).await.expect("enabled");
    assert!(!there(store.clone(), 4, at(0)).await, "disabling a user ended the session for good");
    store.add_session(session(5)).await.expect("added");
    store.sweep(at(100)).await.expect("swept");
    assert!(!there(store, 5, at(0)).await, "an expired session is swept away");
}

async fn failures_are_counted_and_cleared(store: Arc<dyn Store>) {
    assert_eq!(store.failures("ana").await.expect("an answer"), None);
    store.add_failure("ana", at(0)).await.expect("counted");
    let second = store.add_failure("ana", at(5)).await.expect("counted");
    assert_eq!((second.count, second.last), (2, at(5)));
    assert_eq!(store.failures("ana").await.expect("an answer"), Some(second));
    store.sweep(at(6)).await.expect("swept");
    assert!(store.failures("ana").await.expect("an answer").is_some(), "fresh failures stay");
    store.clear_failures("ana").await.expect("cleared");
    assert_eq!(store.failures("ana").await.expect("an answer"), None);
}
