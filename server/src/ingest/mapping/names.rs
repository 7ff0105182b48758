//! The fields a mapping speaks of, as numbers: a line's fields are looked up once.

use crate::ingest::envelope::Field;
use rustc_hash::FxHashMap;

/// A field that a mapping speaks of.
pub(super) type Slot = usize;

/// Names a field by its label: `label.GMUD` is `cs1` where the line says `cs1Label=GMUD`.
const LABEL: &str = "label.";
const LABEL_FIELD: &str = "Label";
/// So many labels of a line are looked at: real ones have fewer than twenty.
const MOST_LABELS: usize = 32;
/// A labelled field stands within so many fields.
const MOST_LABELLED: usize = 256;

/// The tables hold names of a mapping: no line can fill them with what collides.
#[derive(Debug, Default)]
pub(super) struct Names {
    slots: FxHashMap<String, Slot>,
    /// How many slots there are: those of `slots`, and those that only `of_lines` names.
    count: usize,
    /// The slots that a field of a line fills, by the field's name; see [`Names::close`].
    of_lines: FxHashMap<String, Slot>,
    labels: Vec<(String, Slot)>,
    /// A field of the mapping's own, and those of a line it may be.
    own: Vec<(Slot, Vec<Slot>)>,
    /// Those of them that a capture or a list may fill as well: what did keeps its place.
    filled_elsewhere: Vec<Slot>,
}

/// A field that a mapping speaks of stands in the line more than once, and not with the same value: somebody may have written it into the
/// text of another field. It holds the field's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Doubled(pub String);

/// The value of a slot, and which field of the line it is; a captured value is not a field.
pub(super) type Filled<'v> = (&'v str, Option<usize>);

impl Names {
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        let next = self.count;
        if let Some(label) = name.strip_prefix(LABEL)
            && !self.slots.contains_key(name)
        {
            self.labels.push((label.to_owned(), next));
        }
        let slot = *self.slots.entry(name.to_owned()).or_insert(next);
        self.count = self.count.max(slot + 1);
        slot
    }

    /// The slot of a field, if the mapping speaks of it.
    pub(super) fn find(&self, name: &str) -> Option<Slot> {
        self.slots.get(name).copied()
    }

    /// What a field of the mapping's own may be.
    pub(super) fn candidates(&self, slot: Slot) -> impl Iterator<Item = Slot> {
        self.own.iter().filter(move |(own, _)| *own == slot).flat_map(|(_, candidates)| candidates.iter().copied())
    }

    /// How many slots there are.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Declares that `name` is the first of these that a line has. Where it is one of them itself, the line's field is meant.
    pub(super) fn declare(&mut self, name: &str, of: &[String]) {
        let candidates = of.iter().map(|candidate| if candidate == name { self.of_line(name) } else { self.slot(candidate) }).collect();
        let slot = self.slot(name);
        self.own.push((slot, candidates));
    }

    /// A slot for the line's field of a name that the mapping calls one of its own.
    fn of_line(&mut self, name: &str) -> Slot {
        let slot = self.count;
        self.count += 1;
        self.of_lines.insert(name.to_owned(), slot);
        slot
    }

    /// To be called once everything is read. `made` are the names of what captures and lists make: a line's own field of such a name, or of
    /// a name that the mapping declares, is another thing and fills no slot, so that no line can say what only its mapping may.
    pub(super) fn close(&mut self, made: &[String]) {
        let own: Vec<_> = self.own.iter().map(|(slot, _)| *slot).collect();
        self.filled_elsewhere = made.iter().filter_map(|name| self.find(name)).filter(|slot| own.contains(slot)).collect();
        for (name, slot) in &self.slots {
            if !own.contains(slot) && !made.contains(name) && !name.starts_with(LABEL) {
                self.of_lines.entry(name.clone()).or_insert(*slot);
            }
        }
    }

    /// The values of the slots for a line. `missing` are words that stand for no value.
    pub(super) fn fill<'v>(&self, fields: &'v [Field<'_>], missing: &[String]) -> Result<Vec<Option<Filled<'v>>>, Doubled> {
        let mut filled: Vec<Option<Filled<'v>>> = vec![None; self.count];
        let mut set = |slot: Slot, name: &str, value: &'v str, at: usize| match filled[slot] {
            Some((known, _)) if known != value => Err(Doubled(name.to_owned())),
            Some(_) => Ok(()),
            None => {
                filled[slot] = Some((value, Some(at)));
                Ok(())
            }
        };
        let mut labels = 0;
        for (at, (name, value)) in fields.iter().enumerate() {
            let value = value.trim();
            if value.is_empty() || missing.iter().any(|word| word.eq_ignore_ascii_case(value)) {
                continue;
            }
            if let Some(slot) = self.of_lines.get(&**name) {
                set(*slot, name, value, at)?;
            }
            if !self.labels.is_empty()
                && labels < MOST_LABELS
                && let Some(labelled) = name.strip_suffix(LABEL_FIELD)
                && let Some((label, slot)) = self.labels.iter().find(|(label, _)| label.eq_ignore_ascii_case(value))
            {
                labels += 1;
                for (at, value) in labelled_values(fields, labelled) {
                    set(*slot, label, value, at)?;
                }
            }
        }
        self.resolve(&mut filled);
        Ok(filled)
    }

    /// Fills the mapping's own fields: what was captured since may be the preferred one.
    pub(super) fn resolve(&self, filled: &mut [Option<Filled<'_>>]) {
        for (own, candidates) in &self.own {
            if filled[*own].is_none() || !self.filled_elsewhere.contains(own) {
                filled[*own] = candidates.iter().find_map(|slot| filled[*slot]);
            }
        }
    }
}

fn labelled_values<'v>(fields: &'v [Field<'_>], name: &str) -> impl Iterator<Item = (usize, &'v str)> {
    let found = fields.iter().enumerate().take(MOST_LABELLED).filter(move |(_, (known, _))| known == name);
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
