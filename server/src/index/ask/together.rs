//! The values of all segments together, each once: by their ordinals where those are known or worth finding, else value by value.

use super::matching::Matching;
use super::question::Question;
use crate::index::cache::Answer;
use crate::index::ordinals::Ordinals;
use crate::index::segment::dictionary::partition;
use crate::index::segment::{Damaged, Dictionary};
use crate::index::snapshot::{Held, Snapshot};
use std::cmp::{Ordering, Reverse};
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

/// One value in so many of a column must be asked for before the ordinals of all are found.
const SOME: u64 = 32;

/// The values of a segment's rows.
pub struct Values {
    pub dictionary: Dictionary,
    /// Codes that some of the rows have, in order, and how many do: in the high half and the low.
    rows: Answer,
}

impl Values {
    fn rows(&self) -> impl Iterator<Item = (u32, u32)> {
        self.rows.iter().copied().map(unpacked)
    }

    /// The code at a place among those.
    fn code(&self, at: usize) -> Option<u32> {
        self.rows.get(at).map(|packed| unpacked(*packed).0)
    }
}

/// A value of the segments' rows: how many have it, and under which code it stands in which of them.
#[derive(Clone, Copy)]
pub struct Found {
    pub rows: u64,
    /// The place of the segment.
    pub place: usize,
    pub code: u32,
}

impl Snapshot {
    /// The values of all segments in their order, each once.
    pub fn found(&self, column: usize, all: &[Option<Values>]) -> Result<Vec<Found>, Damaged> {
        let file = |place: usize| self.held[place].segment.file().map(|(_, number)| number);
        let of = |place: &usize| all[*place].as_ref().map_or(0, |values| values.rows.len());
        let (kept, fresh): (Vec<usize>, Vec<usize>) =
            (0..all.len()).filter(|place| of(place) > 0).partition(|place| file(*place).is_some());
        let wanted = kept.iter().map(of).sum::<usize>() as u64;
        let Some(ordinals) = self.ordinals(column, wanted)? else { return Ok(merged(all, &[kept, fresh].concat())) };
        let mut by_ordinal = vec![Found { rows: 0, place: 0, code: 0 }; ordinals.count()];
        for place in kept {
            let (Some(values), Some(file)) = (&all[place], file(place)) else { continue };
            let ordinals = ordinals.of_codes(file);
            for (code, rows) in values.rows() {
                let found = &mut by_ordinal[ordinals[code as usize] as usize];
                *found = Found { rows: found.rows + u64::from(rows), place, code };
            }
        }
        let fresh = merged(all, &fresh);
        if fresh.is_empty() {
            by_ordinal.retain(|found| found.rows > 0);
            return Ok(by_ordinal);
        }
        // Those in memory come between: where, is asked from the place of the one before on, in steps that grow.
        let mut dictionaries = HashMap::new();
        for held in &self.held {
            if let Some((_, number)) = held.segment.file() {
                dictionaries.insert(number, held.segment.dictionary(column));
            }
        }
        let compare = |ordinal: usize, key: &[u8]| {
            let (file, code) = ordinals.holder(ordinal);
            dictionaries.get(&file).map_or(Ordering::Less, |dictionary| (*dictionary.key(code)).cmp(key))
        };
        let (mut found, mut ordinal) = (Vec::with_capacity(by_ordinal.len() + fresh.len()), 0);
        for one in fresh {
            let Some(values) = &all[one.place] else { continue };
            let key = values.dictionary.key(one.code);
            let from = ordinal;
            let mut step = 1;
            while ordinal + step <= by_ordinal.len() && compare(ordinal + step - 1, &key) == Ordering::Less {
                ordinal += step;
                step *= 2;
            }
            let end = (ordinal + step - 1).min(by_ordinal.len());
            ordinal += partition((end - ordinal) as u32, |more| compare(ordinal + more as usize, &key) == Ordering::Less) as usize;
            found.extend(by_ordinal[from..ordinal].iter().filter(|found| found.rows > 0).copied());
            if ordinal < by_ordinal.len() && compare(ordinal, &key) == Ordering::Equal {
                found.push(Found { rows: one.rows + by_ordinal[ordinal].rows, ..one });
                ordinal += 1;
            } else {
                found.push(one);
            }
        }
        found.extend(by_ordinal[ordinal..].iter().filter(|found| found.rows > 0).copied());
        Ok(found)
    }

    /// The ordinals of a column in the segments that are in files. `None` where there are none, and where finding and keeping them would cost more than it
    /// saves: `wanted` is how many codes of these segments have to be brought together now.
    pub(super) fn ordinals(&self, column: usize, wanted: u64) -> Result<Option<Arc<Ordinals>>, Damaged> {
        let mut kept: Vec<_> = self.held.iter().filter_map(|held| Some((held.segment.file()?, &held.segment))).collect();
        kept.sort_unstable_by_key(|((_, number), _)| *number);
        let [((cache, _), _), _, ..] = &kept[..] else { return Ok(None) };
        let numbers: Vec<u32> = kept.iter().map(|((_, number), _)| *number).collect();
        let key = (column, numbers.clone().into_boxed_slice());
        if let Some(ordinals) = cache.ordinals(&key) {
            return Ok(Some(ordinals));
        }
        let dictionaries = kept.iter().map(|(_, segment)| segment.dictionary(column)).collect::<Vec<_>>();
        let codes = dictionaries.iter().map(|dictionary| u64::from(dictionary.len())).sum::<u64>();
        if wanted * SOME < codes || Ordinals::most_bytes(codes) > cache.room_for_ordinals() {
            return Ok(None);
        }
        let mut ordinals = Ordinals::new(&numbers);
        let value = |place: usize, at: usize| {
            let dictionary: &Dictionary = &dictionaries[place];
            Some(at as u32).filter(|code| *code < dictionary.len()).map(|code| dictionary.key(code))
        };
        in_order(dictionaries.len(), value, |place, at, same| ordinals.push(place, at as u32, same));
        self.sound()?;
        let ordinals = Arc::new(ordinals);
        cache.keep_ordinals(key, ordinals.clone());
        Ok(Some(ordinals))
    }
}

/// Of one segment; `None` where no row is meant.
pub fn values(held: &Held, question: &Question, column: usize) -> Result<Option<Values>, Damaged> {
    let Some(matching) = Matching::new(held, question)? else { return Ok(None) };
    let dictionary = held.segment.dictionary(column);
    let rows = matching.answer(("values", column), || Ok(rows_of_codes(&matching, column)))?;
    Ok(Some(Values { dictionary, rows }))
}

/// A code, and how many rows have it.
const fn unpacked(packed: u64) -> (u32, u32) {
    ((packed >> 32) as u32, packed as u32)
}

/// The codes of a column that the rows meant have, in order, and how many do: in the high half and the low.
fn rows_of_codes(matching: &Matching, column: usize) -> Vec<u64> {
    let segment = &*matching.held.segment;
    let (before, postings) = (segment.before(column), segment.postings(column));
    let selection = matching.rows();
    let codes = 0..segment.values(column);
    let rows: Vec<u32> = if selection.is_whole(segment) {
        codes.map(|code| before.rows(&(code..code + 1))).collect()
    } else if postings.are_bitmaps() && u64::from(codes.end) * u64::from(segment.rows() / 1024 + 1) < selection.len() {
        codes.map(|code| selection.among(&postings.bitmap(code)) as u32).collect()
    } else {
        let row_codes = segment.codes(column).expecting(selection.len());
        let mut rows = vec![0u32; codes.end as usize];
        selection.each(|row| {
            if let Some(rows) = rows.get_mut(row_codes.code(row) as usize) {
                *rows += 1;
            }
        });
        rows
    };
    (0..).zip(rows).filter(|(_, rows)| *rows > 0).map(|(code, rows): (u64, u32)| code << 32 | u64::from(rows)).collect()
}

/// The values of segments in their order, each once.
fn merged(all: &[Option<Values>], places: &[usize]) -> Vec<Found> {
    let some: Vec<(usize, &Values)> = places.iter().filter_map(|place| Some((*place, all[*place].as_ref()?))).collect();
    if let [(place, one)] = some[..] {
        return one.rows().map(|(code, rows)| Found { rows: rows.into(), place, code }).collect();
    }
    let mut merged: Vec<Found> = Vec::new();
    in_order(
        some.len(),
        |which, at| {
            let values: &Values = some[which].1;
            values.code(at).map(|code| values.dictionary.key(code))
        },
        |which, at, same| {
            let (place, values) = some[which];
            let (code, rows) = unpacked(values.rows[at]);
            match merged.last_mut() {
                Some(found) if same => found.rows += u64::from(rows),
                _ => merged.push(Found { rows: rows.into(), place, code }),
            }
        },
    );
    merged
}

/// Takes what stands in several lists, each of them in order, in the order of all: `take` is told which list, where in it, and whether its key is that of the
/// one before. `key` says what stands there, if anything does.
pub fn in_order<K: Ord>(lists: usize, key: impl Fn(usize, usize) -> Option<K>, mut take: impl FnMut(usize, usize, bool)) {
    let head = |list: usize, at: usize| key(list, at).map(|key| Reverse((key, list, at)));
    let mut next: BinaryHeap<_> = (0..lists).filter_map(|list| head(list, 0)).collect();
    let mut last: Option<K> = None;
    while let Some(mut top) = next.peek_mut() {
        let (list, at) = (top.0.1, top.0.2);
        // The next one of the list takes its place, which is cheaper than to take it out and put that in.
        let Reverse((key, ..)) = match head(list, at + 1) {
            Some(head) => std::mem::replace(&mut *top, head),
            None => PeekMut::pop(top),
        };
        take(list, at, last.as_ref() == Some(&key));
        last = Some(key);
    }
}
