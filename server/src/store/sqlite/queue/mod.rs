//! The queue's tables: operations as they stand, and how they came to stand so.

pub(super) mod entry;
pub(super) mod history;
pub(super) mod whole;
