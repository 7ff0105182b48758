//! What the timeline is asked, and the questions to the reports that it is made into.

use super::{TIMELINE, columns};
use crate::model::{Column, Direction, EventId, Filter, Query, QueryError, Report, Sort, Test, TimeRange, Timestamp, codec, duration};
use crate::reports;
use crate::sentence;
use percent_encoding::percent_decode_str;
use std::ops::Range;
use std::slice;

/// An event that is looked at among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    pub report: &'static Report,
    pub id: EventId,
}

/// What the timeline is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// A question to [`TIMELINE`].
    pub query: Query,
    pub event: Option<Marked>,
    /// How long before and after that event others are shown, in milliseconds; `None` for all there are. Only with an event, and without a time range.
    pub within: Option<i64>,
}

impl Asked {
    /// How long before and after an event others are shown at first, in milliseconds.
    pub const AROUND: i64 = 15 * 60 * 1000;
    /// The longest.
    pub const MOST: i64 = 31 * 24 * 60 * 60 * 1000;

    /// A question of [`TIMELINE`].
    pub const fn of(query: Query) -> Self {
        Self { query, event: None, within: None }
    }

    /// Everything around an event.
    pub fn around(event: Marked, zone: &str) -> Self {
        let query = Query { zone: zone.to_owned(), ..Query::all(&TIMELINE) };
        Self { query, event: Some(event), within: Some(Self::AROUND) }
    }

    /// Reads the query string of an address.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, as a report does.
    pub fn decode(search: &str) -> Result<Self, QueryError> {
        let (mut event, mut within, mut rest) = (None, None, Vec::new());
        for pair in search.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some((key @ "event", value)) => once(key, &mut event, marked(&text(value))?)?,
                Some((key @ "within", value)) => once(key, &mut within, span(&text(value))?)?,
                _ => rest.push(pair),
            }
        }
        let query = codec::decode(&TIMELINE, &rest.join("&"))?;
        let usual = Query::all(&TIMELINE);
        if query.sort.column != usual.sort.column {
            return Err(QueryError::new("sort", sentence!("story.sort")));
        }
        if query.columns != usual.columns {
            return Err(QueryError::new("columns", sentence!("story.columns")));
        }
        match (within, event, query.range) {
            (Some(_), None, _) => Err(QueryError::new("within", sentence!("story.within-alone"))),
            (Some(_), _, range) if range != TimeRange::All => Err(QueryError::new("within", sentence!("story.within-and-time"))),
            _ => Ok(Self { query, event, within }),
        }
    }

    /// The query string that says all of it but what is usual.
    pub fn encode(&self) -> String {
        let query = Some(codec::encode(&self.query)).filter(|query| !query.is_empty());
        let event = self.event.map(|event| format!("event={}/{}", event.report.key, event.id));
        let within = self.within.map(|within| format!("within={}", duration::write(within)));
        query.into_iter().chain(event).chain(within).collect::<Vec<_>>().join("&")
    }

    /// The time around the event, where that is what is asked for.
    pub fn window(&self) -> Option<Range<Timestamp>> {
        let (at, within) = (self.event?.id.time().millis(), self.within?);
        // The last millisecond counts.
        Some(Timestamp::saturating(at - within)..Timestamp::saturating(at + within + 1))
    }

    /// The direction of time.
    pub const fn direction(&self) -> Direction {
        self.query.sort.direction
    }

    /// The questions to the reports whose rows are those of the timeline, in the order of the reports. A row may answer two questions to its report.
    pub fn questions(&self) -> Vec<Query> {
        reports::ALL.into_iter().filter(|report| self.is_of(report)).flat_map(|report| self.to(report)).collect()
    }

    /// Whether the filters let rows of a report through.
    fn is_of(&self, report: &Report) -> bool {
        let filters = self.query.filters.iter().filter(|filter| filter.column.key == "report");
        filters.into_iter().all(|filter| match &filter.test {
            Test::Is(keys) => keys.iter().any(|key| key == report.key),
            Test::Not(keys) => !keys.iter().any(|key| key == report.key),
            Test::Empty(empty) => !empty,
            _ => true,
        })
    }

    /// The questions to one report: none where something is asked for that its events never have. Who acted may stand in several columns: one of them has
    /// to meet all that is asked for.
    fn to(&self, report: &'static Report) -> Vec<Query> {
        let mut all = Query { filters: Vec::new(), columns: columns(report), ..self.query.clone() };
        all.report = report;
        all.sort = Sort { direction: self.query.sort.direction, ..Query::default_sort(report) };
        let mut of_users = Vec::new();
        for filter in &self.query.filters {
            let keys = keys(report, filter.column);
            let filtered = |key: &&str| report.column(key).map(|column| Filter { column, test: filter.test.clone() });
            match (&filter.test, keys) {
                // What is missing passes.
                (Test::Not(_) | Test::Empty(true), keys) => all.filters.extend(keys.iter().filter_map(filtered)),
                _ if filter.column.key == "report" => {}
                (_, []) => return Vec::new(),
                (_, [one]) => all.filters.extend(filtered(one)),
                _ => of_users.push(filter),
            }
        }
        if of_users.is_empty() {
            return vec![all];
        }
        let by = |key: &&str| {
            let column = report.column(key)?;
            let mut query = all.clone();
            query.filters.extend(of_users.iter().map(|filter| Filter { column, test: filter.test.clone() }));
            Some(query)
        };
        report.about.user.iter().filter_map(by).collect()
    }
}

/// The columns of a report that a column of the timeline stands for.
fn keys(report: &'static Report, column: &'static Column) -> &'static [&'static str] {
    let about = &report.about;
    match column.key {
        "user" => about.user,
        "device" => about.device.as_slice(),
        "username" => about.username.as_slice(),
        "governance_id" => about.governance_id.as_slice(),
        "date" => slice::from_ref(&report.time),
        "report" => &[],
        _ => slice::from_ref(&column.key),
    }
}

fn text(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

fn once<T>(key: &str, place: &mut Option<T>, value: T) -> Result<(), QueryError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(QueryError::new(key, sentence!("query.twice"))),
    }
}

/// An event as an address names it: the key of its report, `/`, and its id.
fn marked(value: &str) -> Result<Marked, QueryError> {
    let event = value.split_once('/').and_then(|(report, id)| Some(Marked { report: reports::by_key(report)?, id: id.parse().ok()? }));
    event.ok_or_else(|| QueryError::new("event", sentence!("story.event", value = format!("{:?}", short(value)))))
}

/// A time around an event.
fn span(value: &str) -> Result<i64, QueryError> {
    let span = duration::parse(value).filter(|span| (1..=Asked::MOST).contains(span));
    span.ok_or_else(|| QueryError::new("within", sentence!("story.within", value = format!("{:?}", short(value)))))
}

/// A caller's text inside a message.
fn short(value: &str) -> String {
    value.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(search: &str) -> Asked {
        Asked::decode(search).unwrap_or_else(|error| panic!("{search}: {error}"))
    }

    /// What the reports are asked, but for those of the fifth report.
    fn questions(search: &str) -> Vec<String> {
        let questions = asked(search).questions().into_iter().filter(|query| query.report.key != "account-discovery");
        let said = questions.map(|query| {
            let said = codec::encode(&Query { columns: query.report.shown().collect(), ..query.clone() });
            format!("{}?{said}", query.report.key)
        });
        said.collect()
    }

    #[test]
    fn an_address_says_what_is_asked() {
        for search in [
            "",
            "user=Ana%20Lima&time=today&zone=America/Sao_Paulo",
            "device=srv-1&username=root&limit=100&cursor=x",
            "q=root&report=password-view&report=audit-tracking&sort=date",
            "event=password-view/1P3QZ9G6W0000&within=15m",
            "user=ana&from=2026-11-01T00:00:00&event=audit-tracking/1P3QZ9G6W0000",
        ] {
            assert_eq!(asked(search).encode(), search);
        }
        assert_eq!(asked("event=password-view%2F1p3qz9g6w0000&within=1h").encode(), "event=password-view/1P3QZ9G6W0000&within=1h");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (search, field) in [
            ("colour=red", "colour"),
            ("risk.min=50", "risk.min"),
            ("report=passwords", "report"),
            ("sort=user", "sort"),
            ("columns=user", "columns"),
            ("event=password-view", "event"),
            ("event=passwords/1P3QZ9G6W0000", "event"),
            ("event=password-view/1P3QZ9G6W0000&event=password-view/1P3QZ9G6W0000", "event"),
            ("within=15m", "within"),
            ("event=password-view/1P3QZ9G6W0000&within=15", "within"),
            ("event=password-view/1P3QZ9G6W0000&within=0s", "within"),
            ("event=password-view/1P3QZ9G6W0000&within=32d", "within"),
            ("event=password-view/1P3QZ9G6W0000&within=15m&time=today", "within"),
        ] {
            assert_eq!(Asked::decode(search).map_err(|error| error.field), Err(field.to_owned()), "{search}");
        }
    }

    #[test]
    fn a_person_stands_in_every_column_that_says_who_acted() {
        assert_eq!(
            questions("user=ana"),
            [
                "password-operation?requester=ana",
                "password-view?user=ana",
                "password-view?login=ana",
                "performed-backups?requested_by=ana",
                "audit-tracking?user=ana",
                "audit-tracking?username=ana",
            ]
        );
        let not = "audit-tracking?user.not=ana&username.not=ana";
        assert_eq!(questions("user.not=ana&report=audit-tracking"), [not], "in none of them");
        let both = ["audit-tracking?user.starts=a&user.contains=n", "audit-tracking?username.starts=a&username.contains=n"];
        assert_eq!(questions("user.starts=a&user.contains=n&report=audit-tracking"), both, "one of them is both");
    }

    #[test]
    fn a_report_that_cannot_say_it_is_not_asked() {
        let credential = ["password-operation?device=srv-1&username=root", "password-view?device=srv-1&username=root"];
        assert_eq!(questions("device=srv-1&username=root"), credential);
        assert_eq!(questions("governance_id=CHG7"), ["password-view?governance_id=CHG7"]);
        assert_eq!(questions("device.not=srv-1&report=performed-backups"), ["performed-backups?"], "its rows have none");
        assert_eq!(questions("device=srv-1&report=performed-backups"), [""; 0]);
        let rest = [
            "password-view?q=root&time=today&zone=Asia/Tokyo&sort=date&limit=100",
            "audit-tracking?q=root&time=today&zone=Asia/Tokyo&sort=date&limit=100",
        ];
        assert_eq!(questions("report=password-view&report=audit-tracking&q=root&time=today&zone=Asia/Tokyo&sort=date&limit=100"), rest);
        assert_eq!(questions("report=password-operation&date=mon-09"), ["password-operation?schedule_date=mon-09"]);
    }

    #[test]
    fn the_time_around_an_event_has_it_in_the_middle() {
        let at = Timestamp::saturating(1_795_356_207_120);
        let event = Marked { report: &reports::PASSWORD_VIEW, id: EventId::first(at) };
        let window = Asked { within: Some(60_000), ..Asked::around(event, "UTC") }.window();
        let window = window.map(|window| (at.millis() - window.start.millis(), window.end.millis() - at.millis()));
        assert_eq!(window, Some((60_000, 60_001)));
        assert_eq!(asked("event=password-view/1P3QZ9G6W0000").window(), None);
    }
}
