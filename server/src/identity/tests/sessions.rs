use super::watched::Meanwhile;
use super::{House, PASSWORD, WRONG, address};
use crate::identity::Actor;
use std::sync::atomic::Ordering;
use vigia_app::model::{ApiError, ErrorKind};

const NEW: &str = "amber lighthouse 7";

/// The token of the session that takes the place of all others.
async fn change(house: &House, token: &str, current: &str, new: &str) -> Result<String, ApiError> {
    house.identity.change_password(token, current, new, Some(address("192.0.2.7")), None).await.map(|signed_in| signed_in.token)
}

#[tokio::test]
async fn a_session_lasts_twelve_hours_however_busy() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    for _ in 0..23 {
        house.wait(30 * 60);
        assert!(house.is_signed_in(&token).await);
    }
    house.wait(30 * 60 - 1);
    assert!(house.is_signed_in(&token).await);
    house.wait(1);
    assert!(!house.is_signed_in(&token).await);
}

#[tokio::test]
async fn a_session_left_alone_for_an_hour_ends_whatever_its_page_asks_for_by_itself() {
    let house = House::new().await;
    let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.wait(60 * 60 - 1);
    assert!(house.is_signed_in(&token).await, "that is a use");
    for _ in 0..2 {
        house.wait(30 * 60 - 1);
        house.identity.looking_on(&token).await.expect("and that is none");
    }
    house.wait(2);
    assert_eq!(house.identity.looking_on(&token).await, Err(ApiError::signed_out()));
    assert!(!house.is_signed_in(&token).await);
}

#[tokio::test]
async fn a_sign_in_does_not_outlive_what_it_was_let_in_for() {
    for meanwhile in [Meanwhile::NewPassword, Meanwhile::Disabled] {
        let house = House::new().await;
        house.trail();
        *house.store.meanwhile.lock().expect("nobody panicked") = Some(meanwhile);
        let error = house.sign_in("ana", PASSWORD).await.expect_err("is not let in");
        assert_eq!(
            (error.kind, error.message.to_string().as_str()),
            (ErrorKind::SignedOut, "User name or password is wrong."),
            "{meanwhile:?}"
        );
        assert!(house.trail()[1].ends_with("Reason: The user or the password was changed meanwhile"));
    }
}

#[tokio::test]
async fn a_change_of_the_password_does_not_undo_what_an_administrator_did_meanwhile() {
    for meanwhile in [Meanwhile::NewPassword, Meanwhile::Disabled] {
        let house = House::new().await;
        let token = house.sign_in("ana", PASSWORD).await.expect("is let in");
        *house.store.meanwhile.lock().expect("nobody panicked") = Some(meanwhile);
        assert_eq!(change(&house, &token, PASSWORD, NEW).await, Err(ApiError::signed_out()), "{meanwhile:?}");
        house.sign_in("ana", NEW).await.expect_err("the password is not the one that was too late");
    }
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
async fn a_new_password_ends_all_sessions_and_opens_another() {
    let house = House::new().await;
    let (here, there) =
        (house.sign_in("ana", PASSWORD).await.expect("is let in"), house.sign_in("ana", PASSWORD).await.expect("is let in"));
    house.trail();
    let fresh = change(&house, &here, PASSWORD, NEW).await.expect("is changed");
    insta::assert_snapshot!(house.trail().join("\n"), @"Update | User | ana | Ana Lima | ana | Web | 192.0.2.7 | Yes | Changed: Password");
    assert!(house.is_signed_in(&fresh).await);
    assert!(!house.is_signed_in(&here).await, "whoever had got hold of it has nothing any more");
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
