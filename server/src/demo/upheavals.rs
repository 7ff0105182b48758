//! Puts the stories into the agenda: what people and tasks do while something is out of the ordinary.

use super::agenda::Agenda;
use super::calendar::MINUTE;
use super::dice::Dice;
use super::people::Team;
use super::plan::{Act, Asker, Fate, Manner, OPERATIONS, Platform, Session, VIEWS, What};
use super::stories::{Outage, PURPOSE, one_of};
use super::troubles::Trouble;
use super::world::World;

/// Operations there have to be for troubles to be among them.
const LEAST: u64 = 200;

/// Puts the stories into the agenda. All of them together are at most a tenth of their reports.
pub(super) fn plan(world: &World, agenda: &mut Agenda) {
    let stories = &world.stories;
    let mut dice = Dice::new(world.seed, PURPOSE, 2);
    let share = |report: usize, of: usize| (agenda.quota(report) / 40 / of.max(1) as u64) as i64;
    let rotations = share(OPERATIONS, stories.outages.len()).min(60);
    let emergencies = share(VIEWS, stories.outages.len()).min(12);
    let tries = share(OPERATIONS, stories.locks.len()).min(6);
    let views = share(VIEWS, stories.bursts.len()).min(70);
    if agenda.quota(OPERATIONS) >= LEAST {
        plan_troubles(world, agenda);
    }
    for (number, outage) in (0u32..).zip(&stories.outages) {
        plan_outage(world, agenda, &mut dice, (number, outage), (rotations, emergencies));
    }
    for lock in &stories.locks {
        for number in 0..tries {
            let time = lock.from + (lock.to - lock.from) * number / tries;
            let last = number + 1 == tries;
            let (time, operation) = if last { (lock.to, "Reconcile password") } else { (time, "Change password") };
            agenda.plan(time, What::Operation { asker: Asker::Task, credential: lock.credential, operation, fate: Fate::Open });
        }
    }
    for (number, burst) in (1000u32..).zip(&stories.bursts) {
        let session = Session { number, user: burst.user, home: true, platform: Platform::Web };
        agenda.plan(burst.from - MINUTE, What::Trail { act: Act::Login, session, object: 0 });
        for view in 0..views {
            let credential = dice.below(world.estate.credentials.len()) as u16;
            let time = burst.from + (view * 50 * MINUTE / views) + dice.between(0, 20_000);
            agenda.plan(time.min(world.now), What::View { session, credential, manner: Manner::Usual });
        }
    }
}

/// An operation on each credential that something is wrong with, soon after that began.
fn plan_troubles(world: &World, agenda: &mut Agenda) {
    let (since, all) = world.troubles.all();
    for (number, (credential, trouble)) in (1..).zip(all) {
        let operation = if trouble == Trouble::Drifted { "Verify password" } else { "Change password" };
        let what = What::Operation { asker: Asker::Task, credential, operation, fate: Fate::Open };
        agenda.plan((since + number * 2 * MINUTE).min(world.now), what);
    }
}

fn plan_outage(
    world: &World,
    agenda: &mut Agenda,
    dice: &mut Dice,
    (number, outage): (u32, &Outage),
    (rotations, emergencies): (i64, i64),
) {
    let there = world.estate.of_office(outage.office);
    let length = outage.to - outage.from;
    for _ in 0..rotations {
        let time = outage.from + dice.between(length / 10, length * 7 / 10);
        let what = What::Operation { asker: Asker::Task, credential: *dice.pick(there), operation: "Change password", fate: Fate::Open };
        agenda.plan(time, what);
    }
    // Around three in the morning, where the outage starts in the evening.
    let user = one_of(dice, |team| team == Team::Noc);
    let session = Session { number, user, home: true, platform: Platform::Remote };
    let mut time = outage.from + length * 3 / 4;
    agenda.plan(time - 2 * MINUTE, What::Trail { act: Act::Login, session, object: 0 });
    for _ in 0..emergencies {
        agenda.plan(time, What::View { session, credential: *dice.pick(there), manner: Manner::Emergency });
        time += dice.between(1, 4) * length / 200;
    }
}
