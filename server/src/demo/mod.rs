//! Demo data: the events of a company that does not exist, for trying Vigia out and for measuring it.
//!
//! The company has ten offices, sixty people and some four hundred credentials ([`estate`], [`people`]). What happens follows their
//! clocks ([`calendar`]): [`scheduler`] plans hour by hour what people ([`sessions`]) and machines ([`machines`]) do, [`stories`]
//! adds what is out of the ordinary, and only when an event's turn comes is it put into words ([`operations`], [`views`],
//! [`backups`], [`trails`]); of other reports, what follows from their declarations ([`others`]). So a million events stream in the memory of a few hours of plans.

mod agenda;
mod attempts;
mod backups;
mod calendar;
mod changes;
mod dice;
mod estate;
mod justifications;
mod kinds;
mod machines;
mod oddities;
mod offices;
mod operations;
mod others;
mod outcomes;
mod pending;
mod people;
mod plan;
mod policy;
pub mod sandbox;
mod scheduler;
mod sessions;
mod stage;
mod stories;
#[cfg(test)]
mod tests;
mod texts;
mod trails;
mod troubles;
mod upheavals;
mod views;
mod world;

use self::agenda::Agenda;
use self::dice::Dice;
use self::plan::{Fate, Planned, REPORTS, What};
use self::scheduler::Scheduler;
use self::world::World;
use crate::event::Event;
use vigia_app::model::Timestamp;

/// What a demo says of itself.
pub const ABOUT: &str =
    "The events here are made up: the company, its people and its devices do not exist. The command vigia demo --remove removes them.";

/// The seed of the demo, where none is chosen.
pub const SEED: u64 = 1;

/// The source of every demo event.
pub const SOURCE: &str = "demo";

/// For so many events, as many operations wait as ever do.
const PENDING_OF: u64 = 10_000;
const PENDING: u64 = 15;

/// Longest time a run can cover.
const MOST_DAYS: u32 = 36_500;

/// Exactly `events` events of the `days` days before `now` (1 to 36,500), in the order of their times; the last ones are operations
/// scheduled for the days after it. From 2,000 events and 30 days on, every status, operation, reason and origin occurs.
///
/// The same arguments give the same events. Source ids depend on `events`, `days` and `seed` only: stored once, events of
/// another `now` are duplicates.
pub fn generate(events: u64, days: u32, seed: u64, now: Timestamp) -> impl Iterator<Item = Event> + Send + use<> {
    let days = days.clamp(1, MOST_DAYS);
    let now = now.millis();
    let from = (now - i64::from(days) * calendar::DAY).max(0);
    let world = World::new(seed, from, now);
    Demo { scheduler: Scheduler::new(world, events, days), serials: [0; REPORTS] }
}

/// The company's operations that wait: for their time, or for an approval. Those among [`generate`]'s events are of another source id, and
/// have not been asked for here.
pub fn pending(seed: u64, now: Timestamp) -> Vec<Event> {
    let now = now.millis();
    let world = World::new(seed, (now - calendar::DAY).max(0), now);
    let mut agenda = Agenda::new(PENDING_OF, 0, now);
    pending::plan(&world, &mut agenda);
    let planned = std::iter::from_fn(|| agenda.take_before(i64::MAX));
    let events = (0..).zip(planned).filter_map(|(serial, Planned { time: due, what, .. })| match what {
        What::Operation { asker, credential, operation, fate: fate @ (Fate::Awaiting | Fate::Ahead) } => {
            let plan = operations::Operation { asker, credential, operation, fate, due };
            let dice = &mut Dice::new(world.seed, PENDING, serial);
            Some(operations::event(&world, &plan, serial, format!("{seed:x}-pending-{serial}"), dice))
        }
        _ => None,
    });
    events.collect()
}

struct Demo {
    scheduler: Scheduler,
    /// How many events each report has had.
    serials: [u64; REPORTS],
}

impl Iterator for Demo {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let Planned { time, what, .. } = self.scheduler.next()?;
        let world = &self.scheduler.world;
        let report = what.report();
        let serial = self.serials[report];
        self.serials[report] += 1;
        if let Some(event) = others::instead(world, &what, serial, time) {
            return Some(event);
        }
        let source_id = format!("{:x}-{serial:07}", world.seed);
        let dice = &mut Dice::new(world.seed, 100 + report as u64, serial);
        Some(match what {
            What::View { session, credential, manner } => {
                views::event(world, &views::View { session, credential, manner, time }, serial, source_id, dice)
            }
            What::Operation { asker, credential, operation, fate } => {
                let plan = operations::Operation { asker, credential, operation, fate, due: time };
                operations::event(world, &plan, serial, source_id, dice)
            }
            What::Trail { act, session, object } => trails::event(world, &trails::Trail { act, session, object, time }, source_id, dice),
            What::Backup(backup) => backups::event(world, backup, time, source_id, dice),
        })
    }
}
