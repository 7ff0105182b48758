//! Downloads of backups over real connections: by links, in pieces, many at once, and as the page asks for them.

use crate::backups::made;
use crate::harness::{Server, Setup, Visitor, now, problem};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Response;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use vigia::backups::BackupSetup;
use vigia::config::BackupPolicy;
use vigia_app::model::{Role, Timestamp};

const MINUTE: i64 = 60_000;

/// A backup, its bytes, and a link to it.
struct Linked {
    name: String,
    bytes: Vec<u8>,
    path: String,
    id: String,
}

async fn linked(server: &Server, admin: &Visitor) -> Linked {
    fill(server, 300_000).await;
    let name = made(admin).await["name"].as_str().expect("a name").to_owned();
    let bytes = admin.get(&format!("/api/v1/backups/{name}/archive")).await.bytes().await.expect("bytes").to_vec();
    let (path, id) = link(admin, &name).await;
    Linked { name, bytes, path, id }
}

/// Has the next backup be about so large: nothing makes less of what is random.
pub async fn fill(server: &Server, size: usize) {
    let mut random = SmallRng::seed_from_u64(size as u64);
    let line: String = (0..size).map(|_| char::from(random.random_range(b' '..=b'~'))).collect();
    server.quarantine(&line).await;
}

/// A new link: where it leads, and its id.
pub async fn link(admin: &Visitor, name: &str) -> (String, String) {
    let made = admin.post(&format!("/api/v1/backups/{name}/links"), json!({})).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&made["path"]), text(&made["link"]["id"]))
}

/// Status and words of a refusal.
async fn refused(response: Response) -> (u16, String) {
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert!(response.headers()["content-type"].to_str().expect("text").starts_with("text/plain"));
    assert!(response.headers()["cache-control"].to_str().expect("text").contains("no-store"));
    (response.status().as_u16(), response.text().await.expect("a body"))
}

/// The rows of the trail of an operation, with their extra fields, once there are so many.
pub async fn trail(admin: &Visitor, operation: &str, count: usize) -> Vec<Value> {
    for _ in 0..400 {
        let found = admin.json(&format!("/api/v1/reports/audit-tracking?operation={operation}&limit=500")).await;
        let rows = found["rows"].as_array().expect("rows");
        assert!(rows.len() <= count, "{found}");
        if rows.len() == count {
            let mut whole = Vec::new();
            for row in rows {
                whole.push(admin.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await);
            }
            return whole;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the trail has no {count} rows of {operation} after 10 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_downloads_its_backup_and_nothing_else() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let Linked { name, bytes, path, id } = linked(&server, &admin).await;
    let token = path.split('/').nth(2).expect("a token").to_owned();
    assert!(path == format!("/download/{token}/{name}.tar.zst.age") && token.starts_with("vigial_") && token.len() == 50, "{path}");
    let tool = server.anonymous();

    let whole = tool.get(&path).await;
    assert_eq!((whole.status().as_u16(), &whole.headers()["referrer-policy"]), (200, &"no-referrer".parse().expect("text")));
    assert!(whole.headers()["cache-control"].to_str().expect("text").contains("no-store"));
    assert_eq!(
        whole.headers()["content-disposition"],
        format!("attachment; filename=\"{name}.tar.zst.age\"; filename*=UTF-8''{name}.tar.zst.age")
    );
    let etag = whole.headers()["etag"].clone();
    assert_eq!(whole.bytes().await.expect("bytes"), bytes);
    let head = tool.request("HEAD", &path).send().await.expect("an answer");
    assert_eq!((head.status().as_u16(), head.headers()["content-length"].to_str().expect("text")), (200, &*bytes.len().to_string()));
    assert_eq!(head.headers()["accept-ranges"], "bytes");
    let rest = tool.request("GET", &path).header("range", "bytes=100-").header("if-range", etag).send().await.expect("an answer");
    assert_eq!(rest.status(), 206);
    assert_eq!(rest.bytes().await.expect("bytes"), bytes[100..]);

    let other = made(&admin).await["name"].as_str().expect("a name").to_owned();
    for wrong in [
        format!("/download/{token}/{other}.tar.zst.age"),
        format!("/download/{token}/{name}"),
        format!("/download/vigial_x/{name}.tar.zst.age"),
    ] {
        let (status, words) = refused(tool.get(&wrong).await).await;
        assert!(status == 404 && words.starts_with("There is no such link."), "{wrong}: {status} {words}");
    }
    assert_eq!(tool.request("POST", &path).send().await.expect("an answer").status(), 405);

    // Where it is said who used it, nothing is said that opens it.
    let listed = admin.json(&format!("/api/v1/backups/{name}/links")).await;
    let link = json!({ "id": id, "requested_by": "admin", "created": "2026-11-22T14:03:27.000Z", "expires": "2026-11-22T15:03:27.000Z" });
    assert_eq!(listed, json!([link]));
    assert_eq!(admin.json(&format!("/api/v1/backups/{other}/links")).await, json!([]));
    let creation = admin.json("/api/v1/reports/audit-tracking?operation=Creation&entity=Backup+link").await;
    assert_eq!(creation["rows"].as_array().expect("rows").len(), 1);
    let downloads = trail(&admin, "Download", 6).await;
    let by_link: Vec<&Value> = downloads.iter().filter(|row| row["fields"]["origin"] == "Link").collect();
    assert_eq!(by_link.len(), 4, "{downloads:?}");
    for row in &by_link {
        let fields = &row["fields"];
        assert_eq!(
            (&fields["username"], &fields["user"], &fields["ip"]),
            (&json!("admin"), &json!("The admin"), &json!("127.0.0.1")),
            "{row}"
        );
        assert!(row["extra"].to_string().contains(&id), "{row}");
    }
    let ends = |outcome: &str| by_link.iter().filter(|row| row["extra"].to_string().contains(outcome)).count();
    assert_eq!((ends("Complete"), ends("Cut off")), (2, 0));
    let kept = server.store.kept().all("backup-links").await.expect("kept");
    let metrics = admin.get("/metrics").await.text().await.expect("a body");
    assert!(metrics.contains("/download/{token}/{file}"), "{metrics}");
    for said in [listed.to_string(), json!(downloads).to_string(), creation.to_string(), format!("{kept:?}"), metrics] {
        assert!(!said.contains(&token) && !said.contains(&token[7..]), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_ends_with_its_time_when_it_is_revoked_and_with_its_owner() {
    let later = Arc::new(AtomicI64::new(0));
    let shown = later.clone();
    let clock = Arc::new(move || Timestamp::saturating(now().millis() + shown.load(Ordering::Relaxed)));
    let server = Server::with(Setup { clock: Some(clock), ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    let Linked { name, path, id, .. } = linked(&server, &admin).await;
    let tool = server.anonymous();

    later.store(60 * MINUTE - 1, Ordering::Relaxed);
    assert_eq!(tool.get(&path).await.status(), 200);
    admin.get("/api/v1/session").await;
    later.store(60 * MINUTE, Ordering::Relaxed);
    let (status, words) = refused(tool.get(&path).await).await;
    assert!(status == 410 && words.contains("expired"), "{status} {words}");
    assert_eq!(admin.json(&format!("/api/v1/backups/{name}/links")).await, json!([]));
    let of = |id: &str| format!("/api/v1/backups/{name}/links/{id}");
    let revoke = async |id: &str| admin.request("DELETE", &of(id)).send().await.expect("an answer");
    assert_eq!(problem(revoke(&id).await).await.0, 404, "it is over already");

    let (second, second_id) = link(&admin, &name).await;
    let wrong = admin.request("DELETE", &format!("/api/v1/backups/other/links/{second_id}")).send().await.expect("an answer");
    assert_eq!(problem(wrong).await.0, 404, "of another backup");
    assert_eq!(tool.get(&second).await.status(), 200);
    assert_eq!(revoke(&second_id).await.status(), 204);
    let (status, words) = refused(tool.get(&second).await).await;
    assert!(status == 410 && words.contains("revoked"), "{status} {words}");
    assert_eq!(refused(tool.get(&second).await).await.0, 410);
    assert_eq!(problem(revoke(&second_id).await).await.0, 404);
    assert_eq!(trail(&admin, "Revocation", 1).await[0]["fields"]["entity_id"], second_id);

    let (third, _) = link(&admin, &name).await;
    server.store.set_disabled("admin", true).await.expect("is disabled");
    let (status, words) = refused(tool.get(&third).await).await;
    assert!(status == 403 && words.contains("no administrator"), "{status} {words}");
    server.store.set_disabled("admin", false).await.expect("is let in");
    assert_eq!(tool.get(&third).await.status(), 200);

    // Each that was refused is in the trail once, with who tried.
    let denied = trail(&server.signed_in(Role::Auditor).await, "Access+denied", 3).await;
    let reasons: Vec<_> = denied.iter().map(|row| (&row["fields"]["ip"], &row["fields"]["entity"], &row["extra"][0]["value"])).collect();
    for (reason, (ip, entity, said)) in
        ["Whoever asked for the link is no administrator any more", "The link was revoked", "The link has expired"].iter().zip(reasons)
    {
        assert_eq!((ip, entity, said), (&json!("127.0.0.1"), &json!("Backup link"), &json!(reason)));
    }

    // The next link that is made removes what ended more than a day ago.
    later.store(27 * 60 * MINUTE, Ordering::Relaxed);
    link(&server.signed_in(Role::Admin).await, &name).await;
    assert_eq!(server.store.kept().all("backup-links").await.expect("kept").len(), 1);
    assert_eq!(refused(tool.get(&third).await).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_good_on_every_server_of_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let setup = || Setup { backups: Some(BackupSetup { folder: folder.path().to_owned(), ..BackupSetup::default() }), ..Setup::default() };
    let server = Server::with(setup()).await;
    let Linked { bytes, path, .. } = linked(&server, &server.signed_in(Role::Admin).await).await;
    // It has nothing of the first but its database and the folder: as after a restart.
    let other = Server::on(&server, setup()).await;
    assert_eq!(other.anonymous().get(&path).await.bytes().await.expect("bytes"), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_off_a_thousand_times_and_resumed_is_the_same() {
    let server = Server::start().await;
    let Linked { bytes, path, .. } = linked(&server, &server.signed_in(Role::Admin).await).await;
    let tool = server.anonymous();
    let mut random = SmallRng::seed_from_u64(1000);
    let mut cuts: Vec<usize> = (0..1000).map(|_| random.random_range(0..bytes.len())).collect();
    cuts.sort_unstable();
    cuts.push(bytes.len());
    let mut had = Vec::new();
    for cut in cuts {
        let mut answer = tool.request("GET", &path).header("range", format!("bytes={}-", had.len())).send().await.expect("an answer");
        assert_eq!(answer.status(), 206, "from {}", had.len());
        while had.len() < cut {
            let more = answer.chunk().await.expect("bytes").expect("not the end");
            had.extend_from_slice(&more[..more.len().min(cut - had.len())]);
        }
        // The connection goes with the answer.
    }
    assert!(had == bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_clients_and_the_tools_that_are_here_download_at_once() {
    let server = Server::start().await;
    let Linked { bytes, path, .. } = linked(&server, &server.signed_in(Role::Admin).await).await;
    let clients: Vec<_> = (0..10)
        .map(|_| {
            let (tool, path) = (server.anonymous(), path.clone());
            tokio::spawn(async move { tool.get(&path).await.bytes().await.expect("bytes") })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("{}{path}", server.url);
    let tools: [(&str, &[&str]); 3] = [
        ("curl", &["--silent", "--show-error", "--fail", "--continue-at", "-", "--output", "FILE"]),
        ("wget", &["--quiet", "--continue", "--output-document", "FILE"]),
        (
            "aria2c",
            &[
                "--quiet",
                "--continue=true",
                "--split=4",
                "--min-split-size=1M",
                "--allow-overwrite=true",
                "--dir",
                "FOLDER",
                "--out",
                "aria2c",
            ],
        ),
    ];
    for (tool, arguments) in tools {
        let file = folder.path().join(tool);
        // A third of it is there already.
        std::fs::write(&file, &bytes[..bytes.len() / 3]).expect("is written");
        let named =
            |argument: &&str| argument.replace("FILE", &file.display().to_string()).replace("FOLDER", &folder.path().display().to_string());
        let mut command = Command::new(tool);
        command.args(arguments.iter().map(named)).arg(&url).env_remove("http_proxy").env("no_proxy", "*");
        let ran = tokio::task::spawn_blocking(move || command.output()).await.expect("ends");
        match ran {
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => eprintln!("{tool} is not installed"),
            ran => {
                let ran = ran.expect("runs");
                assert!(ran.status.success(), "{tool}: {}", String::from_utf8_lossy(&ran.stderr));
                assert!(std::fs::read(&file).expect("is there") == bytes, "{tool}");
            }
        }
    }
    for client in clients {
        assert_eq!(client.await.expect("ends"), bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_sent_the_same_bytes_with_the_same_trail() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let Linked { name, bytes, .. } = linked(&server, &admin).await;
    let streamed = admin.call("/fn/backup_archive", &name).await;
    assert_eq!(streamed.status(), 200);
    assert!(streamed.headers().get("content-encoding").is_none());
    assert_eq!(streamed.bytes().await.expect("bytes"), bytes);
    let rows = trail(&admin, "Download", 4).await;
    let is_of = |fields: &Value| fields["username"] == "admin" && fields["entity_name"] == name && fields["origin"] == "Web";
    assert!(rows.iter().all(|row| is_of(&row["fields"])), "{rows:?}");
    let sent = json!({ "name": "Bytes sent", "value": bytes.len().to_string() });
    assert_eq!(rows.iter().filter(|row| row["extra"].as_array().is_some_and(|extra| extra.contains(&sent))).count(), 2, "{rows:?}");
    std::fs::remove_file(archive(&server, &admin, &name).await).expect("is removed");
    assert_eq!(admin.call("/fn/backup_archive", &name).await.status(), 503);
}

/// Where an archive is.
async fn archive(server: &Server, admin: &Visitor, name: &str) -> std::path::PathBuf {
    let folder = admin.json("/api/v1/backups").await["folder"].as_str().expect("a folder").to_owned();
    assert!(Path::new(&folder).starts_with(server.assets().parent().expect("a folder")));
    Path::new(&folder).join(format!("{name}.tar.zst.age"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_goes_no_faster_than_it_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = BackupPolicy { download_rate: Some("32KiB".parse().expect("a rate")), ..BackupPolicy::default() };
    let backups = BackupSetup { folder: folder.path().to_owned(), policy, ..BackupSetup::default() };
    let server = Server::with(Setup { backups: Some(backups), ..Setup::default() }).await;
    fill(&server, 40_000).await;
    let admin = server.signed_in(Role::Admin).await;
    let name = made(&admin).await["name"].as_str().expect("a name").to_owned();
    let began = Instant::now();
    let bytes = admin.get(&format!("/api/v1/backups/{name}/archive")).await.bytes().await.expect("bytes");
    // What may go at once, at the beginning and the end, is a tenth of a second's.
    let least = Duration::from_secs_f64(bytes.len() as f64 / 32_768.0 - 0.2);
    assert!(bytes.len() > 30_000 && began.elapsed() >= least, "{} bytes in {:?}", bytes.len(), began.elapsed());
}
