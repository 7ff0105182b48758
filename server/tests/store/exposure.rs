//! What was seen and not changed since, against a plain reading of the rows.

use crate::agrees::Following;
use crate::{on_every_store, samples};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::exposure::{ExposureService, Follower};
use vigia::store::Store;
use vigia::store::value::Value;
use vigia_app::model::{Cell, Direction, EventId, Report, Role, SeenCredential, Timestamp, Viewer};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(
    lists_are_what_a_plain_reading_of_any_history_gives,
    what_is_there_before_anybody_follows_is_gone_through,
    a_change_that_turns_out_to_be_none_is_taken_back,
    what_retention_removes_stays_changed
);

const HOUR: i64 = 3_600_000;
const NOW: i64 = samples::START + 1_000 * HOUR;

/// Few names and few times, so that they meet: names in two cases and two forms, changes at the instant of a view.
fn credential(event: &mut Event, rng: &mut StdRng) {
    let mut one = |column: &str, values: &[&str]| {
        event.set(column, Cell::text(*values.choose(rng).expect("some")));
    };
    one("device", &["m\u{fc}nchen-1", "MU\u{308}NCHEN-1", "srv-2", "srv-2", ""]);
    one("username", &["root", "ROOT", "oracle", ""]);
}

fn time(rng: &mut StdRng) -> i64 {
    samples::START + rng.random_range(0..60) * HOUR
}

fn view(number: usize, rng: &mut StdRng) -> Event {
    let source = ["vault", "pam"].choose(rng).expect("some");
    let mut event = Event::new(&PASSWORD_VIEW, &(*source).into(), format!("view {number}"), Timestamp::saturating(time(rng)));
    credential(&mut event, rng);
    for (column, values) in [
        ("user", &["Ana Lima", "ANA LIMA", "Bo Ek", "backup-bot", ""][..]),
        ("login", &["ana", ""]),
        ("actor_kind", &["Person", "Person", "Service", ""]),
        ("operation", &["View password", "Copy password", "Start session"]),
        ("credential_type", &["Local User", "Domain User", ""]),
    ] {
        event.set(column, Cell::text(*values.choose(rng).expect("some")));
    }
    event
}

fn operation(number: usize, rng: &mut StdRng) -> Event {
    // What it is about stays; how it ended is another each time.
    let mut same = StdRng::seed_from_u64(number as u64);
    let at = time(&mut same);
    let mut event = Event::new(&PASSWORD_OPERATION, &"pam".into(), format!("operation {number}"), Timestamp::saturating(at));
    credential(&mut event, &mut same);
    for (column, values) in [
        ("operation", &["Change password", "Change password", "Child password change", "Verify password"][..]),
        ("status", &["Success", "Success", "Success", "Scheduled", "Error"]),
    ] {
        event.set(column, Cell::text(*values.choose(rng).expect("some")));
    }
    let later = |rng: &mut StdRng| Timestamp::saturating(at + rng.random_range(0..6) * HOUR);
    if rng.random_range(0..3) > 0 {
        event.set("execution_date", later(rng));
    }
    if rng.random_range(0..3) > 0 {
        event.set("last_attempt", later(rng));
    }
    event
}

async fn rows(store: &Arc<dyn Store>, report: &'static Report) -> Vec<(i64, Vec<Value>)> {
    store.rows().rows_within(report, 0..i64::MAX, Direction::Ascending, 10_000).await.expect("rows")
}

fn text(report: &'static Report, values: &[Value], key: &str) -> String {
    let place = report.stored().position(|column| column.key == key).expect("a column");
    if let Value::Text(text) = &values[place] { text.clone() } else { panic!("{key} is no text") }
}

fn number(report: &'static Report, values: &[Value], key: &str) -> i64 {
    let place = report.stored().position(|column| column.key == key).expect("a column");
    if let Value::Number(number) = values[place] { number } else { panic!("{key} is no number") }
}

/// Without case, and composed.
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.to_lowercase().nfc().collect()
}

fn millis(id: i64) -> i64 {
    EventId::from_i64(id).expect("an id").time().millis()
}

type Name = (String, String);

fn name(report: &'static Report, values: &[Value]) -> Option<Name> {
    let [device, username] = ["device", "username"].map(|key| plain(&text(report, values, key)));
    (!device.is_empty() || !username.is_empty()).then_some((device, username))
}

/// All changes of each credential.
async fn changes(store: &Arc<dyn Store>) -> BTreeMap<Name, BTreeSet<i64>> {
    let mut changes: BTreeMap<Name, BTreeSet<i64>> = BTreeMap::new();
    for (id, values) in rows(store, &PASSWORD_OPERATION).await {
        let of = |key| text(&PASSWORD_OPERATION, &values, key);
        if !["Change password", "Child password change"].contains(&&*of("operation")) || of("status") != "Success" {
            continue;
        }
        let times = ["execution_date", "last_attempt"].map(|key| number(&PASSWORD_OPERATION, &values, key));
        let at = times.into_iter().filter(|time| *time >= 0).min().unwrap_or(millis(id));
        if let Some(name) = name(&PASSWORD_OPERATION, &values) {
            changes.entry(name).or_default().insert(at);
        }
    }
    changes
}

/// A view, as a plain reading has it.
struct Seen {
    name: Option<Name>,
    user: String,
    login: String,
    kind: String,
    at: i64,
    /// When the password was first changed after it.
    right: Option<i64>,
    /// What its row says of that.
    said: Option<i64>,
}

async fn views(store: &Arc<dyn Store>) -> Vec<Seen> {
    let changes = changes(store).await;
    let seen = |(id, values): (i64, Vec<Value>)| {
        let (name, at) = (name(&PASSWORD_VIEW, &values), millis(id));
        let right = name.as_ref().and_then(|name| changes.get(name)?.range(at + 1..).next().copied());
        let said = Some(number(&PASSWORD_VIEW, &values, "changed")).filter(|time| *time >= 0);
        let [user, login, kind] = ["user", "login", "actor_kind"].map(|key| plain(&text(&PASSWORD_VIEW, &values, key)));
        Seen { name, user, login, kind, at, right, said }
    };
    rows(store, &PASSWORD_VIEW).await.into_iter().map(seen).collect()
}

/// Rounds until each view says what is right. On a server that many tests use others have transactions open, which hold the journal back.
async fn settled(follower: &Follower, following: &Following, store: &Arc<dyn Store>, when: &str) {
    store.settle().await;
    following.ready().await;
    let mut wrong = usize::MAX;
    for _ in 0..600 {
        let done = follower.round().await.expect("a round");
        wrong = views(store).await.iter().filter(|view| view.right != view.said).count();
        if done && wrong == 0 {
            following.ready().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(wrong, 0, "{when}: views that say something else");
}

fn viewer() -> Viewer {
    Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Auditor }
}

fn of_list(seen: &SeenCredential) -> (Name, u64, u64, i64, Option<i64>) {
    let changed = seen.changed.map(Timestamp::millis);
    ((plain(&seen.device), plain(&seen.username)), seen.views, seen.unchanged, seen.last.millis(), changed)
}

async fn lists_are_what_a_plain_reading_of_any_history_gives(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let clock: vigia::clock::Clock = Arc::new(|| Timestamp::saturating(NOW));
    let service = ExposureService::new(store.clone(), clock.clone(), following.index.clone());
    let mut follower = Follower::new(store.clone(), clock.clone(), following.index.clone());
    let mut rng = StdRng::seed_from_u64(5);
    let mut next = 0;
    for round in 0..8 {
        let mut events = Vec::new();
        for _ in 0..rng.random_range(1..80) {
            next += 1;
            events.push(if rng.random_range(0..4) == 0 { operation(next, &mut rng) } else { view(next, &mut rng) });
        }
        store.append(events).await.expect("stored");
        // Operations that were stored before turn out otherwise.
        for _ in 0..rng.random_range(0..6) {
            let number = rng.random_range(1..=next);
            store.amend(operation(number, &mut rng)).await.expect("amended");
        }
        if round % 3 == 2 {
            // Another server goes on.
            follower = Follower::new(store.clone(), clock.clone(), following.index.clone());
        }
        settled(&follower, &following, &store, &format!("round {round}")).await;
        let all = views(&store).await;
        agrees(&service, &all, &mut rng, round).await;
    }
    following.stop().await;
}

async fn agrees(service: &ExposureService, all: &[Seen], rng: &mut StdRng, round: usize) {
    for user in ["Ana Lima", "bo ek", "backup-bot", "nobody"] {
        let until = (rng.random_range(0..2) == 0).then(|| time(rng));
        let mut naive: BTreeMap<Name, (u64, u64, i64, Option<i64>)> = BTreeMap::new();
        for view in all.iter().filter(|view| view.user == plain(user) && until.is_none_or(|until| view.at < until)) {
            let Some(name) = &view.name else { continue };
            let (views, unchanged, last, changed) = naive.entry(name.clone()).or_default();
            *views += 1;
            *unchanged += u64::from(view.right.is_none());
            (*last, *changed) = ((*last).max(view.at), (*changed).max(view.right));
        }
        let naive: BTreeSet<_> = naive
            .into_iter()
            .map(|(name, (views, unchanged, last, changed))| (name, views, unchanged, last, changed.filter(|_| unchanged == 0)))
            .collect();
        let list = service.of_person(&viewer(), user, until.map(Timestamp::saturating)).await.expect("a list");
        let of = format!("round {round}, {user} until {until:?}");
        assert_eq!(list.credentials.iter().map(of_list).collect::<BTreeSet<_>>(), naive, "{of}");
        assert_eq!(list.credentials.len(), naive.len(), "{of}: each once");
        assert_eq!(list.unchanged, naive.iter().filter(|(_, _, unchanged, ..)| *unchanged > 0).count() as u64, "{of}");
        assert!(list.credentials.is_sorted_by_key(|seen| seen.unchanged == 0), "{of}: those first that are left");
    }
    let mut naive: BTreeMap<Name, (u64, i64)> = BTreeMap::new();
    for view in all.iter().filter(|view| view.kind != "service" && view.right.is_none()) {
        let Some(name) = &view.name else { continue };
        let (views, last) = naive.entry(name.clone()).or_default();
        (*views, *last) = (*views + 1, (*last).max(view.at));
    }
    let list = service.unchanged(&viewer()).await.expect("a list");
    let found = list.credentials.iter().map(|seen| ((plain(&seen.device), plain(&seen.username)), (seen.views, seen.last.millis())));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), naive, "round {round}: everybody's");
    assert_eq!(list.unchanged, naive.len() as u64);
    for (device, username) in [("M\u{fc}nchen-1", "root"), ("srv-2", "oracle"), ("", "root"), ("srv-2", "")] {
        let name = (plain(device), plain(username));
        for at in [time(rng), NOW] {
            let mut naive: BTreeMap<[String; 3], (u64, i64)> = BTreeMap::new();
            let known = |view: &&Seen| view.name.as_ref() == Some(&name) && view.at <= at && view.right.is_none_or(|changed| changed > at);
            for view in all.iter().filter(known) {
                let (views, last) = naive.entry([&view.user, &view.login, &view.kind].map(Clone::clone)).or_default();
                (*views, *last) = (*views + 1, (*last).max(view.at));
            }
            let knowers = service.who_knew(&viewer(), device, username, Some(Timestamp::saturating(at))).await.expect("an answer");
            let found = knowers.iter().map(|knower| {
                ([&knower.user, &knower.login, &knower.actor_kind].map(|text| plain(text)), (knower.views, knower.last.millis()))
            });
            assert_eq!(found.collect::<BTreeMap<_, _>>(), naive, "round {round}: who knew {username} on {device} at {at}");
        }
    }
}

async fn what_is_there_before_anybody_follows_is_gone_through(store: Arc<dyn Store>) {
    let mut rng = StdRng::seed_from_u64(9);
    let mut events: Vec<Event> = (0..300).map(|number| view(number, &mut rng)).collect();
    events.extend((300..400).map(|number| operation(number, &mut rng)));
    store.append(events).await.expect("stored");
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let clock: vigia::clock::Clock = Arc::new(|| Timestamp::saturating(NOW));
    let service = ExposureService::new(store.clone(), clock.clone(), following.index.clone());
    following.ready().await;
    assert!(service.unchanged(&viewer()).await.expect("a list").preparing, "until then it says so");
    let follower = Follower::new(store.clone(), clock, following.index.clone());
    settled(&follower, &following, &store, "in the end").await;
    assert!(!service.unchanged(&viewer()).await.expect("a list").preparing);
    following.stop().await;
}

fn change(number: usize, status: &str, hours: i64) -> Event {
    let at = Timestamp::saturating(samples::START + hours * HOUR);
    let mut event = Event::new(&PASSWORD_OPERATION, &"pam".into(), format!("change {number}"), at);
    event.set("device", "srv-2").set("username", "root").set("operation", "Change password").set("status", status);
    event
}

fn viewed(number: usize, hours: i64) -> Event {
    let at = Timestamp::saturating(samples::START + hours * HOUR);
    let mut event = Event::new(&PASSWORD_VIEW, &"pam".into(), format!("view {number}"), at);
    event.set("device", "srv-2").set("username", "root").set("user", "Ana Lima");
    event
}

async fn a_change_that_turns_out_to_be_none_is_taken_back(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let follower = Follower::new(store.clone(), Arc::new(|| Timestamp::saturating(NOW)), following.index.clone());
    let said = async || views(&store).await.iter().map(|view| view.said.map(|at| (at - samples::START) / HOUR)).collect::<Vec<_>>();
    store.append(vec![viewed(1, 1), viewed(2, 5), change(1, "Running", 3), change(2, "Success", 8)]).await.expect("stored");
    settled(&follower, &following, &store, "while one runs").await;
    assert_eq!(said().await, [Some(8), Some(8)]);
    for (status, first) in [("Success", Some(3)), ("Error", Some(8)), ("Success", Some(3)), ("Scheduled", Some(8))] {
        store.amend(change(1, status, 3)).await.expect("amended");
        settled(&follower, &following, &store, status).await;
        assert_eq!(said().await, [first, Some(8)], "{status}");
    }
    store.amend(change(2, "Error", 8)).await.expect("amended");
    settled(&follower, &following, &store, "none is left").await;
    assert_eq!(said().await, [None, None]);
    following.stop().await;
}

async fn what_retention_removes_stays_changed(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let follower = Follower::new(store.clone(), Arc::new(|| Timestamp::saturating(NOW)), following.index.clone());
    store.append(vec![viewed(1, 1), change(1, "Success", 3), change(2, "Scheduled", 20)]).await.expect("stored");
    settled(&follower, &following, &store, "at first").await;
    let before = Timestamp::saturating(samples::START + 10 * HOUR);
    store.remove_before(&PASSWORD_OPERATION, None, before, 100).await.expect("removed");
    store.amend(change(2, "Error", 20)).await.expect("amended");
    store.settle().await;
    following.ready().await;
    for _ in 0..3 {
        follower.round().await.expect("a round");
        following.ready().await;
    }
    assert_eq!(views(&store).await[0].said, Some(samples::START + 3 * HOUR), "what was changed once was changed");
    following.stop().await;
}
