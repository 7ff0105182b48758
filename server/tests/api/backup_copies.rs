//! Downloads of backups that are in copies alone, in a folder and in a store that speaks S3.

use crate::backup_links::{fill, link, trail};
use crate::backups::{list, made};
use crate::harness::{Server, Setup, Visitor, problem};
use crate::line::{Does, Line};
use crate::s3::{Store as Bucket, environment, variables};
use reqwest::Response;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use vigia::backups::BackupSetup;
use vigia::config::BackupPolicy;
use vigia_app::model::Role;

/// A backup whose folder was lost once it was copied.
struct Lost {
    server: Server,
    admin: Visitor,
    name: String,
    bytes: Vec<u8>,
    /// As the list had it.
    one: Value,
    /// Where it is downloaded.
    archive: String,
    /// What has, or had, the folder of backups.
    around: TempDir,
}

impl Lost {
    /// `places` are as in settings; the store is at the other end of the line.
    async fn new(places: &[&str], line: &Line) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let copies = places.iter().map(|place| place.parse().expect("a place")).collect();
        let policy = BackupPolicy { copies, ..BackupPolicy::default() };
        let stores = variables(&environment(line.address()));
        let setup = BackupSetup { folder: folder.path().join("backups"), policy, stores, ..BackupSetup::default() };
        let server = Server::with(Setup { backups: Some(setup), ..Setup::default() }).await;
        let admin = server.signed_in(Role::Admin).await;
        fill(&server, 300_000).await;
        let one = made(&admin).await;
        let name = one["name"].as_str().expect("a name").to_owned();
        for _ in 0..400 {
            let copies = list(&admin).await["backups"][0]["copies"].clone();
            if copies.as_array().is_some_and(|copies| copies.len() == places.len() && copies.iter().all(|copy| copy["checked"].is_string()))
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let kept = folder.path().join("backups");
        let bytes = std::fs::read(kept.join(format!("{name}.tar.zst.age"))).expect("bytes");
        std::fs::remove_dir_all(kept).expect("the disk is lost");
        assert_eq!(list(&admin).await["backups"][0]["here"], json!(false), "it is in copies alone");
        let archive = format!("/api/v1/backups/{name}/archive");
        Self { server, admin, name, bytes, one, archive, around: folder }
    }

    /// Where the backups were.
    fn folder(&self) -> PathBuf {
        self.around.path().join("backups")
    }

    async fn range(&self, range: &str) -> Response {
        self.admin.request("GET", &self.archive).header("range", range).send().await.expect("an answer")
    }

    /// What the trail says of how downloads ended, oldest first, once there are so many.
    async fn ended(&self, count: usize) -> Vec<[Value; 3]> {
        let rows = trail(&self.admin, "Download", 2 * count).await;
        let said = |row: &Value, name: &str| {
            let extra = row["extra"].as_array().into_iter().flatten();
            extra.filter(|one| one["name"] == name).map(|one| one["value"].clone()).next().unwrap_or_default()
        };
        let ended = rows.iter().rev().map(|row| ["Outcome", "Bytes sent", "Copy"].map(|name| said(row, name)));
        ended.filter(|[outcome, ..]| outcome.is_string()).collect()
    }

    fn complete(&self, bytes: usize, place: &str) -> [Value; 3] {
        [json!("Complete"), json!(bytes.to_string()), json!(place)]
    }
}

/// The bytes of an answer that is not what it promised to be.
async fn broken(mut answer: Response) -> Vec<u8> {
    let mut came = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(more)) => came.extend_from_slice(&more),
            Ok(None) => panic!("it ends as if it were whole, with {} bytes", came.len()),
            Err(_) => return came,
        }
    }
}

async fn in_every_way(place: &str, line: &Line) {
    let lost = Lost::new(&[place], line).await;
    let Lost { admin, name, bytes, one, archive, .. } = &lost;
    let header = |answer: &Response, name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    let head = admin.request("HEAD", archive).send().await.expect("an answer");
    let whole = admin.get(archive).await;
    for answer in [&head, &whole] {
        assert_eq!(answer.status(), 200);
        assert_eq!(header(answer, "content-length"), bytes.len().to_string());
        assert_eq!(header(answer, "etag"), format!("\"{}\"", one["sha256"].as_str().expect("a digest")));
        assert!(header(answer, "repr-digest").starts_with("sha-256=:"));
        assert!(header(answer, "content-disposition").contains(&format!("{name}.tar.zst.age")));
    }
    let etag = header(&whole, "etag");
    assert!(whole.bytes().await.expect("bytes") == bytes);
    let (third, last) = (bytes.len() / 3, bytes.len() - 1);
    for (range, wanted) in [
        (format!("bytes={third}-"), &bytes[third..]),
        (format!("bytes=1-{third}"), &bytes[1..=third]),
        ("bytes=-1".to_owned(), &bytes[last..]),
    ] {
        let answer = lost.range(&range).await;
        assert_eq!(answer.status(), 206);
        assert!(answer.bytes().await.expect("bytes") == wanted, "{range}");
    }
    let several = lost.range(&format!("bytes=0-9,{third}-{last}")).await;
    assert_eq!(
        (several.status().as_u16(), several.content_length()),
        (206, Some(header(&several, "content-length").parse().expect("a number")))
    );
    let several = several.bytes().await.expect("bytes");
    assert!(memchr::memmem::find(&several, &bytes[third..]).is_some() && memchr::memmem::find(&several, &bytes[..10]).is_some());
    let other = admin.request("GET", archive).header("range", "bytes=5-").header("if-range", "\"other\"").send().await.expect("an answer");
    assert_eq!(other.status(), 200, "it is not what the caller has a part of");
    assert!(other.bytes().await.expect("bytes") == bytes);
    let known = admin.request("GET", archive).header("if-none-match", &etag).send().await.expect("an answer");
    assert_eq!(known.status(), 304);
    let (path, _) = link(admin, name).await;
    assert!(lost.server.anonymous().get(&path).await.bytes().await.expect("bytes") == bytes);
    assert_eq!(admin.json(&format!("/api/v1/backups/{name}/links")).await.as_array().map(Vec::len), Some(1));
    assert!(admin.call("/fn/backup_archive", name).await.bytes().await.expect("bytes") == bytes, "so does the page");
    // Of 304 there is nothing to say after the first row.
    let rows = trail(admin, "Download", 17).await;
    assert_eq!(rows.iter().filter(|row| row["extra"].to_string().contains(&json!(place).to_string())).count(), 8, "{rows:?}");
    let (status, detail, _) = problem(admin.post(&format!("/api/v1/backups/{name}/verify"), json!({})).await).await;
    assert!(status == 404 && detail.contains(&format!("vigia backup fetch {name}")), "{detail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_a_folder_alone_is_downloaded_in_every_way() {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    in_every_way(&elsewhere.path().display().to_string(), &Line::to(s3.address()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_a_bucket_alone_is_downloaded_in_every_way() {
    let s3 = Bucket::shared();
    let place = format!("s3://{}/site/one", s3.bucket().await);
    in_every_way(&place, &Line::to(s3.address()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_line_to_the_store_breaks_it_goes_on_at_the_next_byte() {
    let s3 = Bucket::shared();
    let (place, line) = (format!("s3://{}", s3.bucket().await), Line::to(s3.address()).await);
    let lost = Lost::new(&[&place], &line).await;
    line.set(Does::Break);
    let whole = lost.admin.get(&lost.archive).await;
    assert_eq!(whole.status(), 200);
    assert!(whole.bytes().await.expect("bytes") == lost.bytes);
    let rest = lost.range("bytes=100000-").await;
    assert_eq!(rest.status(), 206);
    assert!(rest.bytes().await.expect("bytes") == lost.bytes[100_000..]);
    let all = lost.bytes.len();
    assert_eq!(lost.ended(2).await, [lost.complete(all, &place), lost.complete(all - 100_000, &place)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_goes_away_meanwhile_ends_the_download_with_an_error() {
    let s3 = Bucket::shared();
    let (place, line) = (format!("s3://{}", s3.bucket().await), Line::to(s3.address()).await);
    let lost = Lost::new(&[&place], &line).await;
    line.set(Does::Vanish);
    let answer = lost.admin.get(&lost.archive).await;
    assert_eq!(answer.status(), 200);
    let came = broken(answer).await;
    assert!(came.len() < lost.bytes.len() && lost.bytes.starts_with(&came), "{} bytes", came.len());
    let [outcome, sent, from] = &lost.ended(1).await[0];
    assert_eq!((outcome, from), (&json!("Cut off"), &json!(place)));
    assert!(sent.as_str().and_then(|sent| sent.parse().ok()).is_some_and(|sent: usize| sent < lost.bytes.len()), "{sent}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_is_said_and_the_next_place_is_asked() {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let line = Line::to(s3.address()).await;
    let (bucket, folder) = (format!("s3://{}", s3.bucket().await), elsewhere.path().display().to_string());
    let lost = Lost::new(&[&bucket, &folder], &line).await;
    let Lost { admin, name, bytes, archive, .. } = &lost;
    let (path, _) = link(admin, name).await;
    line.set(Does::Refuse);
    assert!(admin.get(archive).await.bytes().await.expect("bytes") == bytes);
    // The folder is not mounted any more either.
    drop(elsewhere);
    let said = |detail: &str| {
        let store = format!("{bucket}: The connection to {} was lost: ", line.address());
        let folder = format!("{folder}: {folder} is not a folder that is there.");
        assert!(detail.starts_with(&format!("No copy of the backup {name} can be read just now. {bucket}: ")), "{detail}");
        assert!(detail.contains(&store) && detail.contains(&folder), "{detail}");
    };
    let (status, detail, _) = problem(admin.get(archive).await).await;
    assert_eq!(status, 503);
    said(&detail);
    let by_link = lost.server.anonymous().get(&path).await;
    assert_eq!(by_link.status(), 503);
    said(&by_link.text().await.expect("text"));
    assert_eq!(admin.request("HEAD", archive).send().await.expect("an answer").status(), 503);
    assert_eq!(admin.call("/fn/backup_archive", name).await.status(), 503);
    let nothing = [json!("Cut off"), json!("0"), Value::Null];
    assert_eq!(lost.ended(4).await, [lost.complete(bytes.len(), &folder), nothing.clone(), nothing.clone(), nothing]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_another_size_is_refused() {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let line = Line::to(s3.address()).await;
    let (bucket, folder) = (s3.bucket().await, elsewhere.path().display().to_string());
    let lost = Lost::new(&[&format!("s3://{bucket}"), &folder], &line).await;
    let (file, size) = (format!("{}.tar.zst.age", lost.name), lost.bytes.len());
    s3.put(&bucket, &file, lost.bytes[1..].to_vec()).await;
    assert!(lost.admin.get(&lost.archive).await.bytes().await.expect("bytes") == lost.bytes, "the other one is as it was");
    std::fs::write(Path::new(&folder).join(&file), &lost.bytes[..1]).expect("written");
    let (status, detail, _) = problem(lost.admin.get(&lost.archive).await).await;
    assert_eq!(status, 503);
    let store = format!("s3://{bucket}: {file} has {} bytes there, not {size} as the manifest says.", size - 1);
    assert!(detail.contains(&store) && detail.contains(&format!("{file} has 1 bytes, not {size}.")), "{detail}");
    let (status, detail, _) = problem(lost.range("bytes=-1").await).await;
    assert_eq!(status, 503);
    assert!(detail.contains(&format!("{} has less of it than its manifest says.", line.address())), "{detail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_lost_its_archive_alone_the_copy_is_downloaded() {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let folder = elsewhere.path().display().to_string();
    let lost = Lost::new(&[&folder], &Line::to(s3.address()).await).await;
    let manifest = format!("{}.tar.zst.age.manifest", lost.name);
    std::fs::create_dir(lost.folder())
        .and_then(|()| std::fs::copy(elsewhere.path().join(&manifest), lost.folder().join(&manifest)))
        .expect("it is back");
    assert_eq!(list(&lost.admin).await["backups"][0]["here"], json!(true), "its manifest is here");
    assert!(lost.admin.get(&lost.archive).await.bytes().await.expect("bytes") == lost.bytes);
    assert_eq!(lost.ended(1).await, [lost.complete(lost.bytes.len(), &folder)]);
}
