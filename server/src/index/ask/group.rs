//! Rows by the values of one column or more: how many there are of each, when the last was, and what a number of theirs is on average.

use super::count::value;
use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use crate::index::cache::Answer;
use crate::index::order::number_of;
use crate::index::segment::column::Codes;
use crate::index::segment::{Damaged, Dictionary, Segment};
use crate::index::snapshot::{Held, Snapshot};
use crate::store::value::Value;
use std::cmp::Reverse;
use std::collections::HashMap;
use vigia_app::model::Kind;

/// Rows that have the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// A value for each of the columns they are grouped by; of texts that differ in case alone, as one of the rows has it.
    pub values: Vec<Value>,
    pub rows: u64,
    /// The highest id among them, which is that of the last.
    pub last: i64,
    /// Sum of the numbers that are averaged, and how many rows have one.
    pub sum: i128,
    pub present: u64,
}

/// Columns that rows can be grouped by.
const COLUMNS: usize = 3;

/// There are more groups than were allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyGroups;

/// Of so many groups at most, each has its place in a list.
const PLACES: usize = 1 << 18;

/// A group of one segment.
#[derive(Default, Clone, Copy)]
struct Part {
    rows: u32,
    /// The last of them: rows are in the order of ids.
    last: u32,
    sum: i128,
    present: u32,
}

/// The groups of a segment, with what tells their codes.
struct Parts {
    dictionaries: Vec<Dictionary>,
    /// One after another, packed.
    parts: Answer,
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

/// A group of all segments together, by the numbers of its values.
struct Whole {
    /// Among those that were found.
    number: u32,
    values: [u32; COLUMNS],
    rows: u64,
    sum: i128,
    present: u64,
}

/// The values of a column in all segments, each with a number.
#[derive(Default)]
struct Numbered {
    numbers: HashMap<Vec<u8>, u32>,
    /// For each, where it stands: the place of the segment, and the code.
    holders: Vec<(usize, u32)>,
}

/// The place of each number's value in the order of the column.
struct Ranks(Vec<u32>);

impl Numbered {
    /// The number of a segment's code; those already known are in `known`.
    fn number(&mut self, known: &mut [Option<u32>], place: usize, dictionary: &Dictionary, code: u32) -> u32 {
        let Some(known) = known.get_mut(code as usize) else { return 0 };
        *known.get_or_insert_with(|| {
            let next = self.holders.len() as u32;
            *self.numbers.entry(dictionary.key(code).into_owned()).or_insert_with(|| {
                self.holders.push((place, code));
                next
            })
        })
    }
}

impl Numbered {
    fn ranks(&self) -> Ranks {
        let mut order: Vec<(&[u8], u32)> = self.numbers.iter().map(|(key, number)| (&key[..], *number)).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        (0..).zip(order).for_each(|(rank, (_, number))| ranks[number as usize] = rank);
        Ranks(ranks)
    }
}

impl Snapshot {
    /// The `limit` groups with most rows, those with most first, and among equals in the order of their values; and how many groups there are.
    /// `by`: up to three columns; `average`: a column of numbers.
    pub fn groups(
        &self,
        question: &Question,
        by: &[usize],
        average: Option<usize>,
        limit: usize,
        most: usize,
    ) -> Result<Result<(Vec<Group>, usize), TooManyGroups>, Damaged> {
        let segments = each(&self.held, |held| parts(held, question, by, average, most))?;
        let mut columns: Vec<Numbered> = by.iter().map(|_| Numbered::default()).collect();
        let mut places: HashMap<[u32; COLUMNS], u32> = HashMap::new();
        let mut groups: Vec<Whole> = Vec::new();
        // Of each segment, which group each part is of.
        let mut of_parts: Vec<Vec<u32>> = vec![Vec::new(); segments.len()];
        for (place, parts) in segments.iter().enumerate() {
            let Ok(parts) = parts else { return Ok(Err(TooManyGroups)) };
            let Some(Parts { dictionaries, parts }) = parts else { continue };
            let mut known: Vec<_> = dictionaries.iter().map(|dictionary| vec![None; dictionary.len() as usize]).collect();
            for words in parts.as_chunks().0 {
                let (codes, part) = Part::unpack(words);
                let mut values = [0; COLUMNS];
                for (at, column) in columns.iter_mut().enumerate() {
                    values[at] = column.number(&mut known[at], place, &dictionaries[at], codes[at]);
                }
                let next = groups.len() as u32;
                let number = *places.entry(values).or_insert(next);
                if number == next {
                    groups.push(Whole { number, values, rows: 0, sum: 0, present: 0 });
                }
                of_parts[place].push(number);
                let group = &mut groups[number as usize];
                group.rows += u64::from(part.rows);
                group.sum += part.sum;
                group.present += u64::from(part.present);
            }
            if groups.len() > most {
                return Ok(Err(TooManyGroups));
            }
        }
        let there = groups.len();
        let held = |at: usize, number: u32| {
            let (place, code) = *columns.get(at)?.holders.get(number as usize)?;
            let parts = segments.get(place)?.as_ref().ok()?.as_ref()?;
            Some((parts.dictionaries.get(at)?, code))
        };
        let ranks: Vec<Ranks> = columns.iter().map(Numbered::ranks).collect();
        let order = |group: &Whole| {
            let mut order = [0; COLUMNS];
            ranks.iter().enumerate().for_each(|(at, Ranks(ranks))| order[at] = ranks[group.values[at] as usize]);
            (Reverse(group.rows), order)
        };
        if limit > 0 && limit < there {
            groups.select_nth_unstable_by_key(limit - 1, order);
        }
        groups.truncate(limit);
        groups.sort_unstable_by_key(order);
        let mut last: HashMap<u32, i64> = groups.iter().map(|group| (group.number, i64::MIN)).collect();
        for ((held, parts), numbers) in self.held.iter().zip(&segments).zip(of_parts) {
            let Ok(Some(Parts { parts, .. })) = parts else { continue };
            for (words, number) in parts.as_chunks().0.iter().zip(numbers) {
                if let Some(last) = last.get_mut(&number) {
                    *last = (*last).max(held.segment.id(Part::unpack(words).1.last)?);
                }
            }
        }
        let kinds: Vec<Kind> = by.iter().map(|place| question.report.stored().nth(*place).map_or(Kind::Id, |column| column.kind)).collect();
        let whole = |group: &Whole| {
            let value = |(at, kind): (usize, &Kind)| held(at, group.values[at]).map(|(dictionary, code)| value(dictionary, code, *kind));
            let values = kinds.iter().enumerate().filter_map(value).collect();
            let last = last.get(&group.number).copied().unwrap_or_default();
            Group { values, rows: group.rows, last, sum: group.sum, present: group.present }
        };
        let groups = groups.iter().map(whole).collect();
        self.sound()?;
        Ok(Ok((groups, there)))
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

fn parts(
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
    Ok(Ok(Some(Parts { dictionaries: by.iter().map(|column| segment.dictionary(*column)).collect(), parts })))
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
    Found(HashMap<[u32; COLUMNS], Part>, Part),
}

impl Counting {
    fn new(values: impl Iterator<Item = u32>, rows: u64) -> Self {
        let mut each = [1; COLUMNS];
        each.iter_mut().zip(values).for_each(|(each, values)| *each = values.max(1));
        let places = each.iter().fold(1u64, |places, values| places.saturating_mul((*values).into()));
        if places <= rows.min(PLACES as u64) {
            Self::Places(each, vec![Part::default(); places as usize])
        } else {
            Self::Found(HashMap::new(), Part::default())
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

    /// The parts, one after another; [`TOO_MANY`] where they are more than `most`.
    fn packed(self, most: usize) -> Vec<u64> {
        let parts: Vec<([u32; COLUMNS], Part)> = match self {
            Self::Places([_, second, third], parts) => {
                let codes = |place: u32| [place / third / second, place / third % second, place % third];
                (0..).zip(parts).filter(|(_, part)| part.rows > 0).map(|(place, part)| (codes(place), part)).collect()
            }
            Self::Found(parts, _) => parts.into_iter().collect(),
        };
        if parts.len() > most {
            return TOO_MANY.to_vec();
        }
        parts.iter().flat_map(|(codes, part)| part.pack(*codes)).collect()
    }
}
