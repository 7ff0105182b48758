//! Places for connections: how many there may be, and which give way when all are taken.
//!
//! Whoever is let in and sends nothing would otherwise keep others out for nothing. So a connection says what it is at ([`Standing`]), and
//! when there is no place for a new one, one that waits gives way: first of those that are not known yet, then of those of the address with
//! most connections, the one that waits longest. What is being worked on is never cut; where there is nothing else, the new one is refused.

mod address;
pub mod files;

pub use address::household;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// That connections were refused is in the log this often at most.
const WARNED_EVERY: Duration = Duration::from_secs(60);

/// How many connections there may be at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub all: usize,
    /// Of one address; see [`household`].
    pub per_address: usize,
    /// That have begun to say what they want and not ended.
    pub asking: usize,
    /// Whether one that is known and silent gives way whosever it is; otherwise only where its address has more than the new one's.
    pub known_give_way: bool,
}

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It has sent nothing yet.
    New,
    /// It has begun to say what it wants.
    Asking,
    /// It has been of use, and is silent.
    Idle,
    /// Something is done for it.
    Busy,
}

/// Why a connection is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// All places are taken.
    Full,
    /// Its address has as many as one may have.
    Address,
}

impl Refusal {
    /// In metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Address => "address",
        }
    }
}

/// Counts connections. Cheap to clone.
#[derive(Clone)]
pub struct Doors(Arc<Shared>);

struct Shared {
    limits: Limits,
    /// Cancelled when all are to leave.
    closing: CancellationToken,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    places: HashMap<u64, Entry>,
    /// The number of the next one.
    next: u64,
    per_address: HashMap<IpAddr, usize>,
    asking: usize,
    refused: u64,
    warned: Option<Instant>,
}

struct Entry {
    address: IpAddr,
    standing: Standing,
    since: Instant,
    leave: CancellationToken,
}

/// The place of a connection, until it is dropped.
pub struct Place {
    number: u64,
    doors: Doors,
    leave: CancellationToken,
}

impl Doors {
    /// `closing` has everybody leave once it is cancelled.
    pub fn new(limits: Limits, closing: CancellationToken) -> Self {
        Self(Arc::new(Shared { limits, closing, inside: Mutex::default() }))
    }

    /// A place for a connection from this address.
    ///
    /// # Errors
    /// When there is none, and none that gives way.
    pub fn enter(&self, ip: IpAddr) -> Result<Place, Refusal> {
        let address = household(ip);
        let mut inside = self.inside();
        let held = inside.held(address);
        if held >= self.0.limits.per_address && !inside.give_way(|entry, _| entry.address == address) {
            return Err(inside.refuse(Refusal::Address));
        }
        let known_give_way = self.0.limits.known_give_way;
        let yields = |entry: &Entry, has: usize| entry.standing < Standing::Idle || known_give_way || has > held + 1;
        if inside.places.len() >= self.0.limits.all && !inside.give_way(yields) {
            return Err(inside.refuse(Refusal::Full));
        }
        let number = inside.next;
        inside.next += 1;
        let leave = self.0.closing.child_token();
        inside.places.insert(number, Entry { address, standing: Standing::New, since: Instant::now(), leave: leave.clone() });
        *inside.per_address.entry(address).or_default() += 1;
        drop(inside);
        Ok(Place { number, doors: self.clone(), leave })
    }

    /// Has one that waits leave, if any does: something else has run out.
    pub fn make_room(&self) {
        self.inside().give_way(|_, _| true);
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// How many connections an address has.
    fn held(&self, address: IpAddr) -> usize {
        self.per_address.get(&address).copied().unwrap_or(0)
    }

    /// Has one that waits leave; it may be one of those that `may` says so of, which is told how many its address has. Its place is free at
    /// once. False where there is none.
    fn give_way(&mut self, may: impl Fn(&Entry, usize) -> bool) -> bool {
        let waiting = self.places.iter().filter(|(_, entry)| entry.standing != Standing::Busy);
        let waiting = waiting.map(|(number, entry)| (number, entry, self.held(entry.address)));
        let first = waiting.filter(|(_, entry, has)| may(entry, *has));
        let first = first.min_by_key(|(number, entry, has)| (entry.standing >= Standing::Idle, Reverse(*has), entry.since, **number));
        let Some(number) = first.map(|(number, ..)| *number) else { return false };
        if let Some(entry) = self.remove(number) {
            entry.leave.cancel();
        }
        true
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.places.remove(&number)?;
        self.asking -= usize::from(entry.standing == Standing::Asking);
        if let Some(held) = self.per_address.get_mut(&entry.address) {
            *held -= 1;
            if *held == 0 {
                self.per_address.remove(&entry.address);
            }
        }
        Some(entry)
    }

    fn refuse(&mut self, why: Refusal) -> Refusal {
        self.refused += 1;
        if self.warned.is_none_or(|warned| warned.elapsed() >= WARNED_EVERY) {
            let (open, refused) = (self.places.len(), self.refused);
            tracing::warn!(why = why.name(), open, refused, "too many connections; some were closed at once");
            (self.warned, self.refused) = (Some(Instant::now()), 0);
        }
        why
    }
}

impl Place {
    /// Says what the connection is at now.
    pub fn stands(&self, standing: Standing) {
        let mut inside = self.doors.inside();
        let Some(entry) = inside.places.get_mut(&self.number) else { return };
        let was = std::mem::replace(&mut entry.standing, standing);
        entry.since = Instant::now();
        inside.asking = inside.asking + usize::from(standing == Standing::Asking) - usize::from(was == Standing::Asking);
        if inside.asking > self.doors.0.limits.asking {
            inside.give_way(|entry, _| entry.standing == Standing::Asking);
        }
    }

    /// Cancelled when the connection is to end as soon as it waits: another one needs its place, or all are to leave.
    pub const fn leave(&self) -> &CancellationToken {
        &self.leave
    }

    /// Whether it leaves for another one.
    pub fn gave_way(&self) -> bool {
        self.leave.is_cancelled() && !self.doors.0.closing.is_cancelled()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.doors.inside().remove(self.number);
    }
}

#[cfg(test)]
mod tests;
