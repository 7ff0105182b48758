//! Rows by the values of one column or more: how many there are of each, when the last was, and what a number of theirs is on average.

use super::count::value;

use super::parts::{COLUMNS, Parts, TooManyGroups, parts};
use super::question::Question;
use super::spread::each;
use super::together::in_order;
use crate::index::segment::{Damaged, Dictionary};
use crate::index::snapshot::Snapshot;
use crate::store::value::Value;
use std::borrow::Cow;
use std::cmp::Reverse;
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

/// A group of all segments together.
struct Whole {
    /// Of its values.
    ranks: [u32; COLUMNS],
    rows: u64,
    sum: i128,
    present: u64,
}

/// The values of one column in the groups of all segments, each once: the place of a value in their order is its rank.
struct Ranked {
    /// Of each segment's codes.
    ranks: Vec<Vec<u32>>,
    /// For each, where it stands: the place of the segment, and the code.
    holders: Vec<(usize, u32)>,
}

impl Ranked {
    fn new(segments: &[Option<Parts>], column: usize) -> Self {
        let used: Vec<(&Dictionary, Vec<u32>)> = segments.iter().flatten().map(|parts| parts.used(column)).collect();
        let mut ranks: Vec<Vec<u32>> = used.iter().map(|(dictionary, _)| vec![0; dictionary.len() as usize]).collect();
        let places: Vec<usize> = segments.iter().enumerate().filter_map(|(place, parts)| parts.as_ref().map(|_| place)).collect();
        let mut holders = Vec::new();
        let key = |at: usize, next: usize| -> Option<Cow<'_, [u8]>> {
            let (dictionary, codes) = &used[at];
            codes.get(next).map(|code| dictionary.key(*code))
        };
        in_order(used.len(), key, |at, next, same| {
            let code = used[at].1[next];
            if !same {
                holders.push((places[at], code));
            }
            ranks[at][code as usize] = holders.len() as u32 - 1;
        });
        let mut ranks = ranks.into_iter();
        Self { ranks: segments.iter().map(|parts| parts.as_ref().and_then(|_| ranks.next()).unwrap_or_default()).collect(), holders }
    }

    fn of(&self, place: usize, code: u32) -> u32 {
        // What is read of a damaged file may be anything.
        self.ranks[place].get(code as usize).copied().unwrap_or_default()
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
        let found = each(&self.held, |held| parts(held, question, by, average, most))?;
        let Ok(segments) = found.into_iter().collect::<Result<Vec<Option<Parts>>, _>>() else { return Ok(Err(TooManyGroups)) };
        let columns: Vec<Ranked> = (0..by.len()).map(|column| Ranked::new(&segments, column)).collect();
        let ranks = |place: usize, codes: [u32; COLUMNS]| {
            let mut ranks = [0; COLUMNS];
            columns.iter().enumerate().for_each(|(at, column)| ranks[at] = column.of(place, codes[at]));
            ranks
        };
        let part = |place: usize, at: usize| segments[place].as_ref().and_then(|parts| parts.get(at));
        // Each segment has its groups in the order of their values, and so they come.
        let mut groups: Vec<Whole> = Vec::new();
        in_order(
            segments.len(),
            |place, at| part(place, at).map(|(codes, _)| ranks(place, codes)),
            |place, at, same| {
                let Some((codes, part)) = part(place, at).filter(|_| groups.len() <= most) else { return };
                if !same {
                    groups.push(Whole { ranks: ranks(place, codes), rows: 0, sum: 0, present: 0 });
                }
                if let Some(group) = groups.last_mut() {
                    group.rows += u64::from(part.rows);
                    group.sum += part.sum;
                    group.present += u64::from(part.present);
                }
            },
        );
        if groups.len() > most {
            return Ok(Err(TooManyGroups));
        }
        let there = groups.len();
        let order = |group: &Whole| (Reverse(group.rows), group.ranks);
        if limit > 0 && limit < there {
            groups.select_nth_unstable_by_key(limit - 1, order);
        }
        groups.truncate(limit);
        groups.sort_unstable_by_key(order);
        let kinds: Vec<Kind> = by.iter().map(|place| question.report.stored().nth(*place).map_or(Kind::Id, |column| column.kind)).collect();
        let whole = |group: &Whole| {
            let mut last = i64::MIN;
            for (place, parts) in segments.iter().enumerate() {
                let Some(parts) = parts else { continue };
                if let Some(part) = parts.find(|codes| ranks(place, codes).cmp(&group.ranks)) {
                    last = last.max(self.held[place].segment.id(part.last)?);
                }
            }
            let value = |(at, kind): (usize, &Kind)| {
                let (place, code) = *columns[at].holders.get(group.ranks[at] as usize)?;
                Some(value(segments[place].as_ref()?.dictionary(at), code, *kind))
            };
            let values = kinds.iter().enumerate().filter_map(value).collect();
            Ok(Group { values, rows: group.rows, last, sum: group.sum, present: group.present })
        };
        let groups = groups.iter().map(whole).collect::<Result<_, Damaged>>()?;
        self.sound()?;
        Ok(Ok((groups, there)))
    }
}
