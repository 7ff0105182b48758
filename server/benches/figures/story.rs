//! The whole story over many events: profiles, the timeline, a leaver's worklist, and who could know a password.

use super::behavior::{DAY, DAYS, END, at_rest, event};
use super::table::{Table, Timings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::behavior::BehaviorService;
use vigia::event::Event;
use vigia::exposure::ExposureService;
use vigia::index::{Index, State};
use vigia::store::{self, Store};
use vigia::story::StoryService;
use vigia_app::model::{Cell, Role, Timestamp, Viewer};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_CHANGES, PASSWORD_OPERATION};

/// Views of 400 days, unless `VIGIA_BENCH_STORY` says how many; there are half as many operations, and a tenth as many entries of Audit tracking.
const VIEWS: usize = 10_000_000;
const BATCH: usize = 50_000;
/// Views of the person who leaves, if there are so many.
const LEAVER_VIEWS: usize = 5_000;
const LEAVER: &str = "Lia Verlaat";
const RUNS: usize = 200;
/// Runs of what is asked about everybody.
const FEW: usize = 10;
const PAGE: &str = "p99 ≤ 20 ms";
const PROFILE: &str = "p99 ≤ 50 ms";
const ACCOUNTS: [&str; 5] = ["root", "administrator", "oracle", "backup", "deploy"];

/// Makes the event of this number of so many.
type Make = fn(usize, usize, &mut StdRng) -> Event;

/// What is asked.
struct Asked {
    behavior: BehaviorService,
    story: StoryService,
    exposure: ExposureService,
    viewer: Viewer,
}

pub async fn measure(table: &mut Table) {
    let views = std::env::var("VIGIA_BENCH_STORY").ok().and_then(|views| views.parse().ok()).unwrap_or(VIEWS);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let store = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    let start = Instant::now();
    fill(&store, views).await;
    let stored = start.elapsed().as_secs_f64();
    // All is stored: the index is built once.
    let index = Index::new(folder.path().join("index"), 128 << 20);
    let stop = CancellationToken::new();
    let (job, followed, until) = (index.clone(), store.clone(), stop.clone());
    let start = Instant::now();
    let following = tokio::spawn(async move { job.follow(followed, vigia::clock::system(), until).await });
    while !matches!(index.state(), State::Ready(_)) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let built = start.elapsed().as_secs_f64();
    at_rest(&folder.path().join("index")).await;
    let what = format!("{views} views, {} operations, {} audit rows", views / 2, views / 10);
    table.row("story", what, format!("stored in {stored:.0} s, in the index {built:.0} s later"), "-");
    let clock: vigia::clock::Clock = Arc::new(|| Timestamp::saturating(END));
    let asked = Asked {
        behavior: BehaviorService::new(store.clone(), clock.clone(), index.clone()),
        story: StoryService::new(store.clone(), clock.clone(), index.clone()),
        exposure: ExposureService::new(store.clone(), clock, index.clone()),
        viewer: Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Auditor },
    };
    profiles(table, &asked).await;
    timelines(table, &asked).await;
    credentials(table, &asked).await;
    stop.cancel();
    following.await.expect("a task").expect("follows to the end");
}

fn user(number: usize) -> String {
    format!("user={}", user_name(number % 500))
}

fn user_name(number: usize) -> String {
    format!("user{number}.example.org")
}

fn device_name(number: usize) -> String {
    format!("device{number}.example.org")
}

/// Other names each time: what was read for one says nothing of the next.
fn device(number: usize) -> String {
    format!("device={}", device_name(number * 17 % 4_000))
}

fn credential(number: usize) -> String {
    format!("{}&username={}", device(number), ACCOUNTS[number % ACCOUNTS.len()])
}

fn leaver() -> String {
    format!("user={}", LEAVER.replace(' ', "%20"))
}

async fn profiles(table: &mut Table, asked: &Asked) {
    let about: [(&str, &dyn Fn(usize) -> String); 4] =
        [("a user", &user), ("a device", &device), ("a credential", &credential), ("who leaves", &|_| leaver())];
    for (of, search) in about {
        let timings = Timings::of(RUNS, |run| async move {
            asked.behavior.profile(&asked.viewer, &search(run)).await.expect("a profile");
        });
        table.row("story", format!("profile of {of}"), timings.await.words(), PROFILE);
    }
}

async fn timelines(table: &mut Table, asked: &Asked) {
    let page = &async |search: &str| asked.story.timeline(&asked.viewer, search).await.expect("a page");
    let about: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("everything", &|_| String::new()),
        ("a user", &user),
        ("a device", &device),
        ("a credential", &credential),
        ("a user, in the search box", &|run| format!("q={}", user_name(run % 500))),
    ];
    for (of, search) in about {
        let first = Timings::of(RUNS, |run| async move {
            page(&search(run)).await;
        });
        let first = first.await;
        // Page after page, as somebody reads on.
        let (mut cursor, mut next) = (None::<String>, Vec::with_capacity(RUNS));
        for _ in 0..RUNS {
            let before = cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let start = Instant::now();
            cursor = page(format!("{}{before}", search(17)).trim_start_matches('&')).await.next;
            next.push(start.elapsed());
        }
        let figure = format!("first {}; the next {}", first.words(), Timings::new(next).words());
        table.row("story", format!("timeline of {of}"), figure, PAGE);
    }
    let event = page(&device(1)).await.rows.into_iter().next_back().expect("a row");
    let search = format!("event={}/{}&within=15m", event.report, event.row.id);
    let search = search.as_str();
    let around = Timings::of(RUNS, |_| async move {
        page(search).await;
    });
    table.row("story", "timeline around an event", around.await.words(), PAGE);
}

async fn credentials(table: &mut Table, asked: &Asked) {
    let Asked { exposure, viewer, .. } = asked;
    let list = exposure.of_person(viewer, LEAVER, None).await.expect("a list");
    let views: u64 = list.credentials.iter().map(|seen| seen.views).sum();
    let of_person = Timings::of(RUNS, |_| async move {
        exposure.of_person(viewer, LEAVER, None).await.expect("a list");
    });
    let what = format!("worklist of who leaves: {views} views of {} credentials", list.credentials.len());
    table.row("story", what, of_person.await.words(), "p99 ≤ 100 ms");
    for (when, at) in [("now", None), ("half a year ago", Some(Timestamp::saturating(END - 180 * DAY)))] {
        let knowers = Timings::of(RUNS, |run| async move {
            let (device, username) = (device_name(run * 17 % 4_000), ACCOUNTS[run % ACCOUNTS.len()]);
            exposure.who_knew(viewer, &device, username, at).await.expect("a list");
        });
        table.row("story", format!("who could know a credential {when}"), knowers.await.words(), "-");
    }
    let of_all = Timings::of(FEW, |_| async move {
        exposure.unchanged(viewer).await.expect("a list");
    });
    table.row("story", "what everybody has seen and nobody changed since", of_all.await.words(), "-");
}

/// Makes events on a thread of their own while those before are stored.
async fn fill(store: &Arc<dyn Store>, views: usize) {
    let (sender, receiver) = mpsc::sync_channel::<Vec<Event>>(1);
    let making = std::thread::spawn(move || {
        let mut random = StdRng::seed_from_u64(1);
        let kinds: [(usize, Make); 3] = [(views, view), (views / 2, operation), (views / 10, entry)];
        for (count, one) in kinds {
            for first in (0..count).step_by(BATCH) {
                let batch = (first..(first + BATCH).min(count)).map(|number| one(number, count, &mut random)).collect();
                sender.send(batch).expect("is stored");
            }
        }
    });
    let next = Arc::new(std::sync::Mutex::new(receiver));
    loop {
        let next = next.clone();
        let batch = tokio::task::spawn_blocking(move || next.lock().expect("a channel").recv());
        let Ok(batch) = batch.await.expect("a task") else { break };
        store.append(batch).await.expect("stored");
    }
    making.join().expect("makes all");
}

/// When the event of this number of so many is, in milliseconds after the first day.
const fn after(number: usize, count: usize) -> i64 {
    DAYS * DAY * number as i64 / count as i64
}

fn view(number: usize, views: usize, random: &mut StdRng) -> Event {
    let at = after(number, views);
    let mut view = event(number, at, random, true);
    if number.is_multiple_of((views / LEAVER_VIEWS).max(1)) {
        view.set("user", LEAVER);
    }
    // Each credential is changed every hundred days, on a day of its own: half of a year's views are long changed, and some are not.
    let text = |key: &str| if let Cell::Text(text) = view.get(key) { text.bytes().map(i64::from).sum::<i64>() } else { 0 };
    let own = (text("device") * 31 + text("username")) % 100 * DAY;
    let changed = at + (own - at).rem_euclid(100 * DAY) + 1;
    if changed < DAYS * DAY {
        view.set("changed", Timestamp::saturating(END - DAYS * DAY + changed));
    }
    view
}

fn operation(number: usize, operations: usize, random: &mut StdRng) -> Event {
    let time = Timestamp::saturating(END - DAYS * DAY + after(number, operations));
    let mut event = Event::new(&PASSWORD_OPERATION, &"bench".into(), number.to_string(), time);
    let failed = random.random_range(0..20) == 0;
    let mut text = |key: &str, of: &[&str]| {
        event.set(key, of[random.random_range(0..of.len())]);
    };
    text("username", &ACCOUNTS);
    text("credential_type", &["Local User", "Domain Admin", "SSH Key"]);
    text("operation", &[PASSWORD_CHANGES[0], PASSWORD_CHANGES[0], "Verify password", "Reconcile password"]);
    text("requester_kind", &["User", "Task"]);
    let (device, user) = (random.random_range(0..4_000), random.random_range(0..500));
    event
        .set("device", device_name(device))
        .set("requester", user_name(user))
        .set("status", if failed { "Error" } else { "Success" })
        .set("execution_date", time)
        .set("last_attempt", time)
        .set("attempts", random.random_range(1..4_u32));
    if failed {
        event.set("error_class", "Connectivity").set("message", "The device did not answer within 30 s.");
    }
    event
}

fn entry(number: usize, entries: usize, random: &mut StdRng) -> Event {
    let time = Timestamp::saturating(END - DAYS * DAY + after(number, entries));
    let mut event = Event::new(&AUDIT_TRACKING, &"bench".into(), number.to_string(), time);
    let user: usize = random.random_range(0..500);
    event
        .set("operation", ["Login", "Login", "Logout", "Update", "Approval", "Export"][random.random_range(0..6)])
        .set("entity", ["Credential", "Device", "User"][random.random_range(0..3)])
        .set("entity_id", random.random_range(0..20_000_u32).to_string())
        .set("entity_name", device_name(random.random_range(0..4_000)))
        .set("origin", "Web")
        .set("user", user_name(user))
        .set("username", format!("u{user}"))
        .set("ip", std::net::IpAddr::from([10, 0, (user % 8) as u8, random.random_range(0..200)]))
        .set("change", random.random_bool(0.3));
    event
}
