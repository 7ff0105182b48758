//! Where somebody does something: the world in one of its hours.

use super::agenda::Agenda;
use super::calendar::{HOUR, Hour};
use super::dice::Dice;
use super::world::World;

/// What somebody needs to do something in an hour.
pub(super) struct Stage<'a> {
    pub(super) world: &'a World,
    pub(super) agenda: &'a mut Agenda,
    pub(super) dice: &'a mut Dice,
    pub(super) hour: &'a Hour,
    /// A number of its own for whatever is done.
    pub(super) turn: u32,
    /// Counts what is done for one report; rare things take turns by it.
    pub(super) round: u32,
}

impl Stage<'_> {
    /// A time in the hour, in milliseconds.
    pub(super) fn moment(&mut self) -> i64 {
        self.hour.from + self.dice.below((self.hour.to - self.hour.from) as usize) as i64
    }

    /// The time a while after `at`, a while being between the two numbers of seconds. Never after now: time is pressed together before it.
    pub(super) fn later(&mut self, at: i64, low: i64, high: i64) -> i64 {
        let left = (self.agenda.now() - at).max(0);
        let wish = self.dice.between(low * 1000, high * 1000);
        at + wish.min(if left < 4 * HOUR { left / 8 } else { HOUR })
    }
}
