//! Lines that say the same, one soon after another, in one stream.
//!
//! A line without an id of its own is told by what it says. Where a system writes its times to the second, two sign-ins within one are two equal
//! lines; so the second, third... of a stream is numbered. Whoever reads the stream again counts the same, and a line that is sent again in another
//! one is the one that is there.

use std::collections::VecDeque;

/// Equal lines are counted within so many lines with an event of one another.
const MOST: usize = 256;

/// The hashes of the lines that were read last.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<u64>);

impl Recent {
    /// How often this hash (in hexadecimal) was there, this time included, and takes note of it.
    pub(super) fn count(&mut self, hash: &str) -> usize {
        let Some(hash) = hash.get(..16).and_then(|start| u64::from_str_radix(start, 16).ok()) else { return 1 };
        let before = self.0.iter().filter(|known| **known == hash).count();
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(hash);
        before + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let mut recent = Recent::default();
        let name = |number: usize| format!("{number:032x}").chars().rev().collect::<String>();
        assert_eq!([recent.count(&name(1)), recent.count(&name(1)), recent.count(&name(2))], [1, 2, 1]);
        (10..10 + MOST).for_each(|number| assert_eq!(recent.count(&name(number)), 1));
        assert_eq!(recent.count(&name(1)), 1);
    }
}
