//! What a query means, said in the plainest way: filter everything, sort everything.

use std::cmp::Ordering;
use vigia::store::ResolvedQuery;
use vigia_app::model::{Cell, Direction, EventId, Query, Report, Row, Test};

/// The ids a query finds among `rows`, which have a cell for each column of the report.
pub fn answer(resolved: &ResolvedQuery, rows: &[Row]) -> Vec<EventId> {
    let query = &resolved.query;
    let report = query.report;
    let search = fold(&query.search);
    let mut found: Vec<&Row> = rows.iter().filter(|row| passes(resolved, &search, row)).collect();
    let at = report.position(query.sort.column.key).expect("a column of the report");
    let by_id = query.sort.column.key == "id" || report.is_time(query.sort.column);
    found.sort_by(|a, b| {
        let order = if by_id { Ordering::Equal } else { compare(&a.cells[at], &b.cells[at]) };
        let order = order.then(a.id.cmp(&b.id));
        if query.sort.direction == Direction::Descending { order.reverse() } else { order }
    });
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
                Test::Is(values) => values.iter().any(|value| cell.plain().eq_ignore_ascii_case(value)),
                Test::Not(values) => !values.iter().any(|value| cell.plain().eq_ignore_ascii_case(value)),
                Test::Contains(needle) => fold(&cell.plain()).contains(&fold(needle)),
                Test::Starts(prefix) => cell.plain().to_ascii_lowercase().starts_with(&prefix.to_ascii_lowercase()),
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

fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect::<String>().replace('ς', "σ")
}

/// Missing values first; texts without the case of A to Z, long ones by their first 64 characters.
fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => head(a).cmp(head(b)),
        (Cell::Number(a), Cell::Number(b)) => a.cmp(b),
        (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
        (Cell::Flag(a), Cell::Flag(b)) => a.cmp(b),
        (Cell::Ip(a), Cell::Ip(b)) => a.cmp(b),
        (a, b) => b.is_empty().cmp(&a.is_empty()),
    }
}

fn head(text: &str) -> impl Iterator<Item = char> {
    text.chars().take(64).map(|letter| letter.to_ascii_lowercase())
}

/// Every column of a report.
pub fn all_columns(report: &'static Report) -> Query {
    Query { columns: report.columns.iter().collect(), ..Query::all(report) }
}
