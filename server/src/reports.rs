//! Reading reports: the one door that server functions and REST API go through.

pub mod json;

use crate::clock::Clock;
use crate::index::{Groups, Index, Run, TooMany, TooManyGroups, seen_through};
use crate::pseudonyms::veil;
use crate::store::query::Step;
use crate::store::{ResolvedQuery, Store, StoreError};
use crate::veil::{Cover, Veil, cover, is_visible};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia_app::model::risk::Scored;
use vigia_app::model::{
    ApiError, Cell, Column, Count, ErrorKind, EventId, Filter, Page, Query, Record, Refreshed, Report, Role, Row, Summary, Test, Timestamp,
    Viewer, codec,
};
use vigia_app::reports::PASSWORD_VIEW;
use vigia_app::sentence;

/// An index that is behind by more says so.
const LATE: Duration = Duration::from_secs(5);
/// Groups that rows may fall into.
const MOST_GROUPS: usize = 200_000;
/// Spans of time that one answer has at most.
const MOST_SPANS: usize = 2_000;

/// Answers questions about reports. Each takes the signed-in reader: who has none cannot ask.
///
/// Every role reads every report; a manager with pseudonyms in place of names, where an administrator has switched them on. Errors are [`ErrorKind::NotFound`] for a report or event that is not there,
/// [`ErrorKind::Invalid`] for a query that cannot be read, and [`ErrorKind::Unavailable`] or [`ErrorKind::Internal`] for the store's.
#[derive(Clone)]
pub struct ReportService {
    store: Arc<dyn Store>,
    clock: Clock,
    index: Index,
}

impl ReportService {
    pub fn new(store: Arc<dyn Store>, clock: Clock, index: Index) -> Self {
        Self { store, clock, index }
    }

    /// What a query string asks of a report, with its dates resolved by the clock.
    pub fn resolve(&self, report: &str, query: &str) -> Result<ResolvedQuery, ApiError> {
        self.resolved(codec::decode(find(report)?, query)?)
    }

    /// The same of a query that was read already.
    pub fn resolved(&self, query: Query) -> Result<ResolvedQuery, ApiError> {
        Ok(ResolvedQuery::new(query, (self.clock)())?)
    }

    /// A question as this reader may ask it.
    async fn asked_by(&self, viewer: &Viewer, query: ResolvedQuery) -> Result<ResolvedQuery, ApiError> {
        Ok(query.veiled(veil(&*self.store, viewer).await?)?)
    }

    /// What a query string asks of a report, by this reader.
    async fn asked(&self, viewer: &Viewer, report: &str, query: &str) -> Result<ResolvedQuery, ApiError> {
        self.asked_by(viewer, self.resolve(report, query)?).await
    }

    pub async fn page(&self, viewer: &Viewer, report: &str, query: &str) -> Result<Page, ApiError> {
        self.rows(viewer, self.resolve(report, query)?).await
    }

    /// The page a resolved query asks for.
    pub async fn rows(&self, viewer: &Viewer, query: ResolvedQuery) -> Result<Page, ApiError> {
        let query = self.asked_by(viewer, query).await?;
        let page = measured(query.query.report, "page", self.index.page(&*self.store, &query)).await?;
        page.ok_or_else(|| self.being_prepared())
    }

    /// The rows of up to so many pages, the first of which a resolved query asks for.
    pub async fn pages(&self, viewer: &Viewer, mut query: ResolvedQuery, most: usize) -> Result<Vec<Row>, ApiError> {
        let mut rows = Vec::new();
        for _ in 0..most {
            let page = self.rows(viewer, query.clone()).await?;
            rows.extend(page.rows);
            query.query.cursor = page.next;
            if query.query.cursor.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// All rows that a resolved query asks for, one after the other.
    pub async fn run(&self, viewer: &Viewer, query: ResolvedQuery) -> Result<Run, ApiError> {
        let query = self.asked_by(viewer, query).await?;
        let run = measured(query.query.report, "run", self.index.run(&*self.store, &query)).await?;
        run.ok_or_else(|| self.being_prepared())
    }

    /// How many rows match.
    pub async fn count(&self, viewer: &Viewer, query: ResolvedQuery) -> Result<u64, ApiError> {
        let query = self.asked_by(viewer, query).await?;
        let count = measured(query.query.report, "count", self.index.count(&*self.store, &query)).await?;
        count.ok_or_else(|| self.being_prepared())
    }

    /// How much a query matches, and how fresh the report is.
    pub async fn summary(&self, viewer: &Viewer, report: &str, query: &str) -> Result<Summary, ApiError> {
        let query = self.asked(viewer, report, query).await?;
        let report = query.query.report;
        let count = measured(report, "count", self.index.count(&*self.store, &query));
        let newest = measured(report, "newest", self.store.newest(report, (self.clock)()));
        let (count, newest) = tokio::try_join!(count, newest)?;
        let count = count.map_or_else(|| Count::Prepared(self.index.prepared()), Count::Exactly);
        let behind = Some(self.index.behind()).filter(|behind| *behind > LATE);
        Ok(Summary { count, newest, empty: newest.is_none(), behind: behind.map_or(0, |behind| behind.as_secs() as u32) })
    }

    /// The values of a column that most of the rows a query matches have, up to its limit: each as a cell with how many rows have it, and
    /// how many values there are. Of the report's id and time there are none: they are another for each row.
    pub async fn values(&self, viewer: &Viewer, report: &str, column: &str, query: &str) -> Result<(Vec<(Cell, u64)>, usize), ApiError> {
        let query = self.asked(viewer, report, query).await?;
        let report = query.query.report;
        let column = column_of(report, column, |_| true)?;
        countable(&query, "column", column)?;
        let limit = usize::from(query.query.limit);
        let values = measured(report, "values", self.index.values(&*self.store, &query, column, limit)).await?;
        values.ok_or_else(|| self.being_prepared())
    }

    /// The rows a query matches by the values of one column or two, which stand in `by` with a comma between: of those groups that have most rows,
    /// up to its limit, how many rows, when the last was, and the average of a number. And how many groups there are.
    pub async fn groups(&self, viewer: &Viewer, report: &str, by: &str, average: Option<&str>, query: &str) -> Result<Groups, ApiError> {
        let query = self.asked(viewer, report, query).await?;
        let report = query.query.report;
        let by: Vec<&'static Column> = by.split(',').map(|key| column_of(report, key, |_| true)).collect::<Result<_, _>>()?;
        if by.len() > 2 || by.first().map(|column| column.key) == by.get(1).map(|column| column.key) {
            return Err(ApiError::invalid("by", sentence!("error.group-by")));
        }
        by.iter().try_for_each(|column| countable(&query, "by", column))?;
        let average = average.map(|key| column_of(report, key, |column| column.kind.is_number())).transpose()?;
        let limits = (usize::from(query.query.limit), MOST_GROUPS);
        let groups = measured(report, "groups", self.index.groups(&*self.store, &query, &by, average, limits)).await?;
        let groups = groups.ok_or_else(|| self.being_prepared())?;
        groups.map_err(|TooManyGroups| ApiError::invalid("by", sentence!("error.too-many-groups", most = MOST_GROUPS)))
    }

    /// How many of the rows a query matches are in each span of time, in the query's zone: from the first span that has any to the last.
    pub async fn histogram(&self, viewer: &Viewer, report: &str, step: Step, query: &str) -> Result<Vec<(Timestamp, u64)>, ApiError> {
        let query = self.asked(viewer, report, query).await?;
        let spans = self.index.histogram(&*self.store, &query, |at| query.span(step, at), MOST_SPANS);
        let spans = measured(query.query.report, "histogram", spans).await?.ok_or_else(|| self.being_prepared())?;
        spans.map_err(|TooMany| ApiError::invalid("step", sentence!("error.too-many-spans", most = MOST_SPANS)))
    }

    fn being_prepared(&self) -> ApiError {
        being_prepared(&self.index)
    }

    /// The rows of these ids, which are the first page of a query string, as they are now, with its columns; and how many others would
    /// come before them.
    pub async fn refresh(&self, viewer: &Viewer, report: &str, query: &str, ids: Vec<EventId>) -> Result<Refreshed, ApiError> {
        if ids.len() > usize::from(Query::MAX_LIMIT) {
            return Err(ApiError::invalid("ids", sentence!("error.too-many-rows", count = ids.len(), most = Query::MAX_LIMIT)));
        }
        let asked = self.resolve(report, query)?;
        let new = self.new_rows(viewer, &asked, &ids).await?;
        let report = asked.query.report;
        let Some(column) = report.columns.first().filter(|_| !ids.is_empty()) else { return Ok(Refreshed { new, ..Refreshed::default() }) };
        let filters = vec![Filter { column, test: Test::Ids(ids) }];
        let query = Query { filters, columns: asked.query.columns, limit: Query::MAX_LIMIT, ..Query::all(report) };
        // They were a page: what has grown since may need another one, and no more.
        let rows = self.pages(viewer, ResolvedQuery::new(query, (self.clock)())?, 2).await?;
        Ok(Refreshed { rows, new, ..Refreshed::default() })
    }

    /// Rows that match and would come before the last of these, up to [`Refreshed::MAX_NEW`]. What has only moved up to fill the page
    /// comes behind it.
    async fn new_rows(&self, viewer: &Viewer, asked: &ResolvedQuery, ids: &[EventId]) -> Result<u32, ApiError> {
        if asked.query.cursor.is_some() {
            return Ok(0);
        }
        let mut now = asked.clone();
        now.query.columns.truncate(1);
        now.query.limit = u16::try_from(Refreshed::MAX_NEW).unwrap_or(Query::MAX_LIMIT);
        if asked.query.sort == Query::default_sort(asked.query.report)
            && let Some(last) = ids.iter().min()
        {
            // In the order of time the rest need not be looked at.
            now.range.start = now.range.start.max(last.time());
        }
        let rows = self.rows(viewer, now).await?.rows;
        let known: HashSet<&EventId> = ids.iter().collect();
        let end = rows.iter().rposition(|row| known.contains(&row.id)).map_or(rows.len(), |last| last + 1);
        Ok(rows[..end].iter().filter(|row| !known.contains(&row.id)).count() as u32)
    }

    /// Why a view has the risk it has; `None` where that was not found out yet.
    pub async fn risk(&self, _viewer: &Viewer, id: EventId) -> Result<Option<Scored>, ApiError> {
        let parts = measured(&PASSWORD_VIEW, "risk", self.store.scores().score_parts(&PASSWORD_VIEW, id.get())).await?;
        // What an earlier version has kept in another shape says nothing.
        Ok(parts.and_then(|parts| postcard::from_bytes(&parts).ok()))
    }

    /// One event, whole. What the source said beyond the report's columns is for auditors and administrators, and nothing of it that may name
    /// anybody for who sees pseudonyms.
    pub async fn record(&self, viewer: &Viewer, report: &str, id: EventId) -> Result<Record, ApiError> {
        let report = find(report)?;
        let record = measured(report, "record", self.store.record(report, id)).await?;
        let veil = veil(&*self.store, viewer).await?;
        let record = record.filter(|record| veil.is_none() || is_visible(report, &record.cells));
        let mut record = record.ok_or_else(|| ApiError {
            kind: ErrorKind::NotFound,
            field: Some("id".to_owned()),
            message: sentence!("error.no-event", report = report.words.title, id = id.to_string()),
        })?;
        if !sees_beyond_columns(viewer) {
            record.extra = None;
            record.original = None;
        }
        if let Some(veil) = veil {
            cover_record(&veil, report, &mut record);
        }
        Ok(record)
    }
}

/// Whether somebody sees what a source said beyond a report's columns, and what was made of that.
pub fn sees_beyond_columns(viewer: &Viewer) -> bool {
    viewer.role >= Role::Auditor
}

/// Leaves of an event what is seen through a veil. What a source calls it and what an attempt has written may name anybody.
fn cover_record(veil: &Veil, report: &'static Report, record: &mut Record) {
    for (column, cell) in report.columns.iter().zip(&mut record.cells) {
        *cell = seen_through(veil, report, column, std::mem::take(cell));
    }
    record.source_id.clear();
    for attempt in &mut record.attempts {
        attempt.message.clear();
        attempt.log.clear();
    }
}

/// Refuses to count by what the reader of a question does not see at all.
fn countable(query: &ResolvedQuery, field: &str, column: &Column) -> Result<(), ApiError> {
    match query.veil.is_some() && cover(query.query.report, column) == Some(Cover::Prose) {
        true => Err(ApiError::invalid(field, sentence!("veil.prose", column = column.label))),
        false => Ok(()),
    }
}

/// What is told while the index cannot answer yet.
pub fn being_prepared(index: &Index) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, sentence!("error.index-building", percent = u32::from(index.prepared())))
}

/// The column of this key among those that can be counted and suit, or an error that names them.
fn column_of(report: &'static Report, key: &str, suits: impl Fn(&Column) -> bool) -> Result<&'static Column, ApiError> {
    let columns: Vec<&'static Column> = report.stored().filter(|column| suits(column)).collect();
    columns.iter().copied().find(|column| column.key == key).ok_or_else(|| {
        let known: Vec<_> = columns.iter().map(|column| column.key).collect();
        let asked: String = key.chars().take(40).collect();
        let message = sentence!("error.no-column", column = format!("{asked:?}"), known = known.join(", "));
        ApiError { kind: ErrorKind::NotFound, field: Some("column".to_owned()), message }
    })
}

/// The report of this key, or an error that names those there are.
pub fn find(report: &str) -> Result<&'static Report, ApiError> {
    vigia_app::reports::by_key(report).ok_or_else(|| {
        let known: Vec<_> = vigia_app::reports::ALL.iter().map(|report| report.key).collect();
        let asked: String = report.chars().take(40).collect();
        ApiError {
            kind: ErrorKind::NotFound,
            field: Some("report".to_owned()),
            message: sentence!("error.no-report", report = format!("{asked:?}"), known = known.join(", ")),
        }
    })
}

/// Asks the store, and keeps the time it took under the report's name.
async fn measured<T>(
    report: &'static Report,
    question: &'static str,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, ApiError> {
    let start = Instant::now();
    let answer = answer.await;
    metrics::histogram!("vigia_store_query_seconds", "report" => report.key, "question" => question).record(start.elapsed());
    Ok(answer?)
}
