//! Which backups may go.

use super::archive::manifest::Type;
use super::place::Stored;
use crate::config::Keep;
use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashSet;
use vigia_app::model::Timestamp;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The year of a day, and which of the year's spans it is in.
type Span = fn(NaiveDate) -> (i32, u32);

/// A backup, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub name: String,
    pub r#type: Type,
    /// Whether it was made before an upgrade: those count for themselves.
    pub before_upgrade: bool,
    pub start: Timestamp,
    /// Whether it was found damaged.
    pub damaged: bool,
}

impl Candidate {
    pub(super) fn new(stored: &Stored, damaged: bool) -> Self {
        let manifest = &stored.manifest;
        Self {
            name: stored.name.clone(),
            r#type: manifest.contents.r#type,
            before_upgrade: manifest.database.is_some(),
            start: manifest.began(),
            damaged,
        }
    }
}

/// The names of those that no rule keeps, oldest first. The last one of a type that was not found damaged always stays, and so does what is newer: what a
/// rule counts are those that are whole.
pub(super) fn removable(mut all: Vec<Candidate>, keep: &Keep, zone: Tz, now: Timestamp) -> Vec<String> {
    if keep.is_all() {
        return Vec::new();
    }
    all.sort_by(|a, b| (b.start, &b.name).cmp(&(a.start, &a.name)));
    let mut stays: HashSet<&str> = HashSet::new();
    for (r#type, before) in Type::ALL.into_iter().flat_map(|of| [(of, false), (of, true)]) {
        let of_type = || all.iter().filter(|one| one.r#type == r#type && one.before_upgrade == before);
        let whole = || of_type().filter(|one| !one.damaged);
        stays.extend(whole().take(keep.last.max(1) as usize).map(|one| one.name.as_str()));
        if let Some(last) = whole().next() {
            stays.extend(of_type().take_while(|one| one.start > last.start).map(|one| one.name.as_str()));
        } else {
            stays.extend(of_type().map(|one| one.name.as_str()));
        }
        let since = Timestamp::saturating(now.millis() - i64::from(keep.days) * DAY);
        stays.extend(whole().filter(|one| keep.days > 0 && one.start >= since).map(|one| one.name.as_str()));
        let day = |one: &Candidate| one.start.utc().with_timezone(&zone).date_naive();
        let spans: [(u32, Span); 3] = [
            (keep.daily, |day| (day.year(), day.ordinal())),
            (keep.weekly, |day| (day.iso_week().year(), day.iso_week().week())),
            (keep.monthly, |day| (day.year(), day.month())),
        ];
        for (number, span) in spans {
            let mut seen = Vec::new();
            for one in whole() {
                let span = span(day(one));
                if seen.last() != Some(&span) {
                    if seen.len() == number as usize {
                        break;
                    }
                    seen.push(span);
                    stays.insert(&one.name);
                }
            }
        }
    }
    all.iter().rev().filter(|one| !stays.contains(one.name.as_str())).map(|one| one.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(starts: &[(i64, Type, bool)]) -> Vec<Candidate> {
        let one = |(at, (hours, r#type, damaged)): (usize, &(i64, Type, bool))| Candidate {
            name: format!("{at:04}"),
            r#type: *r#type,
            before_upgrade: false,
            start: Timestamp::saturating(1_795_000_000_000 + hours * 3_600_000),
            damaged: *damaged,
        };
        starts.iter().enumerate().map(one).collect()
    }

    fn now(hours: i64) -> Timestamp {
        Timestamp::saturating(1_795_000_000_000 + hours * 3_600_000)
    }

    #[test]
    fn each_rule_keeps_what_it_says() {
        let daily: Vec<_> = (0..100).map(|day| (day * 24, Type::Full, false)).collect();
        let left = |keep: &str| 100 - removable(all(&daily), &keep.parse().expect("a rule"), Tz::UTC, now(99 * 24)).len();
        assert_eq!(left(""), 100);
        assert_eq!(left("last=3"), 3);
        assert_eq!(left("days=10"), 11, "today's, and those of the ten days before");
        assert_eq!(left("daily=7"), 7);
        assert_eq!(left("weekly=4"), 4);
        assert_eq!(left("monthly=12"), 4, "there are no more months");
        let both = left("daily=7,monthly=12");
        assert!((9..=11).contains(&both), "{both}");
        let hourly: Vec<_> = (0..72).map(|hour| (hour, Type::Partial, false)).collect();
        assert_eq!(72 - removable(all(&hourly), &"daily=2".parse().expect("a rule"), Tz::UTC, now(72)).len(), 2);
    }

    #[test]
    fn what_is_damaged_does_not_count() {
        let some = [(0, Type::Full, false), (24, Type::Full, false), (48, Type::Full, true), (72, Type::Full, true)];
        let removed = removable(all(&some), &"last=1".parse().expect("a rule"), Tz::UTC, now(80));
        assert_eq!(removed, ["0000"], "the last good one stays, and what came after it may be looked at");
    }

    #[test]
    fn those_before_an_upgrade_count_for_themselves() {
        let mut some = all(&[(0, Type::Full, false), (24, Type::Full, false), (48, Type::Full, false), (72, Type::Full, false)]);
        (some[0].before_upgrade, some[1].before_upgrade) = (true, true);
        let removed = removable(some, &"last=1".parse().expect("a rule"), Tz::UTC, now(80));
        assert_eq!(removed, ["0000", "0002"], "the last one of each stays");
    }

    proptest! {
        #[test]
        fn the_last_good_one_of_each_type_always_stays(
            some in prop::collection::vec((0i64..5_000, prop::bool::ANY, prop::bool::ANY), 0..60),
            last in 0u32..3, days in 0u32..40, daily in 0u32..5, weekly in 0u32..5, monthly in 0u32..5,
        ) {
            let some: Vec<_> = some.into_iter().map(|(at, full, damaged)| (at, if full { Type::Full } else { Type::Partial }, damaged)).collect();
            let keep = Keep { last, days, daily, weekly, monthly };
            let removed = removable(all(&some), &keep, Tz::UTC, now(5_000));
            for r#type in Type::ALL {
                let good = all(&some).into_iter().filter(|one| one.r#type == r#type && !one.damaged).max_by_key(|one| (one.start, one.name.clone()));
                prop_assert!(good.is_none_or(|good| !removed.contains(&good.name)));
            }
            let others = all(&some).into_iter().filter(|one| !removed.contains(&one.name)).collect();
            prop_assert!(removable(others, &keep, Tz::UTC, now(5_000)).is_empty(), "what stays once stays");
        }
    }
}
