//! What everything in a run of the generator shares.

use super::estate::Estate;
use super::people::{self, PEOPLE, Team};
use super::stories::Stories;
use super::troubles::Troubles;
use std::sync::Arc;

pub(super) struct World {
    pub(super) seed: u64,
    /// Milliseconds; nothing but what is scheduled comes after.
    pub(super) now: i64,
    pub(super) from: i64,
    pub(super) source: Arc<str>,
    pub(super) estate: Estate,
    pub(super) stories: Stories,
    pub(super) troubles: Troubles,
    /// For each of [`PEOPLE`], the credentials they work with, those they use most first; never empty.
    pub(super) habits: Vec<Vec<u16>>,
}

impl World {
    pub(super) fn new(seed: u64, from: i64, now: i64) -> Self {
        let estate = Estate::new();
        let habits = (0u16..).zip(PEOPLE).map(|(at, person)| {
            let mut known = estate.of_classes(person.team.duty(), person.office);
            let shift = usize::from(at) * 7 % known.len();
            known.rotate_left(shift);
            known
        });
        let habits = habits.collect();
        let stories = Stories::new(seed, from, now, &estate);
        let troubles = Troubles::new(&estate, from, now);
        Self { seed, now, from, source: Arc::from(super::SOURCE), estate, stories, troubles, habits }
    }

    /// Who approves what this person asks for.
    pub(super) fn approver(&self, of: u16) -> u16 {
        let lead = people::lead(people::person(of).team);
        match lead {
            lead if lead != of => lead,
            _ if people::lead(Team::Identity) != of => people::lead(Team::Identity),
            _ => people::lead(Team::Network),
        }
    }
}
