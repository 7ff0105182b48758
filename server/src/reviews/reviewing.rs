//! What people say of events. It is in the audit trail before it is kept.

use super::ReviewDesk;
use super::queues::time;
use super::settings::{least, settings};
use crate::identity::{Actor, Trail};
use crate::index::pseudonym;
use crate::pseudonyms::veil;
use crate::reports::find;
use crate::risk::JUDGED;
use crate::store::reviews::Said;
use crate::store::rows::KeptRow;
use crate::store::value::Value;
use crate::veil::visible;
use std::collections::{BTreeMap, BTreeSet};
use vigia_app::model::{ApiError, ErrorKind, EventId, Report, ReviewEntry, Role, Test, Verdict, Viewer};
use vigia_app::reports::PASSWORD_VIEW;
use vigia_app::reviews::{NewReview, ReviewState};
use vigia_app::sentence;

/// Ids that the trail of a review names.
const NAMED: usize = 20;
/// What the trail says of an event that nobody has reviewed.
const NOT_REVIEWED: &str = "Not reviewed";
/// The entity of what the trail says of reviews.
const REVIEWED: &str = "Review";

impl ReviewDesk<'_> {
    /// The least role of those who review.
    pub async fn role(&self) -> Result<Role, ApiError> {
        Ok(least(&settings(self.store).await?))
    }

    /// What is to be reviewed; days are those of the zone.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an unknown zone, [`ErrorKind::Unavailable`] while the index is being built.
    pub async fn state(&self, viewer: &Viewer, zone: &str) -> Result<ReviewState, ApiError> {
        let settings = settings(self.store).await?;
        let days = self.last_days(zone)?;
        let found = self.found(viewer, &settings, &days.bounds).await?;
        let days = self.days(viewer, days, &found).await?;
        Ok(ReviewState { queues: found.queues, rows: found.unreviewed.rows, oldest: time(found.unreviewed.first), days })
    }

    /// Keeps what somebody says of events, and says of which: those that are gone are passed over.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] names what cannot be; [`ErrorKind::NotFound`] where none of the events is there.
    pub async fn review(&self, viewer: &Viewer, actor: &Actor, new: NewReview) -> Result<Vec<EventId>, ApiError> {
        let NewReview { report, ids, verdict, comment } = new;
        let report = reviewed(&report)?;
        let ids: BTreeSet<EventId> = ids.into_iter().collect();
        if !(1..=ReviewEntry::MAX_EVENTS).contains(&ids.len()) {
            return Err(ApiError::invalid("ids", sentence!("review.ids", most = ReviewEntry::MAX_EVENTS)));
        }
        if comment.len() > ReviewEntry::MAX_COMMENT {
            return Err(ApiError::invalid("comment", sentence!("review.comment", most = ReviewEntry::MAX_COMMENT)));
        }
        let rows = self.store.rows().rows_of(report, ids.into_iter().map(EventId::get).collect()).await?;
        let is_veiled = veil(self.store, viewer).await?.is_some();
        let rows: Vec<KeptRow> = rows.into_iter().filter(|row| !is_veiled || is_seen(report, row)).collect();
        let there: Vec<EventId> = rows.iter().filter_map(|(id, _)| EventId::from_i64(*id)).collect();
        if there.is_empty() {
            return Err(ApiError::new(ErrorKind::NotFound, sentence!("review.gone")));
        }
        let trail = self.trail(report, &rows, &there, verdict, &comment).await?;
        self.identity.record(trail, actor).await?;
        let step = ReviewEntry { at: (self.clock)(), who: actor.username.clone(), verdict, comment };
        // Incidents stay out of what is usual.
        let heeded = (report.key == PASSWORD_VIEW.key).then_some((Verdict::Incident, JUDGED));
        Ok(self.store.reviews().review(Said { report, ids: there, step, heeded }).await?)
    }

    async fn trail(
        &self,
        report: &'static Report,
        rows: &[KeptRow],
        there: &[EventId],
        verdict: Option<Verdict>,
        comment: &str,
    ) -> Result<Trail, ApiError> {
        let mut was: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            *was.entry(text(report, row, "review").filter(|verdict| !verdict.is_empty()).unwrap_or(NOT_REVIEWED)).or_default() += 1;
        }
        let trail = Trail::new("Update", REVIEWED).changing().note("Report", report.words.title.english());
        let (trail, from) = if let [id] = there {
            let record = self.store.record(report, *id).await?;
            let named = record.map_or_else(|| id.to_string(), |record| report.headline_kept(&record.cells));
            (trail.on(named).with_id(id.to_string()), was.into_keys().collect::<String>())
        } else {
            let first: Vec<_> = there.iter().take(NAMED).map(ToString::to_string).collect();
            let more = if there.len() > NAMED { ", ..." } else { "" };
            let trail = trail.on(format!("{} events", there.len())).note("Events", format!("{}{more}", first.join(", ")));
            (trail, was.into_iter().map(|(word, events)| format!("{word} ({events})")).collect::<Vec<_>>().join(", "))
        };
        Ok(trail.note("From", from).note("To", verdict.map_or(NOT_REVIEWED, Verdict::name)).note("Comment", comment))
    }

    /// How an event came to be judged as it is, oldest first. Whoever sees pseudonyms sees them of reviewers, too, and no comments: anybody may be named there.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an event that is not there.
    pub async fn history(&self, viewer: &Viewer, report: &str, id: EventId) -> Result<Vec<ReviewEntry>, ApiError> {
        let report = reviewed(report)?;
        self.reports.record(viewer, report.key, id).await?;
        let mut reviews = self.store.reviews().reviews(report, id).await?;
        if let Some(veil) = veil(self.store, viewer).await? {
            for step in &mut reviews {
                step.who = pseudonym(&veil, &step.who);
                step.comment.clear();
            }
        }
        Ok(reviews)
    }
}

/// The report of this key, whose events are reviewed.
fn reviewed(report: &str) -> Result<&'static Report, ApiError> {
    let report = find(report)?;
    if report.is_reviewed() {
        return Ok(report);
    }
    let known: Vec<_> = vigia_app::reports::ALL.into_iter().filter(|report| report.is_reviewed()).map(|report| report.key).collect();
    Err(ApiError::invalid("report", sentence!("review.report", known = known.join(", "))))
}

/// Whether a row is seen through a veil.
fn is_seen(report: &'static Report, row: &KeptRow) -> bool {
    visible(report).is_none_or(|filter| match &filter.test {
        Test::Not(hidden) => {
            let word = text(report, row, filter.column.key).unwrap_or_default();
            !hidden.iter().any(|hidden| hidden.eq_ignore_ascii_case(word))
        }
        _ => true,
    })
}

fn text<'a>(report: &'static Report, (_, values): &'a KeptRow, key: &str) -> Option<&'a str> {
    let place = report.stored().position(|column| column.key == key)?;
    if let Value::Text(text) = values.get(place)? { Some(text) } else { None }
}
