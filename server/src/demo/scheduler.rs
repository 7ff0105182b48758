//! Fills the agenda hour by hour, so that no more than a few hours of plans are ever kept.

use super::agenda::Agenda;
use super::calendar::{Hour, Hours};
use super::dice::Dice;
use super::machines;
use super::plan::{BACKUPS, OPERATIONS, Planned, REPORTS, TRAILS, VIEWS};
use super::sessions;
use super::stage::Stage;
use super::world::World;
use super::{pending, policy, upheavals};
use std::iter::Peekable;

const PURPOSE: u64 = 1;

/// The share of a report's events that follow the people's day; the rest follows the machines'.
const HUMAN: [(usize, f64); 3] = [(VIEWS, 0.94), (OPERATIONS, 0.35), (TRAILS, 0.85)];

pub(super) struct Scheduler {
    pub(super) world: World,
    agenda: Agenda,
    hours: Peekable<Hours>,
    /// What people, and machines, do over all the hours.
    total: (f64, f64),
    done: (f64, f64),
    dice: Dice,
    /// Counts what people and machines set out to do.
    turn: u32,
    /// The same for each report.
    rounds: [u32; REPORTS],
}

impl Scheduler {
    pub(super) fn new(world: World, events: u64, days: u32) -> Self {
        let mut agenda = Agenda::new(events, policy::count(events, days), world.now);
        policy::plan(&world, events, days, &mut agenda);
        pending::plan(&world, &mut agenda);
        upheavals::plan(&world, &mut agenda);
        let hours = || Hours::new(world.from, world.now.max(world.from + 1), world.seed);
        let total = hours().map(|hour| hour.weights()).fold((0.0, 0.0), |sum, add| (sum.0 + add.0, sum.1 + add.1));
        let hours = hours().peekable();
        let dice = Dice::new(world.seed, PURPOSE, 0);
        debug_assert!(agenda.planned(BACKUPS) == agenda.quota(BACKUPS), "the policy plans all the backups it counted");
        Self { world, agenda, hours, total, done: (0.0, 0.0), dice, turn: 10_000, rounds: [0; REPORTS] }
    }

    fn fill(&mut self, hour: &Hour, last: bool) {
        let (people, machines) = hour.weights();
        self.done = (self.done.0 + people, self.done.1 + machines);
        let part = (self.done.0 / self.total.0, self.done.1 / self.total.1);
        for (report, human) in HUMAN {
            let quota = self.agenda.quota(report);
            let due = quota as f64 * (human * part.0 + (1.0 - human) * part.1);
            let due = if last { quota } else { (due as u64).min(quota) };
            while self.agenda.planned(report) < due {
                self.turn = self.turn.wrapping_add(1);
                self.rounds[report] = self.rounds[report].wrapping_add(1);
                let (turn, round) = (self.turn, self.rounds[report]);
                let mut stage = Stage { world: &self.world, agenda: &mut self.agenda, dice: &mut self.dice, hour, turn, round };
                match report {
                    VIEWS if stage.dice.percent(8) => machines::view(&mut stage),
                    VIEWS => sessions::views(&mut stage),
                    OPERATIONS => machines::operation(&mut stage),
                    _ if stage.dice.percent(25) => machines::read(&mut stage),
                    _ => sessions::duties(&mut stage),
                }
            }
        }
    }
}

impl Iterator for Scheduler {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        // Whatever an hour brings comes after its start: what is earlier is complete.
        while let Some(start) = self.hours.peek().map(|hour| hour.from) {
            if let Some(planned) = self.agenda.take_before(start) {
                return Some(planned);
            }
            if let Some(hour) = self.hours.next() {
                let last = self.hours.peek().is_none();
                self.fill(&hour, last);
            }
        }
        self.agenda.take_before(i64::MAX)
    }
}
