//! Events that have been kept long enough go, and nothing else does.

use std::sync::Arc;
use std::time::Duration;
use vigia::clock::Clock;
use vigia::config::Retention;
use vigia::event::Event;
use vigia::identity::{Actor, Identity, Trail};
use vigia::index::Index;
use vigia::store::{self, ResolvedQuery, Store};
use vigia_app::model::{Cell, Page, Query, Report, Timestamp};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

const NOW: i64 = 1_795_300_000_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

fn view(source: &str, days_old: i64) -> Event {
    let mut event = Event::new(&PASSWORD_VIEW, &source.into(), format!("{days_old}"), Timestamp::saturating(NOW - days_old * DAY));
    event.set("device", format!("{source}, {days_old} days"));
    event
}

async fn page(store: &dyn Store, query: Query) -> Page {
    let query = ResolvedQuery::new(query, Timestamp::saturating(NOW)).expect("a query");
    Index::default().page(store, &query).await.expect("an answer").expect("a page")
}

async fn rows(store: &dyn Store, report: &'static Report, column: &str) -> Vec<String> {
    let column = report.column(column).expect("a column");
    let query = Query { columns: vec![column], limit: 500, ..Query::all(report) };
    let page = page(store, query).await;
    page.rows.into_iter().map(|row| row.cells[0].plain()).collect()
}

#[tokio::test]
async fn each_rule_removes_what_it_is_about_and_leaves_a_trail() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let store: Arc<dyn Store> = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    let clock: Clock = Arc::new(|| Timestamp::saturating(NOW));
    let identity = Identity::new(store.clone(), clock.clone());
    // More than a batch of the oldest, to be removed in portions.
    let old = (0..vigia::retention::BATCH + 5).map(|n| {
        let mut event = view("a", 500);
        event.source_id = format!("old-{n}");
        event
    });
    store.append(old.chain([view("a", 399), view("a", 10), view("b", 100), view("b", 80)]).collect()).await.expect("stored");
    identity.record(Trail::new("Login", "User"), &Actor::vigia()).await.expect("written");

    let rules: Retention = "password-view=400d,password-view/b=90d".parse().expect("rules");
    let mut removed = Vec::new();
    for rule in &rules.0 {
        removed.push(vigia::retention::apply(&*store, &identity, rule, clock()).await.expect("removed"));
    }
    assert_eq!(removed, [u64::from(vigia::retention::BATCH) + 5, 1]);
    assert_eq!(rows(&*store, &PASSWORD_VIEW, "device").await, ["a, 10 days", "b, 80 days", "a, 399 days"]);
    assert_eq!(rows(&*store, &AUDIT_TRACKING, "operation").await, ["Deletion", "Deletion", "Login"]);
    let page = page(&*store, Query::all(&AUDIT_TRACKING)).await;
    let trail = store.record(&AUDIT_TRACKING, page.rows[0].id).await.expect("an answer").expect("a record");
    assert_eq!(trail.cells[AUDIT_TRACKING.position("entity_name").expect("a column")], Cell::text("Password view"));
    let notes = trail.extra.expect("notes");
    assert!(notes.contains(&("Rule".to_owned(), "password-view/b=90d".to_owned())), "{notes:?}");
    assert!(notes.contains(&("Found".to_owned(), "1".to_owned())), "{notes:?}");

    for rule in &rules.0 {
        assert_eq!(vigia::retention::apply(&*store, &identity, rule, clock()).await.expect("nothing to do"), 0);
    }
    assert_eq!(rows(&*store, &AUDIT_TRACKING, "operation").await.len(), 3, "nothing was removed, and nothing written");
}

/// An audit row of another system.
fn row(source: &str, days_old: i64) -> Event {
    let mut event =
        Event::new(&AUDIT_TRACKING, &source.into(), format!("{source}-{days_old}"), Timestamp::saturating(NOW - days_old * DAY));
    event.set("entity_name", format!("{source}, {days_old} days"));
    event
}

#[tokio::test]
async fn what_vigia_itself_writes_outlasts_every_rule_but_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let store: Arc<dyn Store> = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    let at = |days_old: i64| -> Clock { Arc::new(move || Timestamp::saturating(NOW - days_old * DAY)) };
    for days_old in [900, 500, 40] {
        let trail = Trail::new("Login", "Session").on(format!("own, {days_old} days"));
        Identity::new(store.clone(), at(days_old)).record(trail, &Actor::vigia()).await.expect("written");
    }
    store.append(vec![row("a", 40), row("B", 40), row("b", 9), row("vigia-berlin", 40), row("zeta", 10)]).await.expect("stored");
    let identity = Identity::new(store.clone(), at(0));
    let apply = async |rules: &str| {
        let rules: Retention = rules.parse().expect("rules");
        let mut removed = Vec::new();
        for rule in &rules.0 {
            removed.push(vigia::retention::apply(&*store, &identity, rule, at(0)()).await.expect("removed"));
        }
        removed
    };
    let names = async || rows(&*store, &AUDIT_TRACKING, "entity_name").await;

    assert_eq!(apply("audit-tracking=30d").await, [3], "of every other source, however it is spelt");
    let own = ["own, 40 days", "own, 500 days", "own, 900 days"];
    let others = ["b, 9 days", "zeta, 10 days"];
    assert_eq!(names().await.into_iter().filter(|name| name != "Audit tracking").collect::<Vec<_>>(), [&others[..], &own].concat());
    assert_eq!(apply("audit-tracking=5d,audit-tracking/VIGIA=800d").await, [2, 1]);
    assert_eq!(names().await.into_iter().filter(|name| name != "Audit tracking").collect::<Vec<_>>(), own[..2]);
    assert_eq!(names().await.iter().filter(|name| *name == "Audit tracking").count(), 3, "each rule that removed something has a row");
}
