//! Patterns whose groups become fields.
//!
//! A pattern costs more than all else that is done with a field. Those on which it depends what a line is are tried on every line; of the
//! others, those that the event speaks of which the line turns out to be.

use super::list::List;
use super::names::{Filled, Names, Slot};
use regex::Regex;
use serde::Deserialize;

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The field it is tried on.
    pub of: String,
    pattern: String,
}

#[derive(Debug)]
pub(super) struct Capture {
    of: Slot,
    pub pattern: Regex,
    /// Number of the group, and the field it becomes.
    groups: Vec<(usize, Slot)>,
}

impl Capture {
    pub(super) fn read(entry: &Entry, names: &mut Names) -> Result<Self, String> {
        let pattern = Regex::new(&entry.pattern).map_err(|error| format!("pattern: {error}"))?;
        let groups: Vec<_> = pattern.capture_names().enumerate().filter_map(|(at, name)| name.map(|name| (at, names.slot(name)))).collect();
        if groups.is_empty() {
            return Err("pattern: it names no group; write (?<name>...) for what is to become the field name".to_owned());
        }
        Ok(Self { of: names.slot(&entry.of), pattern, groups })
    }

    /// Fills the fields of its groups where the pattern fits.
    pub(super) fn look<'v>(&self, line: &mut [Option<Filled<'v>>], names: &Names) {
        let Some(found) = line[self.of].and_then(|(value, _)| self.pattern.captures(value)) else { return };
        for (group, slot) in &self.groups {
            if let Some(value) = found.get(*group).map(|group| group.as_str().trim()).filter(|value| !value.is_empty()) {
                line[*slot] = Some((value, None));
            }
        }
        names.resolve(line);
    }
}

/// Which captures may have a part in what these fields are, in their order.
pub(super) fn needed(fields: Vec<Slot>, captures: &[Capture], lists: &[List], names: &Names) -> Vec<usize> {
    let mut known = vec![false; names.len()];
    let mut needed = vec![false; captures.len()];
    let mut next = fields;
    while let Some(slot) = next.pop() {
        if std::mem::replace(&mut known[slot], true) {
            continue;
        }
        next.extend(names.candidates(slot));
        next.extend(lists.iter().filter(|list| list.makes(slot)).map(|list| list.of));
        for (at, capture) in captures.iter().enumerate().filter(|(_, capture)| capture.groups.iter().any(|(_, made)| *made == slot)) {
            needed[at] = true;
            next.push(capture.of);
        }
    }
    (0..captures.len()).filter(|at| needed[*at]).collect()
}
