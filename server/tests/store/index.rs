//! Tests of the index on a real database: who asks finds what is stored, whatever ends in between.

use crate::agrees::{Following, agrees};
use crate::{on_every_store, samples};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::model::{Query, Timestamp, codec};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

on_every_store!(
    who_wrote_finds_it_at_once,
    an_index_that_is_killed_goes_on_where_it_was,
    a_damaged_file_has_the_index_built_anew,
    an_index_of_another_database_is_built_anew,
    texts_are_found_and_sorted_as_people_read_them,
    cursors_are_good_for_an_index_that_was_built_anew,
);

fn event(id: u32, user: &str) -> Event {
    let mut event =
        Event::new(&AUDIT_TRACKING, &"test".into(), id.to_string(), Timestamp::saturating(samples::START + i64::from(id) * 100));
    event.set("operation", "Login").set("user", user).set("entity_name", format!("session {id} of {user}"));
    event
}

fn events(ids: std::ops::Range<u32>) -> Vec<Event> {
    ids.map(|id| event(id, &format!("user-{}", id % 17))).collect()
}

fn asked(query: &str) -> ResolvedQuery {
    ResolvedQuery::new(codec::decode(&AUDIT_TRACKING, query).expect("a query"), Timestamp::MAX).expect("resolves")
}

async fn users(following: &Following, store: &Arc<dyn Store>, query: &str) -> Vec<String> {
    let query = asked(&format!("{query}&columns=user"));
    let page = following.index.page(&**store, &query).await.expect("an answer").expect("an index");
    page.rows.iter().map(|row| row.cells[0].plain()).collect()
}

async fn count(following: &Following, store: &Arc<dyn Store>) -> u64 {
    following.index.count(&**store, &asked("")).await.expect("an answer").expect("an index")
}

/// What was committed before is counted. On a server that many tests use others have transactions open, which hold it back.
async fn counts(following: &Following, store: &Arc<dyn Store>, rows: u64) {
    let is_alone = store.describe().starts_with("SQLite");
    for _ in 0..if is_alone { 0 } else { 600 } {
        if count(following, store).await == rows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(count(following, store).await, rows);
}

async fn following(folder: &Path, store: &Arc<dyn Store>) -> Following {
    let following = Following::start(folder, store);
    following.ready().await;
    following
}

async fn who_wrote_finds_it_at_once(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = following(folder.path(), &store).await;
    for id in 0..30 {
        store.append(vec![event(id, "ana")]).await.expect("stored");
        store.settle().await;
        counts(&following, &store, u64::from(id) + 1).await;
    }
    assert_eq!(store.remove_source("test").await.expect("removed"), 30);
    counts(&following, &store, 0).await;
    following.stop().await;
}

async fn an_index_that_is_killed_goes_on_where_it_was(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = StdRng::seed_from_u64(11);
    let mut next = 0;
    for round in 0..12 {
        let following = Following::start(folder.path(), &store);
        for _ in 0..random.random_range(1..6) {
            let more = random.random_range(1..400);
            store.append(events(next..next + more)).await.expect("stored");
            next += more;
        }
        if round % 3 == 0 {
            let before = Timestamp::saturating(samples::START + i64::from(next) * 30);
            store.remove_before(&AUDIT_TRACKING, None, before, 100).await.expect("removed");
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..80))).await;
        if round % 4 == 3 {
            following.ready().await;
            agrees(&following.index, &*store, "while it runs").await;
            following.stop().await;
        } else {
            following.kill().await;
        }
    }
    let following = following(folder.path(), &store).await;
    agrees(&following.index, &*store, "in the end").await;
    following.stop().await;
}

/// The files with segments.
fn segments(folder: &Path) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.filter(|path| path.extension().is_some_and(|end| end == "segment")).collect()
}

async fn a_damaged_file_has_the_index_built_anew(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    store.append(events(0..2_000)).await.expect("stored");
    following(folder.path(), &store).await.stop().await;
    type Harm = fn(&mut Vec<u8>);
    let harms: [Harm; 4] = [
        // In the data, which is seen when it is read; in the table; cut off; and nothing left.
        |bytes| bytes[5_000] ^= 0xFF,
        |bytes| {
            let at = bytes.len() - 40;
            bytes[at] ^= 0xFF;
        },
        |bytes| bytes.truncate(bytes.len() / 2),
        Vec::clear,
    ];
    for harm in harms {
        for path in segments(folder.path()) {
            let mut bytes = std::fs::read(&path).expect("a file");
            harm(&mut bytes);
            std::fs::write(&path, bytes).expect("written");
        }
        let following = following(folder.path(), &store).await;
        // Who meets the damage is not answered; then it is built anew.
        let all = asked("sort=user&q=session");
        for _ in 0..400 {
            if following.index.page(&*store, &all).await.expect("an answer").is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        following.ready().await;
        agrees(&following.index, &*store, "after it was damaged").await;
        following.stop().await;
    }
    std::fs::write(folder.path().join("manifest"), "nothing of the kind").expect("written");
    let following = following(folder.path(), &store).await;
    agrees(&following.index, &*store, "without a manifest").await;
    following.stop().await;
}

async fn an_index_of_another_database_is_built_anew(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let other = crate::sqlite(folder.path()).await;
    other.append(events(0..500)).await.expect("stored");
    let index = folder.path().join("index");
    following(&index, &other).await.stop().await;
    store.append(events(100..300)).await.expect("stored");
    let following = following(&index, &store).await;
    agrees(&following.index, &*store, "of another database").await;
    following.stop().await;
}

async fn texts_are_found_and_sorted_as_people_read_them(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = following(folder.path(), &store).await;
    let names = ["Zoë", "zoo", "José", "jose", "JOSEFA", "İstanbul", "cafe\u{301}", "СЕРГЕЙ"];
    store.append((0..).zip(names).map(|(id, user)| event(id, user)).collect()).await.expect("stored");
    counts(&following, &store, 8).await;
    assert_eq!(users(&following, &store, "sort=user").await, ["cafe\u{301}", "İstanbul", "jose", "José", "JOSEFA", "Zoë", "zoo", "СЕРГЕЙ"]);
    for (query, expected) in [
        ("user.contains=istanbul", vec!["İstanbul"]),
        ("user.contains=caf%C3%A9", vec!["cafe\u{301}"]),
        ("user=CAF%C3%89", vec!["cafe\u{301}"]),
        ("user=jos%C3%A9", vec!["José"]),
        ("user.starts=jos&sort=user", vec!["jose", "José", "JOSEFA"]),
        ("q=%D1%81%D0%B5%D1%80%D0%B3%D0%B5%D0%B9", vec!["СЕРГЕЙ"]),
        ("user.not=jose&user.starts=jose&sort=user", vec!["José", "JOSEFA"]),
    ] {
        assert_eq!(users(&following, &store, query).await, expected, "{query}");
    }
    following.stop().await;
}

async fn cursors_are_good_for_an_index_that_was_built_anew(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    store.append(events(0..200)).await.expect("stored");
    let mut query = asked("sort=-user&limit=30&columns=id");
    let mut seen = Vec::new();
    for round in 0..10 {
        let following = following(&folder.path().join(round.to_string()), &store).await;
        let page = following.index.page(&*store, &query).await.expect("an answer").expect("an index");
        seen.extend(page.rows.iter().map(|row| row.id));
        following.stop().await;
        match page.next {
            Some(next) => query.query.cursor = Some(next),
            None => break,
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 200);
    let wrong = ResolvedQuery::new(Query { cursor: query.query.cursor, ..Query::all(&PASSWORD_VIEW) }, Timestamp::MAX).expect("resolves");
    let following = following(&folder.path().join("last"), &store).await;
    assert!(following.index.page(&*store, &wrong).await.is_err(), "a cursor of another question");
    following.stop().await;
}

/// Somebody writes into the file with another program, which tells nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_is_found_and_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crate::sqlite(folder.path()).await;
    store.append(events(0..7_000)).await.expect("stored");
    let following = following(&folder.path().join("index"), &store).await;
    let check = async || {
        let (mut rows, mut different, mut after) = (0, 0, Some(-1));
        while let Some(behind) = after {
            let checked = following.index.check(&*store, &AUDIT_TRACKING, behind).await.expect("an answer").expect("an index");
            (rows, different, after) = (rows + checked.rows, different + checked.different, checked.next);
        }
        (rows, different)
    };
    assert_eq!(check().await, (7_000, 0));
    let file = rusqlite::Connection::open(folder.path().join("vigia.db")).expect("opens");
    file.execute("UPDATE audit_tracking SET entity_name = 'of another' WHERE id = (SELECT max(id) FROM audit_tracking)", [])
        .expect("changed");
    file.execute("DELETE FROM audit_tracking WHERE id IN (SELECT id FROM audit_tracking ORDER BY id LIMIT 2)", []).expect("removed");
    assert_eq!(check().await, (6_998, 3));
    agrees(&following.index, &*store, "after it was checked").await;
    assert_eq!(check().await, (6_998, 0));
    following.stop().await;
    assert!(!vigia::index::is_used(&folder.path().join("index")).expect("an answer"));
    let stored = vigia::index::stored(&folder.path().join("index")).expect("reads").expect("an index");
    let audit = stored.iter().find(|stored| stored.report == &AUDIT_TRACKING).expect("the report");
    assert_eq!((audit.rows, audit.dead), (6_998, 3));
}
