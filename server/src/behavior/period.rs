//! The period that the dashboard shows, cut into spans on the clock of the reader's zone, and the period before it.

use crate::store::ResolvedQuery;
use crate::store::query::{self, on_clock};
use chrono::{Days, Months, NaiveDateTime};
use chrono_tz::Tz;
use std::ops::Range;
use vigia_app::behavior::Step;
use vigia_app::model::{Moment, Preset, TimeRange, Timestamp};

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
/// A period of up to so many milliseconds is cut into hours, days or weeks; a longer one into months.
const HOURS: i64 = 3 * DAY;
const DAYS: i64 = 93 * DAY;
const WEEKS: i64 = 2 * 366 * DAY;

/// A period.
pub struct Period {
    pub step: Step,
    /// Where spans begin, and where the last one ends, which has begun already. The first and the last may be cut off by the period.
    pub bounds: Vec<Timestamp>,
    zone: Tz,
    back: Back,
}

/// How far back the period before lies, on the clock.
#[derive(Clone, Copy)]
enum Back {
    Days(u64),
    Months(u32),
    /// Not on the clock: a number of milliseconds.
    Millis(i64),
}

impl Period {
    /// The period of a query, as far as there is something in it or it has passed: `ends` are the times of the report's first and last events.
    /// `None` where there is nothing.
    pub fn new(resolved: &ResolvedQuery, ends: Option<(Timestamp, Timestamp)>, now: Timestamp) -> Option<Self> {
        let (first, last) = ends?;
        let range = &resolved.range;
        let start = if range.start == Timestamp::MIN { first } else { range.start };
        // Nothing lies behind that; the millisecond of now is one that has passed.
        let passed = Timestamp::saturating(now.millis().max(last.millis()) + 1).min(range.end);
        if start >= passed {
            return None;
        }
        let length = passed.millis() - start.millis();
        let steps = [
            (HOURS, Step::Hour, query::Step::Hour),
            (DAYS, Step::Day, query::Step::Day),
            (WEEKS, Step::Week, query::Step::Week),
            (i64::MAX, Step::Month, query::Step::Month),
        ];
        let (_, step, cut) = *steps.iter().find(|(most, ..)| length <= *most)?;
        let mut bounds = vec![resolved.span(cut, start).0.max(range.start)];
        while let Some(last) = bounds.last().copied().filter(|last| *last < passed) {
            let end = resolved.span(cut, last).1.min(range.end);
            if end <= last {
                break;
            }
            bounds.push(end);
        }
        let whole = resolved.range.end.millis() - resolved.range.start.millis();
        let back = match resolved.query.range {
            TimeRange::Preset(Preset::ThisMonth | Preset::LastMonth) => Back::Months(1),
            TimeRange::Preset(Preset::ThisYear | Preset::LastYear) => Back::Months(12),
            TimeRange::Preset(Preset::LastHour) => Back::Millis(HOUR),
            TimeRange::Preset(Preset::Last24Hours | Preset::Today | Preset::Yesterday) => Back::Days(1),
            TimeRange::Preset(Preset::ThisWeek | Preset::LastWeek | Preset::Last7Days) => Back::Days(7),
            TimeRange::Preset(Preset::Last15Days) => Back::Days(15),
            TimeRange::Preset(Preset::Last30Days) => Back::Days(30),
            // Whole days, of which one may have 23 hours or 25.
            TimeRange::Between { from: Some(_), to: Some(_) } if whole >= DAY - HOUR => {
                Back::Days((whole + DAY / 2).unsigned_abs() / DAY.unsigned_abs())
            }
            TimeRange::Between { from: Some(_), to: Some(_) } => Back::Millis(whole),
            TimeRange::Between { .. } | TimeRange::All => Back::Millis(length),
        };
        Some(Self { step, bounds, zone: resolved.query.zone.parse().unwrap_or(Tz::UTC), back })
    }

    /// One in which nothing is.
    pub fn empty(resolved: &ResolvedQuery) -> Self {
        Self { step: Step::default(), bounds: Vec::new(), zone: resolved.query.zone.parse().unwrap_or(Tz::UTC), back: Back::Millis(0) }
    }

    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty()
    }

    /// The spans, half-open.
    pub fn spans(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        self.bounds.windows(2).map(|span| (span[0], span[1]))
    }

    /// All of it.
    pub fn all(&self) -> Range<Timestamp> {
        range(&self.bounds)
    }

    /// The same bounds in the period before, but nothing from the moment on that was what now is in this one.
    pub fn before(&self, now: Timestamp) -> Vec<Timestamp> {
        let end = self.earlier(Timestamp::saturating(now.millis() + 1));
        self.bounds.iter().map(|at| self.earlier(*at).min(end)).collect()
    }

    /// All of the period before, up to that moment.
    pub fn all_before(&self, now: Timestamp) -> Range<Timestamp> {
        range(&self.before(now))
    }

    /// A time as an address has it: on the clock where that says which instant is meant, else in UTC.
    pub fn moment(&self, at: Timestamp) -> Moment {
        let clock = self.clock(at);
        if on_clock(self.zone, clock) == at { Moment { clock, utc: false } } else { Moment::utc(at) }
    }

    /// The bounds of the last spans of a length, of which the last one has not ended.
    pub fn until_now(resolved: &ResolvedQuery, step: query::Step, count: usize, now: Timestamp) -> Vec<Timestamp> {
        let (mut start, end) = resolved.span(step, now);
        let mut bounds = vec![end, start];
        while bounds.len() <= count {
            start = resolved.span(step, Timestamp::saturating(start.millis() - 1)).0;
            bounds.push(start);
        }
        bounds.reverse();
        bounds
    }

    fn clock(&self, at: Timestamp) -> NaiveDateTime {
        at.utc().with_timezone(&self.zone).naive_local()
    }

    /// The same time in the period before.
    fn earlier(&self, at: Timestamp) -> Timestamp {
        let clock = self.clock(at);
        let earlier = match self.back {
            Back::Days(days) => clock.checked_sub_days(Days::new(days)),
            Back::Months(months) => clock.checked_sub_months(Months::new(months)),
            Back::Millis(millis) => return Timestamp::saturating(at.millis() - millis),
        };
        // A clock that was set meanwhile may say the same twice, or never.
        let offset = at.millis() - on_clock(self.zone, clock).millis();
        earlier.map_or(Timestamp::MIN, |earlier| Timestamp::saturating(on_clock(self.zone, earlier).millis() + offset))
    }
}

fn range(bounds: &[Timestamp]) -> Range<Timestamp> {
    let at = |bound: Option<&Timestamp>| bound.copied().unwrap_or(Timestamp::MIN);
    at(bounds.first())..at(bounds.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::model::codec;
    use vigia_app::reports::PASSWORD_VIEW;

    fn at(text: &str) -> Timestamp {
        Moment::parse(text).expect("a moment").clock.and_utc().into()
    }

    /// The period of a query at noon of 2026-11-22, a Sunday, in UTC, where there are views from the year before on.
    fn period(query: &str) -> Period {
        let query = codec::decode(&PASSWORD_VIEW, query).expect("a query");
        let now = at("2026-11-22T12:00");
        let resolved = ResolvedQuery::new(query, now).expect("resolves");
        Period::new(&resolved, Some((at("2025-11-22"), at("2026-11-22T11:59"))), now).expect("a period")
    }

    /// Its first spans, and its last one; then those of the period before.
    #[track_caller]
    fn is(query: &str, step: Step, spans: usize, first: [&str; 2], last: [&str; 2], before: [&str; 2]) {
        let period = period(query);
        let bounds: Vec<String> = period.bounds.iter().map(|at| period.moment(*at).to_string()).collect();
        let told = (period.step, bounds.len() - 1, [&*bounds[0], &*bounds[1]], [&*bounds[bounds.len() - 2], &*bounds[bounds.len() - 1]]);
        assert_eq!(told, (step, spans, first, last));
        let all = period.all_before(at("2026-11-22T12:00"));
        assert_eq!([period.moment(all.start).to_string(), period.moment(all.end).to_string()], before);
    }

    #[test]
    fn a_period_is_cut_on_the_clock_and_ends_now() {
        is(
            "time=last-15-days",
            Step::Day,
            15,
            ["2026-11-08T00:00:00", "2026-11-09T00:00:00"],
            ["2026-11-22T00:00:00", "2026-11-23T00:00:00"],
            ["2026-10-24T00:00:00", "2026-11-07T12:00:00.001"],
        );
        is(
            "time=today&zone=America/Sao_Paulo",
            Step::Hour,
            10,
            ["2026-11-22T00:00:00", "2026-11-22T01:00:00"],
            ["2026-11-22T09:00:00", "2026-11-22T10:00:00"],
            ["2026-11-21T00:00:00", "2026-11-21T09:00:00.001"],
        );
        is(
            "time=last-month",
            Step::Day,
            31,
            ["2026-10-01T00:00:00", "2026-10-02T00:00:00"],
            ["2026-10-31T00:00:00", "2026-11-01T00:00:00"],
            ["2026-09-01T00:00:00", "2026-10-01T00:00:00"],
        );
        is(
            "time=this-year",
            Step::Week,
            47,
            ["2026-01-01T00:00:00", "2026-01-05T00:00:00"],
            ["2026-11-16T00:00:00", "2026-11-23T00:00:00"],
            ["2025-01-01T00:00:00", "2025-11-22T12:00:00.001"],
        );
    }

    #[test]
    fn a_period_with_an_open_end_has_the_bounds_of_what_is_there() {
        is(
            "from=2026-11-20T12:00",
            Step::Hour,
            49,
            ["2026-11-20T12:00:00", "2026-11-20T13:00:00"],
            ["2026-11-22T12:00:00", "2026-11-22T13:00:00"],
            ["2026-11-18T11:59:59.999", "2026-11-20T12:00:00"],
        );
        assert_eq!(period("to=2025-11-23").bounds[0], at("2025-11-22"));
    }

    /// Lisbon sets its clock back on 2026-10-25: one o'clock is twice, and the second one can only be said in UTC.
    #[test]
    fn the_day_of_twenty_five_hours_has_twenty_five_spans() {
        is(
            "from=2026-10-25&to=2026-10-26&zone=Europe/Lisbon",
            Step::Hour,
            25,
            ["2026-10-25T00:00:00", "2026-10-25T01:00:00"],
            ["2026-10-25T23:00:00", "2026-10-26T00:00:00"],
            ["2026-10-24T00:00:00", "2026-10-25T00:00:00"],
        );
        let period = period("from=2026-10-25&to=2026-10-26&zone=Europe/Lisbon");
        assert_eq!(period.moment(period.bounds[2]).to_string(), "2026-10-25T01:00:00Z");
        assert!(period.before(at("2026-11-22T12:00")).is_sorted());
    }
}
