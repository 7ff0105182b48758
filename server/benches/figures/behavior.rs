//! The Behavior dashboard over many views: what each period takes, and what scoring costs those who store.

use super::table::{Table, Timings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::behavior::BehaviorService;
use vigia::event::Event;
use vigia::index::{Index, State};
use vigia::risk::Scorer;
use vigia::store::{self, Store};
use vigia_app::model::{Cell, EventId, Preset, Role, Timestamp, Viewer};
use vigia_app::reports::PASSWORD_VIEW;

/// Views of 400 days, unless `VIGIA_BENCH_VIEWS` says how many.
const VIEWS: usize = 1_000_000;
const BATCH: usize = 50_000;
pub(super) const DAYS: i64 = 400;
pub(super) const DAY: i64 = 24 * 60 * 60 * 1000;
/// When the last view is: 2026-11-22T14:03:27Z.
pub(super) const END: i64 = 1_795_356_207_000;
const RUNS: usize = 20;
/// Views that are stored while others are scored.
const STORED: usize = 100_000;
/// How often they are stored, alone and while others are scored by turns.
const TURNS: usize = 8;

pub async fn measure(table: &mut Table) {
    let views = std::env::var("VIGIA_BENCH_VIEWS").ok().and_then(|views| views.parse().ok()).unwrap_or(VIEWS);
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let store = store::open(&url("vigia.db"), Duration::from_secs(60)).await.expect("a store");
    let mut random = StdRng::seed_from_u64(1);
    for first in (0..views).step_by(BATCH) {
        let one = |number| event(number, DAYS * DAY / views as i64 * number as i64, &mut random, true);
        store.append((first..(first + BATCH).min(views)).map(one).collect()).await.expect("stored");
    }
    let index = Index::new(folder.path().join("index"), 128 << 20);
    let stop = CancellationToken::new();
    let (job, followed, until) = (index.clone(), store.clone(), stop.clone());
    let following = tokio::spawn(async move { job.follow(followed, vigia::clock::system(), until).await });
    while !matches!(index.state(), State::Ready(_)) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    at_rest(&folder.path().join("index")).await;
    let service = BehaviorService::new(store.clone(), Arc::new(|| Timestamp::saturating(END)), index.clone());
    let viewer = Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Manager };
    for (filter, goal) in
        [("", "p99 ≤ 50 ms"), ("&user=user17.example.org", "p99 ≤ 100 ms"), ("&device=device36.example.org", "p99 ≤ 100 ms")]
    {
        for preset in Preset::ALL {
            let search = format!("time={}{filter}", preset.key());
            let shown = Timings::of(RUNS, |_| async {
                service.behavior(&viewer, &search).await.expect("an answer");
            })
            .await;
            let below = Timings::of(RUNS, |_| async {
                service.patterns(&viewer, &search).await.expect("an answer");
            })
            .await;
            let figure = format!("{}; below: {}", shown.words(), below.words());
            table.row("behavior", format!("{views} views, {search}"), figure, goal);
        }
    }
    stop.cancel();
    following.await.expect("a task").expect("follows to the end");
    drop(store);
    scored(table, &url("scored.db"), &mut random).await;
}

/// Until no segments are merged any more: what so many views at once leave to do takes half a minute.
pub(super) async fn at_rest(index: &Path) {
    let files = || {
        let entries = std::fs::read_dir(index).expect("a folder");
        entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect::<BTreeSet<_>>()
    };
    let (mut last, mut same) = (files(), 0);
    while same < 10 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = files();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
}

/// What is stored while others are scored, and how fast that is.
async fn scored(table: &mut Table, url: &str, random: &mut StdRng) {
    let store = store::open(url, Duration::from_secs(60)).await.expect("a store");
    let views = |first: usize, random: &mut StdRng| -> Vec<Vec<Event>> {
        let one = |number: usize, random: &mut StdRng| event(number, number as i64 * 1000, random, false);
        (first..first + STORED).step_by(1_000).map(|first| (first..first + 1_000).map(|number| one(number, random)).collect()).collect()
    };
    let stored = async |first: usize, batches: Vec<Vec<Event>>| {
        let start = Instant::now();
        for batch in batches {
            store.append(batch).await.expect("stored");
        }
        moved(&*store, first).await;
        STORED as f64 / start.elapsed().as_secs_f64()
    };
    // By turns, each first as often as second: both have the same machine, and the same file. Each begins with nothing left to move, and as much to score.
    let (mut alone, mut beside) = (0.0, 0.0);
    let scorer = Arc::new(Scorer::new(store.clone(), vigia::clock::system()));
    for turn in 0..TURNS {
        let [first, second] = [2 * turn * STORED, (2 * turn + 1) * STORED];
        stored(first, views(first, random)).await;
        let batches = views(second, random);
        if matches!(turn % 4, 0 | 3) {
            alone += stored(second, batches).await / (TURNS / 2) as f64;
        } else {
            let round = scorer.clone();
            let scoring = tokio::spawn(async move { round.round().await });
            beside += stored(second, batches).await / (TURNS / 2) as f64;
            scoring.await.expect("a task").expect("scored");
        }
        scorer.round().await.expect("scored");
    }
    let last = 2 * TURNS * STORED;
    stored(last, views(last, random)).await;
    let start = Instant::now();
    scorer.round().await.expect("scored");
    let rate = STORED as f64 / start.elapsed().as_secs_f64();
    table.row(
        "behavior",
        format!("{STORED} stored views scored, read and kept, resting up to half of the time"),
        format!("{rate:.0} views/s"),
        "-",
    );
    let figure = format!("{alone:.0} events/s; while views are scored {beside:.0} ({:.2})", beside / alone);
    table.row("behavior", format!("storing {STORED} views, 1,000 at once, until they are in their table"), figure, "0.95");
}

/// Until so many views are in their table, from this number on.
async fn moved(store: &dyn Store, first: usize) {
    let time = |number: usize| EventId::first(Timestamp::saturating(END - DAYS * DAY + number as i64 * 1000)).get();
    let range = time(first)..time(first + STORED);
    while store.rows().count_within(&PASSWORD_VIEW, range.clone()).await.expect("a number") < STORED as u64 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A view so many milliseconds after the first day.
pub(super) fn event(number: usize, after: i64, random: &mut StdRng, scored: bool) -> Event {
    let time = Timestamp::saturating(END - DAYS * DAY + after);
    let mut event = Event::new(&PASSWORD_VIEW, &"bench".into(), number.to_string(), time);
    let user = random.random_range(0..500);
    let device =
        if random.random_range(0..10) > 0 { (user * 8 + random.random_range(0..100)) % 4_000 } else { random.random_range(0..4_000) };
    let mut set = |key: &str, value: Cell| {
        event.set(key, value);
    };
    let text = |of: &[&str], random: &mut StdRng| Cell::text(of[random.random_range(0..of.len())]);
    set("user", Cell::text(format!("user{user}.example.org")));
    set("device", Cell::text(format!("device{device}.example.org")));
    set("username", text(&["root", "administrator", "oracle", "backup", "deploy"], random));
    set("operation", text(&["View password", "View password", "Copy password", "Start session"], random));
    set("credential_type", text(&["Local User", "Domain Admin", "SSH Key"], random));
    set("reason", text(&["Change", "Incident", "Other"], random));
    set("origin", if user < 20 { Cell::text("API (A2A)") } else { Cell::text("Web") });
    set("ip", Cell::Ip(std::net::Ipv4Addr::new(10, (user % 7) as u8, (user % 40) as u8, random.random_range(0..30)).into()));
    set("emergency", Cell::Flag(random.random_range(0..200) == 0));
    if random.random_range(0..10) > 0 {
        set("governance_id", Cell::text(format!("CHG{:06}", random.random_range(0..900_000))));
        set("justification", Cell::text(format!("Change {} of the week", random.random_range(0..5_000))));
    }
    if scored {
        let rare = |random: &mut StdRng| Cell::Flag(random.random_range(0..50) == 0);
        let risk = if random.random_range(0..50) == 0 { random.random_range(50..100) } else { random.random_range(0..50) };
        set("risk", Cell::Number(risk));
        for key in ["unusual_time", "unusual_origin", "unusual_credential", "unusual_volume", "first_access"] {
            set(key, rare(random));
        }
    }
    event
}
