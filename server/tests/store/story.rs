//! The timeline against a plain mixing of the rows of all reports, and the figures of profiles against the rows they lead to.

use crate::{agrees::Following, naive, on_every_store, samples};
use std::collections::BTreeSet;
use std::sync::Arc;
use vigia::behavior::BehaviorService;
use vigia::event::Event;
use vigia::store::{ResolvedQuery, Store};
use vigia::story::StoryService;
use vigia_app::behavior::{first, having, hour, risky, within};
use vigia_app::model::{EventId, Filter, Moment, Query, Report, Role, Row, Test, TimeRange, Timestamp, Viewer, codec};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::story::{Asked, Subject, Timeline, of_views, operations};

on_every_store!(
    every_page_has_the_rows_of_all_reports_in_order,
    equal_ids_of_several_reports_are_told_apart,
    every_figure_of_a_profile_is_the_number_of_rows_it_leads_to,
);

/// While the samples go on.
const NOW: i64 = samples::START + 60_000;

fn viewer() -> Viewer {
    Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Auditor }
}

fn service(store: &Arc<dyn Store>, following: &Following) -> StoryService {
    StoryService::new(store.clone(), Arc::new(|| Timestamp::saturating(NOW)), following.index.clone())
}

/// What the rows are, said plainly: who acted is in one of a report's columns of users.
fn expected(asked: &Asked, all: &[(&'static Report, Vec<Row>)]) -> Vec<(EventId, usize)> {
    let mut found = BTreeSet::new();
    for (place, (report, rows)) in all.iter().enumerate() {
        let of_report = |filter: &Filter| match &filter.test {
            Test::Is(keys) => keys.iter().any(|key| key == report.key),
            Test::Not(keys) => !keys.iter().any(|key| key == report.key),
            _ => panic!("another test"),
        };
        let (of_reports, others): (Vec<_>, Vec<_>) = asked.query.filters.iter().partition(|filter| filter.column.key == "report");
        if !of_reports.into_iter().all(of_report) {
            continue;
        }
        let plain =
            Query { search: asked.query.search.clone(), range: asked.query.range, zone: asked.query.zone.clone(), ..Query::all(report) };
        let mut left: BTreeSet<EventId> = ids(&plain, asked, rows);
        let about = &report.about;
        let denies = |filter: &Filter| matches!(filter.test, Test::Not(_) | Test::Empty(true));
        let met = |key: &str, filter: &Filter| ids(&plain.narrowed(key, filter.test.clone()).expect("a question"), asked, rows);
        let (of_users, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|filter| filter.column.key == "user" && !denies(filter));
        if !of_users.is_empty() {
            let each: Vec<Vec<_>> = about.user.iter().map(|key| of_users.iter().map(|filter| met(key, filter)).collect()).collect();
            left.retain(|id| each.iter().any(|met| met.iter().all(|met| met.contains(id))));
        }
        for filter in others {
            let keys: Vec<&str> = match filter.column.key {
                "user" => about.user.to_vec(),
                "device" => about.device.into_iter().collect(),
                "username" => about.username.into_iter().collect(),
                "governance_id" => about.governance_id.into_iter().collect(),
                "date" => vec![report.time],
                key => vec![key],
            };
            let each: Vec<BTreeSet<EventId>> = keys.into_iter().map(|key| met(key, filter)).collect();
            let passes = |id: &EventId| {
                let mut each = each.iter().map(|met| met.contains(id));
                if denies(filter) { each.all(|met| met) } else { each.any(|met| met) }
            };
            left.retain(passes);
        }
        found.extend(left.into_iter().map(|id| (id, place)));
    }
    found.into_iter().collect()
}

fn ids(query: &Query, asked: &Asked, rows: &[Row]) -> BTreeSet<EventId> {
    let resolved = ResolvedQuery::new(query.clone(), Timestamp::saturating(NOW)).expect("resolves");
    let range = asked.window().unwrap_or_else(|| resolved.range.clone());
    naive::answer(&ResolvedQuery { range, ..resolved }, rows).into_iter().collect()
}

fn told(page: &Timeline) -> Vec<(EventId, usize)> {
    let place = |key: &str| reports::ALL.iter().position(|report| report.key == key).expect("a report");
    page.rows.iter().map(|told| (told.row.id, place(&told.report))).collect()
}

/// All pages from the first on, and then back from the last.
async fn walk(service: &StoryService, asked: &Asked) -> Vec<(EventId, usize)> {
    let page = async |cursor: Option<String>| {
        let asked = Asked { query: Query { cursor, ..asked.query.clone() }, ..asked.clone() };
        service.timeline(&viewer(), &asked.encode()).await.expect("an answer")
    };
    let opened = page(None).await;
    // Around an event, the page that opens has it in its middle; others begin with the first.
    let mut first = opened.clone();
    while let Some(previous) = first.previous.clone() {
        assert!(asked.within.is_some(), "the first page has none before it");
        first = page(Some(previous)).await;
    }
    let mut pages = vec![first];
    while let Some(next) = pages[pages.len() - 1].next.clone() {
        pages.push(page(Some(next)).await);
    }
    let mut previous = pages[pages.len() - 1].previous.clone();
    for before in pages.iter().rev().skip(1) {
        let back = page(previous).await;
        assert_eq!(told(&back), told(before), "{}", asked.encode());
        previous = back.previous;
    }
    let all: Vec<_> = pages.iter().flat_map(told).collect();
    if let (Some(event), Some(_)) = (asked.event, asked.within) {
        let is_it = |(id, place): &(EventId, usize)| *id == event.id && reports::ALL[*place].key == event.report.key;
        assert_eq!(told(&opened).iter().any(is_it), all.iter().any(is_it), "{}", asked.encode());
    }
    all
}

async fn every_page_has_the_rows_of_all_reports_in_order(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    for (seed, report) in (0..).zip(reports::ALL) {
        store.append(samples::events(report, 160, seed)).await.expect("stored");
    }
    store.settle().await;
    following.ready().await;
    let mut all = Vec::new();
    for report in reports::ALL {
        all.push((report, naive::rows(&following, &*store, report).await));
    }
    let event = all[1].1[40].id;
    let service = service(&store, &following);
    let mut found = 0;
    for search in [
        String::new(),
        "sort=date".to_owned(),
        "user=srv".to_owned(),
        "user=Jos%C3%A9&user=srv-db-01&sort=date".to_owned(),
        "user.contains=s&user.starts=a".to_owned(),
        "user.not=srv&report.not=performed-backups".to_owned(),
        "user.empty=yes".to_owned(),
        "user.empty=no&report=audit-tracking&report=password-view".to_owned(),
        "device=srv-db-02".to_owned(),
        "device=SRV-DB-01&username=srv".to_owned(),
        "device.not=srv-db-01&q=srv".to_owned(),
        "governance_id.contains=srv".to_owned(),
        "time=last-hour&zone=America/Sao_Paulo&user.contains=a".to_owned(),
        "date=sun-00&source=test".to_owned(),
        format!("event=password-view/{event}&within=5s"),
        format!("event=password-view/{event}&within=1s&user.contains=r&sort=date"),
        "device=nothing".to_owned(),
    ] {
        for limit in [7, 30, 500] {
            let mut asked = Asked::decode(&search).expect("can be read");
            asked.query.limit = limit;
            let mut rows = expected(&asked, &all);
            if search.contains("sort=date") {
                assert!(rows.is_sorted());
            } else {
                rows.reverse();
            }
            assert_eq!(walk(&service, &asked).await, rows, "{search} by {limit}");
            found += rows.len();
        }
    }
    assert!(found > 3_000, "most of them find something: {found}");
    following.stop().await;
}

async fn equal_ids_of_several_reports_are_told_apart(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let at = Timestamp::saturating(samples::START);
    for report in [&AUDIT_TRACKING, &PASSWORD_VIEW, &PASSWORD_OPERATION] {
        // One after the other, so that each report has its first id of the millisecond.
        let events = (0..3).map(|number| Event::new(report, &"test".into(), format!("{} {number}", report.key), at)).collect();
        store.append(events).await.expect("stored");
    }
    store.settle().await;
    following.ready().await;
    let service = service(&store, &following);
    let mut asked = Asked::decode("report.not=performed-backups").expect("can be read");
    asked.query.limit = 1;
    let rows = walk(&service, &asked).await;
    assert_eq!((rows.len(), rows.iter().collect::<BTreeSet<_>>().len()), (9, 9), "{rows:?}");
    asked.query.limit = 500;
    assert_eq!(walk(&service, &asked).await, rows);
    // A cursor is good for what it was given out for.
    asked.query.limit = 2;
    let first = service.timeline(&viewer(), &asked.encode()).await.expect("an answer");
    let other = format!("user=ana&cursor={}", first.next.expect("more"));
    let refused = service.timeline(&viewer(), &other).await.expect_err("another question");
    assert_eq!(refused.field.as_deref(), Some("cursor"));
    following.stop().await;
}

async fn every_figure_of_a_profile_is_the_number_of_rows_it_leads_to(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    for (seed, report) in (0..).zip(reports::ALL) {
        store.append(samples::events(report, 300, seed)).await.expect("stored");
    }
    store.settle().await;
    following.ready().await;
    let mut all = Vec::new();
    for report in reports::ALL {
        all.push((report, naive::rows(&following, &*store, report).await));
    }
    let now = Timestamp::saturating(NOW);
    let service = BehaviorService::new(store.clone(), Arc::new(move || now), following.index.clone());
    // By the address that is opened.
    let count = |query: &Query| {
        let rows = all.iter().find(|(report, _)| report.key == query.report.key).map(|(_, rows)| rows).expect("a report");
        let opened = codec::decode(query.report, &codec::encode(query)).expect("an address that can be read");
        naive::answer(&ResolvedQuery::new(opened, now).expect("resolves"), rows).len() as u64
    };
    let mut views = 0;
    for search in [
        "user=srv",
        "user=Jos%C3%A9&zone=America/Sao_Paulo",
        "user=nobody",
        "device=srv-db-01",
        "device=srv-db-02&username=a%20b&zone=Asia/Kathmandu",
        "device=SRV&username=srv",
    ] {
        let (subject, zone) = Subject::decode(search).expect("can be read");
        let shown = service.profile(&viewer(), search).await.expect("an answer");
        let questions = subject.questions(&zone);
        assert_eq!(shown.rows, questions.iter().map(count).collect::<Vec<_>>(), "{search}");
        let said: u64 = shown.sources.iter().map(|(_, rows)| rows).sum();
        assert_eq!(said, shown.rows.iter().sum::<u64>(), "{search}: there is one source");
        let of_operations = operations(&questions).expect("a question");
        for seen in &shown.operations {
            let status = of_operations.report.column("status").expect("a column");
            assert_eq!(seen.operations, having(of_operations, status, &seen.status).map_or(0, |query| count(&query)), "{search}: {seen:?}");
        }
        assert_eq!(shown.operations.iter().map(|seen| seen.operations).sum::<u64>(), count(of_operations), "{search}");
        assert_eq!(shown.last_operations.len() as u64, count(of_operations).min(10), "{search}");
        let Some(first_day) = shown.days.first() else { continue };
        let (from, to) = (Moment::parse(&first_day.from), Moment::parse(&shown.days[shown.days.len() - 1].to));
        let query = of_views(&questions, &shown.rows).expect("a question");
        let query = Query { range: TimeRange::Between { from, to }, ..query.clone() };
        let counted = |query: Option<Query>| query.map_or(0, |query| count(&query));
        assert_eq!(shown.views, count(&query), "{search}");
        assert_eq!((shown.risky, shown.firsts), (counted(risky(&query)), counted(first(&query))), "{search}");
        assert_eq!(shown.emergency, counted(query.narrowed("emergency", Test::Flag(true))), "{search}");
        assert_eq!(shown.ungoverned, counted(query.narrowed("governance_id", Test::Empty(true))), "{search}");
        assert_eq!((shown.latest.len() as u64, shown.riskiest.len() as u64), (shown.views.min(20), shown.risky.min(20)), "{search}");
        assert!(shown.days.len() <= 45, "{search}");
        for day in &shown.days {
            let opened = within(&query, Moment::parse(&day.from).expect("a moment"), Moment::parse(&day.to).expect("a moment"));
            assert_eq!((day.all, day.part), (count(&opened), counted(risky(&opened))), "{search}: {}", day.from);
        }
        for (place, told) in shown.week.iter().enumerate() {
            let opened = hour(&query, place);
            assert_eq!(*told, (counted(opened.clone()), counted(opened.as_ref().and_then(risky))), "{search}: hour {place}");
        }
        for top in &shown.tops {
            let column = PASSWORD_VIEW.column(&top.column).expect("a column");
            for (value, all, _) in &top.values {
                assert_eq!(*all, counted(having(&query, column, value)), "{search}: {} {value:?}", top.column);
            }
        }
        views += shown.views;
    }
    assert!(views > 50, "most of them have views: {views}");
    following.stop().await;
}
