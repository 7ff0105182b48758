//! The values of a column in the segments that are in files, each once, in their order: the place of a value is its *ordinal*.

/// The ordinals of a column. Segments in files never change, so they are found once (`ask/together.rs`), and kept while the cache has room for them.
pub struct Ordinals {
    /// The numbers of the segments' files, in order, and of each the ordinal of each code.
    of: Vec<(u32, Vec<u32>)>,
    /// Of each ordinal, which of the segments has the value, and under which code.
    first: Vec<(u32, u32)>,
}

impl Ordinals {
    /// Of no values yet. `files`: the numbers of the segments' files, in order.
    pub fn new(files: &[u32]) -> Self {
        Self { of: files.iter().map(|file| (*file, Vec::new())).collect(), first: Vec::new() }
    }

    /// The value of the next code of a segment, named by its place: the `same` as that before, or the next one.
    pub fn push(&mut self, place: usize, code: u32, same: bool) {
        if !same {
            self.first.push((place as u32, code));
        }
        self.of[place].1.push(self.first.len() as u32 - 1);
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.first.len()
    }

    /// The ordinal of each code of the segment in this file.
    pub fn of_codes(&self, file: u32) -> &[u32] {
        self.of.binary_search_by_key(&file, |(number, _)| *number).map_or(&[], |at| &self.of[at].1)
    }

    /// Where a value stands: in which file, under which code.
    pub fn holder(&self, ordinal: usize) -> (u32, u32) {
        let (place, code) = self.first[ordinal];
        (self.of[place as usize].0, code)
    }

    /// Bytes they take.
    pub fn bytes(&self) -> u64 {
        let codes = self.of.iter().map(|(_, ordinals)| ordinals.len() as u64 * 4 + 32).sum::<u64>();
        codes + self.first.len() as u64 * 8
    }

    /// Bytes they take where no value is in two segments.
    pub const fn most_bytes(codes: u64) -> u64 {
        codes * 12
    }
}
