//! Which passwords were changed, and whether by hand: password operations that ended well.

use super::view::credential_key;
use crate::fold;
use crate::store::rows::KeptRow;
use crate::store::value::Value;
use std::collections::{BTreeMap, HashMap};
use vigia_app::model::OperationStatus;
use vigia_app::reports::{PASSWORD_CHANGES, PASSWORD_OPERATION};

/// What is known of the changes of a password before a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastChange {
    /// Whether the last one was by hand; `None` where none is known.
    pub last_by_hand: Option<bool>,
    /// How many there were before it, and how many of those by hand.
    pub earlier: u32,
    pub by_hand: u32,
    /// The same of all passwords, with the last ones.
    pub everybodys: u32,
    pub everybodys_by_hand: u32,
}

/// A change of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordChange {
    pub id: i64,
    credential: u64,
    by_hand: bool,
}

/// Changes of passwords, in the order of their ids.
#[derive(Debug, Default)]
pub struct Changes {
    all: BTreeMap<i64, PasswordChange>,
    of: HashMap<u64, BTreeMap<i64, bool>>,
    by_hand: u32,
}

impl PasswordChange {
    /// The change that a password operation is; `None` for other operations, for those that have not ended well, and where nothing says who
    /// asked for it.
    pub fn of((id, values): &KeptRow) -> Option<Self> {
        let text = |key: &str| {
            let place = PASSWORD_OPERATION.stored().position(|column| column.key == key)?;
            if let Value::Text(text) = values.get(place)? { Some(text.as_str()) } else { None }
        };
        if text("status")? != OperationStatus::Success.name() || !PASSWORD_CHANGES.contains(&text("operation")?) {
            return None;
        }
        let by_hand = match text("requester_kind")? {
            "User" => true,
            "Task" | "Set" => false,
            _ => return None,
        };
        let credential = credential_key(&fold::key(text("device")?), &fold::key(text("username")?));
        Some(Self { id: *id, credential, by_hand })
    }
}

impl Changes {
    pub fn add(&mut self, change: PasswordChange) {
        if self.all.insert(change.id, change).is_none() {
            self.of.entry(change.credential).or_default().insert(change.id, change.by_hand);
            self.by_hand += u32::from(change.by_hand);
        }
    }

    /// Forgets those from an id on.
    pub fn remove_from(&mut self, id: i64) {
        for change in self.all.split_off(&id).into_values() {
            self.forget(change);
        }
    }

    /// Forgets those before an id.
    pub fn remove_before(&mut self, id: i64) {
        let kept = self.all.split_off(&id);
        for change in std::mem::replace(&mut self.all, kept).into_values() {
            self.forget(change);
        }
    }

    fn forget(&mut self, change: PasswordChange) {
        self.by_hand -= u32::from(change.by_hand);
        if let Some(of) = self.of.get_mut(&change.credential) {
            of.remove(&change.id);
            if of.is_empty() {
                self.of.remove(&change.credential);
            }
        }
    }

    /// What they say of a credential.
    pub fn last(&self, credential: u64) -> LastChange {
        let everybodys = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let none = LastChange { everybodys, everybodys_by_hand: self.by_hand, ..LastChange::default() };
        let Some((last, earlier)) = self.of.get(&credential).and_then(|of| Some((*of.last_key_value()?.1, of))) else { return none };
        let by_hand = earlier.values().filter(|by_hand| **by_hand).count() as u32;
        LastChange { last_by_hand: Some(last), earlier: earlier.len() as u32 - 1, by_hand: by_hand - u32::from(last), ..none }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_is_told_apart_from_those_before_it() {
        let mut changes = Changes::default();
        let last = |changes: &Changes| {
            let LastChange { last_by_hand, earlier, by_hand, everybodys, everybodys_by_hand } = changes.last(7);
            (last_by_hand, earlier, by_hand, everybodys, everybodys_by_hand)
        };
        assert_eq!(last(&changes), (None, 0, 0, 0, 0));
        for (id, credential, by_hand) in [(10, 7, false), (20, 7, true), (30, 8, true), (40, 7, false), (50, 7, true)] {
            changes.add(PasswordChange { id, credential, by_hand });
        }
        assert_eq!(last(&changes), (Some(true), 3, 1, 5, 3));
        changes.remove_from(50);
        assert_eq!(last(&changes), (Some(false), 2, 1, 4, 2));
        changes.remove_before(30);
        assert_eq!(last(&changes), (Some(false), 0, 0, 2, 1));
        changes.remove_from(0);
        assert_eq!(last(&changes), (None, 0, 0, 0, 0));
    }
}
