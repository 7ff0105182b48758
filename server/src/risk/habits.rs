//! What is counted of a user, and of everybody.

use super::days::{Days, Steps};
use super::table::Change;
use super::view::ViewKeys;

/// Counts of somebody's views: a user's, or those of a whole population.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Habits {
    pub views: u32,
    /// Views of each hour, UTC, of working days and of Saturdays and Sundays.
    pub hours: [[u32; 24]; 2],
    pub emergencies: u32,
    /// Views without a governance ID.
    pub missing: u32,
    /// Different devices.
    pub devices: u32,
    /// Different networks.
    pub networks: u32,
}

impl Habits {
    /// Counts what needs nothing but the view.
    pub fn change(&mut self, view: &ViewKeys, change: Change) {
        change.apply(&mut self.views);
        change.apply(&mut self.hours[usize::from(view.weekend)][usize::from(view.hour)]);
        if view.emergency {
            change.apply(&mut self.emergencies);
        }
        if !view.governance_id {
            change.apply(&mut self.missing);
        }
    }
}

/// A population.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Everybody {
    pub habits: Habits,
    /// Each user's days, by their number of views.
    pub steps: Steps,
}

/// A user of a population: somebody who views both in the console and through the API is one in each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct User {
    pub habits: Habits,
    pub days: Days,
}
