//! The vendor's list of events: a line for each word of it, with the vendor's name for it and what it is here.
//!
//! What a word is becomes fields (`list.name`, `list.operation`, ...) that conditions and values speak of like any other, so that a few
//! events serve a whole list. A word with `out` is left out on purpose, with the reason for whoever reads the file. The pages in
//! docs/integrations are held against the lists by a test.

use super::names::{Filled, Names, Slot};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The field with the word.
    of: String,
    /// Where the vendor's words are from, for whoever reads the file and for the page.
    #[serde(rename = "from")]
    _from: Vec<String>,
    words: BTreeMap<String, BTreeMap<String, String>>,
}

const OUT: &str = "out";
const PREFIX: &str = "list.";

#[derive(Debug)]
pub(super) struct List {
    pub of: Slot,
    /// By the word in small letters.
    words: HashMap<String, Word>,
}

#[derive(Debug)]
struct Word {
    out: bool,
    fields: Vec<(Slot, String)>,
}

impl List {
    /// Reads a list, and adds the names of the fields it makes to `made`.
    pub(super) fn read(entry: Entry, names: &mut Names, made: &mut Vec<String>) -> Result<Self, String> {
        let of = names.slot(&entry.of);
        let mut words = HashMap::new();
        for (word, facts) in entry.words {
            if !facts.contains_key("name") {
                return Err(format!("words.{word}: name is missing; write what the vendor calls it"));
            }
            let mut fields = Vec::new();
            for (key, value) in facts.iter().filter(|(key, _)| *key != OUT) {
                let name = format!("{PREFIX}{key}");
                fields.push((names.slot(&name), value.clone()));
                if !made.contains(&name) {
                    made.push(name);
                }
            }
            let said = Word { out: facts.contains_key(OUT), fields };
            if words.insert(word.to_ascii_lowercase(), said).is_some() {
                return Err(format!("words.{word}: it is there twice; words are compared without regard to the case of A to Z"));
            }
        }
        Ok(Self { of, words })
    }

    /// Whether what a word is becomes this field.
    pub(super) fn makes(&self, slot: Slot) -> bool {
        self.words.values().any(|word| word.fields.iter().any(|(made, _)| *made == slot))
    }

    /// Fills the fields of the line's word; whether the list leaves the word out.
    pub(super) fn look<'v>(&'v self, line: &mut [Option<Filled<'v>>]) -> bool {
        let Some(word) = line[self.of].and_then(|(word, _)| self.words.get(&*word.to_ascii_lowercase())) else { return false };
        for (slot, value) in &word.fields {
            line[*slot] = Some((value, None));
        }
        word.out
    }
}
