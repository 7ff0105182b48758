//! Time: the hour of the day, on working days or on weekends.
//!
//! Hours are a circle, and a view at 9:50 says something about 10:10 too: each view counts for the hours around it by a bell with a
//! standard deviation of two hours. Few users have enough views for every hour of the week, so the hours of working days and of weekends
//! start from the hours of all days, and these from everybody's.

use super::part_of;
use crate::risk::bits::log2;
use crate::risk::case::Case;
use crate::risk::habits::Habits;
use crate::risk::usual::{PRIOR, Usual, together};
use vigia_app::model::risk::Facts;

/// 1000 exp(-d^2 / 8) for hours `d` apart.
const BELL: [u64; 8] = [1000, 882, 607, 325, 135, 44, 11, 2];
/// The sum of the bell to both sides.
const BELL_SUM: f64 = 5012.0;
/// Hours of which everybody has less than this share of their views are taken for this.
const RARE: f64 = 0.01;
/// The hours of all days count for as many views as this in those of working days and of weekends.
const KIND_OF_DAY: f64 = 100.0;
/// The shares of working days and weekends in a week.
const WEEK: [f64; 2] = [5.0 / 7.0, 2.0 / 7.0];

pub fn part(case: &Case) -> (f64, Facts) {
    let kind = usize::from(case.view.weekend);
    let hour = usize::from(case.view.hour);
    let nobody = Habits::default();
    let user = case.user.map_or(&nobody, |user| &user.habits);
    let (views, all_views) = (f64::from(user.views), f64::from(case.everybody.views));

    let everybody = around(case.everybody, hour);
    let usual = Usual::new((everybody[0] + everybody[1] + 1.0 / 24.0) / (all_views + 1.0), RARE);
    let of_user = around(user, hour);
    let on_all_days = usual.for_user(of_user[0] + of_user[1], views, PRIOR, views);

    // How often this hour is one of such a day, for everybody.
    let such = (everybody[kind] + KIND_OF_DAY * WEEK[kind]) / (everybody[0] + everybody[1] + KIND_OF_DAY);
    let for_user = (of_user[kind] + KIND_OF_DAY * on_all_days * such) / (views + KIND_OF_DAY);
    let bits = together(&[log2(usual.base * such / for_user)]);

    let from = (hour + if case.view.late { 0 } else { 23 }) % 24;
    let window = |habits: &Habits| [from, (from + 1) % 24].iter().map(|hour| habits.hours[0][*hour] + habits.hours[1][*hour]).sum();
    let facts = Facts::Time {
        from: from as u8,
        to: ((from + 2) % 24) as u8,
        weekend: case.view.weekend,
        user_share: part_of(window(user), user.views),
        everybody_share: part_of(window(case.everybody), case.everybody.views),
        user_weekend_views: user.hours[1].iter().sum(),
    };
    (bits, facts)
}

/// The views around an hour, of working days and of weekends, by the bell.
fn around(habits: &Habits, hour: usize) -> [f64; 2] {
    habits.hours.map(|hours| {
        let mut sum = BELL[0] * u64::from(hours[hour]);
        for (apart, weight) in BELL.iter().enumerate().skip(1) {
            sum += weight * (u64::from(hours[(hour + apart) % 24]) + u64::from(hours[(hour + 24 - apart) % 24]));
        }
        sum as f64 / BELL_SUM
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_is_a_share() {
        let sum = BELL[0] + 2 * BELL[1..].iter().sum::<u64>();
        assert_eq!(sum as f64, BELL_SUM);
        let mut habits = Habits::default();
        habits.hours[0][23] = 10;
        let all: f64 = (0..24).map(|hour| around(&habits, hour)[0]).sum();
        assert!((all - 10.0).abs() < 1e-9, "every view counts once, past midnight too: {all}");
        assert_eq!(around(&habits, 1), around(&habits, 21));
    }
}
