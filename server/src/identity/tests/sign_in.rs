use super::{House, PASSWORD, WRONG, address};
use crate::identity::{Actor, token};
use std::sync::atomic::Ordering;
use vigia_app::model::{ErrorKind, Role, Viewer};

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let house = House::new().await;
    let signed_in = house.identity.sign_in(" ana ", PASSWORD, Some(address("192.0.2.7")), None).await.expect("is let in");
    let ana = Viewer { username: "ana".to_owned(), name: "Ana Lima".to_owned(), role: Role::Auditor };
    assert_eq!(signed_in.viewer, ana);
    assert_eq!(house.identity.viewer(&signed_in.token).await, Ok(Some(ana)));
}

#[tokio::test]
async fn the_case_of_the_user_name_does_not_matter() {
    let house = House::new().await;
    let signed_in = house.identity.sign_in("ANA", PASSWORD, None, None).await.expect("is let in");
    assert_eq!(signed_in.viewer.username, "ana");
}

#[tokio::test]
async fn the_store_has_the_hash_of_the_token_only() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    assert_eq!(token.len(), 43, "32 bytes as base64url");
    let sessions = house.store.sessions();
    assert_eq!(sessions.iter().map(|session| session.token_hash).collect::<Vec<_>>(), [token::hash(&token)]);
    assert_ne!(house.sign_in("ana", PASSWORD).await.expect("is let in"), token);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_user_cannot_be_told_apart() {
    let house = House::new().await;
    house.add("bea", "Bea Cruz", Role::Manager).await;
    house.identity.set_disabled("bea", true, &Actor::command_line("root")).await.expect("is disabled");
    let mut answers = Vec::new();
    for (username, password) in [("ana", WRONG), ("nobody", PASSWORD), ("bea", PASSWORD)] {
        let before = house.verified();
        answers.push(house.sign_in(username, password).await.expect_err("is not let in"));
        assert_eq!(house.verified() - before, 1, "{username}: the same work");
    }
    assert_eq!(answers[0].kind, ErrorKind::SignedOut);
    assert_eq!(answers[0].message.to_string(), "User name or password is wrong.");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_missing_name_or_password_is_named() {
    let house = House::new().await;
    for (username, password, field) in [("  ", PASSWORD, "username"), ("ana", "", "password")] {
        let error = house.sign_in(username, password).await.expect_err("something is missing");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some(field)));
    }
}

#[tokio::test]
async fn each_try_leaves_a_trail() {
    let house = House::new().await;
    house.trail();
    house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.sign_in("Ana", WRONG).await.expect_err("is not let in");
    house.sign_in("bob", PASSWORD).await.expect_err("is not let in");
    insta::assert_snapshot!(house.trail().join("\n"), @r"
    Login | Session | ana | Ana Lima | ana | Web | 192.0.2.7 | No
    Login failed | Session |  | Ana Lima | ana | Web | 192.0.2.7 | No | Reason: Wrong password
    Login failed | Session |  |  | bob | Web | 192.0.2.7 | No | Reason: Nobody has this user name
    ");
}

#[tokio::test]
async fn a_password_in_the_wrong_field_does_not_reach_the_trail_or_the_store() {
    let house = House::new().await;
    house.trail();
    house.sign_in(PASSWORD, "ana").await.expect_err("is not let in");
    let trail = house.trail().join("\n");
    assert!(trail.contains("(not shown)"), "{trail}");
    assert!(!trail.contains("violet"), "{trail}");
    assert!(!house.store.failure_keys().iter().any(|key| key.contains("violet")), "{:?}", house.store.failure_keys());
}

#[tokio::test]
async fn without_a_trail_nobody_is_let_in() {
    let house = House::new().await;
    house.store.full.store(true, Ordering::Relaxed);
    let error = house.sign_in("ana", PASSWORD).await.expect_err("the trail cannot be written");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert_eq!(house.store.sessions(), []);
    house.store.full.store(false, Ordering::Relaxed);
    house.sign_in("ana", PASSWORD).await.expect("is let in again");
}

#[tokio::test]
async fn what_is_printed_for_the_log_has_no_token() {
    let house = House::new().await;
    let signed_in = house.identity.sign_in("ana", PASSWORD, None, None).await.expect("is let in");
    assert!(!format!("{signed_in:?}").contains(&signed_in.token));
}
