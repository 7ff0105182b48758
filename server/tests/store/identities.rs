//! Tests for users, sessions and failed sign-ins.

use crate::{on_every_store, samples};
use std::sync::Arc;
use vigia::store::{SessionRow, Store, User};
use vigia_app::model::{Role, Timestamp};

on_every_store!(
    a_user_name_is_taken_whatever_its_case,
    sessions_end_when_they_should,
    a_session_is_opened_only_while_what_was_verified_still_holds,
    a_sign_in_and_a_change_of_the_password_at_once_leave_no_session,
    a_session_left_alone_ends,
    a_password_for_one_sign_in_opens_one_session,
    failures_are_counted_and_cleared,
    a_failure_that_was_none_is_taken_back,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

fn ana() -> User {
    User {
        username: "ana".into(),
        name: "Ana Lima".into(),
        role: Role::Auditor,
        password_hash: "hash".into(),
        disabled: false,
        one_time: None,
    }
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

fn session(token: u8) -> SessionRow {
    SessionRow { token_hash: [token; 32], username: "ana".into(), created: at(0), expires: at(100), used: at(0) }
}

async fn sessions_end_when_they_should(store: Arc<dyn Store>) {
    store.add_user(ana()).await.expect("added");
    let there =
        |store: Arc<dyn Store>, token: u8, now| async move { store.session([token; 32], now, at(-1)).await.expect("an answer").is_some() };
    for token in 1..=3 {
        assert!(store.add_session(session(token), "hash").await.expect("an answer"));
    }
    assert_eq!(store.session([1; 32], at(99), at(-1)).await.expect("an answer"), Some((session(1), ana())));
    assert!(!there(store.clone(), 1, at(100)).await, "it has expired");
    assert!(!there(store.clone(), 9, at(0)).await, "nobody has this token");
    assert!(store.replace_password("hash", "new", session(7)).await.expect("an answer"));
    for token in 1..=3 {
        assert!(!there(store.clone(), token, at(0)).await, "a new password ends the sessions");
    }
    assert!(there(store.clone(), 7, at(0)).await, "and opens another");
    store.end_session([7; 32]).await.expect("ended");
    assert!(!there(store.clone(), 7, at(0)).await);
    assert!(store.add_session(session(4), "new").await.expect("an answer"));
    store.set_disabled("ana", true).await.expect("disabled");
    store.set_disabled("ana", false).await.expect("enabled");
    assert!(!there(store.clone(), 4, at(0)).await, "disabling a user ended the session for good");
    assert!(store.add_session(session(5), "new").await.expect("an answer"));
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

async fn a_session_is_opened_only_while_what_was_verified_still_holds(store: Arc<dyn Store>) {
    store.add_user(ana()).await.expect("added");
    let opens = async |token, hash| store.add_session(session(token), hash).await.expect("an answer");
    assert!(opens(1, "hash").await);
    store.set_password("ana", "new", None).await.expect("set");
    assert!(!opens(2, "hash").await, "the password that was right is none any more");
    assert!(!store.replace_password("hash", "mine", session(3)).await.expect("an answer"), "nor does it change the new one");
    assert!(opens(4, "new").await);
    store.set_disabled("ana", true).await.expect("disabled");
    assert!(!opens(5, "new").await && !store.replace_password("new", "mine", session(6)).await.expect("an answer"));
    store.set_disabled("ana", false).await.expect("enabled");
    for token in 1..=6 {
        assert_eq!(store.session([token; 32], at(1), at(-1)).await.expect("an answer"), None, "{token}");
    }
    assert_eq!(store.user("ana").await.expect("an answer").expect("is there").password_hash, "new");
}

async fn a_sign_in_and_a_change_of_the_password_at_once_leave_no_session(store: Arc<dyn Store>) {
    store.add_user(ana()).await.expect("added");
    for round in 0..40u8 {
        let (was, new) = (if round == 0 { "hash".to_owned() } else { format!("hash-{}", round - 1) }, format!("hash-{round}"));
        let (one, other) = (store.clone(), store.clone());
        let signing_in = tokio::spawn(async move { one.add_session(session(round), &was).await.expect("an answer") });
        let changing = tokio::spawn(async move { other.set_password("ana", &new, None).await.expect("an answer") });
        signing_in.await.expect("no panic");
        assert!(changing.await.expect("no panic"));
        assert_eq!(store.session([round; 32], at(1), at(-1)).await.expect("an answer"), None, "round {round}");
    }
}

async fn a_session_left_alone_ends(store: Arc<dyn Store>) {
    store.add_user(ana()).await.expect("added");
    assert!(store.add_session(session(1), "hash").await.expect("an answer"));
    let there = async |idle_since| store.session([1; 32], at(60), at(idle_since)).await.expect("an answer");
    assert_eq!(there(-1).await.expect("was used after").0.used, at(0));
    assert_eq!(there(0).await, None);
    store.use_session([1; 32], at(50)).await.expect("noted");
    store.use_session([1; 32], at(40)).await.expect("noted");
    assert_eq!(there(49).await.expect("was used after").0.used, at(50));
    assert_eq!(there(50).await, None);
}

async fn a_password_for_one_sign_in_opens_one_session(store: Arc<dyn Store>) {
    store.add_user(User { one_time: Some(at(50)), ..ana() }).await.expect("added");
    let opens = async |token, now| store.add_session(SessionRow { created: at(now), ..session(token) }, "hash").await.expect("an answer");
    assert!(!opens(1, 50).await, "it has ended");
    assert!(opens(2, 49).await);
    assert_eq!(store.user("ana").await.expect("an answer").expect("is there").one_time, Some(Timestamp::saturating(0)));
    assert!(!opens(3, 49).await, "it was used");
    assert!(store.session([2; 32], at(49), at(-1)).await.expect("an answer").is_some());
    assert!(store.replace_password("hash", "mine", session(4)).await.expect("an answer"));
    assert_eq!(store.user("ana").await.expect("an answer").expect("is there").one_time, None);
    assert!(store.add_session(session(5), "mine").await.expect("an answer"));
}

async fn a_failure_that_was_none_is_taken_back(store: Arc<dyn Store>) {
    for (key, now) in [("name:ana", 1), ("name:ana", 5), ("name:ana|192.0.2.7", 5), ("name:anabel", 5)] {
        store.add_failure(key, at(now)).await.expect("counted");
    }
    let now = async |key: &str| store.failures(key).await.expect("an answer").map(|failures| (failures.count, failures.last));
    store.take_failure_back("name:ana", at(5), at(1)).await.expect("taken back");
    assert_eq!(now("name:ana").await, Some((1, at(1))));
    store.add_failure("name:ana", at(7)).await.expect("counted");
    store.take_failure_back("name:ana", at(6), at(1)).await.expect("taken back");
    assert_eq!(now("name:ana").await, Some((1, at(7))), "another one came after it");
    store.take_failure_back("name:ana", at(7), at(1)).await.expect("taken back");
    assert_eq!(now("name:ana").await, None);
    store.take_failure_back("nothing", at(7), at(1)).await.expect("nothing to take back");
    store.add_failure("name:ana", at(7)).await.expect("counted");
    store.clear_failures("name:ana").await.expect("cleared");
    assert_eq!((now("name:ana").await, now("name:ana|192.0.2.7").await), (None, None));
    assert!(now("name:anabel").await.is_some(), "somebody else's stay");
}
