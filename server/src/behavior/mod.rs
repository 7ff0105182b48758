//! The Behavior dashboard: how many passwords were viewed and how unusual that was, compared with the period before; and beside it the board of
//! password changes.
//!
//! Every figure is the answer of the index to a question that the page asks the report when it is clicked; [`vigia_app::behavior`]
//! makes those questions. Nothing is added up beforehand.

mod changes;
mod patterns;
mod period;
mod profile;
mod silence;

use crate::clock::Clock;
use crate::index::{Index, Known, Values, value_key};
use crate::pseudonyms::veil;
use crate::reports::being_prepared;
use crate::store::{ResolvedQuery, Store, StoreError};
use futures_util::future::try_join_all;
use period::Period;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use vigia_app::behavior::changes::{Changes, ChangesAsked};
use vigia_app::behavior::{Asked, Behavior, Figure, Measure, Patterns, Show, Span, Tally, Top, ViewSeen, risky};
use vigia_app::model::{ApiError, Cell, Column, Direction, Query, QueryError, Sort, Test, TimeRange, Timestamp, Viewer};
use vigia_app::reports::PASSWORD_VIEW;

/// Rows of a list of views.
const LISTED: u16 = 20;
/// Values of a column that are told apart.
const TOP: usize = 8;
/// The columns whose values are counted.
const TOPS: [&str; 6] = ["user", "device", "credential_type", "reason", "origin", "operation"];

/// Answers what the dashboard asks. Every role sees it; a manager with pseudonyms in place of names, where an administrator has switched them on.
#[derive(Clone)]
pub struct BehaviorService {
    store: Arc<dyn Store>,
    clock: Clock,
    index: Index,
}

/// A question while the index is being built has no answer.
enum Failed {
    NotYet,
    Store(StoreError),
    Query(QueryError),
}

impl From<QueryError> for Failed {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl BehaviorService {
    pub fn new(store: Arc<dyn Store>, clock: Clock, index: Index) -> Self {
        Self { store, clock, index }
    }

    /// What the dashboard shows for a query string.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for what cannot be read, [`ErrorKind::Unavailable`] while the index is being built and where the database cannot be
    /// reached.
    pub async fn behavior(&self, viewer: &Viewer, search: &str) -> Result<Behavior, ApiError> {
        let asked = Asked::decode(search)?;
        self.answered(self.answer(viewer, &asked).await)
    }

    /// What the dashboard shows for a query string below its first screen.
    ///
    /// # Errors
    /// As [`behavior`](Self::behavior).
    pub async fn patterns(&self, viewer: &Viewer, search: &str) -> Result<Patterns, ApiError> {
        let asked = Asked::decode(search)?;
        self.answered(patterns::of(self, viewer, &asked).await)
    }

    /// What the board of password changes shows for a query string.
    ///
    /// # Errors
    /// As [`behavior`](Self::behavior).
    pub async fn changes(&self, viewer: &Viewer, search: &str) -> Result<Changes, ApiError> {
        let asked = ChangesAsked::decode(search)?;
        self.answered(changes::of(self, viewer, &asked).await)
    }

    fn answered<T>(&self, answer: Result<T, Failed>) -> Result<T, ApiError> {
        answer.map_err(|failed| match failed {
            Failed::Store(error) => error.into(),
            Failed::Query(error) => error.into(),
            Failed::NotYet => being_prepared(&self.index),
        })
    }

    /// What the index knows now, for this reader; `None` where nothing is in the period.
    async fn look(&self, viewer: &Viewer, query: &Query) -> Result<Option<Look>, Failed> {
        Ok(Some(self.look_at(viewer, query).await?).filter(|look| !look.period.is_empty()))
    }

    /// The same, also where nothing is in the period.
    async fn look_at(&self, viewer: &Viewer, query: &Query) -> Result<Look, Failed> {
        let now = (self.clock)();
        let resolved = ResolvedQuery::new(query.clone(), now)?.veiled(veil(&*self.store, viewer).await?)?;
        let known = self.known(&resolved).await?;
        let period = Period::new(&resolved, known.ends(), now).unwrap_or_else(|| Period::empty(&resolved));
        Ok(Look { known, period, resolved, now })
    }

    async fn known(&self, resolved: &ResolvedQuery) -> Result<Known, Failed> {
        self.index.known(&*self.store, resolved).await?.ok_or(Failed::NotYet)
    }

    async fn answer(&self, viewer: &Viewer, asked: &Asked) -> Result<Behavior, Failed> {
        let Some(look) = self.look(viewer, &asked.query).await? else { return Ok(Behavior::default()) };
        let spans = async {
            let mut spans = look.spans(asked).await?;
            silence::mark(self, asked, &look, &mut spans).await?;
            Ok(spans)
        };
        let step = look.period.step;
        let Some(shown) = asked.shown() else { return Ok(Behavior { step, spans: spans.await?, ..Behavior::default() }) };
        let with_risk = risky(&shown);
        let tops = TOPS.into_iter().filter_map(|key| PASSWORD_VIEW.column(key)).map(|column| look.top(&shown, with_risk.as_ref(), column));
        let unscored = async {
            match shown.narrowed("risk", Test::Empty(true)) {
                Some(unscored) => look.count(&unscored, look.period.all()).await,
                None => Ok(0),
            }
        };
        let lists = async {
            match &with_risk {
                Some(risky) => tokio::try_join!(self.list(risky, "risk", &look), self.list(risky, PASSWORD_VIEW.time, &look)),
                None => Ok((Vec::new(), Vec::new())),
            }
        };
        // Side by side: each takes one core.
        let (spans, figures, tops, unscored, (riskiest, latest)) =
            tokio::try_join!(spans, look.figures(&shown), try_join_all(tops), unscored, lists)?;
        Ok(Behavior { step, spans, figures, riskiest, latest, tops, unscored })
    }

    /// The first views of a question by a column, downwards.
    async fn list(&self, query: &Query, by: &str, look: &Look) -> Result<Vec<ViewSeen>, Failed> {
        let column = |key| PASSWORD_VIEW.column(key).unwrap_or(&PASSWORD_VIEW.columns[0]);
        let query = Query {
            columns: ["risk", "user", "device", "username"].map(column).to_vec(),
            sort: Sort { column: column(by), direction: Direction::Descending },
            limit: LISTED,
            ..query.clone()
        };
        let page = self.index.page(&*self.store, &look.resolve(&query, look.period.all())?).await?.ok_or(Failed::NotYet)?;
        let views = page.rows.into_iter().filter_map(|row| {
            let [risk, user, device, username] = row.cells.try_into().ok()?;
            let risk = if let Cell::Number(risk) = risk { Some(risk) } else { None };
            Some(ViewSeen { id: row.id, risk, user, device, username })
        });
        Ok(views.collect())
    }
}

/// What the index knew when the dashboard was asked: all figures are of one moment.
struct Look {
    known: Known,
    period: Period,
    resolved: ResolvedQuery,
    now: Timestamp,
}

impl Look {
    async fn spans(&self, asked: &Asked) -> Result<Vec<Span>, Failed> {
        let (views, sessions) = (self.tallies(asked.of(Show::Views)).await?, self.tallies(asked.of(Show::Sessions)).await?);
        let moment = |at| self.period.moment(at).to_string();
        let spans = self.period.spans().zip(views.into_iter().zip(sessions));
        let spans = spans.map(|((from, to), (views, sessions))| Span {
            from: moment(from),
            to: moment(to),
            views,
            sessions,
            so_far: self.has_begun(from, to),
            silent: false,
        });
        Ok(spans.collect())
    }

    /// Whether a span has begun and not ended.
    fn has_begun(&self, from: Timestamp, to: Timestamp) -> bool {
        from <= self.now && self.now < to
    }

    /// How many of a question's views are in each span; none where there is no such question.
    async fn tallies(&self, query: Option<Query>) -> Result<Vec<Tally>, Failed> {
        let Some(query) = query else { return Ok(self.period.spans().map(|_| Tally::default()).collect()) };
        let all = self.histogram(&query, &self.period.bounds).await?;
        let with_risk = match risky(&query) {
            Some(risky) => self.histogram(&risky, &self.period.bounds).await?,
            None => vec![0; all.len()],
        };
        let before = self.histogram(&query, &self.period.before(self.now)).await?;
        Ok(all.into_iter().zip(with_risk).zip(before).map(|((all, risky), before)| Tally { all, risky, before }).collect())
    }

    async fn figures(&self, shown: &Query) -> Result<Vec<Figure>, Failed> {
        let (period, before) = (self.period.all(), self.period.all_before(self.now));
        let users = (self.users(shown, period.clone()).await?, self.users(shown, before.clone()).await?);
        let mut figures = Vec::new();
        for (measure, query) in [
            (Measure::Views, Some(shown.clone())),
            (Measure::WithRisk, risky(shown)),
            (Measure::Emergency, shown.narrowed("emergency", Test::Flag(true))),
            (Measure::Ungoverned, shown.narrowed("governance_id", Test::Empty(true))),
            (Measure::Unchanged, shown.narrowed("changed", Test::Empty(true))),
        ] {
            let (now, before) = match query {
                Some(query) => (self.count(&query, period.clone()).await?, self.count(&query, before.clone()).await?),
                None => (0, 0),
            };
            figures.push(Figure { measure, now, before });
        }
        figures.insert(1, Figure { measure: Measure::Users, now: users.0, before: users.1 });
        Ok(figures)
    }

    /// How many users have a view among them.
    async fn users(&self, query: &Query, range: Range<Timestamp>) -> Result<u64, Failed> {
        let Some(user) = PASSWORD_VIEW.column("user") else { return Ok(0) };
        Ok(self.values(query, user, range, 1).await?.1 as u64)
    }

    /// The values of a column that most of what is shown has, and how many of those stand out.
    async fn top(&self, shown: &Query, standing_out: Option<&Query>, column: &'static Column) -> Result<Top, Failed> {
        let (most, there) = self.values(shown, column, self.period.all(), TOP).await?;
        let part = match standing_out {
            Some(query) => self.values(query, column, self.period.all(), usize::MAX).await?.0,
            None => Vec::new(),
        };
        let part: HashMap<Vec<u8>, u64> = part.into_iter().map(|(value, rows)| (value_key(&value), rows)).collect();
        let ranked = |(value, all): (Cell, u64)| {
            let part = part.get(&value_key(&value)).copied().unwrap_or_default();
            (value, all, part)
        };
        let values: Vec<_> = most.into_iter().map(ranked).collect();
        let rest = self.count(shown, self.period.all()).await?.saturating_sub(values.iter().map(|(_, all, _)| all).sum());
        let others = (there.saturating_sub(values.len()) as u64, rest);
        Ok(Top { column: column.key.to_owned(), values, others })
    }

    async fn count(&self, query: &Query, range: Range<Timestamp>) -> Result<u64, Failed> {
        self.known.count(&self.resolve(query, range)?).await?.ok_or(Failed::NotYet)
    }

    async fn values(&self, query: &Query, column: &'static Column, range: Range<Timestamp>, limit: usize) -> Result<Values, Failed> {
        self.known.values(&self.resolve(query, range)?, column, limit).await?.ok_or(Failed::NotYet)
    }

    async fn histogram(&self, query: &Query, bounds: &[Timestamp]) -> Result<Vec<u64>, Failed> {
        let range = bounds.first().copied().unwrap_or(Timestamp::MIN)..bounds.last().copied().unwrap_or(Timestamp::MIN);
        self.known.spans(&self.resolve(query, range)?, bounds).await?.ok_or(Failed::NotYet)
    }

    /// A question about a range of its own.
    fn resolve(&self, query: &Query, range: Range<Timestamp>) -> Result<ResolvedQuery, QueryError> {
        let resolved =
            ResolvedQuery::new(Query { range: TimeRange::All, ..query.clone() }, self.now)?.veiled(self.resolved.veil.clone())?;
        Ok(ResolvedQuery { range, ..resolved })
    }
}
