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
    /// A day or more in which a source said nothing at all: a low count may only mean that nothing is known.
    pub silent: bool,
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
    /// After which the password was not changed.
    Unchanged,
}

/// A view in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewSeen {
    pub id: EventId,
    /// `None` where it is not known yet.
    pub risk: Option<i64>,
    pub user: Cell,
    pub device: Cell,
    /// Whose password it was.
    pub username: Cell,
}

/// The values of a column that most rows have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Top {
    /// Key of the column.
    pub column: String,
    /// Those with most rows first, with how many of them stand out.
    pub values: Vec<(Cell, u64, u64)>,
    /// How many values there are beside them, and how many rows those have.
    pub others: (u64, u64),
}

/// What the views of a period have in common: what the dashboard shows below its first screen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Patterns {
    /// How many views are in each hour of the week, on the clock of the zone, and how many of those are with risk: 168 pairs, from the
    /// first hour of Monday; none where there is nothing.
    pub week: Vec<(u64, u64)>,
    pub trends: Vec<Trend>,
    pub credentials: Vec<Used>,
    /// How many credentials were used.
    pub credentials_there: u64,
    /// The last views, of whatever risk.
    pub latest: Vec<ViewSeen>,
    /// The last views of credentials that their users had not viewed before, and how many such there are.
    pub first: Vec<ViewSeen>,
    pub first_there: u64,
    /// Views on days on which their users viewed unusually many passwords, by user and credential: those of which there are most first.
    pub excessive: Vec<Excess>,
    /// How many such groups there are.
    pub excessive_there: u64,
}

/// How many there are over time, and how many of those stand out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    pub kind: TrendKind,
    pub step: Step,
    pub spans: Vec<Stretch>,
}

/// What a trend is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrendKind {
    /// Views, and those without a governance ID.
    Governance,
    /// Views, and those without a justification.
    Justification,
    /// Views of the last 45 days, and those with risk.
    CustodyDays,
    /// Views of the last 12 months, and those with risk.
    CustodyMonths,
    /// Password operations that ended, and those that failed.
    Operations,
    /// Performed backups, and those that failed.
    Backups,
}

impl TrendKind {
    pub const ALL: [Self; 6] =
        [Self::Governance, Self::Justification, Self::CustodyDays, Self::CustodyMonths, Self::Operations, Self::Backups];
}

/// A span of time of a trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its bounds, half-open, as an address has them.
    pub from: String,
    pub to: String,
    pub all: u64,
    /// Those that stand out.
    pub part: u64,
    /// It has not ended.
    pub so_far: bool,
}

/// A credential, and how often it was viewed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Used {
    pub device: Cell,
    pub username: Cell,
    pub views: u64,
    pub risky: u64,
}

/// Views of one user of one credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    pub user: Cell,
    pub device: Cell,
    pub username: Cell,
    pub views: u64,
    /// Their risk on average; `None` where none is known.
    pub risk: Option<f64>,
}
