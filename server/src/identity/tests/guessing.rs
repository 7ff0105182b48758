use super::{House, PASSWORD, WRONG};
use std::sync::Arc;
use vigia_app::model::{ApiError, ErrorKind};

async fn fail(house: &House, username: &str, times: usize) {
    for _ in 0..times {
        let error = house.sign_in_from("127.0.0.1", username, WRONG).await.expect_err("is not let in");
        assert_eq!(error.kind, ErrorKind::SignedOut, "{error}");
    }
}

#[track_caller]
fn waits(error: &ApiError, words: &str) {
    assert_eq!(
        (error.kind, error.message.to_string().as_str()),
        (ErrorKind::SlowDown, format!("Too many failed sign-ins. Try again in {words}.").as_str())
    );
}

#[tokio::test]
async fn five_failures_are_free_and_then_the_wait_doubles() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    for (seconds, words) in [(1, "1 second"), (2, "2 seconds"), (4, "4 seconds"), (8, "8 seconds")] {
        waits(&house.sign_in("ana", WRONG).await.expect_err("has to wait"), words);
        house.wait(seconds);
        fail(&house, "ana", 1).await;
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_five_minutes() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    for _ in 0..20 {
        house.wait(300);
        fail(&house, "ana", 1).await;
    }
    waits(&house.sign_in("ana", PASSWORD).await.expect_err("has to wait"), "300 seconds");
    house.wait(300);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
}

#[tokio::test]
async fn the_right_password_has_to_wait_as_well_unseen() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    let before = house.verified();
    waits(&house.sign_in("ana", PASSWORD).await.expect_err("has to wait"), "1 second");
    assert_eq!(house.verified(), before);
}

#[tokio::test]
async fn trying_while_waiting_does_not_make_the_wait_longer() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    house.wait(1);
    fail(&house, "ana", 1).await;
    for _ in 0..10 {
        waits(&house.sign_in("ana", WRONG).await.expect_err("has to wait"), "2 seconds");
    }
    house.wait(2);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
}

#[tokio::test]
async fn success_clears_the_count_of_the_name() {
    let house = House::new().await;
    fail(&house, "ana", 4).await;
    house.sign_in("ana", PASSWORD).await.expect("is let in");
    fail(&house, "ana", 5).await;
}

#[tokio::test]
async fn failures_are_forgotten_after_a_quarter_of_an_hour() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    house.wait(15 * 60 + 1);
    fail(&house, "ana", 5).await;
    waits(&house.sign_in("ana", WRONG).await.expect_err("has to wait"), "1 second");
}

#[tokio::test]
async fn failures_of_a_future_that_a_wrong_clock_made_up_are_forgotten() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    house.wait(-24 * 60 * 60);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
}

#[tokio::test]
async fn a_name_nobody_has_waits_like_any_other() {
    let house = House::new().await;
    fail(&house, "nobody", 5).await;
    fail(&house, "ana", 5).await;
    let nobody = house.sign_in("nobody", WRONG).await.expect_err("has to wait");
    assert_eq!(nobody, house.sign_in("ana", WRONG).await.expect_err("has to wait"));
    assert_eq!(nobody, house.sign_in("NOBODY", WRONG).await.expect_err("the case does not matter"));
}

#[tokio::test]
async fn one_address_cannot_try_one_password_on_many_users() {
    let house = House::new().await;
    for username in ["a", "b", "c", "d", "e"] {
        house.sign_in(username, WRONG).await.expect_err("is not let in");
    }
    waits(&house.sign_in("ana", PASSWORD).await.expect_err("has to wait"), "1 second");
    house.sign_in_from("192.0.2.8", "ana", PASSWORD).await.expect("another address is let in");
    house.wait(1);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.sign_in("f", WRONG).await.expect_err("is not let in");
    waits(&house.sign_in("g", WRONG).await.expect_err("one's own success does not clear the address"), "2 seconds");
}

#[tokio::test]
async fn signing_in_rightly_never_slows_an_address_down() {
    let house = House::new().await;
    for _ in 0..20 {
        house.sign_in("ana", PASSWORD).await.expect("is let in");
    }
}

/// Sends twenty tries at once; how many passwords were looked at.
async fn at_once(house: House, ip: &'static str, username: impl Fn(usize) -> String) -> usize {
    let house = Arc::new(house);
    let before = house.verified();
    let tries: Vec<_> = (0..20)
        .map(|at| {
            let (house, username) = (house.clone(), username(at));
            tokio::spawn(async move { house.sign_in_from(ip, &username, WRONG).await })
        })
        .collect();
    for tried in tries {
        tried.await.expect("does not panic").expect_err("is not let in");
    }
    house.verified() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_one_name_sent_at_once_do_not_slip_through() {
    assert_eq!(at_once(House::new().await, "127.0.0.1", |_| "ana".to_owned()).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_from_one_address_sent_at_once_do_not_slip_through() {
    assert_eq!(at_once(House::new().await, "192.0.2.7", |at| format!("user{at}")).await, 5);
}

#[tokio::test]
async fn each_wait_is_in_the_trail_once() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    house.trail();
    for _ in 0..10 {
        house.sign_in("ana", WRONG).await.expect_err("has to wait");
    }
    insta::assert_snapshot!(house.trail().join("\n"), @"Login failed | Session |  | Ana Lima | ana | Web | 192.0.2.7 | No | Reason: Refused unseen: too many failed sign-ins shortly before");
    house.wait(1);
    fail(&house, "ana", 1).await;
    house.trail();
    house.sign_in("ana", WRONG).await.expect_err("has to wait again");
    assert_eq!(house.trail().len(), 1);
}
