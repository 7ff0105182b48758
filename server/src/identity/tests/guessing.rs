use super::{House, PASSWORD, WRONG, address};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use vigia_app::model::{ApiError, ErrorKind, Role};

async fn fail(house: &House, username: &str, times: usize) {
    for _ in 0..times {
        let error = house.sign_in(username, WRONG).await.expect_err("is not let in");
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
    for number in 0..20 {
        house.sign_in(&format!("user{number}"), WRONG).await.expect_err("is not let in");
    }
    waits(&house.sign_in("ana", PASSWORD).await.expect_err("has to wait"), "1 second");
    house.sign_in_from("192.0.2.8", "ana", PASSWORD).await.expect("another address is let in");
    house.wait(1);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.sign_in("bea", WRONG).await.expect_err("is not let in");
    waits(&house.sign_in("eva", WRONG).await.expect_err("one's own success does not clear the address"), "2 seconds");
}

#[tokio::test]
async fn a_program_with_an_old_password_keeps_nobody_else_behind_its_address_from_signing_in() {
    let house = House::new().await;
    fail(&house, "robot", 5).await;
    for _ in 0..100 {
        house.wait(300);
        fail(&house, "robot", 1).await;
    }
    waits(&house.sign_in("robot", WRONG).await.expect_err("has to wait"), "300 seconds");
    house.sign_in("ana", PASSWORD).await.expect("is let in");
    house.sign_in("bea", WRONG).await.expect_err("is not let in");
    house.sign_in("ana", PASSWORD).await.expect("is let in");
}

#[tokio::test]
async fn signing_in_rightly_never_slows_an_address_down() {
    let house = House::new().await;
    for _ in 0..20 {
        house.sign_in("ana", PASSWORD).await.expect("is let in");
    }
}

/// Sends forty tries at once; how many passwords were looked at.
async fn at_once(house: House, ip: impl Fn(usize) -> String, username: impl Fn(usize) -> String) -> usize {
    let house = Arc::new(house);
    let before = house.verified();
    let tries: Vec<_> = (0..40)
        .map(|at| {
            let (house, ip, username) = (house.clone(), ip(at), username(at));
            tokio::spawn(async move { house.sign_in_from(&ip, &username, WRONG).await })
        })
        .collect();
    for tried in tries {
        tried.await.expect("does not panic").expect_err("is not let in");
    }
    house.verified() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_one_name_sent_at_once_do_not_slip_through() {
    for ip in ["127.0.0.1", "192.0.2.7"] {
        assert_eq!(at_once(House::new().await, |_| ip.to_owned(), |_| "ana".to_owned()).await, 5);
    }
    let many = |at| format!("192.0.2.{at}");
    assert_eq!(at_once(House::new().await, many, |_| "ana".to_owned()).await, 20, "however many share the work");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_from_one_address_sent_at_once_do_not_slip_through() {
    assert_eq!(at_once(House::new().await, |_| "192.0.2.7".to_owned(), |at| format!("user{at}")).await, 20);
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

#[tokio::test]
async fn whoever_guesses_at_a_name_makes_nobody_elses_address_wait() {
    let house = House::new().await;
    fail(&house, "ana", 5).await;
    waits(&house.sign_in("ana", WRONG).await.expect_err("has to wait"), "1 second");
    house.sign_in_from("192.0.2.8", "ana", PASSWORD).await.expect("is let in from elsewhere");
    waits(&house.sign_in("ana", WRONG).await.expect_err("that is no success of whoever guesses"), "1 second");
}

#[tokio::test]
async fn no_stranger_keeps_anybody_from_signing_in_on_a_device_they_have_signed_in_on() {
    let house = House::new().await;
    let device = house.identity.sign_in("ana", PASSWORD, Some(address("192.0.2.7")), None).await.expect("is let in").device;
    for at in 0..40 {
        house.sign_in_from(&format!("198.51.100.{at}"), "ana", WRONG).await.expect_err("is not let in");
    }
    // The same address as well, as behind a proxy of a whole office.
    for number in 0..40 {
        house.sign_in(&format!("user{number}"), WRONG).await.expect_err("is not let in");
    }
    let on = async |device: &str, username: &str, password: &str| {
        house.identity.sign_in(username, password, Some(address("192.0.2.7")), Some(device)).await
    };
    house.sign_in("ana", PASSWORD).await.expect_err("a device that is not known waits");
    on(&device, "ana", WRONG).await.expect_err("is not let in");
    let again = on(&device, "ANA", PASSWORD).await.expect("is let in at once");
    on(&again.device, "ana", PASSWORD).await.expect("is let in at once");
    let mut forged = device.clone().into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    for worthless in [String::from_utf8(forged).expect("ASCII").as_str(), "", "x", &device[..22]] {
        on(worthless, "ana", PASSWORD).await.expect_err("has to wait");
    }
    house.add("bea", "Bea Cruz", Role::Auditor).await;
    on(&device, "bea", PASSWORD).await.expect_err("it is a device of somebody else, whose address waits");
}

#[tokio::test]
async fn a_device_that_was_stolen_lets_nobody_guess_any_faster() {
    let house = House::new().await;
    let device = house.identity.sign_in("ana", PASSWORD, None, None).await.expect("is let in").device;
    for at in 0..5 {
        let ip = Some(address(&format!("192.0.2.{at}")));
        house.identity.sign_in("ana", WRONG, ip, Some(&device)).await.expect_err("is not let in");
    }
    waits(&house.identity.sign_in("ana", WRONG, None, Some(&device)).await.expect_err("has to wait"), "1 second");
    house.sign_in("ana", PASSWORD).await.expect("nobody else waits for it");
}

#[tokio::test]
async fn what_the_server_could_not_look_at_or_keep_is_no_failure() {
    let house = House::new().await;
    fail(&house, "ana", 4).await;
    {
        let _crowd = house.identity.hasher.anybody.places.try_acquire_many(66).expect("places");
        for _ in 0..30 {
            let error = house.sign_in("ana", PASSWORD).await.expect_err("there is no place");
            assert_eq!(error.kind, ErrorKind::Unavailable);
        }
    }
    house.store.full.store(true, Ordering::Relaxed);
    for _ in 0..30 {
        let error = house.sign_in("ana", PASSWORD).await.expect_err("the trail cannot be written");
        assert_eq!(error.kind, ErrorKind::Unavailable);
    }
    house.store.full.store(false, Ordering::Relaxed);
    fail(&house, "ana", 1).await;
    waits(&house.sign_in("ana", WRONG).await.expect_err("these were five"), "1 second");
    house.wait(1);
    house.sign_in("ana", PASSWORD).await.expect("is let in");
}
