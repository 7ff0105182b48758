//! Things out of the ordinary: an outage, a locked account, a user who suddenly looks at everything.

use super::agenda::Agenda;
use super::calendar::{DAY, HOUR, MINUTE, last_time_at};
use super::dice::Dice;
use super::estate::Estate;
use super::offices::ROOMS;
use super::people::{PEOPLE, Team};
use super::plan::{Act, Asker, Fate, Manner, OPERATIONS, Platform, Session, VIEWS, What};
use super::troubles::Trouble;
use super::world::World;

/// One outage every so many days.
const OUTAGE_EVERY: i64 = 45;
/// One locked account, and one burst of views, every so many days.
const ODDITY_EVERY: i64 = 30;
const PURPOSE: u64 = 11;
/// The room of the last outage, by its place among the rooms.
const LAST: usize = 1;
/// Operations there have to be for troubles to be among them.
const LEAST: u64 = 200;
/// More stories than these nobody remembers.
const MOST: i64 = 50;

/// A computer room cannot be reached.
pub(super) struct Outage {
    /// Index into the offices.
    pub(super) office: usize,
    /// Milliseconds; half-open.
    pub(super) from: i64,
    pub(super) to: i64,
    /// How many of a hundred operations in it are given up.
    pub(super) given_up: usize,
}

/// An account that is locked until somebody reconciles it.
struct Lock {
    credential: u16,
    from: i64,
    to: i64,
}

/// A user looks at one credential after the other.
struct Burst {
    user: u16,
    from: i64,
}

pub(super) struct Stories {
    pub(super) outages: Vec<Outage>,
    locks: Vec<Lock>,
    bursts: Vec<Burst>,
}

impl Stories {
    pub(super) fn new(seed: u64, from: i64, now: i64, estate: &Estate) -> Self {
        let span = now - from;
        let mut dice = Dice::new(seed, PURPOSE, 0);
        let times = |every: i64| (span / (every * DAY)).clamp(1, MOST);
        let outages = times(OUTAGE_EVERY);
        let outages = (0..outages).map(|number| {
            let room = dice.below(ROOMS.len());
            let middle = from + span / outages * number + span / outages * (40 + dice.between(0, 30)) / 100;
            // It starts in the evening and lasts over the rotations of the night; a short run has a short outage at any hour.
            let from = if span >= 5 * DAY { last_time_at(room, 22, middle) + dice.between(5, 55) * MINUTE } else { middle };
            let to = from + (5 * HOUR + dice.between(10, 80) * MINUTE).min(span / 5);
            Outage { office: ROOMS[room], from, to, given_up: 15 }
        });
        let mut outages: Vec<_> = outages.collect();
        // The last one is over, and nobody has seen to what failed in it.
        if span >= 5 * DAY {
            let from = last_time_at(LAST, 22, now - 9 * HOUR) + 20 * MINUTE;
            outages.push(Outage { office: ROOMS[LAST], from, to: from + 5 * HOUR, given_up: 40 });
        }
        let oddities = times(ODDITY_EVERY);
        let mut moment = |number: i64| span / oddities * number + span / oddities * dice.between(20, 70) / 100;
        let moments: Vec<_> = (0..oddities).map(|number| (from + moment(number), from + moment(number))).collect();
        let mut dice = Dice::new(seed, PURPOSE, 1);
        let locks = moments.iter().map(|&(from, _)| {
            let credential = dice.below(estate.credentials.len()) as u16;
            Lock { credential, from, to: from + (2 * DAY).min(span / 5) }
        });
        let locks = locks.collect();
        let bursts = moments.iter().map(|&(_, from)| Burst { user: one_of(&mut dice, |team| team != Team::Noc), from }).collect();
        Self { outages, locks, bursts }
    }

    /// The outage that keeps the office's devices from answering at this time.
    pub(super) fn outage(&self, office: usize, time: i64) -> Option<&Outage> {
        self.outages.iter().find(|outage| outage.office == office && outage.from <= time && time < outage.to)
    }

    pub(super) fn locked(&self, credential: u16, time: i64) -> bool {
        self.locks.iter().any(|lock| lock.credential == credential && lock.from <= time && time < lock.to)
    }
}

/// Somebody of a team that meets the condition, and no application.
fn one_of(dice: &mut Dice, team: impl Fn(Team) -> bool) -> u16 {
    let candidates: Vec<u16> =
        (0u16..).zip(PEOPLE).filter(|(_, person)| !person.is_application() && team(person.team)).map(|(at, _)| at).collect();
    *dice.pick(&candidates)
}

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
