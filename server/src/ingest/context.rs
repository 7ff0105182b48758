//! What reading a line depends on besides the line.

use crate::clock::{self, Clock};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

/// The further field of an event that has no time of its own.
pub const ARRIVED: &str = "vigia.time";

/// What a format is opened with.
#[derive(Clone)]
pub struct Context {
    /// Gives dates without a year theirs: the year that puts them nearest to now, never more than a day ahead.
    pub clock: Clock,
    /// The zone of times that are written without one.
    pub zone: Tz,
    /// When the file was last written that is read: no line of it is later, which gives dates without a year theirs in place of the clock.
    pub written: Option<Timestamp>,
    /// Whether a line that says no time has that of its arrival.
    pub arrival: bool,
}

impl Context {
    /// The clock of the machine.
    pub fn system(zone: Tz) -> Self {
        Self::new(clock::system(), zone)
    }

    pub const fn new(clock: Clock, zone: Tz) -> Self {
        Self { clock, zone, written: None, arrival: false }
    }

    /// The time of what says none, and what an event says of it.
    pub fn arrived(&self) -> (Timestamp, &'static str) {
        self.written.map_or_else(|| ((self.clock)(), "arrival"), |written| (written, "date of the file"))
    }
}
