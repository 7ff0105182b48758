//! Scores as the server keeps them, against those that a plain reading gives.

use crate::{on_every_store, samples};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use unicode_normalization::UnicodeNormalization as _;
use vigia::event::Event;
use vigia::identity::{Actor, Identity};
use vigia::risk::{History, LastChange, RiskDesk, Scorer, View};
use vigia::store::Store;
use vigia::store::reviews::Said;
use vigia::store::value::{Value, ip};
use vigia_app::model::risk::{Facts, RiskSettings, Scored};
use vigia_app::model::{Cell, Direction, EventId, Timestamp};
use vigia_app::model::{Report, ReviewEntry, Verdict};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(every_view_has_the_score_that_those_before_it_give, what_lies_ahead_waits);

const DAY: i64 = 86_400_000;

fn view(number: usize, at: i64, rng: &mut StdRng) -> Event {
    let mut event = Event::new(&PASSWORD_VIEW, &"test".into(), format!("{at}-{number}"), Timestamp::saturating(at));
    let mut one = |column: &str, values: &[&str]| {
        event.set(column, Cell::text(*values.choose(rng).expect("some")));
    };
    one("user", &["Ana Lima", "ANA LIMA", "Jos\u{e9}", "JOSE\u{301}", "王伟", ""]);
    one("origin", &["Web", "Web", "API (A2A)", "Mobile"]);
    one("device", &["m\u{fc}nchen-1", "MU\u{308}NCHEN-1", "srv-2", ""]);
    one("username", &["root", "admin", "oracle"]);
    one("governance_id", &["CHG1", "", ""]);
    event.set("ip", Cell::ip(["10.0.0.1", "10.0.0.2", "10.9.0.1", "2001:db8::1"].choose(rng).expect("some")));
    event.set("emergency", rng.random_range(0..20) == 0);
    event
}

/// All rows, in their order.
async fn rows(store: &Arc<dyn Store>, report: &'static Report) -> Vec<(i64, Vec<Value>)> {
    store.rows().rows_within(report, 0..i64::MAX, Direction::Ascending, 10_000).await.expect("rows")
}

fn number(values: &[Value], key: &str) -> i64 {
    let place = PASSWORD_VIEW.stored().position(|column| column.key == key).expect("a column");
    match &values[place] {
        Value::Number(number) => *number,
        other => panic!("{key} is {other:?}"),
    }
}

fn text(values: &[Value], key: &str) -> String {
    let place = PASSWORD_VIEW.stored().position(|column| column.key == key).expect("a column");
    match &values[place] {
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => ip(bytes).map(|ip| ip.to_string()).unwrap_or_default(),
        Value::Number(number) => number.to_string(),
    }
}

/// Without case, and composed.
fn plain(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// An operation that is a change of a password, mostly.
fn operation(number: usize, at: i64, rng: &mut StdRng) -> Event {
    let mut event = Event::new(&PASSWORD_OPERATION, &"test".into(), format!("{at}-{number}"), Timestamp::saturating(at));
    let mut one = |column: &str, values: &[&str]| {
        event.set(column, Cell::text(*values.choose(rng).expect("some")));
    };
    one("device", &["m\u{fc}nchen-1", "MU\u{308}NCHEN-1", "srv-2", ""]);
    one("username", &["root", "admin", "oracle"]);
    one("operation", &["Change password", "Change password", "Child password change", "Verify password"]);
    one("status", &["Success", "Success", "Success", "Error"]);
    one("requester_kind", &["Task", "Set", "Task", "User", ""]);
    event
}

/// What the operations before a view say of its password, those from a time on.
fn last_change(operations: &[(i64, Vec<Value>)], first: i64, view: &(i64, Vec<Value>)) -> LastChange {
    let value = |report: &'static Report, (_, values): &(i64, Vec<Value>), key: &str| {
        let place = report.stored().position(|column| column.key == key).expect("a column");
        if let Value::Text(text) = &values[place] { plain(text) } else { panic!("{key} is no text") }
    };
    let of = |report, row, keys: [&str; 2]| keys.map(|key| value(report, row, key));
    let credential = of(&PASSWORD_VIEW, view, ["device", "username"]);
    let mut all = LastChange::default();
    for operation in operations.iter().filter(|operation| operation.0 < view.0 && millis(operation.0) >= first) {
        let [status, what, by] = ["status", "operation", "requester_kind"].map(|key| value(&PASSWORD_OPERATION, operation, key));
        if status != "success" || what == "verify password" || by.is_empty() {
            continue;
        }
        let by_hand = by == "user";
        all.everybodys += 1;
        all.everybodys_by_hand += u32::from(by_hand);
        if of(&PASSWORD_OPERATION, operation, ["device", "username"]) == credential
            && let Some(last) = all.last_by_hand.replace(by_hand)
        {
            all.earlier += 1;
            all.by_hand += u32::from(last);
        }
    }
    all
}

/// Counts a view, or scores it.
fn with<T>((id, values): &(i64, Vec<Value>), work: impl FnOnce(&View<'_>) -> T) -> T {
    let [user, device, credential] = ["user", "device", "username"].map(|key| plain(&text(values, key)));
    let (ip, origin, actor_kind) = (text(values, "ip"), text(values, "origin"), text(values, "actor_kind"));
    work(&View {
        id: *id,
        time: millis(*id),
        user: &user,
        actor_kind: &actor_kind,
        ip: &ip,
        origin: &origin,
        device: &device,
        credential: &credential,
        emergency: number(values, "emergency") == 1,
        governance_id: !text(values, "governance_id").is_empty(),
    })
}

fn millis(id: i64) -> i64 {
    EventId::from_i64(id).expect("an id").time().millis()
}

fn incidents(rows: &[(i64, Vec<Value>)]) -> Vec<EventId> {
    let incidents = rows.iter().filter(|row| text(&row.1, "review") == "Incident");
    incidents.filter_map(|row| EventId::from_i64(row.0)).collect()
}

/// Each view has what a history gives that was made for it alone.
async fn agrees(store: &Arc<dyn Store>, now: i64, settings: &RiskSettings, when: &str) {
    let operations = rows(store, &PASSWORD_OPERATION).await;
    let rows = rows(store, &PASSWORD_VIEW).await;
    for (at, row) in rows.iter().enumerate() {
        let kept = store.scores().score_parts(&PASSWORD_VIEW, row.0).await.expect("an answer");
        if millis(row.0) > now {
            assert_eq!((kept, number(&row.1, "risk")), (None, -1), "{when}: view {at} lies ahead");
            continue;
        }
        let first = (millis(row.0).div_euclid(DAY) - i64::from(settings.history_days)) * DAY;
        let mut history = History::default();
        let habits = rows[..at].iter().filter(|row| text(&row.1, "review") != "Incident");
        habits.filter(|row| millis(row.0) >= first).for_each(|row| with(row, |view| history.add(view)));
        let change = last_change(&operations, first, row);
        let scored = with(row, |view| history.score_after(change, view, settings));
        let kept: Scored =
            postcard::from_bytes(&kept.unwrap_or_else(|| panic!("{when}: view {at} of {} has no score", rows.len()))).expect("parts");
        // What it is made of is what it was made of when it became this score.
        assert_eq!((kept.score, kept.settings), (scored.score, scored.settings), "{when}: view {at}");
        let time = scored.parts.iter().any(|part| part.unusual && matches!(part.facts, Facts::Time { .. }));
        assert_eq!(
            (number(&row.1, "risk"), number(&row.1, "unusual_time")),
            (i64::from(scored.score), i64::from(time)),
            "{when}: view {at}"
        );
    }
}

async fn every_view_has_the_score_that_those_before_it_give(store: Arc<dyn Store>) {
    let mut rng = StdRng::seed_from_u64(7);
    let now = Arc::new(AtomicI64::new(samples::START));
    let clock = {
        let now = now.clone();
        move || Timestamp::saturating(now.load(Ordering::SeqCst))
    };
    let mut scorer = Scorer::new(store.clone(), Arc::new(clock.clone()));
    for step in 0..8_i64 {
        // A month later; some views are of long ago, and some of them of the days before the first.
        let today = samples::START + step * 30 * DAY;
        now.store(today, Ordering::SeqCst);
        let late = if step % 2 == 1 { 150 * DAY } else { 25 * DAY };
        let mut views = Vec::new();
        for number in 0..40 {
            let at = today - rng.random_range(0..late);
            views.push(view(number, at, &mut rng));
        }
        // Some come a little late, among those that are in the history.
        for number in 40..50 {
            let at = today - rng.random_range(20 * DAY..60 * DAY);
            views.push(view(number, at, &mut rng));
        }
        // Some of them are of days whose views were scored long ago.
        let operations = (0..15).map(|number| operation(number, today - rng.random_range(0..late), &mut rng)).collect();
        if step % 3 == 2 {
            // By themselves: nothing else has views scored again.
            store.append(operations).await.expect("stored");
            crate::journal::settled(&store).await;
            scorer.round().await.expect("scored");
            agrees(&store, today, &RiskSettings::default(), &format!("operations of step {step}")).await;
            continue;
        }
        views.extend(operations);
        store.append(views).await.expect("stored");
        store.settle().await;
        if step == 4 {
            // Another server, or this one after a kill.
            scorer = Scorer::new(store.clone(), Arc::new(clock.clone()));
        }
        scorer.round().await.expect("scored");
        agrees(&store, today, &RiskSettings::default(), &format!("step {step}")).await;
    }
    // Incidents are no habits, whenever somebody finds that they are some, and until somebody finds that they are none.
    for round in 0..6 {
        let rows = rows(&store, &PASSWORD_VIEW).await;
        let mut ids: Vec<EventId> = (0..5).filter_map(|_| EventId::from_i64(rows.choose(&mut rng).expect("a view").0)).collect();
        ids.sort_unstable();
        ids.dedup();
        if round == 3 {
            // Beside one that comes late, and on another server.
            scorer = Scorer::new(store.clone(), Arc::new(clock.clone()));
            store.append(vec![view(60, now.load(Ordering::SeqCst) - 40 * DAY, &mut rng)]).await.expect("stored");
            store.settle().await;
        }
        let verdict = if round % 3 == 2 { Some(Verdict::Expected) } else { Some(Verdict::Incident) };
        let ids = if round % 3 == 2 { incidents(&rows) } else { ids };
        let step = ReviewEntry { at: Timestamp::saturating(samples::START), who: "eva".into(), verdict, comment: String::new() };
        let said = Said { report: &PASSWORD_VIEW, ids, step, heeded: Some((Verdict::Incident, vigia::risk::JUDGED)) };
        assert_ne!(store.reviews().review(said).await.expect("kept"), []);
        scorer.round().await.expect("scored");
        agrees(&store, now.load(Ordering::SeqCst), &RiskSettings::default(), &format!("verdicts {round}")).await;
    }
    // Where the journal says no more what has come, all are scored again.
    let today = now.load(Ordering::SeqCst);
    store.journal().forget("risk").await.expect("forgotten");
    let operations = (0..30).map(|number| operation(100 + number, today - rng.random_range(0..200 * DAY), &mut rng)).collect();
    store.append(operations).await.expect("stored");
    store.settle().await;
    scorer.round().await.expect("scored");
    agrees(&store, today, &RiskSettings::default(), "after the journal").await;
    // Once more changes nothing.
    let before = store.journal().position().await.expect("a position");
    scorer.round().await.expect("scored");
    assert_eq!(store.journal().position().await.expect("a position"), before);
    // Other settings make other scores of all of them.
    let settings = RiskSettings { history_days: 20, weights: [0, 25, 10, 5, 10, 30, 20] };
    let identity = Identity::new(store.clone(), Arc::new(clock));
    RiskDesk { store: &*store, identity: &identity }.set(settings, &Actor::vigia()).await.expect("set");
    scorer.round().await.expect("scored");
    agrees(&store, now.load(Ordering::SeqCst), &settings, "with other settings").await;
    assert_eq!(RiskDesk { store: &*store, identity: &identity }.state().await.expect("a state").again, None);
}

async fn what_lies_ahead_waits(store: Arc<dyn Store>) {
    let mut rng = StdRng::seed_from_u64(1);
    let now = Arc::new(AtomicI64::new(samples::START + DAY));
    let clock = {
        let now = now.clone();
        move || Timestamp::saturating(now.load(Ordering::SeqCst))
    };
    let scorer = Scorer::new(store.clone(), Arc::new(clock));
    let views = (0..10).map(|number| view(number, samples::START + number as i64 * DAY / 2, &mut rng)).collect();
    store.append(views).await.expect("stored");
    for day in 1..6 {
        now.store(samples::START + day * DAY, Ordering::SeqCst);
        scorer.round().await.expect("scored");
        agrees(&store, samples::START + day * DAY, &RiskSettings::default(), &format!("day {day}")).await;
    }
}
