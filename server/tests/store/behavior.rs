//! The dashboard's figures against the rows they lead to.

use crate::{agrees::Following, naive, on_every_store, samples};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use vigia::behavior::BehaviorService;
use vigia::event::Event;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::behavior::{
    Asked, Behavior, Measure, Patterns, Show, TrendKind, ViewSeen, excessive, first, having, hour, of_credential, risky, standing_out,
    trend, within,
};
use vigia_app::model::{Cell, Moment, Query, Role, Row, Test, Timestamp, Viewer, codec};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

on_every_store!(every_figure_is_the_number_of_rows_it_leads_to, a_day_on_which_a_source_is_silent_is_told);

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Some views lie ahead of it.
const NOW: i64 = samples::START + 38 * DAY + 12_345_678;

/// Views of forty days, with whatever their columns may have.
fn views(count: usize, seed: u64) -> Vec<Event> {
    let mut rng = StdRng::seed_from_u64(seed);
    let one = |number| {
        let time = Timestamp::saturating(samples::START + rng.random_range(0..40 * DAY));
        let mut event = Event::new(&PASSWORD_VIEW, &"test".into(), format!("{seed}-{number}"), time);
        for column in PASSWORD_VIEW.stored().filter(|column| column.key != "source") {
            event.set(column.key, samples::value(column, &mut rng));
        }
        let risk = [Cell::Empty, Cell::Number(rng.random_range(0..=100))][rng.random_range(0..2)].clone();
        event.set("risk", risk);
        event
    };
    (0..count).map(one).collect()
}

/// Counts as whoever clicks does: by the address that is opened.
fn count(query: &Query, rows: &[Row]) -> u64 {
    let opened = codec::decode(&PASSWORD_VIEW, &codec::encode(query)).expect("an address that can be read");
    naive::answer(&ResolvedQuery::new(opened, Timestamp::saturating(NOW)).expect("resolves"), rows).len() as u64
}

async fn every_figure_is_the_number_of_rows_it_leads_to(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let service = BehaviorService::new(store.clone(), Arc::new(|| Timestamp::saturating(NOW)), following.index.clone());
    let viewer = Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Manager };
    for round in 0..3 {
        // Late ones, and some that are gone.
        store.append(views(400, round)).await.expect("stored");
        if round == 2 {
            store.remove_before(&PASSWORD_VIEW, None, Timestamp::saturating(samples::START + 3 * DAY), 50).await.expect("removed");
        }
        store.settle().await;
        following.ready().await;
        let rows = naive::rows(&following, &*store, &PASSWORD_VIEW).await;
        for search in [
            "",
            "time=today&show=both",
            "time=last-24-hours&services=yes&zone=America/Sao_Paulo",
            "time=this-week&zone=Asia/Kathmandu",
            "time=last-month&show=sessions",
            "time=this-year&show=both&user.contains=a",
            "from=2026-11-03&to=2026-11-05T13:30&zone=Europe/Lisbon&device=srv-db-01",
            "from=2026-11-10&operation=View password&origin.not=Web&services=yes",
            "to=2026-11-20&emergency=no&risk.min=70&q=srv",
            "operation=Start session&show=views",
            "date=tue-09&date=sun-23&time=last-month&zone=Asia/Kathmandu&show=both&unusual_volume=yes",
            "time=this-year&zone=Australia/Lord_Howe&first_access=yes&services=yes",
        ] {
            let search = search.replace(' ', "%20");
            let asked = Asked::decode(&search).expect("can be read");
            let shown = service.behavior(&viewer, &search).await.expect("an answer");
            let of = format!("round {round}, {search:?}");
            agrees(&asked, &shown, &rows, &of);
            let patterns = service.patterns(&viewer, &search).await.expect("an answer");
            patterns_agree(&asked, &patterns, &rows, &of);
        }
    }
    following.stop().await;
}

fn agrees(asked: &Asked, shown: &Behavior, rows: &[Row], of: &str) {
    let counted = |query: Option<Query>| query.map_or(0, |query| count(&query, rows));
    let moment = |text: &str| Moment::parse(text).expect("a moment");
    for kind in [Show::Views, Show::Sessions] {
        let tally = |span: &vigia_app::behavior::Span| if kind == Show::Views { span.views } else { span.sessions };
        let query = asked.of(kind);
        for span in &shown.spans {
            let opened = query.as_ref().map(|query| within(query, moment(&span.from), moment(&span.to)));
            let (all, with_risk) = (counted(opened.clone()), counted(opened.as_ref().and_then(risky)));
            assert_eq!((tally(span).all, tally(span).risky), (all, with_risk), "{of}: {kind:?} from {}", span.from);
        }
        let all: u64 = shown.spans.iter().map(|span| tally(span).all).sum();
        assert_eq!(all, counted(query), "{of}: the spans of {kind:?} are the period");
    }
    let Some(query) = asked.shown() else { return };
    let before: u64 = shown
        .spans
        .iter()
        .map(|span| match asked.show {
            Show::Views => span.views.before,
            Show::Sessions => span.sessions.before,
            Show::Both => span.views.before + span.sessions.before,
        })
        .sum();
    for figure in &shown.figures {
        match figure.measure {
            Measure::Views => assert_eq!((figure.now, figure.before), (count(&query, rows), before), "{of}"),
            Measure::WithRisk => assert_eq!(figure.now, counted(risky(&query)), "{of}"),
            Measure::Emergency => assert_eq!(figure.now, counted(query.narrowed("emergency", Test::Flag(true))), "{of}"),
            Measure::Ungoverned => assert_eq!(figure.now, counted(query.narrowed("governance_id", Test::Empty(true))), "{of}"),
            Measure::Unchanged => assert_eq!(figure.now, counted(query.narrowed("changed", Test::Empty(true))), "{of}"),
            Measure::Users => {}
        }
    }
    for top in &shown.tops {
        let column = PASSWORD_VIEW.column(&top.column).expect("a column");
        for (value, all, with_risk) in &top.values {
            let opened = having(&query, column, value);
            assert_eq!(
                (*all, *with_risk),
                (counted(opened.clone()), counted(opened.as_ref().and_then(risky))),
                "{of}: {} {value:?}",
                column.key
            );
        }
        let told: u64 = top.values.iter().map(|(_, all, _)| all).sum();
        assert_eq!(told + top.others.1, count(&query, rows), "{of}: {}", column.key);
    }
    let listed = risky(&query).map_or(0, |query| count(&query, rows)).min(20) as usize;
    assert_eq!((shown.riskiest.len(), shown.latest.len()), (listed, listed), "{of}");
    assert!(
        shown.riskiest.is_sorted_by_key(|view| std::cmp::Reverse(view.risk))
            && shown.latest.is_sorted_by_key(|view| std::cmp::Reverse(view.id))
    );
}

fn patterns_agree(asked: &Asked, shown: &Patterns, rows: &[Row], of: &str) {
    let counted = |query: Option<Query>| query.map_or(0, |query| count(&query, rows));
    let moment = |text: &str| Moment::parse(text).expect("a moment");
    for trend_shown in &shown.trends {
        let kind = trend_shown.kind;
        let query = trend(asked, kind).expect("a question");
        if query.report.key != PASSWORD_VIEW.key {
            assert!(trend_shown.spans.iter().all(|span| span.all == 0), "{of}: there are views alone");
            continue;
        }
        match kind {
            TrendKind::CustodyDays => assert_eq!(trend_shown.spans.len(), 45, "{of}"),
            TrendKind::CustodyMonths => assert_eq!(trend_shown.spans.len(), 12, "{of}"),
            _ => {
                let all: u64 = trend_shown.spans.iter().map(|span| span.all).sum();
                assert_eq!(all, count(&query, rows), "{of}: the spans of {kind:?} are the period");
            }
        }
        for span in &trend_shown.spans {
            let opened = within(&query, moment(&span.from), moment(&span.to));
            let told = (counted(Some(opened.clone())), counted(standing_out(&opened, kind)));
            assert_eq!((span.all, span.part), told, "{of}: {kind:?} from {}", span.from);
        }
    }
    let Some(query) = asked.shown() else { return };
    for (place, told) in shown.week.iter().enumerate() {
        let opened = hour(&query, place);
        assert_eq!(*told, (counted(opened.clone()), counted(opened.as_ref().and_then(risky))), "{of}: hour {place}");
    }
    if !shown.week.is_empty() {
        let all: u64 = shown.week.iter().map(|(all, _)| all).sum();
        assert_eq!(all, count(&query, rows), "{of}: the hours of the week are all of it");
    }
    for used in &shown.credentials {
        let opened = of_credential(&query, &used.device, &used.username);
        let told = (counted(opened.clone()), counted(opened.as_ref().and_then(risky)));
        assert_eq!((used.views, used.risky), told, "{of}: {used:?}");
    }
    let all = count(&query, rows);
    assert!(shown.credentials.iter().map(|used| used.views).sum::<u64>() <= all && shown.credentials_there <= all, "{of}");
    for excess in &shown.excessive {
        let opened = excessive(&query).and_then(|query| of_credential(&query, &excess.device, &excess.username));
        let user = PASSWORD_VIEW.column("user").expect("a column");
        assert_eq!(excess.views, counted(opened.and_then(|query| having(&query, user, &excess.user))), "{of}: {excess:?}");
    }
    let firsts = counted(first(&query));
    assert_eq!((shown.first_there, shown.first.len() as u64), (firsts, firsts.min(20)), "{of}");
    assert_eq!(shown.latest.len() as u64, all.min(20), "{of}");
    let is_last_first = |views: &[ViewSeen]| views.is_sorted_by_key(|view| std::cmp::Reverse(view.id));
    assert!(is_last_first(&shown.latest) && is_last_first(&shown.first), "{of}");
}

async fn a_day_on_which_a_source_is_silent_is_told(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let noon = samples::START - samples::START.rem_euclid(DAY) + DAY / 2;
    let service = BehaviorService::new(store.clone(), Arc::new(move || Timestamp::saturating(noon + 6 * DAY)), following.index.clone());
    let viewer = Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Manager };
    let event = |report, source: &str, day: i64| {
        Event::new(report, &source.into(), format!("{source} {day}"), Timestamp::saturating(noon + day * DAY))
    };
    // One source is heard every day; the other one on days 1 and 4, and on day 3 of something else.
    let mut events: Vec<Event> = (0..6).map(|day| event(&PASSWORD_VIEW, "steady", day)).collect();
    events.extend([1, 4].map(|day| event(&PASSWORD_VIEW, "other", day)));
    events.push(event(&AUDIT_TRACKING, "other", 3));
    store.append(events).await.expect("stored");
    store.settle().await;
    following.ready().await;
    let silent = async |search: &str| {
        let shown = service.behavior(&viewer, search).await.expect("an answer");
        shown.spans.iter().map(|span| span.silent).collect::<Vec<_>>()
    };
    assert_eq!(silent("time=last-7-days").await, [false, false, true, false, false, true, false], "today is not over");
    assert_eq!(silent("time=last-7-days&source=steady").await, [false; 7]);
    assert!(!silent("time=last-24-hours").await.contains(&true), "hours without events are usual");
    following.stop().await;
}
