//! What is to be reviewed: the rules that administrators keep, and what they find.

use crate::model::{EventId, Filter, Moment, Query, QueryError, Report, Test, TimeRange, Timestamp, Verdict, codec};
use crate::{reports, sentence};
use serde::{Deserialize, Serialize};

/// Which events somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRule {
    pub name: String,
    /// Key of the report.
    pub report: String,
    /// Filters and search of the report, as [`codec`] reads them.
    pub query: String,
    pub enabled: bool,
}

impl ReviewRule {
    /// What the rule asks of its report.
    ///
    /// # Errors
    /// Names what is no rule: what a rule cannot ask is when, in which order, or what has been reviewed already.
    pub fn read(&self) -> Result<Query, QueryError> {
        let report = reports::by_key(&self.report).filter(|report| report.is_reviewed()).ok_or_else(|| {
            let known: Vec<_> = reports::ALL.into_iter().filter(|report| report.is_reviewed()).map(|report| report.key).collect();
            QueryError::new("report", sentence!("review.report", known = known.join(", ")))
        })?;
        let query = codec::decode(report, &self.query)
            .map_err(|error| QueryError::new("query", sentence!("review.query", parameter = error.field, wrong = error.message)))?;
        let plain = Query { search: query.search.clone(), filters: query.filters.clone(), ..Query::all(report) };
        if query != plain || query.filters.iter().any(|filter| filter.column.standing || report.is_time(filter.column)) {
            return Err(QueryError::new("query", sentence!("review.beyond")));
        }
        Ok(query)
    }

    /// The same of events from a time on.
    ///
    /// # Errors
    /// See [`ReviewRule::read`].
    pub fn since(&self, since: Option<Timestamp>) -> Result<Query, QueryError> {
        let range = since.map_or(TimeRange::All, |from| TimeRange::Between { from: Some(Moment::utc(from)), to: None });
        Ok(Query { range, ..self.read()? })
    }
}

/// A question narrowed down to what nobody has reviewed.
pub fn unreviewed(mut query: Query) -> Query {
    let report: &'static Report = query.report;
    query.filters.extend(report.column("review").map(|column| Filter { column, test: Test::Empty(true) }));
    query
}

/// What is to be reviewed, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSettings {
    pub rules: Vec<ReviewRule>,
    /// Whether managers see what is to be reviewed, and review it.
    pub managers: bool,
    /// Events before this time are not asked for.
    pub since: Option<Timestamp>,
    /// Whether views of what is watched are to be reviewed, from when somebody began to watch it.
    #[serde(default)]
    pub watched: bool,
}

impl ReviewSettings {
    pub const MAX_RULES: usize = 20;
    /// How much of what is watched is asked for: what was begun last.
    pub const MAX_WATCHED: usize = 50;
    /// Longest name of a rule, in bytes.
    pub const MAX_NAME: usize = 100;

    /// # Errors
    /// Names what cannot be: `rules[2].query`.
    pub fn check(&self) -> Result<(), QueryError> {
        if self.rules.len() > Self::MAX_RULES {
            return Err(QueryError::new("rules", sentence!("review.too-many-rules", most = Self::MAX_RULES)));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let wrong = |field: &str, message| Err(QueryError::new(format!("rules[{at}].{field}"), message));
            if rule.name.trim().is_empty() || rule.name.len() > Self::MAX_NAME {
                return wrong("name", sentence!("review.rule-name", most = Self::MAX_NAME));
            }
            if self.rules[..at].iter().any(|other| other.name.eq_ignore_ascii_case(&rule.name)) {
                return wrong("name", sentence!("review.same-name"));
            }
            if let Err(error) = rule.read() {
                return wrong(&error.field, error.message);
            }
        }
        Ok(())
    }
}

impl Default for ReviewSettings {
    fn default() -> Self {
        let rule = |name: &str, report: &Report, query: &str, enabled| ReviewRule {
            name: name.to_owned(),
            report: report.key.to_owned(),
            query: query.to_owned(),
            enabled,
        };
        let rules = vec![
            rule("Risk from 70", &reports::PASSWORD_VIEW, "risk.min=70", true),
            rule("Emergency access", &reports::PASSWORD_VIEW, "emergency=yes", true),
            // Where nobody gives any, that would be all views.
            rule("No governance ID", &reports::PASSWORD_VIEW, "governance_id.empty=yes", false),
            rule("Refused", &reports::AUDIT_TRACKING, "operation=Access denied&operation=Disapproval", true),
        ];
        Self { rules, managers: false, since: None, watched: false }
    }
}

/// What a rule finds that nobody has reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQueue {
    pub name: String,
    /// Key of the report.
    pub report: String,
    /// What finds them there, and nothing else.
    pub query: String,
    pub rows: u64,
    /// When the first of them was.
    pub oldest: Option<Timestamp>,
}

/// A day, and what of it the rules find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDay {
    /// `2026-11-26`, on the clock of the zone.
    pub day: String,
    /// Events that the rules find, each once.
    pub found: u64,
    /// Those of them that nobody has reviewed.
    pub unreviewed: u64,
    /// Whether it is over.
    pub over: bool,
    /// When somebody has stated last that it is reviewed, and who.
    pub closed: Option<(Timestamp, String)>,
}

/// What is to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewState {
    /// In the order of the rules.
    pub queues: Vec<ReviewQueue>,
    /// Events that the rules find and nobody has reviewed, each once.
    pub rows: u64,
    /// When the first of them was.
    pub oldest: Option<Timestamp>,
    /// The last days, the latest first.
    pub days: Vec<ReviewDay>,
}

impl ReviewState {
    /// Days that are told of.
    pub const DAYS: u32 = 14;
}

/// What somebody says of several events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReview {
    /// Key of the report.
    pub report: String,
    pub ids: Vec<EventId>,
    /// `None` takes back what was said last.
    pub verdict: Option<Verdict>,
    pub comment: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(report: &str, query: &str) -> ReviewRule {
        ReviewRule { name: "one".into(), report: report.into(), query: query.into(), enabled: true }
    }

    #[test]
    fn the_rules_that_there_are_from_the_beginning_can_be_read() {
        assert_eq!(ReviewSettings::default().check(), Ok(()));
    }

    #[test]
    fn a_rule_asks_for_events_and_not_for_when_or_in_which_order() {
        for query in ["", "risk.min=50&user.contains=ana", "q=root", "emergency=yes"] {
            assert!(rule("password-view", query).read().is_ok(), "{query}");
        }
        for query in [
            "time=today",
            "from=2026-11-01",
            "sort=user",
            "limit=5",
            "columns=user",
            "zone=Europe/Madrid",
            "review=Expected",
            "date=mon-14",
            "risk.min=x",
        ] {
            assert_eq!(rule("password-view", query).read().expect_err(query).field, "query");
        }
        for report in ["performed-backups", "no-report", ""] {
            assert_eq!(rule(report, "").read().expect_err(report).field, "report");
        }
    }

    #[test]
    fn what_is_wrong_with_settings_is_said_of_the_rule_that_is_wrong() {
        let with = |rules: Vec<ReviewRule>| ReviewSettings { rules, ..ReviewSettings::default() }.check().err().map(|error| error.field);
        let named = |name: &str| ReviewRule { name: name.into(), ..rule("password-view", "") };
        assert_eq!(with(vec![named("one"), named("ONE")]).as_deref(), Some("rules[1].name"));
        assert_eq!(with(vec![named("one"), named(" ")]).as_deref(), Some("rules[1].name"));
        assert_eq!(with(vec![named(&"x".repeat(101))]).as_deref(), Some("rules[0].name"));
        assert_eq!(with(vec![named("one"), rule("audit-tracking", "risk.min=1")]).as_deref(), Some("rules[1].name"));
        let other = ReviewRule { name: "two".into(), ..rule("audit-tracking", "risk.min=1") };
        assert_eq!(with(vec![named("one"), other]).as_deref(), Some("rules[1].query"));
        assert_eq!(with((0..21).map(|at| named(&at.to_string())).collect()).as_deref(), Some("rules"));
    }

    #[test]
    fn what_nobody_has_reviewed_is_a_question_that_an_address_can_say() {
        let query = unreviewed(rule("password-view", "risk.min=50").since(Timestamp::from_millis(0)).expect("a rule"));
        assert_eq!(codec::encode(&query), "risk.min=50&review.empty=yes&from=1970-01-01T00:00:00Z");
        assert_eq!(codec::decode(query.report, &codec::encode(&query)), Ok(query));
    }
}
