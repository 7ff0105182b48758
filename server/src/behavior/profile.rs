//! What is known of a user, a device or a credential.

use super::patterns::week;
use super::period::Period;
use super::{BehaviorService, Failed, Look};
use crate::index::value_key;
use crate::pseudonyms::veil;
use crate::store::ResolvedQuery;
use crate::store::query::Step;
use futures_util::future::try_join_all;
use std::cmp::Reverse;
use std::collections::HashMap;
use vigia_app::behavior::{Asked, Show, Stretch, Top, ViewSeen, first, risky};
use vigia_app::model::{ApiError, Cell, Column, Moment, Query, Test, TimeRange, Timestamp, Viewer};
use vigia_app::reports::PASSWORD_VIEW;
use vigia_app::story::{Profile, StatusSeen, Subject, Told, columns, of_views, operations};

/// The days that are shown.
const DAYS: usize = 45;
/// Sources that are told.
const SOURCES: usize = 20;
/// Statuses that operations may have, and more.
const STATUSES: usize = 50;
/// Operations that are listed.
const LISTED: u16 = 10;
/// The columns whose values are counted, but for what the profile is of.
const TOPS: [&str; 4] = ["user", "device", "username", "reason"];

impl BehaviorService {
    /// The profile of whom or what a query string names.
    ///
    /// # Errors
    /// As [`behavior`](Self::behavior).
    pub async fn profile(&self, viewer: &Viewer, search: &str) -> Result<Profile, ApiError> {
        let (subject, zone) = Subject::decode(search)?;
        self.answered(of(self, viewer, &subject, &zone).await)
    }
}

async fn of(service: &BehaviorService, viewer: &Viewer, subject: &Subject, zone: &str) -> Result<Profile, Failed> {
    let questions = subject.questions(zone);
    let now = (service.clock)();
    let veil = veil(&*service.store, viewer).await?;
    let resolved = |query: &Query| ResolvedQuery::new(query.clone(), now)?.veiled(veil.clone());
    let all: Vec<ResolvedQuery> = questions.iter().map(resolved).collect::<Result<_, _>>()?;
    // Side by side: each takes one core.
    let counted = try_join_all(all.iter().map(async |resolved| {
        let known = service.known(resolved).await?;
        let rows = known.count(resolved).await?.ok_or(Failed::NotYet)?;
        let sources = match resolved.query.report.column("source") {
            Some(source) if rows > 0 => known.values(resolved, source, SOURCES).await?.ok_or(Failed::NotYet)?.0,
            _ => Vec::new(),
        };
        Ok::<_, Failed>((rows, sources))
    }));
    let counted = counted.await?;
    let rows: Vec<u64> = counted.iter().map(|(rows, _)| *rows).collect();
    let of_operations = async {
        match operations(&questions) {
            Some(query) => operations_of(service, &resolved(query)?).await,
            None => Ok((Vec::new(), Vec::new())),
        }
    };
    let views = async {
        match of_views(&questions, &rows) {
            Some(query) => views_of(service, viewer, query, subject).await,
            None => Ok(Profile::default()),
        }
    };
    let ((operations, last_operations), views) = tokio::try_join!(of_operations, views)?;
    Ok(Profile { sources: sources(counted.into_iter().flat_map(|(_, sources)| sources)), rows, operations, last_operations, ..views })
}

/// The sources of all reports together.
fn sources(found: impl Iterator<Item = (Cell, u64)>) -> Vec<(Cell, u64)> {
    let mut sources: HashMap<Vec<u8>, (Cell, u64)> = HashMap::new();
    for (source, rows) in found {
        sources.entry(value_key(&source)).or_insert((source, 0)).1 += rows;
    }
    let mut sources: Vec<_> = sources.into_values().collect();
    sources.sort_by_cached_key(|(source, rows)| (Reverse(*rows), source.plain()));
    sources
}

/// How the operations stand, and the last of them.
async fn operations_of(service: &BehaviorService, resolved: &ResolvedQuery) -> Result<(Vec<StatusSeen>, Vec<Told>), Failed> {
    let report = resolved.query.report;
    let known = service.known(resolved).await?;
    let by: Vec<&'static Column> = report.column("status").into_iter().collect();
    let groups = known.groups(resolved, &by, report.column("attempts"), (STATUSES, STATUSES)).await?.ok_or(Failed::NotYet)?;
    let (groups, _) = groups.unwrap_or_default();
    let seen = groups.into_iter().map(|group| StatusSeen {
        status: group.cells.into_iter().next().unwrap_or_default(),
        operations: group.rows,
        attempts: group.average,
    });
    let mut last = resolved.clone();
    last.query.columns = columns(report);
    last.query.limit = LISTED;
    let page = service.index.page(&*service.store, &last).await?.ok_or(Failed::NotYet)?;
    let last = page.rows.into_iter().map(|row| Told { report: report.key.to_owned(), row });
    Ok((seen.collect(), last.collect()))
}

/// The views of the last days.
async fn views_of(service: &BehaviorService, viewer: &Viewer, query: &Query, subject: &Subject) -> Result<Profile, Failed> {
    let now = (service.clock)();
    let bounds = Period::until_now(&ResolvedQuery::new(query.clone(), now)?, Step::Day, DAYS, now);
    let moment = |at: &Timestamp| Moment::utc(*at);
    let range = TimeRange::Between { from: bounds.first().map(moment), to: bounds.last().map(moment) };
    let asked = Asked { query: Query { range, ..query.clone() }, show: Show::Both, services: true };
    let Some(look) = service.look(viewer, &asked.query).await? else { return Ok(Profile::default()) };
    let shown = asked.query;
    let count = async |query: Option<Query>| match query {
        Some(query) => look.count(&query, look.period.all()).await,
        None => Ok(0),
    };
    let list = async |query: Option<Query>, by: &str| match query {
        Some(query) => service.list(&query, by, &look).await,
        None => Ok::<Vec<ViewSeen>, Failed>(Vec::new()),
    };
    let date = PASSWORD_VIEW.time;
    let counts = async {
        tokio::try_join!(
            count(Some(shown.clone())),
            count(risky(&shown)),
            count(shown.narrowed("emergency", Test::Flag(true))),
            count(shown.narrowed("governance_id", Test::Empty(true))),
            count(first(&shown))
        )
    };
    let lists = async { tokio::try_join!(list(risky(&shown), "risk"), list(Some(shown.clone()), date), list(first(&shown), date)) };
    let (counts, lists, days, week, tops) =
        tokio::try_join!(counts, lists, days(&look, &shown), week(&look, &shown), tops(&look, &shown, subject))?;
    let ((views, risky, emergency, ungoverned, firsts), (riskiest, latest, first)) = (counts, lists);
    Ok(Profile { days, week, views, risky, emergency, ungoverned, firsts, riskiest, latest, first, tops, ..Profile::default() })
}

async fn days(look: &Look, shown: &Query) -> Result<Vec<Stretch>, Failed> {
    let all = look.histogram(shown, &look.period.bounds).await?;
    let with_risk = match risky(shown) {
        Some(query) => look.histogram(&query, &look.period.bounds).await?,
        None => vec![0; all.len()],
    };
    let moment = |at| look.period.moment(at).to_string();
    let spans = look.period.spans().zip(all.into_iter().zip(with_risk));
    let spans =
        spans.map(|((from, to), (all, part))| Stretch { from: moment(from), to: moment(to), all, part, so_far: look.has_begun(from, to) });
    Ok(spans.collect())
}

async fn tops(look: &Look, shown: &Query, subject: &Subject) -> Result<Vec<Top>, Failed> {
    let own: Vec<&str> = subject.parts().into_iter().map(|(key, _)| key).collect();
    let columns = TOPS.into_iter().filter(|key| !own.contains(key)).filter_map(|key| PASSWORD_VIEW.column(key));
    let with_risk = risky(shown);
    try_join_all(columns.map(|column| look.top(shown, with_risk.as_ref(), column))).await
}
