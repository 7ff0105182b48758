//! Tests that a store answers every query as the plainest reading of it would.

use crate::agrees::Following;
use crate::naive::{self, all_columns};
use crate::{on_every_store_unfollowed, samples};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;
use vigia::event::Event;
use vigia::index::{Index, PAGE_BYTES};
use vigia::store::{ResolvedQuery, Store, StoreError};
use vigia_app::model::codec;
use vigia_app::model::filter::parse_net;
use vigia_app::model::{
    Cell, Column, Direction, EventId, Filter, Kind, Moment, Page, Query, Report, Row, Sort, Test, TimeRange, Timestamp,
};
use vigia_app::reports;

/// So many that walks give way to other ways of finding rows.
const ROWS: usize = 3_000;
/// Queries a report and test run.
const QUERIES: usize = 200;
/// Every so many of them all pages are walked, of the others [`PAGES`].
const ALL_PAGES: usize = 10;
const PAGES: usize = 2;

on_every_store_unfollowed!(
    every_query_is_answered_like_a_plain_filter_would,
    every_sort_can_be_paged_through_forwards_and_back,
    rows_that_come_and_go_meanwhile_neither_shift_nor_repeat_a_row,
    a_cursor_is_good_for_its_own_query_only,
    pages_of_long_texts_end_early_and_lead_over_every_row_once_forwards_and_back,
);

/// A page in the order of time, from the tables alone.
pub async fn ask(store: &Arc<dyn Store>, query: Query) -> Page {
    Index::default().page(&**store, &resolve(query)).await.expect("an answer").expect("a page")
}

/// A store, and an index of it.
pub struct House {
    store: Arc<dyn Store>,
    pub following: Following,
    _folder: TempDir,
}

impl House {
    /// The index knows all that is stored.
    pub async fn new(store: &Arc<dyn Store>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let following = Following::start(folder.path(), store);
        following.ready().await;
        Self { store: store.clone(), following, _folder: folder }
    }

    async fn try_ask(&self, query: Query) -> Result<Page, StoreError> {
        Ok(self.following.index.page(&*self.store, &resolve(query)).await?.expect("an index"))
    }

    pub async fn ask(&self, query: Query) -> Page {
        self.try_ask(query).await.expect("a page")
    }
}

pub fn resolve(query: Query) -> ResolvedQuery {
    ResolvedQuery::new(query, Timestamp::saturating(samples::START)).expect("a query that resolves")
}

/// All rows from `query` on, by its `next` cursors; and the cursor of the last page.
pub async fn walk(house: &House, query: &Query) -> (Vec<Row>, Option<String>) {
    walk_pages(house, query, usize::MAX).await
}

/// The same, of so many pages at most.
async fn walk_pages(house: &House, query: &Query, pages: usize) -> (Vec<Row>, Option<String>) {
    let mut query = query.clone();
    let mut rows = Vec::new();
    for number in 1.. {
        let page = house.ask(query.clone()).await;
        assert!(page.rows.len() <= usize::from(query.limit), "a page is not longer than its limit");
        rows.extend(page.rows);
        match page.next {
            Some(next) if number < pages => query.cursor = Some(next),
            _ => return (rows, page.previous),
        }
    }
    unreachable!("a walk ends with its last page")
}

async fn fill(store: &Arc<dyn Store>, report: &'static Report, count: usize) -> (House, Vec<Row>) {
    let appended = store.append(samples::events(report, count, 1)).await.expect("stored");
    assert_eq!((appended.stored, appended.duplicate), (count as u64, 0));
    store.settle().await;
    let house = House::new(store).await;
    let (rows, _) = walk(&house, &Query { limit: Query::MAX_LIMIT, ..all_columns(report) }).await;
    assert_eq!(rows.len(), count);
    (house, rows)
}

async fn every_query_is_answered_like_a_plain_filter_would(store: Arc<dyn Store>) {
    for report in reports::ALL {
        let (house, rows) = fill(&store, report, ROWS).await;
        for seed in 0..QUERIES as u64 {
            let mut rng = StdRng::seed_from_u64(seed);
            let query = any_query(report, &rows, &mut rng);
            let resolved = resolve(query.clone());
            let expected = naive::answer(&resolved, &rows);
            let limit = usize::from(query.limit);
            let pages = if (seed as usize).is_multiple_of(ALL_PAGES) { usize::MAX } else { PAGES };
            let (found, last) = walk_pages(&house, &query, pages).await;
            let found: Vec<EventId> = found.into_iter().map(|row| row.id).collect();
            let all = expected.len();
            let expected = &expected[..all.min(limit.saturating_mul(pages))];
            assert!(
                found == expected,
                "seed {seed}: {} rows instead of {}\n{}\n{}?{}",
                found.len(),
                expected.len(),
                first_difference(&found, expected),
                report.key,
                codec::encode(&query)
            );
            let count = house.following.index.count(&*store, &resolved).await.expect("an answer").expect("an index");
            assert_eq!(count, all as u64, "seed {seed}: {}", codec::encode(&query));
            // The way back from the last page leads over the same rows.
            if let Some(previous) = last {
                let page = house.ask(Query { cursor: Some(previous), ..query.clone() }).await;
                let ids: Vec<EventId> = page.rows.iter().map(|row| row.id).collect();
                let pages = expected.len().div_ceil(limit);
                assert_eq!(ids, expected[(pages - 2) * limit..(pages - 1) * limit], "seed {seed}: the page before the last");
            }
        }
    }
}

fn first_difference(found: &[EventId], expected: &[EventId]) -> String {
    match found.iter().zip(expected).position(|(a, b)| a != b) {
        Some(at) => format!("first difference at row {at}: {} instead of {}", found[at], expected[at]),
        None => "one is the start of the other".to_owned(),
    }
}

async fn every_sort_can_be_paged_through_forwards_and_back(store: Arc<dyn Store>) {
    let report = &reports::PASSWORD_OPERATION;
    let (house, rows) = fill(&store, report, 1_450).await;
    for column in report.columns {
        for direction in [Direction::Ascending, Direction::Descending] {
            let query = Query { sort: Sort { column, direction }, limit: 300, columns: vec![column], ..Query::all(report) };
            let expected = naive::answer(&resolve(query.clone()), &rows);
            let (found, previous) = walk(&house, &query).await;
            assert!(found.iter().map(|row| row.id).eq(expected.iter().copied()), "forwards by {} {direction:?}", column.key);
            let mut cursor = previous;
            let mut end = expected.len() - expected.len() % 300;
            while let Some(previous) = cursor {
                let page = house.ask(Query { cursor: Some(previous), ..query.clone() }).await;
                assert!(
                    page.rows.iter().map(|row| row.id).eq(expected[end - 300..end].iter().copied()),
                    "back by {} {direction:?}",
                    column.key
                );
                end -= 300;
                cursor = page.previous;
            }
            assert_eq!(end, 0, "back to the start by {}", column.key);
        }
    }
}

async fn pages_of_long_texts_end_early_and_lead_over_every_row_once_forwards_and_back(store: Arc<dyn Store>) {
    let report = &reports::PASSWORD_VIEW;
    let source: Arc<str> = "long".into();
    // Some are long: what a page holds changes from one to the next.
    let events = (0..600_usize).map(|number| {
        let time = Timestamp::saturating(samples::START - number as i64 * 1000);
        let mut view = Event::new(report, &source, format!("view-{number}"), time);
        view.set("device", format!("srv-{:03}", number * 7 % 600))
            .set("justification", "x".repeat(if number % 5 < 3 { 16_000 } else { 10 }));
        view
    });
    store.append(events.collect()).await.expect("stored");
    store.settle().await;
    let house = House::new(&store).await;
    let device = report.column("device").expect("a column");
    let text = |page: &Page| page.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.plain().len()).sum::<usize>();
    for sort in [Query::default_sort(report), Sort { column: device, direction: Direction::Ascending }] {
        let whole = Query { sort, limit: Query::MAX_LIMIT, columns: vec![device], ..Query::all(report) };
        let (expected, _) = walk(&house, &whole).await;
        let mut query = Query { limit: Query::MAX_LIMIT, ..Query { sort, ..all_columns(report) } };
        let (mut forward, mut pages) = (Vec::new(), 0);
        let previous = loop {
            let page = house.ask(query.clone()).await;
            assert!(text(&page) <= PAGE_BYTES + (1 << 20), "{} bytes", text(&page));
            pages += 1;
            forward.extend(page.rows.iter().map(|row| row.id));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break page.previous,
            }
        };
        assert!(expected.iter().map(|row| row.id).eq(forward.iter().copied()), "forwards by {}", sort.column.key);
        assert!(pages >= 2, "{pages} pages");
        let (mut cursor, mut end) = (previous, forward.len());
        while let Some(previous) = cursor {
            let page = house.ask(Query { cursor: Some(previous), ..query.clone() }).await;
            let ids: Vec<EventId> = page.rows.iter().map(|row| row.id).collect();
            let start = forward.iter().position(|id| ids.first() == Some(id)).expect("a row");
            assert_eq!(ids, forward[start..start + ids.len()], "back by {}", sort.column.key);
            assert!(start < end && start + ids.len() <= forward.len(), "it leads back");
            // The page before ends where this one began; only the first one, which is full, may reach over it.
            assert!(page.previous.is_none() || end == forward.len() || start + ids.len() == end, "nothing is left out");
            (cursor, end) = (page.previous, start);
        }
        assert_eq!(end, 0, "back to the start by {}", sort.column.key);
    }
    // From the tables alone, too.
    let (mut query, mut found) = (Query { limit: Query::MAX_LIMIT, ..all_columns(report) }, Vec::new());
    loop {
        let page = ask(&store, query.clone()).await;
        found.extend(page.rows.iter().map(|row| row.id));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert!(found.len() == 600 && found.is_sorted_by(|a, b| a > b), "each once, the newest first");
}

async fn rows_that_come_and_go_meanwhile_neither_shift_nor_repeat_a_row(store: Arc<dyn Store>) {
    let report = &reports::AUDIT_TRACKING;
    let device = report.column("entity").expect("a column");
    for sort in [Query::default_sort(report), Sort { column: device, direction: Direction::Ascending }] {
        store.append(samples::events(report, 1_000, u64::from(sort.column == device) + 10)).await.expect("stored");
        store.settle().await;
        let house = House::new(&store).await;
        let (before, _) = walk(&house, &Query { limit: Query::MAX_LIMIT, ..all_columns(report) }).await;
        let mut query = Query { sort, limit: 100, ..all_columns(report) };
        // An event that comes for the moment of one that went may have its id.
        let told = |row: &Row| (row.id, row.cells.iter().map(Cell::plain).collect::<Vec<String>>());
        let mut seen = Vec::new();
        let mut by_age: Vec<EventId> = before.iter().map(|row| row.id).collect();
        by_age.sort_unstable();
        for batch in 0.. {
            let page = house.ask(query.clone()).await;
            seen.extend(page.rows.iter().map(told));
            let oldest = by_age[(batch as usize * 40).min(by_age.len() - 1)];
            store.remove_before(report, None, oldest.time(), 40).await.expect("removed");
            store.append(samples::events(report, 50, 1000 + batch + u64::from(sort.column == device) * 500)).await.expect("stored");
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), seen.len(), "no row came twice");
        let (after, _) = walk(&house, &Query { limit: Query::MAX_LIMIT, ..all_columns(report) }).await;
        let left: BTreeSet<_> = after.iter().map(told).collect();
        let stayed: Vec<_> = before.iter().map(told).filter(|row| left.contains(row)).collect();
        assert!((1..before.len()).contains(&stayed.len()), "some went, and some stayed");
        let missed: Vec<_> = stayed.iter().filter(|row| unique.binary_search(row).is_err()).collect();
        assert!(missed.is_empty(), "of {} rows that were there all the time these were missed: {missed:?}", stayed.len());
    }
}

async fn a_cursor_is_good_for_its_own_query_only(store: Arc<dyn Store>) {
    let report = &reports::PASSWORD_VIEW;
    store.append(samples::events(report, 100, 3)).await.expect("stored");
    store.settle().await;
    let house = House::new(&store).await;
    let query = Query::all(report);
    let next = house.ask(query.clone()).await.next.expect("a second page");
    let refused = async |query: Query| house.try_ask(query).await.expect_err("refused").to_string();
    let other_sort = Query { sort: Sort { direction: Direction::Ascending, ..query.sort }, cursor: Some(next.clone()), ..query.clone() };
    assert!(refused(other_sort).await.contains("Start again from the first page"));
    let other_report = Query { cursor: Some(next.clone()), ..Query::all(&reports::AUDIT_TRACKING) };
    assert!(refused(other_report).await.contains("Start again from the first page"));
    let changed = Query { cursor: Some(format!("{next}A")), ..query.clone() };
    assert!(refused(changed).await.contains("Start again from the first page"));
    // Other columns and another page size are the same question.
    house.ask(Query { cursor: Some(next), limit: 7, columns: report.columns.iter().collect(), ..query }).await;
}

/// Up to three filters with values that occur, or nearly; any sort, range and search.
fn any_query(report: &'static Report, rows: &[Row], rng: &mut StdRng) -> Query {
    let mut columns: Vec<&'static Column> = report.filterable().collect();
    columns.shuffle(rng);
    let number = *[0, 1, 1, 1, 2, 3].choose(rng).expect("a number");
    let mut filters: Vec<Filter> =
        columns.iter().take(number).map(|column| Filter { column, test: any_test(report, column, rows, rng) }).collect();
    let zone = if rng.random_bool(0.2) { "Asia/Kathmandu" } else { "UTC" };
    if rng.random_bool(0.1) {
        let hour = naive::hour(rows.choose(rng).expect("a row").id.time(), zone);
        let column = report.column(report.time).expect("a time");
        filters.push(Filter { column, test: Test::Is(vec![hour, "sun-23".to_owned()]) });
    }
    let search = if rng.random_bool(0.25) {
        ["srv-db", "петров", "王伟", "db-01", "οδυσσεύς", "nothing like it", "0.0.1", "%_\\'\"", "é"]
            .choose(rng)
            .copied()
            .unwrap_or_default()
    } else {
        ""
    };
    let range = if rng.random_bool(0.3) {
        let row = rows.choose(rng).expect("a row");
        let from = row.id.time().millis();
        let to = from + *[1_000, 100_000, 2_000_000].choose(rng).expect("a length");
        TimeRange::Between { from: Some(Moment::utc(Timestamp::saturating(from))), to: Some(Moment::utc(Timestamp::saturating(to))) }
    } else {
        TimeRange::All
    };
    let column = if rng.random_bool(0.5) { Query::default_sort(report).column } else { report.columns.choose(rng).expect("a column") };
    let direction = if rng.random_bool(0.5) { Direction::Ascending } else { Direction::Descending };
    let limit = *[60, 150].choose(rng).expect("a limit");
    // Which rows come is what is compared; reading every column of them would take most of the time.
    let columns = vec![column, report.columns.choose(rng).expect("a column")];
    Query {
        filters,
        search: search.to_owned(),
        range,
        sort: Sort { column, direction },
        zone: zone.to_owned(),
        limit,
        columns,
        ..Query::all(report)
    }
}

fn any_test(report: &'static Report, column: &'static Column, rows: &[Row], rng: &mut StdRng) -> Test {
    let at = report.position(column.key).expect("a column of the report");
    let mut some = || rows.choose(rng).expect("a row").cells[at].clone();
    let texts: Vec<String> = [some().plain(), some().plain()].into_iter().filter(|text| !text.is_empty()).collect();
    let (one, other) = (some(), some());
    let id = rows.choose(rng).expect("a row").id;
    if rng.random_bool(0.1) && column.kind.operators().contains(&vigia_app::model::filter::Operator::Empty) {
        return Test::Empty(rng.random_bool(0.5));
    }
    let part = |text: &str, rng: &mut StdRng| {
        let characters: Vec<char> = text.chars().collect();
        let from = rng.random_range(0..characters.len().max(1));
        let to = (from + rng.random_range(1..8)).min(characters.len());
        let part: String = characters[from.min(to)..to].iter().collect();
        if part.is_empty() { "x".to_owned() } else { part }
    };
    let text = texts.first().cloned().unwrap_or_else(|| "srv".to_owned());
    match column.kind {
        Kind::Id => Test::Ids(vec![id]),
        Kind::LongText => Test::Contains(part(&text, rng)),
        Kind::Text | Kind::Choice { .. } if texts.is_empty() => Test::Is(vec!["srv-db-01".to_owned()]),
        Kind::Choice { .. } => {
            if rng.random_bool(0.7) {
                Test::Is(texts)
            } else {
                Test::Not(texts)
            }
        }
        Kind::Text => match rng.random_range(0..4) {
            0 => Test::Is(texts),
            1 => Test::Not(texts),
            2 => Test::Contains(part(&text, rng)),
            _ => Test::Starts(text.chars().take(3).collect()),
        },
        Kind::Number | Kind::Bytes | Kind::Duration => {
            let number = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
            match (number(&one), number(&other)) {
                (Some(a), Some(b)) => Test::Between { min: Some(a.min(b)), max: Some(a.max(b)) },
                (Some(a), None) => Test::Between { min: Some(a), max: None },
                _ => Test::Between { min: None, max: Some(2) },
            }
        }
        Kind::Time => {
            let moment = |cell: &Cell| if let Cell::Time(time) = cell { Some(Moment::utc(*time)) } else { None };
            match (moment(&one), moment(&other)) {
                (Some(a), Some(b)) if a.clock < b.clock => Test::Time { from: Some(a), to: Some(b) },
                (Some(a), _) => {
                    if rng.random_bool(0.5) {
                        Test::Time { from: Some(a), to: None }
                    } else {
                        Test::Time { from: None, to: Some(a) }
                    }
                }
                _ => Test::Time { from: None, to: Some(Moment::utc(Timestamp::saturating(samples::START + 500_000))) },
            }
        }
        Kind::Ip => {
            let nets = ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.168.0.0/16"];
            let chosen = (0..rng.random_range(1..3)).filter_map(|_| nets.choose(rng)).filter_map(|net| parse_net(net)).collect();
            if rng.random_bool(0.7) { Test::InNet(chosen) } else { Test::NotInNet(chosen) }
        }
        Kind::Flag => Test::Flag(rng.random_bool(0.5)),
    }
}
