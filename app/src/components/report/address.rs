//! Addresses of reports: the query string of [`codec`], and beside it `open`, the event whose details are open.
//!
//! The page always writes the zone, also when it is UTC: an address with a zone is complete and shows everybody the same. One without
//! was typed or comes from the menu, and is completed with what the reader prefers; where it asks for nothing either, with the
//! view that the reader has chosen for that, or the report's first one.

use crate::model::{EventId, Query, QueryError, Report, codec};
use crate::reports;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The parameter of the page alone.
const OPEN: &str = "open";
const PREFIX: &str = "/reports/events/";

fn pairs(search: &str) -> impl Iterator<Item = (&str, &str)> {
    search.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The value of a parameter that stands once.
pub fn parameter(search: &str, name: &str) -> Option<String> {
    pairs(search).find(|(key, _)| *key == name).map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// A query string without the parameters of these names.
pub fn without(search: &str, names: &[&str]) -> String {
    search.split('&').filter(|pair| !names.contains(&pair.split('=').next().unwrap_or_default())).collect::<Vec<_>>().join("&")
}

/// Appends a parameter.
pub fn push(search: &mut String, name: &str, value: &str) {
    if !search.is_empty() {
        search.push('&');
    }
    search.push_str(name);
    search.push('=');
    search.push_str(&utf8_percent_encode(value, NON_ALPHANUMERIC).to_string());
}

/// The same address with its times in another zone. What the cursor meant is lost with the old one.
pub fn in_zone(path: &str, search: &str, zone: &str) -> String {
    let mut search = without(search, &["zone", "cursor"]);
    push(&mut search, "zone", zone);
    format!("{path}?{search}")
}

/// What to ask the server: the query string without what is for the page alone, and with a zone.
pub fn question(query: &Query) -> String {
    let mut search = codec::encode(query);
    if query.zone == "UTC" {
        push(&mut search, "zone", "UTC");
    }
    search
}

/// Path of a report's page.
pub fn path(report: &Report) -> String {
    format!("{PREFIX}{}", report.key)
}

/// The report whose page has this path.
pub fn report_at(path: &str) -> Option<&'static Report> {
    path.strip_prefix(PREFIX).and_then(reports::by_key)
}

/// Path and query string that show `query`, with the details of one event open.
pub fn of(query: &Query, open: Option<EventId>) -> String {
    let mut search = question(query);
    if let Some(open) = open {
        push(&mut search, OPEN, &open.to_string());
    }
    format!("{}?{search}", path(query.report))
}

/// The event whose details are open.
pub fn opened(search: &str) -> Option<EventId> {
    parameter(search, OPEN)?.parse().ok()
}

/// Reads the query of an address. `zone`, `columns` and `first`, the query of a view, are what the reader prefers where the address says nothing.
pub fn read(report: &'static Report, search: &str, zone: &str, columns: Option<&str>, first: Option<&str>) -> Result<Query, QueryError> {
    let mut search = without(search, &[OPEN]);
    if is_complete(&search) {
        return codec::decode(report, &search);
    }
    push(&mut search, "zone", zone);
    let query = preferred(report, &search, columns).map_or_else(|| codec::decode(report, &search), Ok)?;
    if !query.asks_nothing() {
        return Ok(query);
    }
    let Some(view) = first.and_then(|first| codec::decode(report, first).ok()) else { return Ok(query.in_view(&report.first_view())) };
    let shown = query.in_view(&view);
    Ok(if parameter(&search, "columns").is_some() { shown } else { Query { columns: view.columns, ..shown } })
}

/// The query with the columns that the reader prefers, where the address names none.
fn preferred(report: &'static Report, search: &str, columns: Option<&str>) -> Option<Query> {
    let columns = columns.filter(|_| parameter(search, "columns").is_none())?;
    let mut search = search.to_owned();
    push(&mut search, "columns", columns);
    // What was remembered may name a column that is no more.
    codec::decode(report, &search).ok()
}

/// Whether the address says all that it shows.
pub fn is_complete(search: &str) -> bool {
    parameter(search, "zone").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

    #[test]
    fn an_address_shows_what_it_was_made_of() -> Result<(), QueryError> {
        for search in ["zone=UTC", "status=Error&zone=America%2FSao_Paulo&columns=status,device", "q=a%26b&limit=100&zone=UTC&cursor=x"] {
            let query = read(&PASSWORD_OPERATION, search, "Asia/Tokyo", Some("device"), None)?;
            let open = "1P3QZ9G6W0000".parse().ok();
            let address = of(&query, open);
            let search = address.split_once('?').map(|(_, search)| search).unwrap_or_default();
            assert_eq!(read(&PASSWORD_OPERATION, search, "Asia/Tokyo", Some("device"), None)?, query);
            assert_eq!(opened(search), open);
        }
        Ok(())
    }

    #[test]
    fn an_address_without_a_zone_is_completed() -> Result<(), QueryError> {
        let query = read(&PASSWORD_VIEW, "emergency=yes", "Asia/Tokyo", Some("user,device"), None)?;
        assert_eq!((query.zone.as_str(), query.columns.len()), ("Asia/Tokyo", 2));
        assert_eq!(read(&PASSWORD_VIEW, "", "UTC", Some("gone"), None)?, Query::all(&PASSWORD_VIEW));
        Ok(())
    }

    #[test]
    fn an_address_that_asks_for_nothing_is_completed_with_the_first_view() -> Result<(), QueryError> {
        let first = PASSWORD_OPERATION.first_view();
        assert_ne!(first, Query::all(&PASSWORD_OPERATION));
        for search in ["", "open=1P3QZ9G6W0000", "columns=device&limit=100"] {
            let query = read(&PASSWORD_OPERATION, search, "UTC", Some("status"), None)?;
            assert_eq!((&query.filters, query.sort), (&first.filters, first.sort), "{search}");
        }
        for search in ["zone=UTC", "status=Error", "q=root", "time=today", "sort=-attempts", "cursor=x"] {
            let query = read(&PASSWORD_OPERATION, search, "UTC", None, None)?;
            assert_eq!(query, codec::decode(&PASSWORD_OPERATION, search)?, "{search}");
        }
        Ok(())
    }

    #[test]
    fn an_address_that_asks_for_nothing_shows_the_view_that_the_reader_has_chosen() -> Result<(), QueryError> {
        let read = |search: &str, first: &str| read(&PASSWORD_OPERATION, search, "Asia/Tokyo", Some("status"), Some(first));
        let failed = "status=Error&columns=device,status,message&zone=Asia/Tokyo&sort=device";
        for (search, first, shown) in [
            ("", "status=Error&sort=device&columns=device,status,message", failed),
            ("columns=device", "status=Error&sort=device", "status=Error&columns=device&zone=Asia/Tokyo&sort=device"),
            ("", "", "zone=Asia/Tokyo"),
            ("status=Success&columns=device", "status=Error", "status=Success&columns=device&zone=Asia/Tokyo"),
        ] {
            assert_eq!(read(search, first)?, codec::decode(&PASSWORD_OPERATION, shown)?, "{search}, {first}");
        }
        let first = PASSWORD_OPERATION.first_view();
        assert_eq!(read("", "colour=red")?.filters, first.filters, "one that is not understood is none");
        Ok(())
    }

    #[test]
    fn another_zone_starts_at_the_first_page() {
        assert_eq!(in_zone("/r", "zone=UTC&q=a&cursor=x", "Asia/Tokyo"), "/r?q=a&zone=Asia%2FTokyo");
    }
}
