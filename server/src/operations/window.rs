//! When a credential set is due: once in so many days, while its window is open.
//!
//! A set is due at a time that a clock shows, and keeps it: a day whose clock skips that time is later by that much, and the days after it are as
//! they were before.

use crate::store::query::on_clock;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

/// The hours of each day in which a set may ask for something, on the clock of a zone.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    opens: u16,
    closes: u16,
    zone: Tz,
}

/// A time at which a set is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// What the clock shows then, or would if it did not skip that: the time at which the window opens, or any where it is never closed.
    pub clock: NaiveDateTime,
    pub due: Timestamp,
}

impl Window {
    /// When it opens and closes is in minutes since midnight; it lies over midnight where it closes before it opens, and is never closed where
    /// both are the same.
    pub const fn new((opens, closes): (u16, u16), zone: Tz) -> Self {
        Self { opens, closes, zone }
    }

    /// The first occurrence: at the next opening, or at once while the window is open.
    pub fn first(self, now: Timestamp) -> Occurrence {
        self.occurrence(self.next(now))
    }

    /// An occurrence whose time is known and whose clock is not.
    pub fn occurrence(self, due: Timestamp) -> Occurrence {
        let local = self.local(due);
        let minute = NaiveTime::from_hms_opt(local.hour(), local.minute(), 0).unwrap_or(NaiveTime::MIN);
        // The window that began the day before may still be open.
        let began = self.days(local.date()).filter(|day| self.hours(*day).0 <= due).last();
        let clock =
            if self.is_never_closed() { local.date().and_time(minute) } else { began.unwrap_or(local.date()).and_time(time(self.opens)) };
        Occurrence { clock, due }
    }

    /// The occurrence after the one whose clock this is: the first that lies behind `now`, whole periods on.
    pub fn following(self, clock: NaiveDateTime, every_days: u32, now: Timestamp) -> Occurrence {
        let every = u64::from(every_days.max(1));
        let passed = u64::try_from((self.local(now).date() - clock.date()).num_days()).unwrap_or_default() / every;
        let occurrence = |periods: u64| {
            let clock = clock.checked_add_days(Days::new(periods * every)).unwrap_or(clock);
            Occurrence { clock, due: on_clock(self.zone, clock) }
        };
        let last = passed + 2;
        (passed.max(1)..last).map(occurrence).find(|occurrence| occurrence.due > now).unwrap_or_else(|| occurrence(last))
    }

    /// The first moment from `after` on at which the window is open.
    pub fn next(self, after: Timestamp) -> Timestamp {
        if self.is_never_closed() {
            return after;
        }
        let open = self.days(self.local(after).date()).map(|day| self.hours(day)).find(|(_, closes)| after < *closes);
        open.map_or(after, |(opens, _)| opens.max(after))
    }

    const fn is_never_closed(self) -> bool {
        self.opens == self.closes
    }

    /// The days whose windows may be open on a day, or open next.
    fn days(self, today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        // A zone may leave out a whole day; the window of that day opens on the next one.
        let from = today.checked_sub_days(Days::new(2)).unwrap_or(today);
        (0..5).filter_map(move |day| from.checked_add_days(Days::new(day)))
    }

    /// When the window of a day opens and closes. Where the clock skips all of it, it opens when the clock goes on, and is as long as ever.
    fn hours(self, day: NaiveDate) -> (Timestamp, Timestamp) {
        let over_midnight = self.closes <= self.opens;
        let last = if over_midnight { day.succ_opt().unwrap_or(day) } else { day };
        let [opens, closes] =
            [(day, self.opens), (last, self.closes)].map(|(day, minutes)| on_clock(self.zone, day.and_time(time(minutes))));
        if closes > opens {
            return (opens, closes);
        }
        let minutes = i64::from(self.closes) - i64::from(self.opens) + if over_midnight { i64::from(DAY) } else { 0 };
        (opens, Timestamp::saturating(opens.millis() + minutes * 60_000))
    }

    fn local(self, at: Timestamp) -> NaiveDateTime {
        let local: DateTime<Tz> = at.utc().with_timezone(&self.zone);
        local.naive_local()
    }
}

fn time(minutes: u16) -> NaiveTime {
    NaiveTime::from_hms_opt(u32::from(minutes / 60), u32::from(minutes % 60), 0).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
