//! Setting a demo up, starting it again, and removing it.

use crate::newcomer::Newcomer;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Every file of a folder, with what is in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, content)| (format!("{name}/{inner}"), content)));
        } else {
            found.insert(name, std::fs::read(path).expect("is read"));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_changes_nothing_that_is_there() {
    let mut newcomer = Newcomer::new().await;
    let canceled = newcomer.ids("status=Scheduled&source=demo&sort=-schedule_date&limit=1").await.remove(0);
    newcomer.act("cancel", &canceled, false).await;
    newcomer.vigia(&["demo", "--mend"], "");
    let (before, rows) = (files(&newcomer.demo()), newcomer.ids("limit=500").await);
    newcomer.server.kill();
    newcomer.start().await;
    assert_eq!(newcomer.ids("limit=500").await, rows);
    assert!(files(&newcomer.demo()) == before, "the files of the demo have changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_of_a_demo_can_be_removed() {
    let mut newcomer = Newcomer::new().await;
    let set = json!({
        "operation": "Verify password", "credentials": [{ "device": "srv-db-01", "username": "root", "connector": "demo" }], "every_days": 30,
        "window": { "from": "00:00", "to": "00:00", "zone": "UTC" },
    });
    let url = format!("http://{}/api/v1/credential-sets/mine", newcomer.server.address());
    assert_eq!(newcomer.put(&url, &set).await, 204);
    std::fs::write(newcomer.demo().join("notes.txt"), "mine").expect("written");
    newcomer.server.kill();
    let said = newcomer.vigia(&["demo", "--remove"], "");
    assert!(said.contains("Removed the demo's devices, vault and mailbox in "), "{said}");
    assert_eq!(files(&newcomer.demo()), BTreeMap::from([("notes.txt".to_owned(), b"mine".to_vec())]), "nothing else was removed");
    newcomer.server = newcomer.without_demo();
    newcomer.start().await;
    for path in ["/api/v1/credential-sets", "/api/v1/notification-rules", "/api/v1/connectors"] {
        assert_eq!(newcomer.get(path).await, json!([]), "{path}");
    }
    assert_eq!(newcomer.ids("").await, Vec::<String>::new());
    assert!(newcomer.vigia(&["demo", "--remove"], "").starts_with("Removed 0 made-up events"), "once more does no harm");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connectors_of_ones_own_take_the_place_of_the_demos() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("connectors.toml");
    std::fs::write(&own, "[connector.mine]\nkind = \"pull\"\nhosts = [\"srv-*\"]\n").expect("written");
    let mut newcomer = Newcomer::nobody(&["--demo", "--connectors", own.to_str().expect("text")]);
    newcomer.vigia(&["demo", "--events", "500"], "");
    newcomer.start().await;
    let connectors = newcomer.get("/api/v1/connectors").await;
    assert_eq!((connectors[0]["name"].as_str(), connectors.as_array().map(Vec::len)), (Some("mine"), Some(1)));
    assert!(!newcomer.demo().exists(), "no devices are made");
}

/// The one start that makes everything, events too: a few seconds on a machine with nothing else to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_makes_all_there_is_to_try() {
    let mut newcomer = Newcomer::nobody(&["--demo"]);
    newcomer.start().await;
    let again = {
        newcomer.server.kill();
        newcomer.start().await
    };
    assert!(again < Duration::from_secs(20), "a second start takes {again:?}");
    let waiting = newcomer.ids("status=Scheduled&status=Awaiting%20approval&limit=100").await;
    for id in &waiting {
        let info = newcomer.get(&format!("/api/v1/operations/{id}")).await;
        assert!(info["actions"].as_array().is_some_and(|actions| !actions.is_empty()), "each can be moved: {info}");
    }
    assert!((30..=40).contains(&waiting.len()), "{}", waiting.len());
}
