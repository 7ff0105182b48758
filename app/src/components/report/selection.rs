//! Rows that were chosen, to act on all of them.

use crate::model::{Chosen, EventId, OperationStatus, Standing};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How a row stands, as far as that decides what can be done with it.
pub type Seen = (OperationStatus, Standing);

/// What is chosen; it stays while one turns pages, and goes when the filters change.
#[derive(Clone, PartialEq, Eq)]
pub enum Picked {
    /// These rows, as they were seen last.
    Rows(BTreeMap<EventId, Seen>),
    /// Everything that the filters match, and how much that was.
    All(u32),
}

#[derive(Clone, Copy)]
pub struct Selection {
    pub picked: RwSignal<Picked>,
    /// The row that Shift extends from.
    anchor: StoredValue<usize>,
}

impl Selection {
    pub(super) fn new() -> Self {
        Self { picked: RwSignal::new(Picked::Rows(BTreeMap::new())), anchor: StoredValue::new(0) }
    }

    pub fn clear(self) {
        let some = self.picked.with_untracked(|picked| !matches!(picked, Picked::Rows(rows) if rows.is_empty()));
        if some {
            self.picked.set(Picked::Rows(BTreeMap::new()));
        }
    }

    /// How many are chosen.
    pub fn count(self) -> usize {
        self.picked.with(|picked| match picked {
            Picked::Rows(rows) => rows.len(),
            Picked::All(count) => usize::try_from(*count).unwrap_or(usize::MAX),
        })
    }

    pub fn has(self, id: EventId) -> bool {
        self.picked.with(|picked| match picked {
            Picked::Rows(rows) => rows.contains_key(&id),
            Picked::All(_) => true,
        })
    }

    /// Chooses rows, or no longer. From everything, single rows cannot be taken out: it starts anew with them.
    pub fn set(self, rows: &[(EventId, Seen)], on: bool) {
        self.picked.update(|picked| {
            let mut chosen = match std::mem::replace(picked, Picked::All(0)) {
                Picked::Rows(chosen) => chosen,
                Picked::All(_) => BTreeMap::new(),
            };
            for (id, seen) in rows {
                if on && chosen.len() < Chosen::MAX {
                    chosen.insert(*id, *seen);
                } else if !on {
                    chosen.remove(id);
                }
            }
            *picked = Picked::Rows(chosen);
        });
    }

    /// Chooses the row in this place, or all from the one chosen last to it; `on` where the row is to be chosen.
    pub fn pick(self, rows: &[(EventId, Seen)], at: usize, extend: bool, on: bool) {
        let from = if extend { self.anchor.get_value().min(rows.len().saturating_sub(1)) } else { at };
        self.set(rows.get(from.min(at)..=from.max(at)).unwrap_or_default(), on || extend);
        if !extend {
            self.anchor.set_value(at);
        }
    }

    /// The rows moved meanwhile.
    pub fn renew(self, rows: &[(EventId, Seen)]) {
        let stale = |chosen: &BTreeMap<_, _>| rows.iter().any(|(id, seen)| chosen.get(id).is_some_and(|known| known != seen));
        if self.picked.with_untracked(|picked| matches!(picked, Picked::Rows(chosen) if stale(chosen))) {
            self.picked.update(|picked| {
                if let Picked::Rows(chosen) = picked {
                    for (id, seen) in rows {
                        if let Some(known) = chosen.get_mut(id) {
                            *known = *seen;
                        }
                    }
                }
            });
        }
    }
}

/// How many there are, where one action can take them all.
pub fn takeable(count: u64) -> Option<u32> {
    u32::try_from(count).ok().filter(|count| *count as usize <= Chosen::MAX)
}
