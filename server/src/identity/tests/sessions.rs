use super::{House, PASSWORD, WRONG, address};
use crate::identity::Actor;
use std::sync::atomic::Ordering;
use vigia_app::model::{ApiError, ErrorKind};

const NEW: &str = "amber lighthouse 7";

async fn change(house: &House, token: &str, current: &str, new: &str) -> Result<(), ApiError> {
    house.identity.change_password(token, current, new, Some(address("192.0.2.7"))).await
}

#[tokio::test]
async fn a_session_lasts_twelve_hours_however_busy() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.wait(12 * 60 * 60 - 1);
    assert!(house.is_signed_in(&token).await);
    house.wait(1);
    assert!(!house.is_signed_in(&token).await);
}

#[tokio::test]
async fn a_token_nobody_was_given_is_nobody() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    for other in ["", "x", &token[1..], &"x".repeat(1_000_000)] {
        assert!(!house.is_signed_in(other).await);
    }
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let house = House::new().await;
    let (here, there) =
        (house.sign_in("ana", PASSWORD).await.expect("is let in"), house.sign_in("ana", PASSWORD).await.expect("is let in"));
    house.trail();
    house.identity.sign_out(&here, Some(address("192.0.2.7"))).await.expect("is signed out");
    assert!(!house.is_signed_in(&here).await);
    assert!(house.is_signed_in(&there).await);
    insta::assert_snapshot!(house.trail().join("\n"), @"Logout | Session | ana | Ana Lima | ana | Web | 192.0.2.7 | No");
    assert_eq!(house.identity.sign_out(&here, None).await, Ok(()), "once more is not an error");
    assert_eq!(house.trail(), [""; 0]);
}

#[tokio::test]
async fn without_a_trail_nobody_is_signed_out() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.store.full.store(true, Ordering::Relaxed);
    let error = house.identity.sign_out(&token, None).await.expect_err("the trail cannot be written");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(house.is_signed_in(&token).await);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let house = House::new().await;
    let (here, there) =
        (house.sign_in("ana", PASSWORD).await.expect("is let in"), house.sign_in("ana", PASSWORD).await.expect("is let in"));
    house.trail();
    change(&house, &here, PASSWORD, NEW).await.expect("is changed");
    insta::assert_snapshot!(house.trail().join("\n"), @"Update | User | ana | Ana Lima | ana | Web | 192.0.2.7 | Yes | Changed: Password");
    assert!(house.is_signed_in(&here).await);
    assert!(!house.is_signed_in(&there).await);
    house.sign_in("ana", PASSWORD).await.expect_err("the old one is gone");
    house.sign_in("ana", NEW).await.expect("the new one is good");
}

#[tokio::test]
async fn the_input_at_fault_is_named() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    for (current, new, field, words) in [
        (WRONG, NEW, "current", "The current password is wrong."),
        (PASSWORD, "short", "new", "The new password has 5 characters."),
        (PASSWORD, PASSWORD, "new", "The new password is the current one."),
    ] {
        let error = change(&house, &token, current, new).await.expect_err("is refused");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some(field)));
        assert!(error.message.to_string().starts_with(words), "{error}");
    }
    house.sign_in("ana", PASSWORD).await.expect("nothing has changed");
}

#[tokio::test]
async fn only_who_is_signed_in_changes_a_password() {
    let house = House::new().await;
    assert_eq!(change(&house, "no token", PASSWORD, NEW).await, Err(ApiError::signed_out()));
}

#[tokio::test]
async fn a_stolen_session_is_no_way_to_guess_the_password() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.trail();
    for _ in 0..5 {
        change(&house, &token, WRONG, NEW).await.expect_err("the current password is wrong");
    }
    let error = change(&house, &token, PASSWORD, NEW).await.expect_err("has to wait");
    assert_eq!(error.kind, ErrorKind::SlowDown);
    let trail = house.trail();
    assert_eq!(trail.len(), 6);
    insta::assert_snapshot!(trail[0], @"Access denied | User | ana | Ana Lima | ana | Web | 192.0.2.7 | No | Reason: Wrong current password when changing the password");
}

#[tokio::test]
async fn without_a_trail_no_password_changes() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.store.full.store(true, Ordering::Relaxed);
    assert_eq!(change(&house, &token, PASSWORD, NEW).await.expect_err("is refused").kind, ErrorKind::Unavailable);
    house.store.full.store(false, Ordering::Relaxed);
    house.sign_in("ana", PASSWORD).await.expect("nothing has changed");
}

#[tokio::test]
async fn disabling_a_user_ends_their_sessions() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.identity.set_disabled("ana", true, &Actor::command_line("root")).await.expect("is disabled");
    assert!(!house.is_signed_in(&token).await);
}
