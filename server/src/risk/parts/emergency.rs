//! Emergency access: how usual it is for everybody and for the user. A view that is none is no reason for anything.

use super::part_of;
use crate::risk::case::Case;
use crate::risk::usual::{PRIOR, Usual, share};
use vigia_app::model::risk::Facts;

/// Where less than this share of everybody's views are emergencies, it is taken for this.
const RARE: f64 = 0.1;

pub fn part(case: &Case) -> (f64, Facts) {
    let of_user = case.user.map_or(0, |user| user.habits.emergencies);
    let views = f64::from(case.views);
    let mut bits = 0.0;
    if case.view.emergency {
        let usual = Usual::new(share(case.everybody.emergencies, case.everybody.views, 1), RARE);
        bits = usual.ratio(f64::from(of_user), views, PRIOR, views).max(0.0);
    }
    let facts = Facts::Emergency {
        emergency: case.view.emergency,
        user_emergencies: of_user,
        everybody_share: part_of(case.everybody.emergencies, case.everybody.views),
    };
    (bits, facts)
}
