//! Makes a segment of rows.

use super::block::{i64s, u32s};
use super::dictionary::{Entry, encode};
use super::file::{Binder, Out, Writer};
use super::packed::pack;
use super::{Damaged, Head, IDS, Segment, grams, postings};
use crate::fold::folded;
use crate::index::order::{number_key, sort_key};
use crate::store::value::{Value, ip};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use vigia_app::model::{Column, Kind, Report};

/// Collects rows, in any order. Each takes 4 bytes a column here, and each value is kept once.
pub struct Builder {
    report: &'static Report,
    ids: Vec<i64>,
    columns: Vec<Collected>,
}

/// A column on its way.
#[derive(Default)]
struct Collected {
    places: HashMap<Value, u32>,
    /// Where the value of each row was put.
    rows: Vec<u32>,
}

impl Builder {
    pub fn new(report: &'static Report) -> Self {
        Self { report, ids: Vec::new(), columns: report.stored().map(|_| Collected::default()).collect() }
    }

    pub fn len(&self) -> u32 {
        self.ids.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes a row: a value for each of the report's stored columns.
    pub fn push(&mut self, id: i64, values: Vec<Value>) {
        self.ids.push(id);
        for (column, value) in self.columns.iter_mut().zip(values) {
            let next = column.places.len() as u32;
            column.rows.push(*column.places.entry(value).or_insert(next));
        }
    }

    /// The segment of all rows taken; of several with one id the last.
    pub fn finish(self) -> Segment {
        let report = self.report;
        match self.put(Vec::new()) {
            Ok((leaves, head)) => Segment::in_memory(report, head, leaves),
            Err(error) => unreachable!("memory takes all: {error}"),
        }
    }

    /// Writes the same into a file, synced, a column at a time.
    pub fn write(self, path: &Path) -> Result<(), Damaged> {
        let report = self.report;
        let (writer, head) = self.put(Writer::new(path)?)?;
        writer.finish(report, head)
    }

    fn put<O: Out>(self, out: O) -> Result<(O, Head), Damaged> {
        let mut binder = Binder::new(out);
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        order.sort_by_key(|row| self.ids[*row as usize]);
        let (report, ids) = (self.report, self.ids);
        order = order
            .iter()
            .enumerate()
            .filter(|(at, row)| order.get(at + 1).is_none_or(|next| ids[*next as usize] != ids[**row as usize]))
            .map(|(_, row)| *row)
            .collect();
        for (collected, column) in self.columns.into_iter().zip(report.stored()) {
            let values: Vec<(Entry, u32)> = collected.places.into_iter().map(|(value, place)| (entry(value), place)).collect();
            // Each key is made once: those of texts beyond ASCII are dear.
            let mut keys: Vec<(Cow<'_, [u8]>, u32, usize)> =
                values.iter().enumerate().map(|(at, (entry, place))| (entry.key(), *place, at)).collect();
            keys.sort_unstable();
            // Values that differ in case alone are one, which looks as the first of them that came.
            let (mut codes, mut first) = (vec![0; values.len()], Vec::with_capacity(values.len()));
            let mut last = None;
            for (key, place, at) in &keys {
                if last != Some(key) {
                    first.push(*at);
                    last = Some(key);
                }
                codes[*place as usize] = first.len() as u32 - 1;
            }
            drop(keys);
            let mut values: Vec<Option<Entry>> = values.into_iter().map(|(entry, _)| Some(entry)).collect();
            let entries: Vec<Entry> = first.into_iter().filter_map(|at| values[at].take()).collect();
            let codes: Vec<u32> = order.iter().map(|row| codes[collected.rows[*row as usize] as usize]).collect();
            put_column(&mut binder, column, entries, &codes)?;
        }
        let ids: Vec<i64> = order.iter().map(|row| ids[*row as usize]).collect();
        finish(&ids, binder)
    }
}

/// Puts these ids, which are in order, behind the parts of the columns.
pub(super) fn finish<O: Out>(ids: &[i64], mut binder: Binder<O>) -> Result<(O, Head), Damaged> {
    binder.put(&i64s(ids.iter().copied()))?;
    let (out, lens, values) = binder.finish()?;
    let fences = ids.iter().step_by(IDS as usize).copied().collect();
    Ok((out, Head { rows: ids.len() as u32, lens, values, fences, last: ids.last().copied().unwrap_or(i64::MIN) }))
}

/// Puts the parts of a column: of its values, each another one, in the order of their keys, and of the code of each row.
pub(super) fn put_column<O: Out>(binder: &mut Binder<O>, column: &Column, mut entries: Vec<Entry>, codes: &[u32]) -> Result<(), Damaged> {
    let mut rows = vec![0u32; entries.len()];
    for code in codes {
        rows[*code as usize] += 1;
    }
    // Of several rows with one id only one is left: its value may have gone with the others.
    let (mut entries, mut codes, mut rows) = if rows.contains(&0) {
        let mut next = 0;
        let places: Vec<u32> = rows
            .iter()
            .map(|rows| {
                if *rows == 0 {
                    next
                } else {
                    next += 1;
                    next - 1
                }
            })
            .collect();
        let mut kept = rows.iter();
        entries.retain(|_| kept.next().is_some_and(|rows| *rows > 0));
        rows.retain(|rows| *rows > 0);
        (entries, codes.iter().map(|code| places[*code as usize]).collect::<Vec<_>>(), rows)
    } else {
        (entries, codes.to_vec(), rows)
    };
    entries.shrink_to_fit();
    codes.shrink_to_fit();
    let values = entries.len() as u32;
    let mut sum = 0;
    for rows in &mut rows {
        (*rows, sum) = (sum, sum + *rows);
    }
    rows.push(sum);
    let [starts, forms, originals] = encode(entries.iter());
    let heads: Vec<u32> = (0..values)
        .filter(|code| {
            let at = *code as usize;
            at == 0 || sort_key(column.kind, &entries[at].folded) != sort_key(column.kind, &entries[at - 1].folded)
        })
        .collect();
    // Other kinds are sorted by all of their key.
    let heads = if column.kind == Kind::LongText && heads.len() < entries.len() { u32s(heads) } else { Vec::new() };
    let grams = match column.kind {
        Kind::Ip => grams::encode(entries.iter().map(|entry| ip(&entry.folded).map_or_else(String::new, |ip| ip.to_string()).into_bytes())),
        _ if column.searched() => grams::encode(entries.iter().map(|entry| &*entry.folded)),
        _ => Vec::new(),
    };
    let postings = postings::encode(&codes, &rows, values);
    binder.put_column(values, [starts, forms, originals, grams, pack(&rows, sum), pack(&codes, values.saturating_sub(1)), postings, heads])
}

fn entry(value: Value) -> Entry {
    match value {
        Value::Number(number) => Entry { folded: number_key(number).to_vec(), original: None },
        Value::Bytes(bytes) => Entry { folded: bytes, original: None },
        Value::Text(text) => {
            let form = folded(&text).into_owned().into_bytes();
            let original = (form != text.as_bytes()).then_some(text);
            Entry { folded: form, original }
        }
    }
}
