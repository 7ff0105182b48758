//! Makes one segment of several, without their dead rows: by codes, without looking at rows.

use super::build::{finish, put_column};
use super::dictionary::Entry;
use super::file::{Binder, Out, Writer};
use super::{Damaged, Dictionary, Head, Segment};
use roaring::RoaringBitmap;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use vigia_app::model::Report;

/// Segments, each with its rows that are dead. All are of one report.
type Dying = [(Arc<Segment>, Arc<RoaringBitmap>)];

/// One segment of the rows of all of these that are not dead; `None` where there are none.
pub fn merge(segments: &Dying) -> Result<Option<Segment>, Damaged> {
    let Some((report, rows)) = rows(segments)? else { return Ok(None) };
    let (leaves, head) = put(report, segments, rows, Vec::new())?;
    Ok(Some(Segment::in_memory(report, head, leaves)))
}

/// Writes the same into a file, synced, a column at a time; false where no row is left to write.
pub fn merge_into(segments: &Dying, path: &Path) -> Result<bool, Damaged> {
    let segments: Vec<_> = segments.iter().map(|(segment, dead)| (Arc::new(segment.aside()), dead.clone())).collect();
    let Some((report, rows)) = rows(&segments)? else { return Ok(false) };
    let (writer, head) = put(report, &segments, rows, Writer::new(path)?)?;
    writer.finish(report, head)?;
    Ok(true)
}

/// A row: its id, which segment, and its row number there.
type Row = (i64, u32, u32);

/// The rows that are left, in order, and of which report they are.
fn rows(segments: &Dying) -> Result<Option<(&'static Report, Vec<Row>)>, Damaged> {
    let mut rows = Vec::new();
    for (at, (segment, dead)) in (0u32..).zip(segments) {
        rows.extend((0u32..).zip(segment.all_ids()?).filter(|(row, _)| !dead.contains(*row)).map(|(row, id)| (id, at, row)));
    }
    rows.sort_unstable();
    Ok(segments.first().filter(|_| !rows.is_empty()).map(|(segment, _)| (segment.report, rows)))
}

fn put<O: Out>(report: &'static Report, segments: &Dying, rows: Vec<Row>, out: O) -> Result<(O, Head), Damaged> {
    let mut binder = Binder::new(out);
    for (number, column) in report.stored().enumerate() {
        let dictionaries = segments.iter().map(|(segment, _)| segment.dictionary(number)).collect::<Vec<_>>();
        let (entries, places) = merged(&dictionaries);
        drop(dictionaries);
        let codes = segments.iter().map(|(segment, _)| segment.codes(number)).collect::<Vec<_>>();
        let codes: Vec<u32> = rows.iter().map(|(_, at, row)| places[*at as usize][codes[*at as usize].code(*row) as usize]).collect();
        drop(places);
        segments.iter().try_for_each(|(segment, _)| segment.sound())?;
        put_column(&mut binder, column, entries, &codes)?;
    }
    let ids: Vec<i64> = rows.into_iter().map(|(id, ..)| id).collect();
    finish(&ids, binder)
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
