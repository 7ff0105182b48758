//! What the dashboard is asked, and the questions to the report that its figures are the answers of.

use super::TrendKind;
use crate::model::filter::hour_name;
use crate::model::risk::SERVICE;
use crate::model::{ActorKind, Cell, Column, Filter, Moment, OperationStatus, Preset, Query, QueryError, Test, TimeRange, codec};
use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};
use crate::sentence;

/// From this risk on, a view is one "with risk".
pub const RISKY: i64 = 50;
/// The operation of a session; all others are views of a password.
const SESSION: &str = "Start session";

/// Which views the charts are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Passwords that were seen, copied or checked out.
    #[default]
    Views,
    /// Sessions that were started with one.
    Sessions,
    Both,
}

impl Show {
    pub const ALL: [Self; 3] = [Self::Views, Self::Sessions, Self::Both];

    /// Name in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Views => "views",
            Self::Sessions => "sessions",
            Self::Both => "both",
        }
    }
}

/// What the dashboard is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Period, zone, filters and search, as the report has them. Sort, columns and paging have no meaning here.
    pub query: Query,
    pub show: Show,
    /// Whether programs count as well: services, systems, and whoever comes through the API.
    pub services: bool,
}

impl Asked {
    /// Reads the query string of an address; where it says nothing of time, it is about the last 15 days.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, as the report does.
    pub fn decode(search: &str) -> Result<Self, QueryError> {
        let (mut show, mut services, mut rest) = (Show::Views, false, Vec::new());
        for pair in search.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("show", key)) => {
                    let known = Show::ALL.into_iter().find(|show| show.key() == key);
                    show = known.ok_or_else(|| QueryError::new("show", sentence!("behavior.no-show", value = format!("{key:?}"))))?;
                }
                Some(("services", "yes")) => services = true,
                Some(("services", "no")) => services = false,
                Some(("services", other)) => {
                    return Err(QueryError::new("services", sentence!("query.yes-no", value = format!("{other:?}"))));
                }
                _ => rest.push(pair),
            }
        }
        let Query { search, filters, range, zone, .. } = codec::decode(&PASSWORD_VIEW, &rest.join("&"))?;
        let range = if range == TimeRange::All { TimeRange::Preset(Preset::Last15Days) } else { range };
        Ok(Self { query: Query { search, filters, range, zone, ..Query::all(&PASSWORD_VIEW) }, show, services })
    }

    /// The query string that says all of it but what is usual.
    pub fn encode(&self) -> String {
        let query = codec::encode(&self.query);
        let show = (self.show != Show::Views).then(|| format!("show={}", self.show.key()));
        let services = self.services.then(|| "services=yes".to_owned());
        Some(query).filter(|query| !query.is_empty()).into_iter().chain(show).chain(services).collect::<Vec<_>>().join("&")
    }

    /// The views of one kind that count; `None` where what is asked for leaves all of them out.
    pub fn of(&self, show: Show) -> Option<Query> {
        let text = |text: &str| vec![text.to_owned()];
        let all = if self.services || self.names_services() {
            self.query.clone()
        } else {
            let machines = ActorKind::MACHINES.map(|kind| kind.word().to_owned()).to_vec();
            self.query.narrowed("origin", Test::Not(text(SERVICE)))?.narrowed("actor_kind", Test::Not(machines))?
        };
        match show {
            Show::Both => Some(all),
            Show::Views => all.narrowed("operation", Test::Not(text(SESSION))),
            Show::Sessions => all.narrowed("operation", Test::Is(text(SESSION))),
        }
    }

    /// Whether a filter asks for programs.
    fn names_services(&self) -> bool {
        let is_one = |column: &str, value: &String| match column {
            "origin" => value.eq_ignore_ascii_case(SERVICE),
            "actor_kind" => ActorKind::read(value).is_some_and(|kind| ActorKind::MACHINES.contains(&kind)),
            _ => false,
        };
        let asks =
            |filter: &Filter| matches!(&filter.test, Test::Is(values) if values.iter().any(|value| is_one(filter.column.key, value)));
        self.query.filters.iter().any(asks)
    }

    /// Those that the charts are of.
    pub fn shown(&self) -> Option<Query> {
        self.of(self.show)
    }
}

/// Those of a question's views that are with risk.
pub fn risky(query: &Query) -> Option<Query> {
    query.narrowed("risk", Test::Between { min: Some(RISKY), max: None })
}

/// Those that have this in a column: where nothing is, those that have nothing in it.
pub fn having(query: &Query, column: &'static Column, value: &Cell) -> Option<Query> {
    let test = match value {
        Cell::Empty => Test::Empty(true),
        Cell::Flag(flag) => Test::Flag(*flag),
        other => Test::Is(vec![other.plain()]),
    };
    query.narrowed(column.key, test)
}

/// Those in an hour of the week, from 0 to 167, on the clock of the question's zone.
pub fn hour(query: &Query, hour: usize) -> Option<Query> {
    query.narrowed(query.report.time, Test::Is(vec![hour_name(hour)]))
}

/// Those of a credential: a user name on a device.
pub fn of_credential(query: &Query, device: &Cell, username: &Cell) -> Option<Query> {
    let column = |key| PASSWORD_VIEW.column(key);
    having(&having(query, column("device")?, device)?, column("username")?, username)
}

/// Those that were their users' first of the credential.
pub fn first(query: &Query) -> Option<Query> {
    query.narrowed("first_access", Test::Flag(true))
}

/// Those on days on which their users viewed unusually many passwords.
pub fn excessive(query: &Query) -> Option<Query> {
    query.narrowed("unusual_volume", Test::Flag(true))
}

/// What a trend counts; `None` where what is asked for leaves all of it out. Those of other reports are of the same period, whatever else
/// is asked for.
pub fn trend(asked: &Asked, kind: TrendKind) -> Option<Query> {
    let other = |report| Query { range: asked.query.range, zone: asked.query.zone.clone(), ..Query::all(report) };
    match kind {
        TrendKind::Governance | TrendKind::Justification | TrendKind::CustodyDays | TrendKind::CustodyMonths => asked.shown(),
        TrendKind::Operations => {
            let ended = [OperationStatus::Success, OperationStatus::Error].map(|status| status.name().to_owned());
            other(&PASSWORD_OPERATION).narrowed("status", Test::Is(ended.to_vec()))
        }
        TrendKind::Backups => Some(other(&PERFORMED_BACKUPS)),
    }
}

/// Those of what a trend counts that stand out.
pub fn standing_out(query: &Query, kind: TrendKind) -> Option<Query> {
    match kind {
        TrendKind::Governance => query.narrowed("governance_id", Test::Empty(true)),
        TrendKind::Justification => query.narrowed("justification", Test::Empty(true)),
        TrendKind::CustodyDays | TrendKind::CustodyMonths => risky(query),
        TrendKind::Operations | TrendKind::Backups => query.narrowed("status", Test::Is(vec![OperationStatus::Error.name().to_owned()])),
    }
}

/// Those between two moments; the second one is not among them.
pub fn within(query: &Query, from: Moment, to: Moment) -> Query {
    Query { range: TimeRange::Between { from: Some(from), to: Some(to) }, ..query.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(search: &str) -> Asked {
        Asked::decode(search).unwrap_or_else(|error| panic!("{search}: {}: {}", error.field, error.message))
    }

    #[test]
    fn an_address_says_what_is_asked() {
        for (search, whole) in [
            ("", "time=last-15-days"),
            ("time=today&show=both", "time=today&show=both"),
            ("services=yes&user=ana&sort=-risk&limit=100", "user=ana&time=last-15-days&services=yes"),
            ("from=2026-11-01&show=sessions&services=no", "from=2026-11-01T00:00:00&show=sessions"),
        ] {
            assert_eq!(asked(search).encode(), whole);
            assert_eq!(asked(whole), asked(search));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (search, field) in [("show=all", "show"), ("services=1", "services"), ("colour=red", "colour"), ("time=soon", "time")] {
            assert_eq!(Asked::decode(search).map_err(|error| error.field), Err(field.to_owned()));
        }
    }

    #[test]
    fn views_and_sessions_are_all_there_is() {
        let of = |search: &str, show| asked(search).of(show).map(|query| codec::encode(&query));
        let (days, people) = ("time=last-15-days", "actor_kind.not=Service&actor_kind.not=System");
        assert_eq!(of("services=yes", Show::Both), Some(days.to_owned()));
        assert_eq!(of("services=yes", Show::Views), Some(format!("operation.not=Start%20session&{days}")));
        assert_eq!(of("", Show::Sessions), Some(format!("origin.not=API%20%28A2A%29&{people}&operation=Start%20session&{days}")));
        assert_eq!(of("operation=View%20password", Show::Sessions), None, "none of them is a session");
        assert_eq!(of("actor_kind=Service", Show::Both), Some(format!("actor_kind=Service&{days}")), "they are asked for");
        assert_eq!(of("origin=API%20%28A2A%29", Show::Both), Some(format!("origin=API%20%28A2A%29&{days}")), "they are asked for");
    }
}
