//! Rows by the values of one column or more: how many there are of each, when the last was, and what a number of theirs is on average.

use super::count::value;
use super::parts::{COLUMNS, Parts, TooManyGroups, parts};
use super::question::Question;
use super::spread::each;
use super::together::in_order;
use crate::index::segment::Damaged;
use crate::index::snapshot::Snapshot;
use crate::store::value::Value;
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
    /// Of the column in this place among those they are grouped by.
    fn new(snapshot: &Snapshot, segments: &[Option<Parts>], at: usize, column: usize) -> Result<Self, Damaged> {
        let mut ranks: Vec<Vec<u32>> = Vec::with_capacity(segments.len());
        let (mut kept, mut lists) = (Vec::new(), Vec::new());
        for (place, parts) in segments.iter().enumerate() {
            ranks.push(vec![0; parts.as_ref().map_or(0, |parts| parts.dictionary(at).len() as usize)]);
            let Some(parts) = parts else { continue };
            match snapshot.held[place].segment.file() {
                Some((_, number)) => kept.push((place, number, parts.used(at))),
                None => lists.push(parts.used(at).into_iter().map(|code| (place, code)).collect::<Vec<_>>()),
            }
        }
        let ordinals = snapshot.ordinals(column, kept.iter().map(|(.., codes)| codes.len() as u64).sum())?;
        // Where ordinals are known, each value of the segments in files is looked at once, where one of them has it.
        let mut holders_of = vec![None; ordinals.as_ref().map_or(0, |ordinals| ordinals.count())];
        match &ordinals {
            Some(ordinals) => {
                for (place, number, codes) in &kept {
                    let of_codes = ordinals.of_codes(*number);
                    codes.iter().for_each(|code| holders_of[of_codes[*code as usize] as usize] = Some((*place, *code)));
                }
                lists.push(holders_of.iter().copied().flatten().collect());
            }
            None => lists.extend(kept.iter().map(|(place, _, codes)| codes.iter().map(|code| (*place, *code)).collect::<Vec<_>>())),
        }
        let mut holders = Vec::new();
        let key = |list: usize, next: usize| {
            let (place, code) = lists[list].get(next)?;
            Some(segments[*place].as_ref()?.dictionary(at).key(*code))
        };
        in_order(lists.len(), key, |list, next, same| {
            let (place, code) = lists[list][next];
            if !same {
                holders.push((place, code));
            }
            ranks[place][code as usize] = holders.len() as u32 - 1;
        });
        if let Some(ordinals) = &ordinals {
            for (place, number, codes) in &kept {
                let of_codes = ordinals.of_codes(*number);
                for code in codes {
                    let Some((holder, of_holder)) = holders_of[of_codes[*code as usize] as usize] else { continue };
                    ranks[*place][*code as usize] = ranks[holder][of_holder as usize];
                }
            }
        }
        Ok(Self { ranks, holders })
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
        let columns: Vec<Ranked> =
            by.iter().enumerate().map(|(at, column)| Ranked::new(self, &segments, at, *column)).collect::<Result<_, _>>()?;
        let ranks = |place: usize, codes: [u32; COLUMNS]| {
            std::array::from_fn(|at| columns.get(at).map_or(0, |column: &Ranked| column.of(place, codes[at])))
        };
        // Each segment has its groups in the order of their values: what is sorted here are some lists in order, one after another.
        let mut all: Vec<([u32; COLUMNS], u32, u32)> = Vec::with_capacity(segments.iter().flatten().map(Parts::len).sum());
        for (place, parts) in segments.iter().enumerate() {
            let Some(parts) = parts else { continue };
            all.extend((0..).zip(parts.iter()).map(|(at, (codes, _))| (ranks(place, codes), place as u32, at)));
        }
        all.sort_by_key(|(ranks, ..)| *ranks);
        let mut groups: Vec<Whole> = Vec::new();
        for (ranks, place, at) in all {
            let Some((_, part)) = segments[place as usize].as_ref().and_then(|parts| parts.get(at as usize)) else { continue };
            if groups.last().is_none_or(|group| group.ranks != ranks) {
                if groups.len() == most {
                    return Ok(Err(TooManyGroups));
                }
                groups.push(Whole { ranks, rows: 0, sum: 0, present: 0 });
            }
            let Some(group) = groups.last_mut() else { continue };
            group.rows += u64::from(part.rows);
            group.sum += part.sum;
            group.present += u64::from(part.present);
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
