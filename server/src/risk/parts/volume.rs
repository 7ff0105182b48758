//! Volume: how often days have as many views as this one has so far, for everybody and for the user.
//!
//! Few views are no risk: the part is never below zero. It is never above the logarithm of the user's days with views either, so one
//! day with a hundred times as much says no more than that the user has no such days.

use crate::risk::case::Case;
use crate::risk::days::Before;
use crate::risk::usual::{PRIOR, Usual};
use vigia_app::model::risk::Facts;

/// As many views as less than this share of everybody's days have are taken for this.
const RARE: f64 = 0.1;

pub fn part(case: &Case) -> (f64, Facts) {
    let before = case.user.map_or(0, |user| user.days.views(case.view.day));
    let today = before.saturating_add(1);

    // This day is not among the days that it is compared with.
    let everybody = case.days;
    let all_days = everybody.days_without(before);
    let usual = Usual::new((everybody.reaching(today, before) + 0.5) / (f64::from(all_days) + 1.0), RARE);
    let own = case.user.map(|user| user.days.before(case.view.day, today));
    let own = own.unwrap_or(Before { days: 0, older: 0, reaching: 0.0 });
    let bits = usual.ratio(own.reaching, own.older as f64, PRIOR, own.older as f64).max(0.0);
    let days = u32::try_from(own.days).unwrap_or(u32::MAX);

    let average = |views: u32, days: u32| if days == 0 { 0.0 } else { (f64::from(views) / f64::from(days)) as f32 };
    let facts = Facts::Volume {
        today,
        usual: average(case.views.saturating_sub(before), days),
        days,
        everybody_usual: average(case.everybody.views.saturating_sub(before), all_days),
    };
    (bits, facts)
}
