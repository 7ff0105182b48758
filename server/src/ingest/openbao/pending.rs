//! Lines that wait for the other half of their exchange.
//!
//! A request and its response share an id and stand near each other, but not next to each other. Memory is bounded: over
//! [`Pending::LINES`] or [`Pending::BYTES`] the oldest line stops waiting.

use super::record::Side;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// A line that waits.
#[derive(Debug)]
pub(super) struct Half {
    pub side: Side,
    pub time: Timestamp,
    pub line: String,
    /// Tells this entry of the queue from an older one of the same id.
    turn: u64,
}

/// What the arrival of a line means.
#[derive(Debug)]
pub(super) enum Arrival {
    /// Its other half has been waiting.
    Meets(Half),
    /// It waits from now on.
    Waits,
    /// The same half waits already, or both halves were seen a short while ago.
    Again,
}

#[derive(Debug, Default)]
pub(super) struct Pending {
    waiting: HashMap<Arc<str>, Half>,
    /// Oldest first; entries that no longer wait are left in it for a while.
    queue: VecDeque<(u64, Arc<str>)>,
    turn: u64,
    bytes: usize,
    met: HashSet<Arc<str>>,
    met_order: VecDeque<Arc<str>>,
    /// Room for lines, used again: giving it back and asking for it once a line is slow.
    spare: Vec<String>,
}

impl Pending {
    /// Most lines that wait at a time.
    pub(super) const LINES: usize = 100_000;
    /// Most bytes of lines that wait at a time.
    pub(super) const BYTES: usize = 64 << 20;
    /// So many exchanges are remembered to tell lines that are logged twice.
    const MET: usize = 10_000;
    const SPARE: usize = 256;
    const SPARE_BYTES: usize = 16 << 10;

    /// A line arrives.
    pub(super) fn arrive(&mut self, id: &str, side: Side, time: Timestamp, line: &str) -> Arrival {
        if let Some((id, half)) = self.waiting.remove_entry(id) {
            if half.side == side {
                self.waiting.insert(id, half);
                return Arrival::Again;
            }
            self.bytes -= half.line.len();
            self.remember(id);
            return Arrival::Meets(half);
        }
        if self.met.contains(id) {
            return Arrival::Again;
        }
        let id: Arc<str> = id.into();
        self.turn += 1;
        self.bytes += line.len();
        self.queue.push_back((self.turn, id.clone()));
        let mut kept = self.spare.pop().unwrap_or_default();
        kept.push_str(line);
        self.waiting.insert(id, Half { side, time, line: kept, turn: self.turn });
        if self.queue.len() > 2 * self.waiting.len() + 1_000 {
            let waiting = &self.waiting;
            self.queue.retain(|(turn, id)| waiting.get(id).is_some_and(|half| half.turn == *turn));
        }
        Arrival::Waits
    }

    /// Takes the room of a line back that was used.
    pub(super) fn done(&mut self, half: Half) {
        let mut line = half.line;
        if self.spare.len() < Self::SPARE && line.capacity() <= Self::SPARE_BYTES {
            line.clear();
            self.spare.push(line);
        }
    }

    /// The oldest line, if there are too many.
    pub(super) fn overflow(&mut self) -> Option<Half> {
        if self.waiting.len() > Self::LINES || self.bytes > Self::BYTES { self.oldest() } else { None }
    }

    /// The oldest line.
    pub(super) fn oldest(&mut self) -> Option<Half> {
        while let Some((turn, id)) = self.queue.pop_front() {
            if self.waiting.get(&id).is_some_and(|half| half.turn == turn) {
                let half = self.waiting.remove(&id)?;
                self.bytes -= half.line.len();
                return Some(half);
            }
        }
        None
    }

    fn remember(&mut self, id: Arc<str>) {
        if self.met_order.len() >= Self::MET
            && let Some(oldest) = self.met_order.pop_front()
        {
            self.met.remove(&oldest);
        }
        self.met_order.push_back(id.clone());
        self.met.insert(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrive(pending: &mut Pending, id: &str, side: Side) -> Arrival {
        pending.arrive(id, side, Timestamp::MIN, id)
    }

    #[test]
    fn halves_meet_in_either_order() {
        let mut pending = Pending::default();
        assert!(matches!(arrive(&mut pending, "a", Side::Request), Arrival::Waits));
        assert!(matches!(arrive(&mut pending, "b", Side::Response), Arrival::Waits));
        assert!(matches!(arrive(&mut pending, "a", Side::Response), Arrival::Meets(half) if half.side == Side::Request));
        assert!(matches!(arrive(&mut pending, "b", Side::Request), Arrival::Meets(half) if half.side == Side::Response));
        assert_eq!(pending.bytes, 0);
        assert!(pending.oldest().is_none(), "nobody waits any longer");
    }

    #[test]
    fn a_line_logged_twice_is_told() {
        let mut pending = Pending::default();
        arrive(&mut pending, "a", Side::Request);
        assert!(matches!(arrive(&mut pending, "a", Side::Request), Arrival::Again));
        arrive(&mut pending, "a", Side::Response);
        assert!(matches!(arrive(&mut pending, "a", Side::Response), Arrival::Again));
        assert!(matches!(arrive(&mut pending, "a", Side::Request), Arrival::Again));
    }

    #[test]
    fn the_oldest_gives_way_when_there_are_too_many() {
        let mut pending = Pending::default();
        for id in 0..=Pending::LINES {
            assert!(pending.overflow().is_none(), "{id} fit");
            arrive(&mut pending, &id.to_string(), Side::Request);
        }
        assert_eq!(pending.overflow().map(|half| half.line), Some("0".to_owned()));
        assert!(pending.overflow().is_none());
    }

    #[test]
    fn long_lines_give_way_by_their_bytes() {
        let mut pending = Pending::default();
        let long = "x".repeat(Pending::BYTES / 2);
        for id in ["a", "b", "c"] {
            pending.arrive(id, Side::Request, Timestamp::MIN, &long);
        }
        assert!(pending.overflow().is_some());
        assert!(pending.overflow().is_none());
    }

    #[test]
    fn one_that_waits_for_ever_does_not_make_the_queue_grow() {
        let mut pending = Pending::default();
        arrive(&mut pending, "lonely", Side::Request);
        for id in 0..50_000 {
            arrive(&mut pending, &id.to_string(), Side::Request);
            arrive(&mut pending, &id.to_string(), Side::Response);
        }
        assert!(pending.queue.len() < 2_000, "{} entries", pending.queue.len());
        assert!(pending.met.len() <= Pending::MET);
        assert_eq!(pending.oldest().map(|half| half.line), Some("lonely".to_owned()));
    }
}
