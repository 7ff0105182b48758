//! The fields a mapping speaks of, as numbers: a line's fields are looked up once.

use crate::ingest::envelope::Field;
use std::collections::HashMap;

/// A field that a mapping speaks of.
pub(super) type Slot = usize;

/// Names a field by its label: `label.GMUD` is `cs1` where the line says `cs1Label=GMUD`.
const LABEL: &str = "label.";
const LABEL_FIELD: &str = "Label";
/// So many labels of a line are looked at: real ones have fewer than twenty.
const MOST_LABELS: usize = 32;
/// A labelled field stands within so many fields.
const MOST_LABELLED: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Names {
    slots: HashMap<String, Slot>,
    labels: Vec<(String, Slot)>,
    /// A field of the mapping's own, and those of a line it may be.
    own: Vec<(Slot, Vec<Slot>)>,
}

/// The value of a slot, and which field of the line it is; a captured value is not a field.
pub(super) type Filled<'v> = (&'v str, Option<usize>);

impl Names {
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        let next = self.slots.len();
        if let Some(label) = name.strip_prefix(LABEL)
            && !self.slots.contains_key(name)
        {
            self.labels.push((label.to_owned(), next));
        }
        *self.slots.entry(name.to_owned()).or_insert(next)
    }

    /// The slot of a field, if the mapping speaks of it.
    pub(super) fn find(&self, name: &str) -> Option<Slot> {
        self.slots.get(name).copied()
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Declares that `name` is the first of these that a line has.
    pub(super) fn declare(&mut self, name: &str, of: &[String]) {
        let candidates = of.iter().map(|name| self.slot(name)).collect();
        let slot = self.slot(name);
        self.own.push((slot, candidates));
    }

    /// The values of the slots for a line. `missing` are words that stand for no value.
    pub(super) fn fill<'v>(&self, fields: &'v [Field<'_>], missing: &[String]) -> Vec<Option<Filled<'v>>> {
        let mut filled = vec![None; self.slots.len()];
        let mut labels = 0;
        for (at, (name, value)) in fields.iter().enumerate() {
            let value = value.trim();
            if value.is_empty() || missing.iter().any(|word| word.eq_ignore_ascii_case(value)) {
                continue;
            }
            if let Some(slot) = self.slots.get(&**name) {
                filled[*slot].get_or_insert((value, Some(at)));
            }
            if !self.labels.is_empty()
                && labels < MOST_LABELS
                && let Some(labelled) = name.strip_suffix(LABEL_FIELD)
                && let Some((_, slot)) = self.labels.iter().find(|(label, _)| label.eq_ignore_ascii_case(value))
                && let Some((at, value)) = labelled_value(fields, labelled)
            {
                filled[*slot].get_or_insert((value, Some(at)));
                labels += 1;
            }
        }
        self.resolve(&mut filled);
        filled
    }

    /// Fills the mapping's own fields that have no value yet.
    pub(super) fn resolve(&self, filled: &mut [Option<Filled<'_>>]) {
        for (own, candidates) in &self.own {
            filled[*own] = filled[*own].or_else(|| candidates.iter().find_map(|slot| filled[*slot]));
        }
    }
}

fn labelled_value<'v>(fields: &'v [Field<'_>], name: &str) -> Option<(usize, &'v str)> {
    let found = fields.iter().enumerate().take(MOST_LABELLED).find(|(_, (known, _))| known == name);
    found.map(|(at, (_, value))| (at, value.trim())).filter(|(_, value)| !value.is_empty())
}

/// What the fields of a line are called by the labels the line gives them.
pub(super) struct Labels<'v>(Vec<(&'v str, &'v str)>);

impl<'v> Labels<'v> {
    pub(super) fn of(fields: &'v [Field<'_>]) -> Self {
        let labels = fields.iter().filter_map(|(name, value)| Some((name.strip_suffix(LABEL_FIELD)?, value.trim())));
        Self(labels.filter(|(name, _)| !name.is_empty()).take(MOST_LABELS).collect())
    }

    /// What a field is called where it is kept; `None` for a label itself.
    pub(super) fn shown(&self, name: &'v str) -> Option<&'v str> {
        let labelled = |of: &str| self.0.iter().find(|(known, _)| *known == of);
        match name.strip_suffix(LABEL_FIELD) {
            Some(of) if labelled(of).is_some() => None,
            _ => Some(labelled(name).map(|(_, label)| *label).filter(|label| !label.is_empty()).unwrap_or(name)),
        }
    }
}
