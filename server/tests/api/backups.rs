//! Backups over the REST API: made, listed, downloaded, verified.

use crate::harness::{Server, Setup, Visitor, problem};
use serde_json::{Value, json};
use std::time::Duration;
use vigia::backups::BackupSetup;
use vigia::config::BackupPolicy;
use vigia_app::model::Role;
use vigia_app::reports::PERFORMED_BACKUPS;

pub async fn list(admin: &Visitor) -> Value {
    admin.get("/api/v1/backups").await.json().await.expect("JSON")
}

/// A backup that is there.
pub async fn made(admin: &Visitor) -> Value {
    made_of(admin, json!({ "type": "Full" })).await
}

async fn made_of(admin: &Visitor, wanted: Value) -> Value {
    let begun = admin.post("/api/v1/backups", wanted).await;
    assert_eq!(begun.status(), 202);
    let name = begun.json::<Value>().await.expect("JSON")["name"].clone();
    for _ in 0..400 {
        let list = list(admin).await;
        if list["running"].is_null()
            && let Some(made) = list["backups"].as_array().expect("a list").iter().find(|one| one["name"] == name)
        {
            return made.clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{name} was not made within 10 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_downloaded_in_pieces_and_verified() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let one = made(&admin).await;
    let address = format!("/api/v1/backups/{}/archive", one["name"].as_str().expect("a name"));
    let whole = admin.get(&address).await;
    assert_eq!(whole.status(), 200);
    let header = |answer: &reqwest::Response, name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header(&whole, "etag"), format!("\"{}\"", one["sha256"].as_str().expect("a digest")));
    assert_eq!(header(&whole, "content-length"), one["size"].to_string());
    assert!(whole.headers().get("content-encoding").is_none());
    let etag = header(&whole, "etag");
    let bytes = whole.bytes().await.expect("bytes");
    assert_eq!(bytes.len() as u64, one["size"].as_u64().expect("a size"));
    // Cut off, and resumed.
    for at in [0, 1, bytes.len() / 3, bytes.len() - 1] {
        let rest = admin
            .request("GET", &address)
            .header("range", format!("bytes={at}-"))
            .header("if-range", &etag)
            .send()
            .await
            .expect("an answer");
        assert_eq!(rest.status(), 206);
        assert_eq!(rest.bytes().await.expect("bytes"), bytes[at..], "from {at}");
    }
    let name = one["name"].as_str().expect("a name");
    assert_eq!(admin.post(&format!("/api/v1/backups/{name}/verify"), json!({})).await.status(), 202);
    let place = PERFORMED_BACKUPS.stored().position(|column| column.key == "verified").expect("a column");
    let verified = async || {
        let events = server.store.transfer().events_after(&PERFORMED_BACKUPS, -1, 100).await.expect("events");
        events.iter().any(|event| event.source_id == name && event.cells[place] > vigia::store::value::Value::Number(0))
    };
    for _ in 0..400 {
        if verified().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(verified().await);
    let one = &list(&admin).await["backups"][0];
    assert_eq!((one["verified"].is_string(), &one["content_checked"]), (true, &json!(true)));
    // Before the first byte, and after the last: of five downloads.
    let trail: Value = admin.get("/api/v1/reports/audit-tracking?operation=Download&limit=100").await.json().await.expect("JSON");
    assert_eq!(trail["rows"].as_array().expect("rows").len(), 10, "{trail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_others_open_the_hash_is_checked_and_the_content_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipients = vec!["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse().expect("a recipient")];
    let policy = BackupPolicy { recipients, offline_only: true, ..BackupPolicy::default() };
    let setup = BackupSetup { folder: folder.path().to_owned(), policy, ..BackupSetup::default() };
    let server = Server::with(Setup { backups: Some(setup), ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    let one = made(&admin).await;
    assert_eq!((one["recipients"].as_array().map(Vec::len), &one["content_checked"]), (Some(1), &json!(false)));
    let name = one["name"].as_str().expect("a name");
    server.store.settle().await;
    assert_eq!(admin.post(&format!("/api/v1/backups/{name}/verify"), json!({})).await.status(), 202);
    let mut seen = one.clone();
    for _ in 0..400 {
        seen = list(&admin).await["backups"][0].clone();
        if seen["verified"].is_string() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!((seen["verified"].is_string(), &seen["wrong"], &seen["content_checked"]), (true, &json!(""), &json!(false)), "{seen}");
    let (status, detail, _) = problem(admin.post(&format!("/api/v1/backups/{name}/drill"), json!({})).await).await;
    assert!(status == 400 && detail.contains("--identity KEY"), "{detail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_chosen_and_what_makes_no_sense_is_refused() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for (wanted, field) in [
        (json!({ "type": "Full", "reports": ["password-view"] }), "reports"),
        (json!({ "type": "Full", "configuration": "Only" }), "configuration"),
        (json!({ "type": "Partial", "reports": ["views"] }), "reports"),
        (json!({ "type": "Partial", "from": "yesterday" }), "from"),
        (json!({ "type": "Partial", "from": "2026-02-01T00:00:00Z", "to": "2026-02-01T01:00:00+01:00" }), "to"),
        (json!({ "type": "Partial", "configuration": "Only", "to": "2026-02-01T00:00:00Z" }), "to"),
    ] {
        let answer = admin.post("/api/v1/backups", wanted.clone()).await;
        assert_eq!(answer.status(), 400, "{wanted}");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["field"], field, "{wanted}");
    }
    let wanted = json!({ "type": "Partial", "reports": ["password-view"], "to": "2026-02-01T00:00:00Z", "configuration": "Without" });
    let one = made_of(&admin, wanted).await;
    assert_eq!((&one["reports"], &one["from"], &one["configuration"]), (&json!(["password-view"]), &json!(null), &json!(false)));
    assert_eq!((&one["to"], &one["rows"]), (&json!("2026-02-01T00:00:00.000Z"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_backup_is_is_said() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (good, bad) = (elsewhere.path().join("good"), elsewhere.path().join("bad"));
    std::fs::create_dir(&good).and_then(|()| std::fs::write(&bad, "a file is in the way")).expect("written");
    let copies = [&good, &bad].map(|place| place.display().to_string().parse().expect("a place")).to_vec();
    let policy = BackupPolicy { copies, ..BackupPolicy::default() };
    let setup = BackupSetup { folder: elsewhere.path().join("backups"), policy, ..BackupSetup::default() };
    let server = Server::with(Setup { backups: Some(setup), ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    made(&admin).await;
    let copied = async || {
        for _ in 0..400 {
            let list = list(&admin).await;
            let copies = &list["backups"][0]["copies"];
            if list["running"].is_null() && copies.as_array().is_some_and(|copies| copies.iter().any(|copy| copy["wrong"].is_string())) {
                return list;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it was not copied within 10 s");
    };
    let said = copied().await;
    let places = [good.display().to_string(), bad.display().to_string()];
    assert_eq!(said["places"], json!(places));
    let one = &said["backups"][0];
    assert_eq!((&one["here"], one["copies"].as_array().map(Vec::len)), (&json!(true), Some(2)), "{one}");
    let [failed, copy] = [&one["copies"][0], &one["copies"][1]];
    assert_eq!((&copy["place"], copy["checked"].is_string(), &copy["wrong"]), (&json!(places[0]), true, &json!(null)));
    assert_eq!((&failed["place"], &failed["checked"]), (&json!(places[1]), &json!(null)));
    assert!(failed["wrong"].as_str().is_some_and(|why| why.contains("is not a folder that is there")), "{failed}");
    // The folder is lost.
    let name = one["name"].as_str().expect("a name");
    std::fs::remove_dir_all(said["folder"].as_str().expect("a folder")).expect("removed");
    assert_eq!(list(&admin).await["backups"][0]["here"], json!(false));
    let (status, detail, _) = problem(admin.post(&format!("/api/v1/backups/{name}/verify"), json!({})).await).await;
    assert_eq!(status, 404);
    assert!(detail.contains(&places[0]) && detail.contains(&format!("vigia backup fetch {name}")), "{detail}");
    assert_eq!(admin.get(&format!("/api/v1/backups/{name}/archive")).await.status(), 200, "it is downloaded from its copy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_backups_stand_is_said_to_readers_and_measured() {
    let server = Server::start().await;
    let (admin, manager) = (server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await);
    let one = made(&admin).await;
    assert_eq!((&one["verified"], &one["wrong"], &one["outdated"]), (&Value::Null, &json!(""), &json!(false)));
    let standing: Value = manager.get("/api/v1/backups/standing?time=last-7-days").await.json().await.expect("JSON");
    let none = json!({ "kept": 0, "late": 0, "failed": 0, "missed": 0, "percent": null });
    assert_eq!(standing, json!({ "types": [], "times": none, "exposed_seconds": 0, "drilled": null, "restore_seconds": null }));
    assert_eq!(manager.get("/api/v1/backups/standing?from=2026-13-01").await.status(), 400);
    let narrowed = manager.get("/api/v1/backups/standing?status=Error").await;
    assert_eq!((narrowed.status().as_u16(), narrowed.json::<Value>().await.expect("JSON")["field"].clone()), (400, json!("status")));
    let figures = admin.get("/metrics").await.text().await.expect("text");
    assert!(figures.contains("vigia_backup_age_seconds{type=\"Full\"} 0"), "{figures}");
    assert!(figures.contains("vigia_backups_missed_total{type=\"Partial\"} 0"), "{figures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_said() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for name in ["nothing", "..%2f..%2fetc%2fpasswd", "a%00b", "-", ".hidden"] {
        assert_eq!(admin.get(&format!("/api/v1/backups/{name}/archive")).await.status(), 404, "{name}");
    }
    let wrong = admin.post("/api/v1/backups", json!({ "type": "Half" })).await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(admin.post("/api/v1/backups/cancel", json!({})).await.status(), 404);
}
