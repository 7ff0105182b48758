//! What all reports say of a person, a device, a credential, a ticket or a time.

mod timeline;

use crate::clock::Clock;
use crate::index::Index;
use crate::store::Store;
use std::sync::Arc;

/// Answers what is asked of all reports at once. Every role may ask; a manager sees pseudonyms in place of names, and asks by them, where an administrator
/// has switched them on.
#[derive(Clone)]
pub struct StoryService {
    store: Arc<dyn Store>,
    clock: Clock,
    index: Index,
}

impl StoryService {
    pub fn new(store: Arc<dyn Store>, clock: Clock, index: Index) -> Self {
        Self { store, clock, index }
    }
}
