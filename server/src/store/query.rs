//! A query with its dates resolved to instants: what a store is asked.

use crate::veil::{self, Veil};
use chrono::{DateTime, Datelike, Days, Duration, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use std::ops::Range;
use std::sync::Arc;
use vigia_app::model::{EventId, Filter, Moment, Preset, Query, QueryError, Test, TimeRange, Timestamp, codec};
use vigia_app::sentence;

/// Half-open bounds in milliseconds, open where there is none.
pub type TimeBounds = (Option<i64>, Option<i64>);

const HOUR: i64 = 60 * 60 * 1000;

/// How long the spans of a histogram are. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Hour,
    Day,
    Week,
    Month,
}

impl Step {
    pub const ALL: [(&'static str, Self); 4] = [("hour", Self::Hour), ("day", Self::Day), ("week", Self::Week), ("month", Self::Month)];
}

/// A query and what its dates mean at the moment it is asked.
#[derive(Debug, Clone)]
pub struct ResolvedQuery {
    pub query: Query,
    /// Half-open range of the report's time; everything when the query says nothing of it.
    pub range: Range<Timestamp>,
    /// For each filter of the query, its bounds in milliseconds where its test is [`Test::Time`]; `None` otherwise.
    pub times: Vec<Option<TimeBounds>>,
    /// Says what was asked, whatever the page: equal for queries whose cursors are good for each other.
    pub fingerprint: String,
    /// Through what its reader sees names; `None` for one who sees them as they are.
    pub veil: Option<Arc<Veil>>,
}

impl ResolvedQuery {
    /// Reads the clock of the query's zone. Fails for an unknown zone, and for a range that ends before it starts.
    pub fn new(query: Query, now: Timestamp) -> Result<Self, QueryError> {
        let zone: Tz =
            query.zone.parse().map_err(|_| QueryError::new("zone", sentence!("query.zone", value = format!("{:?}", query.zone))))?;
        let range = match query.range {
            TimeRange::All => None..None,
            TimeRange::Preset(preset) => {
                let (from, to) = preset_range(preset, zone, now);
                Some(from)..Some(to)
            }
            TimeRange::Between { from, to } => between("to", zone, from, to)?,
        };
        let times = query.filters.iter().map(|filter| filter_times(filter, zone)).collect::<Result<_, _>>()?;
        let question = Query { columns: query.report.shown().collect(), limit: Query::DEFAULT_LIMIT, cursor: None, ..query.clone() };
        let fingerprint = format!("{}?{}", query.report.key, codec::encode(&question));
        let range = range.start.unwrap_or(Timestamp::MIN)..range.end.unwrap_or(Timestamp::MAX);
        Ok(Self { query, range, times, fingerprint, veil: None })
    }

    /// The question of a reader who sees through a veil, where there is one: its conditions are about what is seen, and so is its answer. Its rows are
    /// those that are visible.
    ///
    /// # Errors
    /// Names what cannot be asked through it.
    pub fn veiled(self, veil: Option<Arc<Veil>>) -> Result<Self, QueryError> {
        let mut question = Self { veil, ..self };
        if question.veil.is_some() {
            veil::check(&question.query)?;
            let visible = veil::visible(question.query.report);
            question.times.extend(visible.iter().map(|_| None));
            question.query.filters.extend(visible);
        }
        Ok(question)
    }

    /// The span of time a time lies in, on the clock of the query's zone, half-open.
    pub fn span(&self, step: Step, at: Timestamp) -> (Timestamp, Timestamp) {
        let zone = self.zone();
        let day = at.utc().with_timezone(&zone).date_naive();
        let midnight = |day: NaiveDate| on_clock(zone, day.and_time(NaiveTime::MIN));
        let days = |first: NaiveDate, days: u64| (midnight(first), midnight(first.checked_add_days(Days::new(days)).unwrap_or(first)));
        match step {
            Step::Hour => {
                // Of whole hours since 1970: a clock that is set back has one hour twice.
                let start = at.millis() - at.millis().rem_euclid(HOUR);
                (Timestamp::saturating(start), Timestamp::saturating(start + HOUR))
            }
            Step::Day => days(day, 1),
            Step::Week => {
                let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day);
                days(monday, 7)
            }
            Step::Month => {
                let first = day.with_day(1).unwrap_or(day);
                (midnight(first), midnight(first.checked_add_months(Months::new(1)).unwrap_or(first)))
            }
        }
    }

    /// The query's zone.
    pub fn zone(&self) -> Tz {
        self.query.zone.parse().unwrap_or(Tz::UTC)
    }

    /// The ids of the range, half-open. A range without an end includes the last millisecond there is: that is where times that
    /// cannot be kept went.
    pub fn ids(&self) -> Range<i64> {
        let end = if self.range.end == Timestamp::MAX { i64::MAX } else { EventId::first(self.range.end).get() };
        EventId::first(self.range.start).get()..end
    }
}

fn filter_times(filter: &Filter, zone: Tz) -> Result<Option<TimeBounds>, QueryError> {
    let Test::Time { from, to } = &filter.test else { return Ok(None) };
    let range = between(&format!("{}.to", filter.column.key), zone, *from, *to)?;
    Ok(Some((range.start.map(Timestamp::millis), range.end.map(Timestamp::millis))))
}

fn between(field: &str, zone: Tz, from: Option<Moment>, to: Option<Moment>) -> Result<Range<Option<Timestamp>>, QueryError> {
    let range = from.map(|from| instant(from, zone))..to.map(|to| instant(to, zone));
    match (range.start, range.end) {
        (Some(from), Some(to)) if from >= to => Err(QueryError::new(field, sentence!("query.end-before"))),
        _ => Ok(range),
    }
}

fn instant(moment: Moment, zone: Tz) -> Timestamp {
    if moment.utc { moment.clock.and_utc().into() } else { on_clock(zone, moment.clock) }
}

/// The instant a clock of the zone shows `clock`: the first of two where the clock is set back, the end of the gap where it is
/// set forward.
pub fn on_clock(zone: Tz, clock: NaiveDateTime) -> Timestamp {
    match zone.from_local_datetime(&clock) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc).into(),
        LocalResult::None => {
            // Gaps are at most a day long (islands that changed sides of the date line); look for its end minute by minute.
            (1..=24 * 60)
                .find_map(|minutes| zone.from_local_datetime(&(clock + Duration::minutes(minutes))).earliest())
                .map_or_else(|| clock.and_utc().into(), |at| at.with_timezone(&Utc).into())
        }
    }
}

fn preset_range(preset: Preset, zone: Tz, now: Timestamp) -> (Timestamp, Timestamp) {
    let local: DateTime<Tz> = now.utc().with_timezone(&zone);
    let today = local.date_naive();
    let midnight = |date: NaiveDate| on_clock(zone, date.and_time(NaiveTime::MIN));
    let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let monday = back(u64::from(today.weekday().num_days_from_monday()));
    let first = today.with_day(1).unwrap_or(today);
    let january = first.with_month(1).unwrap_or(first);
    let months = |date: NaiveDate, by: i32| {
        let months = Months::new(by.unsigned_abs());
        if by < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) }.unwrap_or(date)
    };
    // Up to now means up to and including this millisecond.
    let until_now = Timestamp::saturating(now.millis() + 1);
    let ago = |duration: Duration| Timestamp::saturating(now.millis() - duration.num_milliseconds());
    let week = Days::new(7);
    let days = |from: NaiveDate, to: NaiveDate| (midnight(from), midnight(to));
    match preset {
        Preset::LastHour => (ago(Duration::hours(1)), until_now),
        Preset::Last24Hours => (ago(Duration::hours(24)), until_now),
        Preset::Today => days(today, tomorrow),
        Preset::Yesterday => days(back(1), today),
        Preset::Last7Days => days(back(6), tomorrow),
        Preset::Last15Days => days(back(14), tomorrow),
        Preset::Last30Days => days(back(29), tomorrow),
        Preset::ThisWeek => days(monday, monday.checked_add_days(week).unwrap_or(tomorrow)),
        Preset::LastWeek => days(monday.checked_sub_days(week).unwrap_or(monday), monday),
        Preset::ThisMonth => days(first, months(first, 1)),
        Preset::LastMonth => days(months(first, -1), first),
        Preset::ThisYear => days(january, months(january, 12)),
        Preset::LastYear => days(months(january, -12), january),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::reports::PASSWORD_VIEW;

    fn at(text: &str) -> Timestamp {
        Moment::parse(text).expect("a moment").clock.and_utc().into()
    }

    #[track_caller]
    fn covers(query: &str, from: &str, to: &str) {
        let now = at("2026-11-22T14:03:27Z"); // a Sunday
        let query = ResolvedQuery::new(codec::decode(&PASSWORD_VIEW, query).expect("a query"), now).expect("resolves");
        assert_eq!((query.range.start.rfc3339(), query.range.end.rfc3339()), (at(from).rfc3339(), at(to).rfc3339()));
    }

    #[test]
    fn presets_cut_days_in_the_zone_of_the_query() {
        covers("time=today", "2026-11-22", "2026-11-23");
        covers("time=today&zone=America/Sao_Paulo", "2026-11-22T03:00", "2026-11-23T03:00");
        covers("time=last-15-days", "2026-11-08", "2026-11-23");
        covers("time=this-week", "2026-11-16", "2026-11-23");
        covers("time=last-week", "2026-11-09", "2026-11-16");
        covers("time=last-month", "2026-10-01", "2026-11-01");
        covers("time=last-year", "2025-01-01", "2026-01-01");
        covers("time=last-hour", "2026-11-22T13:03:27", "2026-11-22T14:03:27.001");
    }

    #[test]
    fn a_day_the_clock_changes_is_shorter_or_longer() {
        // Madrid sets its clock back on 2026-10-25: that day has 25 hours.
        covers("from=2026-10-25&to=2026-10-26&zone=Europe/Madrid", "2026-10-24T22:00", "2026-10-25T23:00");
        // On 2026-03-29 02:30 does not exist there; the gap ends at 03:00 summer time.
        covers("from=2026-03-29T02:30&to=2026-03-30&zone=Europe/Madrid", "2026-03-29T01:00", "2026-03-29T22:00");
    }

    #[test]
    fn a_range_across_two_clocks_is_compared_as_instants() {
        let query = codec::decode(&PASSWORD_VIEW, "from=2026-11-22T12:00&to=2026-11-22T13:00Z&zone=America/Sao_Paulo").expect("a query");
        let error = ResolvedQuery::new(query, Timestamp::MIN).expect_err("15:00Z is after 13:00Z");
        assert_eq!(error.field, "to");
        let query = codec::decode(&PASSWORD_VIEW, "zone=Mars/Olympus").expect("a query");
        assert_eq!(ResolvedQuery::new(query, Timestamp::MIN).expect_err("no such zone").field, "zone");
    }

    #[test]
    fn a_time_is_in_the_span_that_its_zone_has_it_in() {
        let query = |zone: &str| {
            let query = Query { zone: zone.to_owned(), ..Query::all(&PASSWORD_VIEW) };
            ResolvedQuery::new(query, at("2026-11-22T14:03:27Z")).expect("resolves")
        };
        let covers = |zone: &str, step, time: &str, from: &str, to: &str| {
            assert_eq!(query(zone).span(step, at(time)), (at(from), at(to)), "{step:?} of {time} in {zone}");
        };
        covers("UTC", Step::Hour, "2026-11-22T14:03:27Z", "2026-11-22T14:00:00Z", "2026-11-22T15:00:00Z");
        covers("UTC", Step::Week, "2026-11-22T14:03:27Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
        covers("America/Sao_Paulo", Step::Day, "2026-11-22T02:00:00Z", "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z");
        covers("UTC", Step::Month, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        // A day of 25 hours, and one of 23.
        covers("Europe/Lisbon", Step::Day, "2026-10-25T12:00:00Z", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z");
        covers("Europe/Lisbon", Step::Day, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z");
    }
}
