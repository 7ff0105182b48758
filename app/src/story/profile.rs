//! What is known of a user, a device or a credential, on one page.
//!
//! Both sides make the questions here whose rows are counted: the server counts them, the page leads to them.

use super::{Asked, Subject, TIMELINE, Told};
use crate::behavior::{Stretch, Top, ViewSeen};
use crate::model::{ActorKind, Cell, Column, Query, QueryError, Test, Timestamp, codec};
use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use crate::reviews::ReviewQueue;
use crate::sentence;
use serde::{Deserialize, Serialize};

/// A user, a device or a credential.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// How many rows each question of [`Subject::questions`] has, in their order, of whatever time.
    pub rows: Vec<u64>,
    /// The sources that use the name, those with most rows first, and how many rows.
    pub sources: Vec<(Cell, u64)>,
    /// The last 45 days: how many views, and how many of them with risk.
    pub days: Vec<Stretch>,
    /// In each hour of the week, on the clock of the zone, in these days: 168 pairs, from the first hour of Monday; none where there are no views.
    pub week: Vec<(u64, u64)>,
    /// In these days: all, those with risk, with emergency access, without a governance ID, and first accesses.
    pub views: u64,
    pub risky: u64,
    pub emergency: u64,
    pub ungoverned: u64,
    pub firsts: u64,
    /// In these days: views with the greatest risk, the last ones, and the last first accesses.
    pub riskiest: Vec<ViewSeen>,
    pub latest: Vec<ViewSeen>,
    pub first: Vec<ViewSeen>,
    /// In these days: what most views have in common.
    pub tops: Vec<Top>,
    /// Operations by how they stand, of whatever time.
    pub operations: Vec<StatusSeen>,
    /// The last operations.
    pub last_operations: Vec<Told>,
    pub still_known: StillKnown,
    /// What is to be reviewed of it; `None` for those who do not review.
    pub reviews: Option<OpenReviews>,
}

/// Passwords that were seen and not changed since: of a user the credentials, of a device its accounts, of a credential who has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StillKnown {
    /// The views: rows of [`Subject::still_known`].
    pub views: u64,
    /// How many different values of [`Subject::known_by`] they have; `None` where that is too many to count.
    pub different: Option<u64>,
    /// Those with most views.
    pub most: Vec<KnownBy>,
    /// Not all that is there has been gone through: some that were changed may be counted.
    pub preparing: bool,
}

impl StillKnown {
    pub const LISTED: usize = 8;
}

/// What some of these views have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBy {
    /// A cell for each column of [`Subject::known_by`].
    pub cells: Vec<Cell>,
    pub views: u64,
    pub last: Timestamp,
}

/// What the rules find of it and nobody has reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenReviews {
    /// Each event once.
    pub rows: u64,
    /// A rule may be there twice, for each name that somebody has; without those that find nothing.
    pub queues: Vec<ReviewQueue>,
}

/// Operations of one status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusSeen {
    pub status: Cell,
    pub operations: u64,
    /// How often they were tried, on average; `None` where that is not known.
    pub attempts: Option<f64>,
}

impl Subject {
    /// Reads the query string of an address, which says of whom or of what it is, and in which zone its days are.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, or what is missing.
    pub fn decode(search: &str) -> Result<(Self, String), QueryError> {
        let query = codec::decode(&TIMELINE, search)?;
        let value = |key: &str| {
            let mut tests = query.filters.iter().filter(|filter| filter.column.key == key).map(|filter| &filter.test);
            match (tests.next(), tests.next()) {
                (Some(Test::Is(values)), None) if values.len() == 1 => values.first().cloned(),
                _ => None,
            }
        };
        let subject = match (query.filters.len(), value("user"), value("device"), value("username")) {
            (1, Some(user), None, None) => Some(Self::User(user)),
            (1, None, Some(device), None) => Some(Self::Device(device)),
            (2, None, Some(device), Some(username)) => Some(Self::Credential { device, username }),
            _ => None,
        };
        let alone = Query { filters: query.filters.clone(), zone: query.zone.clone(), ..Query::all(&TIMELINE) };
        match subject.filter(|_| query == alone) {
            Some(subject) => Ok((subject, query.zone)),
            None => Err(QueryError::new("user", sentence!("story.subject"))),
        }
    }

    /// Whether there is a page of it.
    pub const fn has_page(&self) -> bool {
        !matches!(self, Self::GovernanceId(_))
    }

    /// The columns of views that tell apart what was seen and not changed since.
    pub fn known_by(&self) -> Vec<&'static Column> {
        let keys: &[&str] = match self {
            Self::Device(_) => &["username"],
            Self::Credential { .. } => &["user"],
            Self::User(_) | Self::GovernanceId(_) => &["device", "username"],
        };
        keys.iter().filter_map(|key| PASSWORD_VIEW.column(key)).collect()
    }

    /// Of a question about its views, those after which the password was not changed. Of a user all, of devices and credentials what people have seen: the
    /// same as the page of credentials to change counts.
    pub fn still_known(&self, views: &Query) -> Option<Query> {
        let views = views.narrowed("changed", Test::Empty(true))?;
        match self {
            Self::User(_) => Some(views),
            _ => views.narrowed("actor_kind", Test::Not(ActorKind::MACHINES.map(|kind| kind.word().to_owned()).to_vec())),
        }
    }

    /// The questions to the reports that have its rows.
    pub fn questions(&self, zone: &str) -> Vec<Query> {
        let asked: Asked = self.asked(zone);
        asked.questions().into_iter().map(|query| Query { columns: query.report.shown().collect(), ..query }).collect()
    }
}

/// Of these questions the one about views that has most rows: whoever is known by two names has most of their views under one of them.
pub fn of_views<'a>(questions: &'a [Query], rows: &[u64]) -> Option<&'a Query> {
    let views = questions.iter().zip(rows).rev().filter(|(query, _)| query.report.key == PASSWORD_VIEW.key);
    views.max_by_key(|(_, rows)| **rows).map(|(query, _)| query)
}

/// Of these questions the one about operations.
pub fn operations(questions: &[Query]) -> Option<&Query> {
    questions.iter().find(|query| query.report.key == PASSWORD_OPERATION.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_of_whom_or_of_what_it_is() {
        for (search, subject) in [
            ("user=Ana%20Lima", Subject::User("Ana Lima".to_owned())),
            ("device=srv-1", Subject::Device("srv-1".to_owned())),
            ("device=srv-1&username=root", Subject::Credential { device: "srv-1".to_owned(), username: "root".to_owned() }),
        ] {
            assert_eq!(Subject::decode(&format!("{search}&zone=Asia/Tokyo")), Ok((subject.clone(), "Asia/Tokyo".to_owned())));
            assert_eq!(subject.asked("UTC").encode(), search);
        }
        for search in [
            "",
            "user=a&user=b",
            "user=a&device=b",
            "username=root",
            "user.contains=a",
            "governance_id=CHG7",
            "user=a&q=b",
            "user=a&limit=100",
            "user=a&time=today",
        ] {
            assert_eq!(Subject::decode(search).map_err(|error| error.field), Err("user".to_owned()), "{search}");
        }
        assert_eq!(Subject::decode("colour=red").map_err(|error| error.field), Err("colour".to_owned()));
    }

    #[test]
    fn the_views_are_those_of_the_name_that_has_most() {
        let questions = Subject::User("ana".to_owned()).questions("UTC");
        let of = |rows: &[u64]| of_views(&questions, rows).map(codec::encode);
        assert_eq!(questions[1].report.key, PASSWORD_VIEW.key);
        assert_eq!(of(&[9, 0, 3, 0, 0, 0]).as_deref(), Some("login=ana"));
        assert_eq!(of(&[9, 3, 3, 0, 0, 0]).as_deref(), Some("user=ana"), "of equals the one that says it best");
        assert_eq!(operations(&questions).map(codec::encode).as_deref(), Some("requester=ana"));
    }
}
