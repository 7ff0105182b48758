//! Things out of the ordinary: an outage, a locked account, a user who suddenly looks at everything.

use super::calendar::{DAY, HOUR, MINUTE, last_time_at};
use super::dice::Dice;
use super::estate::Estate;
use super::offices::ROOMS;
use super::people::{PEOPLE, Team};

/// One outage every so many days.
const OUTAGE_EVERY: i64 = 45;
/// One locked account, and one burst of views, every so many days.
const ODDITY_EVERY: i64 = 30;
/// Of the dice that stories are made with.
pub(super) const PURPOSE: u64 = 11;
/// The room of the last outage, by its place among the rooms.
const LAST: usize = 1;
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
pub(super) struct Lock {
    pub(super) credential: u16,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// A user looks at one credential after the other.
pub(super) struct Burst {
    pub(super) user: u16,
    pub(super) from: i64,
}

pub(super) struct Stories {
    pub(super) outages: Vec<Outage>,
    pub(super) locks: Vec<Lock>,
    pub(super) bursts: Vec<Burst>,
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
pub(super) fn one_of(dice: &mut Dice, team: impl Fn(Team) -> bool) -> u16 {
    let candidates: Vec<u16> =
        (0u16..).zip(PEOPLE).filter(|(_, person)| !person.is_application() && team(person.team)).map(|(at, _)| at).collect();
    *dice.pick(&candidates)
}
