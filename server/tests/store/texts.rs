//! Tests that a text is found however it is written, and that what a column holds a filter can ask for.

use crate::naive::all_columns;
use crate::queries::{House, ask, resolve, walk};
use crate::{on_every_store_unfollowed, samples};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use vigia::event::Event;
use vigia::ingest::{Context, Formats, import};
use vigia::store::{Appended, Store};
use vigia_app::model::{Cell, Column, Direction, EventId, Filter, Kind, Moment, Query, Report, Sort, Test, TimeRange, Timestamp, codec};
use vigia_app::reports::{self, PASSWORD_VIEW};

on_every_store_unfollowed!(a_name_is_found_however_it_is_written, every_value_of_every_column_filters_to_its_row,);

/// Names, each in spellings that are equal; and what finds them without being equal. In the order of the column.
const NAMES: [(&[&str], &[&str]); 8] = [
    (&["I\u{15F}\u{131}k", "i\u{15F}\u{131}K", "Is\u{327}\u{131}k"], &["isik", "\u{131}\u{15F}\u{131}k", "I\u{15F}\u{130}K"]),
    (&["\u{130}stanbul", "istanbul", "ISTANBUL", "I\u{307}STANBUL"], &["\u{131}stanbul", "\u{130}stan"]),
    (&["Jos\u{E9}", "Jose\u{301}", "JOS\u{C9}"], &["jose", "JOS", "jos\u{EA}"]),
    (&["Stra\u{DF}e 5", "STRASSE 5", "strasse 5", "STRA\u{1E9E}E 5"], &["stra\u{DF}e", "straSSE"]),
    // Odysseus, with its breathing and accent; the last sigma is another than those within.
    (
        &["\u{1F48}\u{3B4}\u{3C5}\u{3C3}\u{3C3}\u{3B5}\u{3CD}\u{3C2}", "\u{1F48}\u{394}\u{3A5}\u{3A3}\u{3A3}\u{395}\u{38E}\u{3A3}"],
        &["\u{3BF}\u{3B4}\u{3C5}\u{3C3}\u{3C3}\u{3B5}\u{3C5}\u{3C3}", "\u{39F}\u{394}\u{3A5}\u{3A3}"],
    ),
    // Shalom with its points, in two orders.
    (
        &["\u{5E9}\u{5C1}\u{5B8}\u{5DC}\u{5D5}\u{5B9}\u{5DD}", "\u{5E9}\u{5B8}\u{5C1}\u{5DC}\u{5D5}\u{5B9}\u{5DD}"],
        &["\u{5E9}\u{5DC}\u{5D5}\u{5DD}"],
    ),
    // Hangul in syllables and in letters; what is looked for ends within a syllable.
    (&["\u{D55C}\u{AE00}", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"], &["\u{D558}", "\u{D55C}\u{ADF8}"]),
    (&["\u{738B}\u{4F1F}"], &["\u{4F1F}"]),
];

/// Has a line in Vigia's own form imported for each spelling; the ids of each name.
async fn imported(store: &Arc<dyn Store>) -> Vec<BTreeSet<EventId>> {
    let lines = NAMES.iter().flat_map(|(spellings, _)| *spellings).enumerate().map(|(number, spelling)| {
        let time = samples::START + number as i64 * 7_919 % 31 * 1_000;
        serde_json::json!({ "report": "password-view", "source_id": format!("view-{number}"), "time": time, "user": spelling }).to_string()
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    let mut events = Vec::new();
    let mut take = |some: Vec<Event>| {
        events.extend(some);
        Ok(Appended::default())
    };
    let formats = Formats::built_in();
    let context = Context::new(Arc::new(|| Timestamp::saturating(samples::START)), chrono_tz::Tz::UTC);
    let mut format = formats.named("vigia").expect("a format").open("test", &context);
    let summary = import(lines.as_bytes(), &mut *format, &mut take).expect("read");
    assert_eq!(summary.broken_lines, 0, "{summary:?}");
    store.append(events).await.expect("stored");
    store.settle().await;
    let rows = ask(store, Query { columns: vec![user()], limit: Query::MAX_LIMIT, ..Query::all(&PASSWORD_VIEW) }).await.rows;
    let ids: BTreeMap<String, EventId> = rows.into_iter().map(|row| (row.cells[0].plain(), row.id)).collect();
    let id = |spelling: &&str| *ids.get(*spelling).unwrap_or_else(|| panic!("{spelling:?} is kept as it came: {ids:?}"));
    NAMES.iter().map(|(spellings, _)| spellings.iter().map(id).collect()).collect()
}

fn user() -> &'static Column {
    PASSWORD_VIEW.column("user").expect("a column")
}

/// The query as it comes out of an address.
fn through_an_address(query: &Query) -> Query {
    let text = codec::encode(query);
    let read = codec::decode(query.report, &text).unwrap_or_else(|error| panic!("{text}: {}: {}", error.field, error.message));
    assert_eq!(&read, query, "{text}");
    read
}

fn by_user(test: Test) -> Query {
    through_an_address(&Query { filters: vec![Filter { column: user(), test }], ..Query::all(&PASSWORD_VIEW) })
}

/// The ids that both the index and the tables alone find.
async fn found(house: &House, store: &Arc<dyn Store>, query: Query) -> BTreeSet<EventId> {
    let known: BTreeSet<EventId> = house.ask(query.clone()).await.rows.iter().map(|row| row.id).collect();
    let read: BTreeSet<EventId> = ask(store, query.clone()).await.rows.iter().map(|row| row.id).collect();
    assert_eq!(known, read, "the index and the tables: {}", codec::encode(&query));
    known
}

async fn a_name_is_found_however_it_is_written(store: Arc<dyn Store>) {
    let names = imported(&store).await;
    let house = House::new(&store).await;
    let all: BTreeSet<EventId> = names.iter().flatten().copied().collect();
    let text = |text: &str| vec![text.to_owned()];
    for ((spellings, near), ids) in NAMES.iter().zip(&names) {
        for spelling in *spellings {
            assert_eq!(&found(&house, &store, by_user(Test::Is(text(spelling)))).await, ids, "is {spelling:?}");
            let others = found(&house, &store, by_user(Test::Not(text(spelling)))).await;
            assert_eq!(others, &all - ids, "is not {spelling:?}");
            assert!(
                found(&house, &store, by_user(Test::Starts((*spelling).to_owned()))).await.is_superset(ids),
                "starts with {spelling:?}"
            );
            // What is typed of it is completed: its spellings are one value, with the rows of all.
            let typed = spelling.chars().take(2).collect();
            let asked = resolve(by_user(Test::Starts(typed)));
            let (values, _) = house.following.index.values(&*store, &asked, user(), 100).await.expect("an answer").expect("an index");
            let one = values.iter().find(|(value, _)| spellings.contains(&&*value.plain()));
            assert_eq!(one.map(|(_, rows)| *rows), Some(ids.len() as u64), "{spelling:?} among {values:?}");
        }
        for part in spellings.iter().chain(*near) {
            let search = Query { search: (*part).to_owned(), ..Query::all(&PASSWORD_VIEW) };
            assert!(found(&house, &store, search).await.is_superset(ids), "search for {part:?}");
            assert!(found(&house, &store, by_user(Test::Contains((*part).to_owned()))).await.is_superset(ids), "contains {part:?}");
        }
        for part in *near {
            assert!(found(&house, &store, by_user(Test::Is(text(part)))).await.is_disjoint(ids), "is {part:?}");
        }
    }
    for direction in [Direction::Ascending, Direction::Descending] {
        let query = Query { sort: Sort { column: user(), direction }, limit: 3, ..Query::all(&PASSWORD_VIEW) };
        let mut expected: Vec<EventId> = names.iter().flatten().copied().collect();
        if direction == Direction::Descending {
            expected.reverse();
        }
        let (rows, mut cursor) = walk(&house, &query).await;
        assert!(rows.iter().map(|row| row.id).eq(expected.iter().copied()), "{direction:?}: {rows:?}");
        // Back over the same pages.
        let mut end = expected.len().next_multiple_of(3) - 3;
        while let Some(previous) = cursor {
            let page = house.ask(Query { cursor: Some(previous), ..query.clone() }).await;
            assert!(page.rows.iter().map(|row| row.id).eq(expected[end - 3..end].iter().copied()), "{direction:?}, back to {end}");
            (end, cursor) = (end - 3, page.previous);
        }
        assert_eq!(end, 0, "{direction:?}");
    }
}

/// Rows of each report with values such as those of [`text`].
const ROWS: usize = 30;

/// A text that a column of short texts may be given: what means something elsewhere, what is not seen, what is too long.
fn text(rng: &mut StdRng) -> String {
    const ODD: [&str; 28] = [
        " lead",
        "trail ",
        " ",
        "  two  ",
        "srv\ttab",
        "srv\nline",
        "a\r\nb",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\0",
        "a\0b",
        "a,b",
        "\"quoted'",
        "a+b",
        "%2B",
        "a&b=c#d?",
        "-",
        "\u{202e}gpj",
        "\u{feff}bom",
        "\u{301}",
        "I\u{307}",
        "Jose\u{301}",
        "yes",
        "null",
        "\u{1f511}",
        "\u{e0001}",
        "\u{2028}",
    ];
    let letters: Vec<char> =
        "aZ0 ,;&=+%/\\\"'<>\t\n\u{1}\u{e9}\u{301}\u{131}\u{df}\u{3c2}\u{5d0}\u{d55c}\u{1f511}\u{ffff}".chars().collect();
    match rng.random_range(0..10) {
        0 => letters.choose(rng).map_or_else(String::new, |letter| letter.to_string().repeat(512 / letter.len_utf8())),
        1 => "x".repeat(rng.random_range(257..=512)),
        2 => "\u{e9}".repeat(rng.random_range(200..400)),
        3..6 => (0..rng.random_range(1..12)).filter_map(|_| letters.choose(rng)).collect(),
        _ => ODD.choose(rng).copied().unwrap_or_default().to_owned(),
    }
}

/// A value that a column may be given.
fn value(column: &Column, rng: &mut StdRng) -> Cell {
    const ADDRESSES: [&str; 6] = ["0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "2001:db8::7", "::ffff:10.0.0.9"];
    match column.kind {
        Kind::Choice { values, open: false } => values.choose(rng).map_or(Cell::Empty, |choice| Cell::text(choice.name)),
        Kind::Text | Kind::LongText | Kind::Choice { .. } => Cell::text(text(rng)),
        Kind::Time => [0, 1, samples::START + 7, Timestamp::MAX.millis() - 1]
            .choose(rng)
            .map_or(Cell::Empty, |at| Cell::Time(Timestamp::saturating(*at))),
        Kind::Number | Kind::Bytes | Kind::Duration => {
            [0, 1, 86_400_001, i64::MAX].choose(rng).map_or(Cell::Empty, |number| Cell::Number(*number))
        }
        Kind::Ip => ADDRESSES.choose(rng).map_or(Cell::Empty, |ip| Cell::from(ip.parse::<IpAddr>().expect("an address"))),
        Kind::Flag => Cell::Flag(rng.random()),
        Kind::Id => Cell::Empty,
    }
}

/// The narrowest question about a column that a row with this value answers.
fn asked(report: &'static Report, column: &'static Column, id: EventId, cell: &Cell) -> Option<Query> {
    let all = Query { limit: Query::MAX_LIMIT, columns: vec![column], ..Query::all(report) };
    let (from, to) = match cell {
        Cell::Time(time) => (Some(Moment::utc(*time)), Some(Moment::utc(Timestamp::saturating(time.millis() + 1)))),
        _ => (None, None),
    };
    let test = match cell {
        _ if column.kind == Kind::Id => Test::Ids(vec![id]),
        _ if report.is_time(column) => return Some(Query { range: TimeRange::Between { from, to }, ..all }),
        Cell::Empty if column.kind == Kind::Flag => return None,
        Cell::Empty => Test::Empty(true),
        // A long text is only looked into.
        Cell::Text(text) if column.kind == Kind::LongText => Test::Contains(text.chars().take(Query::MAX_TEXT).collect()),
        Cell::Text(text) => Test::Is(vec![text.clone()]),
        Cell::Number(number) => Test::Between { min: Some(*number), max: Some(*number) },
        Cell::Time(_) => Test::Time { from, to },
        Cell::Ip(ip) => Test::InNet(vec![(*ip).into()]),
        Cell::Flag(flag) => Test::Flag(*flag),
    };
    Some(Query { filters: vec![Filter { column, test }], ..all })
}

async fn every_value_of_every_column_filters_to_its_row(store: Arc<dyn Store>) {
    let mut rng = StdRng::seed_from_u64(12);
    for report in reports::ALL {
        let events = (0..ROWS).map(|number| {
            let time = Timestamp::saturating(samples::START + number as i64 * 999);
            let mut event = Event::new(report, &"test".into(), format!("row-{number}"), time);
            for column in report.given() {
                event.set(column.key, value(column, &mut rng));
            }
            event
        });
        let appended = store.append(events.collect()).await.expect("stored");
        assert_eq!(appended.stored, ROWS as u64);
        store.settle().await;
        let house = House::new(&store).await;
        let rows = house.ask(Query { limit: Query::MAX_LIMIT, ..all_columns(report) }).await.rows;
        assert_eq!(rows.len(), ROWS);
        for row in &rows {
            for (column, cell) in report.columns.iter().zip(&row.cells) {
                let Some(query) = asked(report, column, row.id, cell) else { continue };
                let page = house.ask(through_an_address(&query)).await;
                let same = |other: &vigia_app::model::Row| other.id == row.id && other.cells.first() == Some(cell);
                assert!(page.rows.iter().any(same), "{}?{} does not find {cell:?}", report.key, codec::encode(&query));
            }
        }
        // From the tables alone, too.
        for (column, cell) in rows.first().into_iter().flat_map(|row| report.columns.iter().zip(&row.cells)) {
            let Some(query) = asked(report, column, rows[0].id, cell) else { continue };
            let page = ask(&store, query.clone()).await;
            assert!(page.rows.iter().any(|row| row.id == rows[0].id), "{}?{} in the tables", report.key, codec::encode(&query));
        }
    }
}
