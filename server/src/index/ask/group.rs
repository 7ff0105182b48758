//! Rows by the values of one column or more: how many there are of each, when the last was, and what a number of theirs is on average.

use super::count::value;
use super::matching::Matching;
use super::question::Question;
use super::spread::each;
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

/// A group of one segment: by codes.
#[derive(Default)]
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
    parts: Vec<([u32; COLUMNS], Part)>,
    /// The id of each part's last row.
    last: Vec<i64>,
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
        let kinds: Vec<Kind> = by.iter().map(|place| question.report.stored().nth(*place).map_or(Kind::Id, |column| column.kind)).collect();
        let segments = each(&self.held, |held| parts(held, question, by, average, most))?;
        let mut groups: HashMap<Vec<Vec<u8>>, Group> = HashMap::new();
        for segment in segments {
            let Ok(segment) = segment else { return Ok(Err(TooManyGroups)) };
            let Some(Parts { dictionaries, parts, last }) = segment else { continue };
            for ((codes, part), last) in parts.into_iter().zip(last) {
                let each = || dictionaries.iter().zip(codes);
                let group =
                    groups.entry(each().map(|(dictionary, code)| dictionary.key(code).into_owned()).collect()).or_insert_with(|| {
                        let values = each().zip(&kinds).map(|((dictionary, code), kind)| value(dictionary, code, *kind)).collect();
                        Group { values, rows: 0, last, sum: 0, present: 0 }
                    });
                group.rows += u64::from(part.rows);
                group.last = group.last.max(last);
                group.sum += part.sum;
                group.present += u64::from(part.present);
            }
            if groups.len() > most {
                return Ok(Err(TooManyGroups));
            }
        }
        self.sound()?;
        let there = groups.len();
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by(|(a_key, a), (b_key, b)| (Reverse(a.rows), a_key).cmp(&(Reverse(b.rows), b_key)));
        groups.truncate(limit);
        Ok(Ok((groups.into_iter().map(|(_, group)| group).collect(), there)))
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
    let numbers = average.map(|column| Numbers::new(segment, column));
    let mut parts: HashMap<[u32; COLUMNS], Part> = HashMap::new();
    let mut full = false;
    let selection = matching.rows();
    let columns = by.iter().map(|column| segment.codes(*column).expecting(selection.len())).collect::<Vec<_>>();
    selection.each(|row| {
        let code = |at: usize| columns.get(at).map_or(0, |codes| codes.code(row));
        let codes = std::array::from_fn(code);
        if full || parts.len() >= most && !parts.contains_key(&codes) {
            full = true;
            return;
        }
        let part = parts.entry(codes).or_default();
        part.rows += 1;
        part.last = row;
        if let Some(number) = numbers.as_ref().and_then(|numbers| numbers.of(row)) {
            part.sum += i128::from(number);
            part.present += 1;
        }
    });
    if full {
        return Ok(Err(TooManyGroups));
    }
    let parts: Vec<_> = parts.into_iter().collect();
    let last = parts.iter().map(|(_, part)| segment.id(part.last)).collect::<Result<_, _>>()?;
    let dictionaries = by.iter().map(|column| segment.dictionary(*column)).collect();
    Ok(Ok(Some(Parts { dictionaries, parts, last })))
}
