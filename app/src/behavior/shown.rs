//! What the dashboard shows.

use crate::model::{Cell, EventId};
use serde::{Deserialize, Serialize};

/// The views of a period, and those of the period before it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Behavior {
    pub step: Step,
    /// The spans that the period is cut into, first to last; none where there is nothing.
    pub spans: Vec<Span>,
    pub figures: Vec<Figure>,
    /// Views with risk: those with the greatest first.
    pub riskiest: Vec<ViewSeen>,
    /// Views with risk: the last ones first.
    pub latest: Vec<ViewSeen>,
    pub tops: Vec<Top>,
    /// How many have no score yet.
    pub unscored: u64,
}

/// How long spans are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Step {
    Hour,
    #[default]
    Day,
    Week,
    Month,
}

/// A span of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Its bounds, half-open, as an address has them ([`Moment`](crate::model::Moment)).
    pub from: String,
    pub to: String,
    pub views: Tally,
    pub sessions: Tally,
    /// It has not ended.
    pub so_far: bool,
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub all: u64,
    pub risky: u64,
    /// In the same span of the period before, up to the same moment in it.
    pub before: u64,
}

/// A figure of the period, and of the period before it up to the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub measure: Measure,
    pub now: u64,
    pub before: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    Views,
    /// Users with a view.
    Users,
    WithRisk,
    Emergency,
    /// Without a governance ID.
    Ungoverned,
}

/// A view in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewSeen {
    pub id: EventId,
    pub risk: i64,
    pub user: Cell,
    pub device: Cell,
    /// Whose password it was.
    pub username: Cell,
}

/// The values of a column that most views have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Top {
    /// Key of the column.
    pub column: String,
    /// Those with most views first, with how many of them were with risk.
    pub values: Vec<(Cell, u64, u64)>,
    /// How many values there are beside them, and how many views those have.
    pub others: (u64, u64),
}
