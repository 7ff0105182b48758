//! A part of a segment: bytes and numbers, of which those leaves are read that are asked for. Nothing is taken on trust: what lies outside
//! is 0, and so is what cannot be read, which [`Leaves::sound`] says then. So a damaged file never brings a panic.

use super::leaves::{LEAF, Leaves};
use crate::index::cache::Leaf;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// Leaves of a run.
const RUN: usize = 32;

/// Reads a part for one question; what it has read it holds until then.
pub struct Block {
    leaves: Arc<Leaves>,
    /// The leaf it begins in, and where in that.
    first: usize,
    begin: usize,
    len: usize,
    /// The leaves it lies in, those that were asked for so far.
    read: OnceCell<Box<[OnceCell<Leaf>]>>,
}

impl Block {
    /// `at`: where it begins among the bytes of the segment, a multiple of eight.
    pub fn new(leaves: &Arc<Leaves>, at: u64, len: usize) -> Self {
        let (first, begin) = ((at / LEAF as u64) as usize, (at % LEAF as u64) as usize);
        Self { leaves: leaves.clone(), first, begin, len, read: OnceCell::new() }
    }

    pub const fn len(&self) -> usize {
        self.len
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many leaves it lies in.
    pub const fn leaves(&self) -> usize {
        (self.begin + self.len).div_ceil(LEAF)
    }

    fn read(&self) -> &[OnceCell<Leaf>] {
        self.read.get_or_init(|| (0..self.leaves()).map(|_| OnceCell::new()).collect())
    }

    #[inline]
    fn leaf(&self, number: usize) -> &[u8] {
        self.read().get(number).map_or(&[], |leaf| leaf.get_or_init(|| self.leaves.get(self.first + number)))
    }

    /// The bytes at a place that is a multiple of their number.
    #[inline]
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        if at + N > self.len {
            return [0; N];
        }
        let at = self.begin + at;
        self.leaf(at / LEAF).get(at % LEAF..at % LEAF + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
    }

    #[inline]
    pub fn u8(&self, at: usize) -> u8 {
        self.bytes::<1>(at)[0]
    }

    /// The number at this place of a list of numbers of four bytes.
    #[inline]
    pub fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes(at * 4))
    }

    /// The number at this place of a list of numbers of eight bytes.
    #[inline]
    pub fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes(at * 8))
    }

    #[inline]
    pub fn i64(&self, at: usize) -> i64 {
        self.u64(at).cast_signed()
    }

    /// Reads all of it, past the cache: for who looks at most of its leaves.
    pub fn load(&self) {
        let is_missing = |number: &usize| {
            let Some(cell) = self.read().get(*number).filter(|leaf| leaf.get().is_none()) else { return false };
            self.leaves.peek(self.first + number).is_none_or(|leaf| cell.set(leaf).is_err())
        };
        let mut next = 0;
        while let Some(from) = (next..self.leaves()).find(is_missing) {
            next = (from + RUN).min(self.leaves());
            let run = self.leaves.run(self.first + from..self.first + next);
            for (number, at) in (from..next).zip((0..run.len()).step_by(LEAF)) {
                let _ = self.read()[number].set(run.slice(at..(at + LEAF).min(run.len())));
            }
        }
    }

    /// The bytes between two places in runs, read past the cache and not held.
    pub fn runs(&self, bytes: Range<usize>) -> impl Iterator<Item = Leaf> {
        let (start, end) = (self.begin + bytes.start, self.begin + bytes.end.min(self.len).max(bytes.start));
        (start / LEAF..end.div_ceil(LEAF)).step_by(RUN).map(move |from| {
            let to = (from + RUN).min(end.div_ceil(LEAF));
            let run = self.leaves.run(self.first + from..self.first + to);
            let (start, end) = (start.saturating_sub(from * LEAF), (end - from * LEAF).min(run.len()));
            if start < end { run.slice(start..end) } else { Leaf::default() }
        })
    }

    /// The bytes between two places, for who needs them once.
    pub fn once(&self, from: u32, to: u32) -> Leaf {
        let mut runs = self.runs(from as usize..to as usize);
        let first = runs.next().unwrap_or_default();
        match runs.next() {
            None => first,
            Some(second) => [first, second].into_iter().chain(runs).collect::<Vec<_>>().concat().into(),
        }
    }

    /// The bytes between two places, leaf by leaf.
    fn pieces(&self, bytes: Range<usize>) -> impl Iterator<Item = &[u8]> {
        let (start, end) = (self.begin + bytes.start, self.begin + bytes.end.min(self.len).max(bytes.start));
        (start / LEAF..end.div_ceil(LEAF)).map(move |number| {
            let from = start.saturating_sub(number * LEAF);
            self.leaf(number).get(from..(end - number * LEAF).min(LEAF)).unwrap_or_default()
        })
    }

    /// The bytes between two places.
    #[inline]
    pub fn slice(&self, from: u32, to: u32) -> Cow<'_, [u8]> {
        let mut pieces = self.pieces(from as usize..to as usize);
        let Some(first) = pieces.next() else { return Cow::Borrowed(&[]) };
        pieces.fold(Cow::Borrowed(first), |mut all, piece| {
            all.to_mut().extend_from_slice(piece);
            all
        })
    }
}

/// A list of numbers of four bytes, as a block has them.
pub fn u32s(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// A list of numbers of eight bytes, as a block has them.
pub fn i64s(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(i64::to_le_bytes).collect()
}
