//! The timeline: the rows of all reports, mixed.

use super::StoryService;
use crate::index::Mixed;
use crate::pseudonyms::veil;
use crate::reports::being_prepared;
use crate::store::ResolvedQuery;
use vigia_app::model::{ApiError, Query, QueryError, Viewer};
use vigia_app::story::{Asked, Timeline, Told};

impl StoryService {
    /// A page of the timeline that a query string asks for.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](vigia_app::model::ErrorKind::Invalid) for what cannot be read, and
    /// [`ErrorKind::Unavailable`](vigia_app::model::ErrorKind::Unavailable) while the index is being built and where the database cannot be reached.
    pub async fn timeline(&self, viewer: &Viewer, search: &str) -> Result<Timeline, ApiError> {
        let asked = Asked::decode(search)?;
        let veil = veil(&*self.store, viewer).await?;
        let now = (self.clock)();
        let window = asked.window();
        let question = |query: Query| -> Result<ResolvedQuery, QueryError> {
            let resolved = ResolvedQuery::new(query, now)?.veiled(veil.clone())?;
            let range = window.clone().unwrap_or_else(|| resolved.range.clone());
            Ok(ResolvedQuery { range, ..resolved })
        };
        // What is asked is wrong, whatever reports it is about.
        let whole = ResolvedQuery::new(asked.query.clone(), now)?;
        let questions = asked.questions().into_iter().map(question).collect::<Result<Vec<_>, _>>()?;
        let fingerprint = match (asked.event, asked.within) {
            (Some(event), Some(within)) => format!("{} around {} {within}", whole.fingerprint, event.id),
            _ => whole.fingerprint,
        };
        let mixed = Mixed {
            questions: &questions,
            direction: asked.direction(),
            limit: asked.query.limit,
            cursor: asked.query.cursor.as_deref(),
            around: asked.event.filter(|_| asked.within.is_some()).map(|event| (event.report, event.id.get())),
            fingerprint: &fingerprint,
        };
        let page = self.index.mixed(&*self.store, &mixed).await?.ok_or_else(|| being_prepared(&self.index))?;
        let rows = page.rows.into_iter().map(|(report, row)| Told { report: report.key.to_owned(), row });
        Ok(Timeline { rows: rows.collect(), next: page.next, previous: page.previous })
    }
}
