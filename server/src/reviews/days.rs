//! Days, and the statement that one is reviewed.

use super::queues::Found;
use super::settings::{rules, settings};
use super::{ReviewDesk, SPACE};
use crate::identity::{Actor, Trail};
use crate::index::pseudonym;
use crate::pseudonyms::veil;
use crate::reports::being_prepared;
use crate::store::query::on_clock;
use crate::store::{ResolvedQuery, Store, StoreError};
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use vigia_app::model::{ApiError, Filter, Moment, Query, Test, TimeRange, Timestamp, Verdict, Viewer};
use vigia_app::reviews::{ReviewDay, ReviewState};
use vigia_app::{reports, sentence};

/// What is kept of a day that is closed.
#[derive(Serialize, Deserialize)]
struct Closed {
    at: Timestamp,
    who: String,
}

/// Days in their order.
pub(super) struct LastDays {
    zone: Tz,
    days: Vec<NaiveDate>,
    /// Where each begins, and where the last one ends.
    pub bounds: Vec<Timestamp>,
}

impl ReviewDesk<'_> {
    /// The last days on the clock of a zone, up to today.
    pub(super) fn last_days(&self, zone: &str) -> Result<LastDays, ApiError> {
        let zone = parse(zone)?;
        let today = (self.clock)().utc().with_timezone(&zone).date_naive();
        let back = |by: u32| today.checked_sub_days(Days::new(by.into()));
        let days: Vec<NaiveDate> = (0..ReviewState::DAYS).rev().filter_map(back).collect();
        let mut bounds: Vec<Timestamp> = days.iter().map(|day| midnight(zone, *day)).collect();
        bounds.push(midnight(zone, next(today)));
        Ok(LastDays { zone, days, bounds })
    }

    /// What is found of each day, the latest first.
    pub(super) async fn days(&self, viewer: &Viewer, of: LastDays, found: &Found) -> Result<Vec<ReviewDay>, ApiError> {
        let LastDays { zone, days, bounds } = of;
        let keys: Vec<String> = days.iter().map(|day| key(*day, zone)).collect();
        let (kept, now, veil) = (self.store.kept().some(SPACE, keys.clone()).await?, (self.clock)(), veil(self.store, viewer).await?);
        let closed = |key: &String| {
            let closed: Closed = serde_json::from_str(kept.get(key)?).ok()?;
            let who = veil.as_ref().map_or_else(|| closed.who.clone(), |veil| pseudonym(veil, &closed.who));
            Some((closed.at, who))
        };
        let days = days.iter().zip(&keys).enumerate().map(|(at, (day, key))| ReviewDay {
            day: day.to_string(),
            found: found.all.spans.get(at).copied().unwrap_or_default(),
            unreviewed: found.unreviewed.spans.get(at).copied().unwrap_or_default(),
            over: bounds.get(at + 1).is_some_and(|end| *end <= now),
            closed: closed(key),
        });
        Ok(days.rev().collect())
    }

    /// States in the trail that a day is reviewed, with how many events were found and what was said of those of the day. It can be stated again where events
    /// came late.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](vigia_app::model::ErrorKind::Invalid) for what is no day, and for one that is not over, or of which something is still to be reviewed.
    pub async fn close(&self, viewer: &Viewer, actor: &Actor, day: &str, zone: &str) -> Result<(), ApiError> {
        let zone = parse(zone)?;
        let date = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|date| date.to_string() == day);
        let date = date.ok_or_else(|| ApiError::invalid("day", sentence!("review.day", day = format!("{day:?}"))))?;
        let (from, to) = (midnight(zone, date), midnight(zone, next(date)));
        if to > (self.clock)() {
            return Err(ApiError::invalid("day", sentence!("review.not-over", end = to.rfc3339())));
        }
        let settings = settings(self.store).await?;
        let found = self.found(viewer, &settings, &[from, to]).await?;
        let of_day = |spans: &[u64]| spans.first().copied().unwrap_or_default();
        let (all, left) = (of_day(&found.all.spans), of_day(&found.unreviewed.spans));
        if left > 0 {
            return Err(ApiError::invalid("day", sentence!("review.unreviewed", count = left)));
        }
        let key = key(date, zone);
        let was = self.store.kept().get(SPACE, &key).await?.and_then(|kept| serde_json::from_str::<Closed>(&kept).ok());
        let enabled: Vec<_> = settings.rules.into_iter().filter(|rule| rule.enabled).collect();
        let mut trail = Trail::new("Approval", "Review of a day").with_id(day).on(format!("{day} ({zone})")).changing();
        trail = trail.note("From", was.map_or_else(|| "Open".to_owned(), |was| format!("Closed by {} at {}", was.who, was.at.rfc3339())));
        trail = trail
            .note("To", "Closed")
            .note("Rules", rules(&enabled))
            .note("Watched", if settings.watched { "Yes" } else { "No" })
            .note("Events found", all.to_string());
        for verdict in Verdict::ALL {
            trail = trail.note(verdict.name(), self.judged(from, to, verdict).await?.to_string());
        }
        self.identity.record(trail, actor).await?;
        let closed = Closed { at: (self.clock)(), who: actor.username.clone() };
        let kept = serde_json::to_string(&closed).map_err(|error| StoreError::Failed(error.into()))?;
        Ok(self.store.kept().set(SPACE, vec![(key, Some(kept))]).await?)
    }

    /// How many events of a span of time have a verdict, found by a rule or not.
    async fn judged(&self, from: Timestamp, to: Timestamp, verdict: Verdict) -> Result<u64, ApiError> {
        let mut judged = 0;
        for report in reports::ALL {
            let Some(column) = report.column("review") else { continue };
            let query = Query {
                filters: vec![Filter { column, test: Test::Is(vec![verdict.name().to_owned()]) }],
                range: TimeRange::Between { from: Some(Moment::utc(from)), to: Some(Moment::utc(to)) },
                ..Query::all(report)
            };
            let resolved = ResolvedQuery::new(query, (self.clock)())?;
            judged += self.known(&resolved).await?.count(&resolved).await?.ok_or_else(|| being_prepared(self.index))?;
        }
        Ok(judged)
    }
}

/// When a day was closed last.
pub(super) async fn last_closed(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    let days = store.kept().behind(SPACE, DAY, usize::MAX).await?;
    let closed = days.into_iter().filter(|(key, _)| key.starts_with(DAY)).filter_map(|(_, kept)| serde_json::from_str(&kept).ok());
    Ok(closed.map(|closed: Closed| closed.at).max())
}

/// What the keys of days begin with.
const DAY: &str = "day ";

/// Where it is kept that a day is closed.
fn key(day: NaiveDate, zone: Tz) -> String {
    format!("{DAY}{day} {zone}")
}

fn parse(zone: &str) -> Result<Tz, ApiError> {
    zone.parse().map_err(|_| ApiError::invalid("zone", sentence!("query.zone", value = format!("{zone:?}"))))
}

fn midnight(zone: Tz, day: NaiveDate) -> Timestamp {
    on_clock(zone, day.and_time(NaiveTime::MIN))
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}
