//! What reading a line depends on besides the line.

use crate::clock::{self, Clock};
use chrono_tz::Tz;

/// What a format is opened with.
#[derive(Clone)]
pub struct Context {
    /// Gives dates without a year theirs: the year that puts them nearest to now, never more than a day ahead.
    pub clock: Clock,
    /// The zone of times that are written without one.
    pub zone: Tz,
}

impl Context {
    /// The clock of the machine.
    pub fn system(zone: Tz) -> Self {
        Self { clock: clock::system(), zone }
    }
}
