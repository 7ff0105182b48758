//! Tests for `vigia demo device` and `vigia demo vault`: what scripts meet.

use crate::newcomer::Newcomer;
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt as _;

const DEVICE: &str = "srv-db-01";
/// A name that is not a part of any path.
const ODD: (&str, &str) = ("srv-win-01", "MERIDIANO\\svc-iis");

#[tokio::test]
async fn a_device_takes_passwords_and_locks_an_account_after_three_that_it_refused() {
    let newcomer = Newcomer::new().await;
    let ask = |wish: &str, device: &str, username: &str, password: &str| {
        newcomer.device(&json!({ "do": wish, "device": device, "username": username, "password": password }))
    };
    for (device, username) in [(DEVICE, "root"), ODD] {
        let kept = newcomer.password(device, username);
        assert_eq!(ask("sign_in", device, username, &kept), json!({ "signed_in": true }), "the vault has what the device takes");
        assert_eq!(ask("reach", device, username, ""), json!({}));
        assert_eq!(ask("set", device, username, "another"), json!({}));
        assert_eq!(ask("sign_in", device, username, "another"), json!({ "signed_in": true }));
        for _ in 0..2 {
            assert_eq!(ask("sign_in", device, username, &kept), json!({ "signed_in": false }));
        }
        assert_eq!(ask("sign_in", device, username, "another"), json!({ "signed_in": true }), "two refused sign-ins lock nothing");
        for _ in 0..3 {
            assert_eq!(ask("sign_in", device, username, &kept), json!({ "signed_in": false }));
        }
        assert_eq!(ask("sign_in", device, username, "another")["error_class"], "Account locked");
    }
    assert_eq!(ask("reach", "srv-none", "root", "")["error_class"], "Not found");
    assert_eq!(ask("reach", DEVICE, "nobody", "")["error_class"], "Not found");
    assert_eq!(ask("reach", "rt-sin-wan-1", "root", "")["error_class"], "Connectivity");
    let said = newcomer.vigia(&["demo", "--mend"], "");
    assert_eq!(said, "Devices brought up: 2. Accounts unlocked: 4.\n", "two that were locked, and two that are now");
    assert_eq!(ask("reach", "rt-sin-wan-1", "root", ""), json!({}));
    let hashes = std::fs::read_to_string(newcomer.demo().join("devices.json")).expect("the devices");
    assert!(hashes.contains("$argon2id$") && !hashes.contains("another"), "a device keeps hashes");
}

#[tokio::test]
async fn a_device_that_dies_at_any_moment_takes_the_old_password_or_the_new_one() {
    let newcomer = Newcomer::new().await;
    let folder = newcomer.demo();
    let folder = folder.to_str().expect("text");
    let device = ["demo", "device", "--folder", folder];
    let mut now = newcomer.password(DEVICE, "root");
    for (place, takes_new) in [("file.written", false), ("file.renamed", true)] {
        let new = format!("after-{place}");
        let request = json!({ "do": "set", "device": DEVICE, "username": "root", "password": new });
        let output = newcomer.run(&device, &request.to_string(), Some(place));
        assert_eq!(output.status.signal(), Some(9), "{place}: {output:?}");
        let expected = if takes_new { new } else { now.clone() };
        assert!(newcomer.signs_in(DEVICE, "root", &expected), "{place}");
        now = expected;
    }
    let [name, username] = [DEVICE, "root"].map(|text| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>());
    let vault = |verb: &'static str| ["demo", "vault", "--folder", folder, verb, &name, &username].map(str::to_owned);
    let get = || -> Value { serde_json::from_str(&newcomer.vigia(&vault("get").each_ref().map(String::as_str), "")).expect("JSON") };
    let before = get();
    let record = json!({ "password": "old", "pending": "new" });
    for (place, expected) in [("file.written", &before), ("file.renamed", &record)] {
        let output = newcomer.run(&vault("put").each_ref().map(String::as_str), &record.to_string(), Some(place));
        assert_eq!(output.status.signal(), Some(9), "{place}: {output:?}");
        assert_eq!(&get(), expected, "{place}");
    }
}
