//! What a query means, said in the plainest way: filter everything, sort everything.

use crate::agrees::Following;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::model::{Cell, Column, Direction, EventId, Kind, Query, Report, Row, Test, Timestamp};

/// The ids a query finds among `rows`, which have a cell for each column of the report.
pub fn answer(resolved: &ResolvedQuery, rows: &[Row]) -> Vec<EventId> {
    let query = &resolved.query;
    let report = query.report;
    let search = fold(&query.search);
    let mut found: Vec<&Row> = rows.iter().filter(|row| passes(resolved, &search, row)).collect();
    let at = report.position(query.sort.column.key).expect("a column of the report");
    let by_id = query.sort.column.key == "id" || report.is_time(query.sort.column);
    found.sort_by_cached_key(|row| (if by_id { Key::Missing } else { Key::of(query.sort.column, &row.cells[at]) }, row.id));
    if query.sort.direction == Direction::Descending {
        found.reverse();
    }
    found.into_iter().map(|row| row.id).collect()
}

/// `search` is what is searched for, folded.
fn passes(resolved: &ResolvedQuery, search: &str, row: &Row) -> bool {
    let query = &resolved.query;
    let found = || {
        let mut cells = query.report.columns.iter().zip(&row.cells).filter(|(column, _)| column.searched());
        search.is_empty() || cells.any(|(_, cell)| fold(&cell.plain()).contains(search))
    };
    resolved.range.contains(&row.id.time())
        && query.filters.iter().zip(&resolved.times).all(|(filter, times)| {
            let cell = &row.cells[query.report.position(filter.column.key).expect("a column of the report")];
            match &filter.test {
                Test::Is(hours) if query.report.is_time(filter.column) => hours.contains(&hour(row.id.time(), &query.zone)),
                Test::Is(values) => values.iter().any(|value| marked(&cell.plain()) == marked(value)),
                Test::Not(values) => !values.iter().any(|value| marked(&cell.plain()) == marked(value)),
                Test::Contains(needle) => fold(&cell.plain()).contains(&fold(needle)),
                Test::Starts(prefix) => fold(&cell.plain()).starts_with(&fold(prefix)),
                Test::InNet(nets) => matches!(cell, Cell::Ip(ip) if nets.iter().any(|net| net.contains(ip))),
                Test::NotInNet(nets) => !matches!(cell, Cell::Ip(ip) if nets.iter().any(|net| net.contains(ip))),
                Test::Ids(ids) => ids.contains(&row.id),
                Test::Flag(flag) => *cell == Cell::Flag(*flag),
                Test::Between { min, max } => {
                    matches!(cell, Cell::Number(n) if min.is_none_or(|min| *n >= min) && max.is_none_or(|max| *n <= max))
                }
                Test::Time { .. } => {
                    let (from, to) = times.expect("a time filter has bounds");
                    matches!(cell, Cell::Time(t) if from.is_none_or(|from| t.millis() >= from) && to.is_none_or(|to| t.millis() < to))
                }
                Test::Empty(empty) => cell.is_empty() == *empty,
            }
        })
        && found()
}

/// The hour of the week on the clock of a zone, as an address has it.
pub fn hour(at: Timestamp, zone: &str) -> String {
    let zone: chrono_tz::Tz = zone.parse().expect("a zone");
    at.utc().with_timezone(&zone).format("%a-%H").to_string().to_lowercase()
}

/// Without case, with every accent on its own; the dot of an i is none. The same few texts are asked for again and again: each is worked out once.
fn marked(text: &str) -> String {
    thread_local!(static MARKED: RefCell<HashMap<String, String>> = RefCell::default());
    let work_out = || text.to_lowercase().replace('ς', "σ").replace('ß', "ss").nfd().collect::<String>().replace("i\u{307}", "i");
    MARKED.with_borrow_mut(|known| match known.get(text) {
        Some(marked) => marked.clone(),
        None => known.entry(text.to_owned()).or_insert_with(work_out).clone(),
    })
}

/// Without case and accents.
fn fold(text: &str) -> String {
    let around = |letter: &char| matches!(canonical_combining_class(*letter), 10..=36 | 200..=234);
    marked(text).replace('ı', "i").chars().filter(|letter| !around(letter)).collect()
}

/// What a cell is sorted by: missing values come first, texts without case and accents, then with accents; long ones by their first 64
/// characters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Missing,
    Number(i64),
    Ip(IpAddr),
    Text(String, Option<String>),
}

impl Key {
    fn of(column: &Column, cell: &Cell) -> Self {
        match cell {
            Cell::Text(text) if column.kind == Kind::LongText => Self::Text(fold(text).chars().take(64).collect(), None),
            Cell::Text(text) => Self::Text(fold(text), accents(text)),
            Cell::Number(number) => Self::Number(*number),
            Cell::Time(time) => Self::Number(time.millis()),
            Cell::Flag(flag) => Self::Number((*flag).into()),
            Cell::Ip(ip) => Self::Ip(*ip),
            Cell::Empty => Self::Missing,
        }
    }
}

/// The form with accents, where there are any.
fn accents(text: &str) -> Option<String> {
    Some(marked(text)).filter(|marked| *marked != fold(text))
}

/// Every column of a report.
pub fn all_columns(report: &'static Report) -> Query {
    Query { columns: report.columns.iter().collect(), ..Query::all(report) }
}

/// Every row of a report, with a cell for each column.
pub async fn rows(following: &Following, store: &dyn Store, report: &'static Report) -> Vec<Row> {
    let mut query = Query { limit: Query::MAX_LIMIT, ..all_columns(report) };
    let mut rows = Vec::new();
    loop {
        let resolved = ResolvedQuery::new(query.clone(), Timestamp::MIN).expect("resolves");
        let page = following.index.page(store, &resolved).await.expect("an answer").expect("an index");
        rows.extend(page.rows);
        let Some(next) = page.next else { return rows };
        query.cursor = Some(next);
    }
}
