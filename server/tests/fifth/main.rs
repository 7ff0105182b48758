//! A fifth report does all that the four do, and nothing but its declaration says so: it comes in, is read in every way there is, is followed,
//! copied and removed, on both databases. The tables are those that its declaration prints.
//!
//! `cargo test -p vigia --features fifth-report --test fifth`; every other test can be run with it, too.

#[path = "../api/contract.rs"]
mod contract;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../api/harness.rs"]
mod harness;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/http.rs"]
mod http;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../store/journal/replica.rs"]
mod replica;

use harness::{Server, Setup, now};
use replica::Replica;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use vigia::store::{self, Store, copy::copy};
use vigia_app::model::{Count, EventId, Page, Record, Role, Summary, Timestamp};
use vigia_app::reports::{self, ACCOUNT_DISCOVERY};

const PATH: &str = "/api/v1/reports/account-discovery";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Searches so many days ago, each longer than the one before, as a source sends them.
fn searches() -> Value {
    let search = |days: i64| {
        json!({
            "report": "account-discovery", "source_id": format!("search-{days}"), "start": now().millis() - days * DAY,
            "device": format!("srv-{days}"), "address": format!("10.0.0.{days}"), "protocol": if days % 2 == 0 { "SSH" } else { "Telnet" },
            "status": "Finished", "duration": days * 40_000, "found": days, "requested_by": "Ana Lima", "complete": true,
            "attempts": [{ "start": now().millis() - days * DAY, "result": "Error", "message": "refused" }, { "start": now().millis(), "result": "Success" }],
        })
    };
    (1..=6).map(search).collect()
}

fn numbers(page: &Value, key: &str) -> Vec<i64> {
    page["rows"].as_array().expect("rows").iter().map(|row| row[key].as_i64().expect("a number")).collect()
}

/// What programs read.
async fn is_read_over_rest(server: &Server) {
    let auditor = server.signed_in(Role::Auditor).await;
    for (query, found) in [
        ("sort=-duration", vec![6, 5, 4, 3, 2, 1]),
        ("duration.min=1m20s&duration.max=160s&sort=duration", vec![2, 3, 4]),
        ("duration.empty=yes", vec![]),
        ("protocol=SSH&found.min=3", vec![4, 6]),
        ("protocol=telnet&sort=device", vec![1, 3, 5]),
        ("address=10.0.0.4/31&sort=start", vec![5, 4]),
        ("attempts.min=2&complete=yes&status=finished&q=srv-6", vec![6]),
        ("from=2026-11-20T00:00Z&sort=-start", vec![1, 2]),
    ] {
        let page = auditor.json(&format!("{PATH}?{query}")).await;
        assert_eq!(numbers(&page, "found"), found, "{query}");
    }
    let first = auditor.json(&format!("{PATH}?limit=4&sort=duration&columns=found,duration,attempts")).await;
    assert_eq!((numbers(&first, "duration"), numbers(&first, "attempts")), (vec![40_000, 80_000, 120_000, 160_000], vec![2; 4]));
    let second = auditor.json(first["next"].as_str().expect("a next page")).await;
    assert_eq!((numbers(&second, "found"), &second["next"]), (vec![5, 6], &Value::Null));

    let id = first["rows"][0]["id"].as_str().expect("an id");
    let event = auditor.json(&format!("{PATH}/{id}")).await;
    assert_eq!(event["attempts"].as_array().expect("attempts").len(), 2, "{event}");
    assert_eq!((&event["attempts"][0]["message"], &event["source_id"]), (&json!("refused"), &json!("search-1")));

    let listed = auditor.json("/api/v1/reports").await;
    let listed = listed.as_array().expect("reports").iter().find(|report| report["href"] == PATH).expect("it is listed");
    let duration = listed["columns"].as_array().expect("columns").iter().find(|column| column["key"] == "duration").expect("a column");
    assert_eq!((&duration["type"], &duration["filters"][0]), (&json!("duration"), &json!("duration.min")));
    let document = auditor.json("/api/v1/openapi.json").await;
    let described = &document["components"]["schemas"]["AccountDiscoveryFields"]["properties"]["duration"]["description"];
    assert_eq!(described, "How long the search took. In milliseconds.");
    assert!(document["paths"][PATH]["get"].is_object() && auditor.get("/api/docs").await.text().await.expect("text").contains(PATH));
}

/// What the page reads.
async fn is_read_by_the_page(server: &Server) {
    async fn ask<T: serde::de::DeserializeOwned>(visitor: &harness::Visitor, path: &str, arguments: &impl serde::Serialize) -> T {
        let response = visitor.call(path, arguments).await;
        assert_eq!(response.status(), 200, "{path}");
        postcard::from_bytes(&response.bytes().await.expect("a body")).expect("postcard")
    }
    let manager = server.signed_in(Role::Manager).await;
    let key = ACCOUNT_DISCOVERY.key;
    let page: Page = ask(&manager, "/fn/report_page", &(key, "duration.max=1m20s&sort=-duration&columns=duration")).await;
    assert_eq!((page.rows.len(), page.rows[0].cells[0].plain()), (2, "80000".to_owned()));
    let record: Record = ask(&manager, "/fn/report_record", &(key, page.rows[0].id)).await;
    assert_eq!(ACCOUNT_DISCOVERY.headline(&record.cells), "Search of srv-2 over SSH, 1 min 20 s");
    let summary: Summary = ask(&manager, "/fn/report_summary", &(key, "duration.min=3m")).await;
    assert_eq!((summary.count, summary.empty), (Count::Exactly(2), false));
}

/// An operation of the same id has attempts of its own, and keeps them when those of the other report go.
async fn has_attempts_of_its_own(store: &Arc<dyn Store>) {
    let id = EventId::from_i64(ids(store).await[5]).expect("an id");
    let mut operation = vigia::event::Event::new(&reports::PASSWORD_OPERATION, &"twin".into(), "twin", id.time());
    operation.attempts = (1..=3).map(|number| vigia_app::model::Attempt::begun(number, id.time())).collect();
    store.append(vec![operation]).await.expect("stored");
    store.settle().await;
    let attempts = async |report| store.record(report, id).await.expect("an answer").map(|record| record.attempts.len());
    assert_eq!((attempts(&ACCOUNT_DISCOVERY).await, attempts(&reports::PASSWORD_OPERATION).await), (Some(2), Some(3)));
    let removed = store.remove_before(&ACCOUNT_DISCOVERY, None, Timestamp::saturating(id.time().millis() + 1), 1_000).await;
    assert!(removed.expect("removed") >= 1);
    assert_eq!((attempts(&ACCOUNT_DISCOVERY).await, attempts(&reports::PASSWORD_OPERATION).await), (None, Some(3)));
}

/// Ids, the newest first.
async fn ids(store: &Arc<dyn Store>) -> Vec<i64> {
    let events = store.transfer().events_after(&ACCOUNT_DISCOVERY, -1, 1_000).await.expect("events");
    events.iter().rev().map(|event| event.id).collect()
}

/// Retention, with a trail; and the demo's events come and go.
async fn is_removed(store: &Arc<dyn Store>) {
    let rule = "account-discovery=3d".parse::<vigia::config::Retention>().expect("a rule").0.remove(0);
    let identity = vigia::identity::Identity::new(store.clone(), Arc::new(now));
    assert_eq!(vigia::retention::apply(&**store, &identity, &rule, now()).await.expect("removed"), 2, "one is gone already");
    assert_eq!(ids(store).await.len(), 3);
    let demo: Vec<_> = vigia::demo::generate(2_000, 30, 1, now()).filter(|event| event.report == &ACCOUNT_DISCOVERY).collect();
    let count = demo.len();
    assert!(count > 20, "the demo knows it: {count}");
    store.append(demo).await.expect("stored");
    store.settle().await;
    assert_eq!(ids(store).await.len(), 3 + count);
    store.remove_source(vigia::demo::SOURCE).await.expect("removed");
    assert_eq!(ids(store).await.len(), 3);
}

async fn everything(server: &Server) {
    is_read_over_rest(server).await;
    is_read_by_the_page(server).await;
    let store = &server.store;
    let position = store.journal().position().await.expect("a position");
    let mut follower = Replica::build(store, position).await;
    has_attempts_of_its_own(store).await;
    is_removed(store).await;
    follower.catch_up(store, "the fifth report").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fifth_report_does_all_that_the_four_do() {
    assert_eq!(reports::ALL.len(), 5);
    let server = Server::start().await;
    let sent = server.sender("scanner").await.post("/api/v1/events", searches()).await;
    assert_eq!(sent.status(), 200);
    assert_eq!(sent.json::<Value>().await.expect("JSON")["stored"], 6);
    server.store.settle().await;

    let url = postgres::Server::shared().database().await;
    let target = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    copy(&*server.store, &*target, &mut |_| ()).await.expect("copied");
    assert_eq!(target.transfer().events(&ACCOUNT_DISCOVERY).await.expect("counted"), 6);
    everything(&server).await;
    let of_target = Setup { store: Some(Box::new(move |_| target)), ..Setup::default() };
    everything(&Server::with(of_target).await).await;
}
