//! Whom or what a story is about.

use super::{Asked, TIMELINE};
use crate::model::{Cell, Filter, Query, Report, Test};
use serde::{Deserialize, Serialize};

/// A name, as the events say it: whatever system has written it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    User(String),
    Device(String),
    /// An account on a device.
    Credential {
        device: String,
        username: String,
    },
    GovernanceId(String),
}

impl Subject {
    /// All that an event is about, which has a cell for each column of its report. Who acted under two names is there with both.
    pub fn of(report: &'static Report, cells: &[Cell]) -> Vec<Self> {
        let about = &report.about;
        let named = |key: &str| match report.position(key).and_then(|at| cells.get(at)) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let mut users: Vec<String> = about.user.iter().filter_map(|key| named(key)).collect();
        users.dedup();
        let device = about.device.and_then(named);
        let credential = device.clone().zip(about.username.and_then(named));
        let users = users.into_iter().map(Self::User);
        let credential = credential.map(|(device, username)| Self::Credential { device, username });
        let ticket = about.governance_id.and_then(named).map(Self::GovernanceId);
        users.chain(device.map(Self::Device)).chain(credential).chain(ticket).collect()
    }

    /// Its conditions on the timeline: column and value.
    pub fn parts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::User(name) => vec![("user", name)],
            Self::Device(name) => vec![("device", name)],
            Self::Credential { device, username } => vec![("device", device), ("username", username)],
            Self::GovernanceId(id) => vec![("governance_id", id)],
        }
    }

    /// Everything about it.
    pub fn asked(&self, zone: &str) -> Asked {
        let filter = |(key, value): (&str, &str)| {
            let test = Test::Is(vec![value.to_owned()]);
            TIMELINE.column(key).map(|column| Filter { column, test })
        };
        let filters = self.parts().into_iter().filter_map(filter).collect();
        Asked::of(Query { filters, zone: zone.to_owned(), ..Query::all(&TIMELINE) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

    fn of(report: &'static Report, cells: &[(&str, &str)]) -> Vec<String> {
        let cell = |key: &str| cells.iter().find(|(of, _)| *of == key).map_or(Cell::Empty, |(_, text)| Cell::text(*text));
        let cells: Vec<Cell> = report.columns.iter().map(|column| cell(column.key)).collect();
        Subject::of(report, &cells).iter().map(|subject| subject.asked("UTC").encode()).collect()
    }

    #[test]
    fn an_event_is_about_all_that_its_columns_name() {
        let view = [("user", "Ana Lima"), ("login", "ana"), ("device", "srv-1"), ("username", "root"), ("governance_id", "CHG 7")];
        let all = ["user=Ana%20Lima", "user=ana", "device=srv-1", "device=srv-1&username=root", "governance_id=CHG%207"];
        assert_eq!(of(&PASSWORD_VIEW, &view), all);
        assert_eq!(of(&PASSWORD_VIEW, &[("user", "ana"), ("login", "ana"), ("username", "root")]), ["user=ana"], "it is nowhere");
        assert_eq!(of(&AUDIT_TRACKING, &[("username", "ana"), ("entity_name", "srv-1")]), ["user=ana"]);
    }
}
