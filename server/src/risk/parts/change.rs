//! Change by hand: was the password last changed by hand, though it is otherwise changed automatically?
//!
//! The ratio is that of the credential's changes before the last one: with so many automatic ones and none by hand, one by hand is that
//! unusual. Where changes by hand are usual, it says nothing; it never speaks for a user.

use crate::risk::case::Case;
use crate::risk::usual::{PRIOR, Usual, share};
use vigia_app::model::risk::Facts;

/// Changes by hand that are less usual than this among all changes are taken for this.
const RARE: f64 = 0.1;
/// No more bits than this: a change by hand is a reason to look, not an alarm.
const MOST: f64 = 5.0;

pub fn part(case: &Case) -> (f64, Facts) {
    let change = case.change;
    let usual = Usual::new(share(change.everybodys_by_hand, change.everybodys, 1), RARE);
    let bits = match change.last_by_hand {
        Some(true) => usual.ratio(change.by_hand.into(), change.earlier.into(), PRIOR, f64::INFINITY).clamp(0.0, MOST),
        Some(false) | None => 0.0,
    };
    (bits, Facts::Change { last_by_hand: change.last_by_hand, earlier: change.earlier, by_hand: change.by_hand })
}
