//! The board of password changes: what it is asked, the questions to Password operation that its figures are the answers of, and what it shows.

use super::{Step, Top};
use crate::model::{Cell, ErrorClass, OperationStatus, Preset, Query, QueryError, Test, TimeRange, codec};
use crate::reports::PASSWORD_OPERATION;
use crate::sentence;
use serde::{Deserialize, Serialize};

/// The operations that set a password.
const CHANGES: [&str; 3] = ["Change password", "Child password change", "Reconcile password"];
/// From so many attempts on, an operation was tried again.
const AGAIN: i64 = 2;

/// Which operations the board is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Of {
    /// Those that set a password.
    #[default]
    Changes,
    All,
}

impl Of {
    pub const ALL: [Self; 2] = [Self::Changes, Self::All];

    /// Name in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::All => "all",
        }
    }
}

/// What the board is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesAsked {
    /// Period, zone, filters and search, as the report has them. Sort, columns and paging have no meaning here.
    pub query: Query,
    pub of: Of,
}

impl ChangesAsked {
    /// Reads the query string of an address; where it says nothing of time, it is about the last 15 days.
    ///
    /// # Errors
    /// Names the parameter that cannot be read, as the report does.
    pub fn decode(search: &str) -> Result<Self, QueryError> {
        let (mut of, mut rest) = (Of::default(), Vec::new());
        for pair in search.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("show", key)) => {
                    let known = Of::ALL.into_iter().find(|of| of.key() == key);
                    of = known.ok_or_else(|| QueryError::new("show", sentence!("changes.no-show", value = format!("{key:?}"))))?;
                }
                _ => rest.push(pair),
            }
        }
        let Query { search, filters, range, zone, .. } = codec::decode(&PASSWORD_OPERATION, &rest.join("&"))?;
        let range = if range == TimeRange::All { TimeRange::Preset(Preset::Last15Days) } else { range };
        Ok(Self { query: Query { search, filters, range, zone, ..Query::all(&PASSWORD_OPERATION) }, of })
    }

    /// The query string that says all of it but what is usual.
    pub fn encode(&self) -> String {
        let query = codec::encode(&self.query);
        let of = (self.of != Of::default()).then(|| format!("show={}", self.of.key()));
        Some(query).filter(|query| !query.is_empty()).into_iter().chain(of).collect::<Vec<_>>().join("&")
    }

    /// The operations of the period that count; `None` where what is asked for leaves all of them out.
    pub fn counted(&self) -> Option<Query> {
        match self.of {
            Of::All => Some(self.query.clone()),
            Of::Changes => self.query.narrowed("operation", Test::Is(CHANGES.map(str::to_owned).to_vec())),
        }
    }
}

/// How operations stand now, whenever they are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    Awaiting,
    Scheduled,
    Running,
}

impl Standing {
    pub const ALL: [Self; 3] = [Self::Awaiting, Self::Scheduled, Self::Running];

    /// Those that stand so.
    pub fn of(self, asked: &ChangesAsked) -> Option<Query> {
        let status = match self {
            Self::Awaiting => OperationStatus::AwaitingApproval,
            Self::Scheduled => OperationStatus::Scheduled,
            Self::Running => OperationStatus::Running,
        };
        let query = asked.counted()?.narrowed("status", is(status))?;
        Some(Query { range: TimeRange::All, ..query })
    }
}

/// What became of the operations that were due in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Succeeded,
    Failed,
    /// Failed by a cause that is tried again, and was.
    Exhausted,
    /// Nobody knows whether the last attempt has changed anything, however the operation stands.
    Unverified,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::Exhausted, Self::Unverified];

    /// Those of the period that ended so.
    pub fn of(self, asked: &ChangesAsked) -> Option<Query> {
        let counted = asked.counted()?;
        match self {
            Self::Succeeded => counted.narrowed("status", is(OperationStatus::Success)),
            Self::Failed => counted.narrowed("status", is(OperationStatus::Error)),
            Self::Exhausted => exhausted(&Self::Failed.of(asked)?),
            Self::Unverified => counted.narrowed("error_class", Test::Is(vec![ErrorClass::Inconclusive.name().to_owned()])),
        }
    }
}

/// Those of some failed operations that were tried again in vain.
pub fn exhausted(failed: &Query) -> Option<Query> {
    let classes = ErrorClass::ALL.into_iter().filter(|class| class.retries()).map(|class| class.name().to_owned());
    again(&failed.narrowed("error_class", Test::Is(classes.collect()))?)
}

/// Those of some operations that took more than one attempt.
pub fn again(query: &Query) -> Option<Query> {
    query.narrowed("attempts", Test::Between { min: Some(AGAIN), max: None })
}

/// Those of the period that have ended, in one way or the other.
pub fn ended(asked: &ChangesAsked) -> Option<Query> {
    let ended = [OperationStatus::Success, OperationStatus::Error].map(|status| status.name().to_owned());
    asked.counted()?.narrowed("status", Test::Is(ended.to_vec()))
}

fn is(status: OperationStatus) -> Test {
    Test::Is(vec![status.name().to_owned()])
}

/// What the board shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Changes {
    pub step: Step,
    /// The spans that the period is cut into, first to last; none where nothing of it has ended.
    pub spans: Vec<ChangesSpan>,
    pub standing: Vec<(Standing, u64)>,
    pub outcomes: Vec<OutcomeFigure>,
    /// Failed operations by class of error, by device and by site, with how many of them are exhausted.
    pub failed: Vec<Top>,
    /// Those that failed alike: the largest groups first.
    pub alike: Vec<Alike>,
    /// How many such groups there are.
    pub alike_there: u64,
}

/// A span of time, and what became of the operations that were due in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangesSpan {
    /// Its bounds, half-open, as an address has them.
    pub from: String,
    pub to: String,
    pub succeeded: u64,
    /// Those of the succeeded that took more than one attempt.
    pub again: u64,
    pub failed: u64,
    /// Succeeded in the same span of the period before, up to the same moment in it.
    pub before: u64,
    /// It has not ended.
    pub so_far: bool,
}

/// How many ended so in the period, and in the one before it up to the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeFigure {
    pub outcome: Outcome,
    pub now: u64,
    pub before: u64,
}

/// Operations that failed by one class of error on one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alike {
    pub class: Cell,
    pub device: Cell,
    pub failed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(search: &str) -> ChangesAsked {
        ChangesAsked::decode(search).unwrap_or_else(|error| panic!("{search}: {}: {}", error.field, error.message))
    }

    #[test]
    fn an_address_says_what_is_asked() {
        for (search, whole) in [
            ("", "time=last-15-days"),
            ("time=today&show=all", "time=today&show=all"),
            ("show=changes&device=srv-db-01&sort=-device&limit=100", "device=srv-db-01&time=last-15-days"),
        ] {
            assert_eq!(asked(search).encode(), whole);
            assert_eq!(asked(whole), asked(search));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (search, field) in [("show=views", "show"), ("colour=red", "colour"), ("time=soon", "time")] {
            assert_eq!(ChangesAsked::decode(search).map_err(|error| error.field), Err(field.to_owned()));
        }
    }

    #[test]
    fn each_figure_is_a_question_to_the_report() {
        let told = |query: Option<Query>| query.map(|query| codec::encode(&query));
        let all = asked("show=all&time=today");
        assert_eq!(told(Standing::Running.of(&all)), Some("status=Running".to_owned()), "whenever it is due");
        assert_eq!(told(Outcome::Succeeded.of(&all)), Some("status=Success&time=today".to_owned()));
        assert_eq!(
            told(Outcome::Exhausted.of(&all)),
            Some(
                "status=Error&error_class=Connectivity&error_class=Unavailable&error_class=Inconclusive&attempts.min=2&time=today"
                    .to_owned()
            )
        );
        assert_eq!(told(Outcome::Unverified.of(&all)), Some("error_class=Inconclusive&time=today".to_owned()));
        let changes = "operation=Change%20password&operation=Child%20password%20change&operation=Reconcile%20password";
        assert_eq!(told(ended(&asked("time=today"))), Some(format!("{changes}&status=Success&status=Error&time=today")));
        assert_eq!(told(asked("operation=Verify%20password").counted()), None, "none of them sets a password");
        assert_eq!(told(Outcome::Failed.of(&asked("status=Success&time=today"))), None, "none of them failed");
    }
}
