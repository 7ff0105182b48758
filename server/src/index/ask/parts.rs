//! The groups that the rows of one segment are in.

use super::matching::Matching;
use super::question::Question;
use crate::index::cache::Answer;
use crate::index::order::number_of;
use crate::index::segment::column::Codes;
use crate::index::segment::{Damaged, Dictionary, Segment};
use crate::index::snapshot::Held;
use foldhash::fast::RandomState;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Columns that rows can be grouped by.
pub const COLUMNS: usize = 3;
/// Of so many groups at most, each has its place in a list.
const PLACES: usize = 1 << 18;

/// There are more groups than were allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyGroups;

/// A group of one segment.
#[derive(Default, Clone, Copy)]
pub struct Part {
    pub rows: u32,
    /// The last of them: rows are in the order of ids.
    pub last: u32,
    pub sum: i128,
    pub present: u32,
}

/// The groups of a segment, in the order of their codes, which is that of their values.
pub struct Parts {
    /// Of the columns they are grouped by.
    dictionaries: Vec<Dictionary>,
    packed: Answer,
}

impl Parts {
    pub fn dictionary(&self, column: usize) -> &Dictionary {
        &self.dictionaries[column]
    }

    pub fn len(&self) -> usize {
        self.packed.len() / WORDS
    }

    /// All groups with their codes.
    pub fn iter(&self) -> impl Iterator<Item = ([u32; COLUMNS], Part)> {
        self.packed.as_chunks().0.iter().map(Part::unpack)
    }

    /// The group at a place, with its codes.
    pub fn get(&self, at: usize) -> Option<([u32; COLUMNS], Part)> {
        self.packed.as_chunks().0.get(at).map(Part::unpack)
    }

    /// The group whose codes `compare` finds equal, if there is one: it says how codes stand to those meant.
    pub fn find(&self, compare: impl Fn([u32; COLUMNS]) -> Ordering) -> Option<Part> {
        let all = self.packed.as_chunks().0;
        let at = all.binary_search_by(|words| compare(Part::unpack(words).0)).ok()?;
        Some(Part::unpack(&all[at]).1)
    }

    /// The codes of a column that there are, in order.
    pub fn used(&self, column: usize) -> Vec<u32> {
        let mut is_used = vec![false; self.dictionary(column).len() as usize];
        for (codes, _) in self.iter() {
            if let Some(is_used) = is_used.get_mut(codes[column] as usize) {
                *is_used = true;
            }
        }
        (0..).zip(is_used).filter(|(_, is_used)| *is_used).map(|(code, _)| code).collect()
    }
}

/// Numbers that a part takes in an answer.
const WORDS: usize = 5;
/// The answer of a segment that has too many: it is no list of parts.
const TOO_MANY: [u64; 1] = [0];

impl Part {
    fn pack(&self, codes: [u32; COLUMNS]) -> [u64; WORDS] {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let sum = self.sum.cast_unsigned();
        [pair(codes[0], codes[1]), pair(codes[2], self.rows), pair(self.last, self.present), (sum >> 64) as u64, sum as u64]
    }

    fn unpack(words: &[u64; WORDS]) -> ([u32; COLUMNS], Self) {
        let (high, low) = (|at: usize| (words[at] >> 32) as u32, |at: usize| words[at] as u32);
        let sum = (u128::from(words[3]) << 64 | u128::from(words[4])).cast_signed();
        ([high(0), low(0), high(1)], Self { rows: low(1), last: high(2), sum, present: low(2) })
    }
}

/// What each row has to add to the average; nothing where its number is missing.
struct Numbers {
    codes: Codes,
    of_code: Vec<Option<i64>>,
}

impl Numbers {
    fn new(segment: &Segment, column: usize) -> Self {
        let dictionary = segment.dictionary(column);
        let of_code = (0..dictionary.len()).map(|code| Some(number_of(&dictionary.folded(code))).filter(|number| *number >= 0)).collect();
        Self { codes: segment.codes(column), of_code }
    }

    fn of(&self, row: u32) -> Option<i64> {
        self.of_code.get(self.codes.code(row) as usize).copied().flatten()
    }
}

/// The groups of a segment's rows; nothing where no row is meant.
pub fn parts(
    held: &Held,
    question: &Question,
    by: &[usize],
    average: Option<usize>,
    most: usize,
) -> Result<Result<Option<Parts>, TooManyGroups>, Damaged> {
    let Some(matching) = Matching::new(held, question)? else { return Ok(Ok(None)) };
    let segment = &*held.segment;
    let parts = matching.answer(("groups", by, average, most), || Ok(counted(&matching, by, average, most)))?;
    if *parts == TOO_MANY {
        return Ok(Err(TooManyGroups));
    }
    Ok(Ok(Some(Parts { dictionaries: by.iter().map(|column| segment.dictionary(*column)).collect(), packed: parts })))
}

/// The groups of a segment, packed; or [`TOO_MANY`].
fn counted(matching: &Matching, by: &[usize], average: Option<usize>, most: usize) -> Vec<u64> {
    let segment = &*matching.held.segment;
    let numbers = average.map(|column| Numbers::new(segment, column));
    let selection = matching.rows();
    let columns = by.iter().map(|column| segment.codes(*column).expecting(selection.len())).collect::<Vec<_>>();
    let mut parts = Counting::new(by.iter().map(|column| segment.values(*column)), selection.len());
    selection.each(|row| {
        let part = parts.part(std::array::from_fn(|at| columns.get(at).map_or(0, |codes| codes.code(row))), most);
        part.rows += 1;
        part.last = row;
        if let Some(number) = numbers.as_ref().and_then(|numbers| numbers.of(row)) {
            part.sum += i128::from(number);
            part.present += 1;
        }
    });
    parts.packed(most)
}

/// Groups while rows are gone through.
enum Counting {
    /// Of few values: a place for each that there can be. With how many values each column has.
    Places([u32; COLUMNS], Vec<Part>),
    /// And what counts for those that are too many.
    Found(HashMap<[u32; COLUMNS], Part, RandomState>, Part),
}

impl Counting {
    fn new(values: impl Iterator<Item = u32>, rows: u64) -> Self {
        let mut each = [1; COLUMNS];
        each.iter_mut().zip(values).for_each(|(each, values)| *each = values.max(1));
        let places = each.iter().fold(1u64, |places, values| places.saturating_mul((*values).into()));
        if places <= rows.min(PLACES as u64) {
            Self::Places(each, vec![Part::default(); places as usize])
        } else {
            Self::Found(HashMap::default(), Part::default())
        }
    }

    #[inline]
    fn part(&mut self, codes: [u32; COLUMNS], most: usize) -> &mut Part {
        match self {
            Self::Places(values, parts) => {
                let place = codes.iter().zip(values).fold(0, |place, (code, values)| place * *values as usize + *code as usize);
                // What is read of a damaged file may be anything.
                let last = parts.len() - 1;
                &mut parts[place.min(last)]
            }
            // One more than there may be says that there are too many.
            Self::Found(parts, beyond) => {
                if parts.len() > most {
                    beyond
                } else {
                    parts.entry(codes).or_default()
                }
            }
        }
    }

    /// The parts, one after another in the order of their codes; [`TOO_MANY`] where they are more than `most`.
    fn packed(self, most: usize) -> Vec<u64> {
        let parts: Vec<([u32; COLUMNS], Part)> = match self {
            Self::Places([_, second, third], parts) => {
                let codes = |place: u32| [place / third / second, place / third % second, place % third];
                (0..).zip(parts).filter(|(_, part)| part.rows > 0).map(|(place, part)| (codes(place), part)).collect()
            }
            Self::Found(parts, _) => {
                let mut parts: Vec<_> = parts.into_iter().collect();
                parts.sort_unstable_by_key(|(codes, _)| *codes);
                parts
            }
        };
        if parts.len() > most {
            return TOO_MANY.to_vec();
        }
        parts.iter().flat_map(|(codes, part)| part.pack(*codes)).collect()
    }
}
