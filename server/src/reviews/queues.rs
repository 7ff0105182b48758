//! What the rules find, counted by the index.

use super::ReviewDesk;
use super::settings::{least, settings};
use crate::index::{Any, Known};
use crate::pseudonyms::veil;
use crate::reports::being_prepared;
use crate::store::ResolvedQuery;
use crate::watched;
use vigia_app::model::{ApiError, EventId, Moment, Query, Role, TimeRange, Timestamp, Viewer, codec};
use vigia_app::reports::{self, PASSWORD_VIEW};
use vigia_app::reviews::{ReviewQueue, ReviewSettings, unreviewed};
use vigia_app::say;
use vigia_app::story::OpenReviews;

/// What the rules find.
pub(super) struct Found {
    /// For each rule, what nobody has reviewed.
    pub queues: Vec<ReviewQueue>,
    /// What any of them finds, each event once, and what of it nobody has reviewed.
    pub all: Any,
    pub unreviewed: Any,
}

impl ReviewDesk<'_> {
    /// What the rules that are switched on find, for a viewer, in all and in the spans between each two of these times. A rule about what the viewer is
    /// not shown finds nothing for them.
    pub(super) async fn found(&self, viewer: &Viewer, settings: &ReviewSettings, bounds: &[Timestamp]) -> Result<Found, ApiError> {
        let (now, veil) = ((self.clock)(), veil(self.store, viewer).await?);
        let spans = bounds.len().saturating_sub(1);
        let wanted = self.wanted(viewer, settings).await?;
        let none = || Any { spans: vec![0; spans], ..Any::default() };
        let mut found = Found { queues: Vec::new(), all: none(), unreviewed: none() };
        let mut places: Vec<usize> = Vec::new();
        for report in reports::ALL {
            let (mut whole, mut open, mut known) = (Vec::new(), Vec::new(), None);
            for (place, (name, asked, is_rule)) in wanted.iter().enumerate().filter(|(_, (_, asked, _))| asked.report.key == report.key) {
                let resolve = |query: Query| ResolvedQuery::new(query, now)?.veiled(veil.clone());
                let (Ok(all), Ok(left)) = (resolve(asked.clone()), resolve(unreviewed(asked.clone()))) else { continue };
                if known.is_none() {
                    known = Some(self.known(&all).await?);
                }
                let Some(known) = &known else { continue };
                let any = self.any(known, std::slice::from_ref(&left), &[]).await?;
                let query = codec::encode(&unreviewed(asked.clone()));
                // A user that is watched may have two questions, by name and by login: one of which finds nothing is no queue.
                if *is_rule || any.rows > 0 {
                    let queue =
                        ReviewQueue { name: name.clone(), report: report.key.to_owned(), query, rows: any.rows, oldest: time(any.first) };
                    let at = places.partition_point(|before| *before < place);
                    places.insert(at, place);
                    found.queues.insert(at, queue);
                }
                whole.push(all);
                open.push(left);
            }
            if let Some(known) = known {
                add(&mut found.all, self.any(&known, &whole, bounds).await?);
                add(&mut found.unreviewed, self.any(&known, &open, bounds).await?);
            }
        }
        Ok(found)
    }

    /// What is to be reviewed: the names of queues, what they ask, and whether an administrator wrote that. What is watched is for those who may see it.
    async fn wanted(&self, viewer: &Viewer, settings: &ReviewSettings) -> Result<Vec<(String, Query, bool)>, ApiError> {
        let rules = settings.rules.iter().filter(|rule| rule.enabled);
        let mut wanted =
            rules.map(|rule| Ok((rule.name.clone(), rule.since(settings.since)?, true))).collect::<Result<Vec<_>, ApiError>>()?;
        if settings.watched && viewer.role > Role::Manager {
            for watched in watched::latest(self.store).await?.into_iter().take(ReviewSettings::MAX_WATCHED) {
                let name = say!("review.queue-watched", name = watched::named(&watched.of));
                let from = settings.since.map_or(watched.since, |since| since.max(watched.since));
                let range = TimeRange::Between { from: Some(Moment::utc(from)), to: None };
                let views = watched.of.questions("UTC").into_iter().filter(|query| query.report.key == PASSWORD_VIEW.key);
                wanted.extend(views.map(|query| (name.clone(), Query { range, ..query }, false)));
            }
        }
        Ok(wanted)
    }

    /// What is to be reviewed of the rows of some questions; `None` for those who do not review.
    ///
    /// # Errors
    /// As [`state`](Self::state).
    pub async fn open_of(&self, viewer: &Viewer, questions: &[Query]) -> Result<Option<OpenReviews>, ApiError> {
        let settings = settings(self.store).await?;
        if viewer.role < least(&settings) {
            return Ok(None);
        }
        let wanted = self.wanted(viewer, &settings).await?;
        let (now, veil) = ((self.clock)(), veil(self.store, viewer).await?);
        let mut found = OpenReviews::default();
        for report in reports::ALL {
            let (mut open, mut known) = (Vec::new(), None);
            for (name, query, _) in wanted.iter().filter(|(_, query, _)| query.report.key == report.key) {
                let asked = unreviewed(query.clone());
                for question in questions.iter().filter(|question| question.report.key == report.key) {
                    let mut filters = question.filters.iter();
                    let narrowed = filters.try_fold(asked.clone(), |query, filter| query.narrowed(filter.column.key, filter.test.clone()));
                    let Some(query) = narrowed.map(|query| Query { zone: question.zone.clone(), ..query }) else { continue };
                    let Ok(resolved) = ResolvedQuery::new(query.clone(), now)?.veiled(veil.clone()) else { continue };
                    if known.is_none() {
                        known = Some(self.known(&resolved).await?);
                    }
                    let Some(known) = &known else { continue };
                    let any = self.any(known, std::slice::from_ref(&resolved), &[]).await?;
                    if any.rows > 0 {
                        let (report, query) = (report.key.to_owned(), codec::encode(&query));
                        found.queues.push(ReviewQueue { name: name.clone(), report, query, rows: any.rows, oldest: time(any.first) });
                        open.push(resolved);
                    }
                }
            }
            if let Some(known) = known {
                found.rows += self.any(&known, &open, &[]).await?.rows;
            }
        }
        Ok(Some(found))
    }

    /// What the index knows of a query's report now.
    pub(super) async fn known(&self, resolved: &ResolvedQuery) -> Result<Known, ApiError> {
        self.index.known(self.store, resolved).await?.ok_or_else(|| being_prepared(self.index))
    }

    async fn any(&self, known: &Known, asked: &[ResolvedQuery], bounds: &[Timestamp]) -> Result<Any, ApiError> {
        known.any(asked, bounds).await?.ok_or_else(|| being_prepared(self.index))
    }
}

/// When the event of an id was.
pub(super) fn time(id: Option<i64>) -> Option<Timestamp> {
    id.and_then(EventId::from_i64).map(EventId::time)
}

/// Adds what another report has. Ids of different reports are compared as the times they are.
fn add(all: &mut Any, more: Any) {
    all.rows += more.rows;
    all.first = all.first.into_iter().chain(more.first).min();
    all.spans.iter_mut().zip(more.spans).for_each(|(count, more)| *count += more);
}
