//! Operations that are not done yet: running, waiting for approval, or due in the coming week.

use super::agenda::Agenda;
use super::calendar::{DAY, HOUR, MINUTE, ROTATION_HOUR, offset};
use super::dice::Dice;
use super::people::PEOPLE;
use super::plan::{Asker, Fate, OPERATIONS, Platform, Session, What};
use super::world::World;

const PURPOSE: u64 = 13;
/// Most that wait at a time.
const MOST: u64 = 40;
const RUNNING: u64 = 3;

/// Puts them into the agenda: at most a twentieth of the operations.
pub(super) fn plan(world: &World, agenda: &mut Agenda) {
    let mut dice = Dice::new(world.seed, PURPOSE, 0);
    let count = (agenda.quota(OPERATIONS) / 20).min(MOST);
    for number in 0..count {
        let all = world.estate.credentials.len();
        let drawn = dice.below(all);
        // Whoever approves one, or has it run at once, sees it succeed.
        let sound = (drawn..all).chain(0..drawn).map(|at| at as u16).find(|at| world.troubles.at(*at, world.now).is_none());
        let credential = sound.unwrap_or_default();
        let user = dice.below(PEOPLE.iter().filter(|person| !person.is_application()).count()) as u16;
        let session = Session { number: number as u32, user, home: false, platform: Platform::Web };
        let (fate, asker, time) = match number {
            number if number < RUNNING.min(count / 3) => (Fate::Running, Asker::Task, world.now - dice.between(5_000, 4 * MINUTE)),
            number if number % 3 == 0 => (Fate::Awaiting, Asker::User(session), world.now + dice.between(1, 70) * HOUR),
            number if number % 3 == 1 => (Fate::Ahead, Asker::User(session), world.now + dice.between(1, 160) * 15 * MINUTE),
            _ => {
                // Two in the morning on the clock of the device's office, in one of the coming nights.
                let night = (world.now / DAY + dice.between(2, 7)) * DAY + ROTATION_HOUR * HOUR;
                let office = world.estate.credential(credential).1.office;
                (Fate::Ahead, Asker::Task, night - offset(office, night))
            }
        };
        agenda.plan(time, What::Operation { asker, credential, operation: "Change password", fate });
    }
}
