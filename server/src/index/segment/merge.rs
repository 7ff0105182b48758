//! Makes one segment of several, without their dead rows: by codes, without looking at rows.

use super::build::{column_parts, finish};
use super::dictionary::Entry;
use super::{Damaged, Dictionary, Segment};
use roaring::RoaringBitmap;
use std::borrow::Cow;
use std::sync::Arc;

/// One segment of the rows of all of these that are not dead; `None` where there are none. All are of one report.
pub fn merge(segments: &[(Arc<Segment>, Arc<RoaringBitmap>)]) -> Result<Option<Segment>, Damaged> {
    let Some(report) = segments.first().map(|(segment, _)| segment.report) else { return Ok(None) };
    // Each row as id, which segment, and row in it.
    let mut rows = Vec::new();
    for (at, (segment, dead)) in (0u32..).zip(segments) {
        for row in (0..segment.rows()).filter(|row| !dead.contains(*row)) {
            rows.push((segment.id(row)?, at, row));
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    rows.sort_unstable();
    let mut parts = Vec::new();
    for (number, column) in report.stored().enumerate() {
        let dictionaries = segments.iter().map(|(segment, _)| segment.dictionary(number)).collect::<Result<Vec<_>, _>>()?;
        let (entries, places) = merged(&dictionaries);
        let codes = segments.iter().map(|(segment, _)| segment.codes(number)).collect::<Result<Vec<_>, _>>()?;
        let codes: Vec<u32> = rows.iter().map(|(_, at, row)| places[*at as usize][codes[*at as usize].code(*row) as usize]).collect();
        parts.extend(column_parts(column, entries, &codes));
    }
    let ids: Vec<i64> = rows.into_iter().map(|(id, ..)| id).collect();
    Ok(Some(finish(report, &ids, parts)))
}

/// All values, and for each dictionary where each of its values is among them.
fn merged(dictionaries: &[Dictionary]) -> (Vec<Entry>, Vec<Vec<u32>>) {
    let mut places: Vec<Vec<u32>> = dictionaries.iter().map(|dictionary| Vec::with_capacity(dictionary.len() as usize)).collect();
    let mut next: Vec<Option<Cow<'_, [u8]>>> =
        dictionaries.iter().map(|dictionary| (dictionary.len() > 0).then(|| dictionary.key(0))).collect();
    let mut entries = Vec::new();
    while let Some(least) = next.iter().flatten().min().cloned() {
        let mut added = false;
        for (at, dictionary) in dictionaries.iter().enumerate() {
            if next[at].as_ref() != Some(&least) {
                continue;
            }
            let code = places[at].len() as u32;
            if !added {
                entries.push(dictionary.entry(code));
                added = true;
            }
            places[at].push(entries.len() as u32 - 1);
            next[at] = (code + 1 < dictionary.len()).then(|| dictionary.key(code + 1));
        }
    }
    (entries, places)
}
