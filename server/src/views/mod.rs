//! Questions to the reports that people keep under a name, theirs alone or shared.
//!
//! What a person keeps of a report is one text among what is kept (`shelf.rs`), changed by compare-and-set: so names, and how many there may be, hold
//! whatever several servers do at once, and copies and backups have them without knowing of them.

mod opening;
mod saving;
mod seen;
mod shelf;

use crate::identity::Identity;
use crate::store::Store;

/// Where people keep views, and find those of others.
pub struct ViewDesk<'a> {
    pub store: &'a dyn Store,
    pub identity: &'a Identity,
}
