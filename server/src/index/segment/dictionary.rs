//! The values of a column in a segment, each once, in the order of their keys: the place of a value is its *code*.

use super::block::{Block, u32s};
use super::grams::{CHUNK, Grams};
use super::packed::{Packed, pack};
use crate::fold::text_key;
use crate::index::order::{Keys, places};
use crate::store::value::ip;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// A value as it comes into a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Of texts the folded form, of others the key.
    pub folded: Vec<u8>,
    /// The text, where it is not what its folded form says.
    pub original: Option<String>,
}

impl Entry {
    pub fn key(&self) -> Cow<'_, [u8]> {
        match &self.original {
            // The key of ASCII is its folded form.
            Some(text) if !text.is_ascii() => text_key(text),
            _ => Cow::Borrowed(&self.folded),
        }
    }
}

/// Reads the values.
pub struct Dictionary {
    pub values: u32,
    /// Where each folded form starts, and where the last one ends.
    pub starts: Packed,
    pub folded: Block,
    /// See [`originals`].
    pub originals: Block,
}

impl Dictionary {
    pub fn len(&self) -> u32 {
        self.values
    }

    pub fn folded(&self, code: u32) -> Cow<'_, [u8]> {
        let at = code as usize;
        self.folded.slice(self.starts.get(at), self.starts.get(at + 1))
    }

    /// The text as it came, where it is not what its folded form says.
    pub fn original(&self, code: u32) -> Option<Cow<'_, str>> {
        let count = if self.originals.is_empty() { 0 } else { self.originals.u32(0) };
        let at = partition(count, |at| self.originals.u32(1 + at as usize) < code);
        if at >= count || self.originals.u32(1 + at as usize) != code {
            return None;
        }
        let (starts, bytes) = (1 + count + at, (2 + 2 * count) * 4);
        let (from, to) = (self.originals.u32(starts as usize), self.originals.u32(starts as usize + 1));
        match self.originals.slice(bytes + from, bytes + to) {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    pub fn entry(&self, code: u32) -> Entry {
        Entry { folded: self.folded(code).into_owned(), original: self.original(code).map(Cow::into_owned) }
    }

    pub fn key(&self, code: u32) -> Cow<'_, [u8]> {
        match self.original(code) {
            Some(text) if !text.is_ascii() => text_key(&text).into_owned().into(),
            _ => self.folded(code),
        }
    }

    /// The first code whose key is not before this one.
    pub fn lower(&self, key: &[u8]) -> u32 {
        partition(self.len(), |code| {
            let folded = self.folded(code);
            // The folded form is the beginning of the key: mostly it decides.
            match (*folded).cmp(key) {
                Ordering::Less if key.starts_with(&folded) => *self.key(code) < *key,
                Ordering::Less => true,
                Ordering::Equal | Ordering::Greater => false,
            }
        })
    }

    /// The codes of these keys.
    pub fn codes(&self, keys: &Keys) -> Range<u32> {
        places(keys, |key| self.lower(key), self.len())
    }

    /// The codes of addresses that contain the needle as they are written.
    pub fn addresses_containing(&self, needle: &str, grams: &Grams) -> Vec<Range<u32>> {
        let mut found: Vec<Range<u32>> = Vec::new();
        for code in grams.chunks(needle, self.len()).flatten() {
            if ip(&self.folded(code)).is_some_and(|ip| ip.to_string().contains(needle)) {
                add(&mut found, code);
            }
        }
        found
    }

    /// The codes of texts whose folded form contains the needle, which is folded and not empty, in their order.
    pub fn containing(&self, needle: &str, grams: &Grams) -> Vec<Range<u32>> {
        let finder = Finder::new(needle);
        self.starts.expect(u64::from(self.len() / CHUNK));
        let mut found: Vec<Range<u32>> = Vec::new();
        for chunk in grams.chunks(needle, self.len()) {
            let (mut code, end) = (chunk.start, chunk.end);
            let first = self.starts.get(code as usize);
            let text = self.folded.once(first, self.starts.get(end as usize));
            let mut at = first;
            while let Some(hit) = text.get((at - first) as usize..).and_then(|text| finder.find(text)) {
                let hit = at + hit as u32;
                // Whose value it is: the last that starts at or before it.
                code += partition(end - code, |more| self.starts.get((code + more) as usize) <= hit).saturating_sub(1);
                let stop = self.starts.get(code as usize + 1);
                if hit as usize + needle.len() <= stop as usize {
                    add(&mut found, code);
                    at = stop.max(hit + 1);
                    code += 1;
                    if code == end {
                        break;
                    }
                } else {
                    // It reaches into the next value.
                    at = hit + 1;
                }
            }
        }
        found
    }
}

/// One more code behind those that are there.
fn add(ranges: &mut Vec<Range<u32>>, code: u32) {
    match ranges.last_mut() {
        Some(range) if range.end == code => range.end += 1,
        _ => ranges.push(code..code + 1),
    }
}

/// The first number up to `len` of which the test is not true; it is true of all before.
pub fn partition(len: u32, mut test: impl FnMut(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The blocks of a dictionary, of entries in the order of their keys.
pub fn encode<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> [Vec<u8>; 3] {
    let mut end = 0u32;
    let starts: Vec<u32> = std::iter::once(0)
        .chain(entries.clone().map(|entry| {
            end += entry.folded.len() as u32;
            end
        }))
        .collect();
    let folded = entries.clone().flat_map(|entry| entry.folded.iter().copied()).collect();
    [pack(&starts, end), folded, originals(entries)]
}

/// Those texts that are not what their folded form says: how many, their codes, where each starts and the last one ends, their bytes.
fn originals<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<u8> {
    let (mut codes, mut starts, mut bytes) = (Vec::new(), vec![0], Vec::new());
    for (code, entry) in (0..).zip(entries) {
        if let Some(original) = &entry.original {
            codes.push(code);
            bytes.extend_from_slice(original.as_bytes());
            starts.push(bytes.len() as u32);
        }
    }
    if codes.is_empty() {
        return Vec::new();
    }
    let count = codes.len() as u32;
    [u32s(std::iter::once(count).chain(codes).chain(starts)), bytes].concat()
}
