use super::{House, PASSWORD, WRONG};
use crate::identity::{Actor, NewUser};
use std::sync::atomic::Ordering;
use vigia_app::model::{ErrorKind, Role};

fn root() -> Actor {
    Actor::command_line("root")
}

#[tokio::test]
async fn what_the_command_line_does_leaves_a_trail() {
    let house = House::empty().await;
    house.add("ana", "Ana Lima", Role::Auditor).await;
    house.identity.set_password("ana", "amber lighthouse 7", &root()).await.expect("is set");
    assert_eq!(house.identity.set_disabled("ana", true, &root()).await, Ok(true));
    assert_eq!(house.identity.set_disabled("ana", true, &root()).await, Ok(false), "is so already");
    assert_eq!(house.identity.set_disabled("ANA", false, &root()).await, Ok(true));
    insta::assert_snapshot!(house.trail().join("\n"), @r"
    Creation | User | ana |  | root | Command line |  | Yes | Role: auditor
    Update | User | ana |  | root | Command line |  | Yes | Changed: Password
    Update | User | ana |  | root | Command line |  | Yes | Changed: Enabled to disabled
    Update | User | ana |  | root | Command line |  | Yes | Changed: Disabled to enabled
    ");
}

#[tokio::test]
async fn without_a_trail_nothing_changes() {
    let house = House::new().await;
    let before = house.identity.users().await;
    house.store.full.store(true, Ordering::Relaxed);
    let bea = NewUser { username: "bea", name: "Bea", role: Role::Admin, password: PASSWORD };
    for outcome in [
        house.identity.add_user(&bea, &root()).await,
        house.identity.set_password("ana", "amber lighthouse 7", &root()).await,
        house.identity.set_disabled("ana", true, &root()).await.map(|_| ()),
    ] {
        assert_eq!(outcome.expect_err("is refused").kind, ErrorKind::Unavailable);
    }
    assert_eq!(house.identity.users().await, before);
}

#[tokio::test]
async fn a_user_that_cannot_be_is_refused_with_the_input_named() {
    let house = House::new().await;
    let good = NewUser { username: "bea", name: "Bea Cruz", role: Role::Manager, password: PASSWORD };
    for (user, field) in [
        (NewUser { username: "ANA", ..good.clone() }, "username"),
        (NewUser { username: "bea cruz", ..good.clone() }, "username"),
        (NewUser { username: "", ..good.clone() }, "username"),
        (NewUser { username: &"b".repeat(65), ..good.clone() }, "username"),
        (NewUser { name: "Bea\u{1b}[31m", ..good.clone() }, "name"),
        (NewUser { name: " ", ..good.clone() }, "name"),
        (NewUser { password: "bea", ..good.clone() }, "password"),
    ] {
        let error = house.identity.add_user(&user, &root()).await.expect_err("is refused");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some(field)), "{user:?}");
    }
    assert_eq!(house.identity.users().await.map(|users| users.len()), Ok(1));
}

#[tokio::test]
async fn a_user_nobody_knows_is_not_found() {
    let house = House::new().await;
    let error = house.identity.set_password("bea", PASSWORD, &root()).await.expect_err("there is none");
    assert_eq!(error.kind, ErrorKind::NotFound);
    let error = house.identity.set_disabled("bea", true, &root()).await.expect_err("there is none");
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_new_password_lifts_the_wait() {
    let house = House::new().await;
    for _ in 0..5 {
        house.sign_in("ana", WRONG).await.expect_err("is not let in");
    }
    house.identity.set_password("ana", "amber lighthouse 7", &root()).await.expect("is set");
    house.sign_in("ana", "amber lighthouse 7").await.expect("is let in");
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_and_no_other_does() {
    let house = House::empty().await;
    let first = house.identity.ensure_admin().await.expect("the store answers").expect("a password");
    assert!(!format!("{first:?}").contains(&first.password));
    insta::assert_snapshot!(house.trail().join("\n"), @"Creation | User | admin | Vigia | vigia | Server |  | Yes | Role: admin");
    assert_eq!(house.identity.ensure_admin().await, Ok(None), "it is good still");
    house.sign_in(&first.username, &first.password).await.expect("is let in");
    assert_eq!(house.identity.users().await.map(|users| users[0].role), Ok(Role::Admin));
}

#[tokio::test]
async fn the_first_password_is_for_one_sign_in_within_a_day_and_nothing_is_done_before_another_is_chosen() {
    let house = House::empty().await;
    let first = house.identity.ensure_admin().await.expect("the store answers").expect("a password");
    let signed_in = house.identity.sign_in("admin", &first.password, None, None).await.expect("is let in");
    assert!(signed_in.chooses_password);
    let token = signed_in.token;
    let refused = house.identity.signed_in(&token).await.expect_err("has to choose a password");
    assert!(refused.kind == ErrorKind::Forbidden && refused.message.to_string().contains("Choose your own first"), "{refused}");
    assert!(house.is_signed_in(&token).await, "it is known who is there");
    house.trail();
    house.sign_in("admin", &first.password).await.expect_err("it was used");
    assert!(house.trail()[0].ends_with("Reason: The password was for one sign-in, and was used or has ended"));
    let own = house.identity.change_password(&token, &first.password, PASSWORD, None, None).await.expect("is changed").token;
    house.identity.signed_in(&own).await.expect("may do everything");
    assert!(!house.identity.sign_in("admin", PASSWORD, None, None).await.expect("is let in").chooses_password);
    assert_eq!(house.identity.ensure_admin().await, Ok(None));
}

#[tokio::test]
async fn of_servers_that_start_at_once_one_makes_the_administrator_and_all_come_up() {
    let house = House::empty().await;
    let (one, other) = tokio::join!(house.identity.ensure_admin(), house.identity.ensure_admin());
    let made: Vec<_> = [one, other].into_iter().filter_map(|made| made.expect("comes up")).collect();
    assert_eq!(made.len(), 1);
    house.sign_in(&made[0].username, &made[0].password).await.expect("is let in");
    let house = House::empty().await;
    let (one, other) = tokio::join!(house.identity.add_demo_users(), house.identity.add_demo_users());
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(house.identity.users().await.map(|users| users.len()), Ok(3));
}

#[tokio::test]
async fn whoever_has_let_the_first_password_pass_gets_another_at_the_next_start() {
    let house = House::empty().await;
    let first = house.identity.ensure_admin().await.expect("the store answers").expect("a password");
    house.wait(24 * 60 * 60);
    house.sign_in("admin", &first.password).await.expect_err("it has ended");
    let second = house.identity.ensure_admin().await.expect("the store answers").expect("another password");
    let token = house.sign_in("admin", &second.password).await.expect("is let in");
    let third = house.identity.ensure_admin().await.expect("the store answers").expect("the browser was closed before one was chosen");
    assert!(!house.is_signed_in(&token).await);
    house.sign_in("admin", &third.password).await.expect("is let in");
    house.add("bea", "Bea Cruz", Role::Admin).await;
    assert_eq!(house.identity.ensure_admin().await, Ok(None), "somebody else can set a password");
}

#[tokio::test]
async fn the_demos_users_are_told_at_every_start_until_their_passwords_change() {
    let house = House::empty().await;
    assert_eq!(house.identity.add_demo_users().await, Ok(true));
    for _ in 0..2 {
        let open = house.identity.demo_users().await.expect("the store answers");
        assert_eq!(open.iter().map(|user| user.username).collect::<Vec<_>>(), ["manager", "auditor", "admin"]);
        for user in open {
            house.sign_in(user.username, user.password).await.expect("is let in");
        }
        assert_eq!(house.identity.add_demo_users().await, Ok(false));
    }
    house.identity.set_password("admin", PASSWORD, &root()).await.expect("is set");
    house.identity.set_disabled("manager", true, &root()).await.expect("is disabled");
    let open = house.identity.demo_users().await.expect("the store answers");
    assert_eq!(open.iter().map(|user| user.username).collect::<Vec<_>>(), ["auditor"]);
}

#[tokio::test]
async fn where_there_are_users_the_demo_adds_none() {
    let house = House::new().await;
    assert_eq!(house.identity.add_demo_users().await, Ok(false));
    assert_eq!(house.identity.demo_users().await, Ok(vec![]));
}
