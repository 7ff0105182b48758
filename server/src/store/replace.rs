//! A database that takes the place of another one once it is whole. The other one is kept, under a name of its own.

use super::StoreError;
use async_trait::async_trait;

/// What is behind the name of a database in that of the one that is to take its place.
pub(super) const NEXT: &str = "restoring";
/// What is behind it, before a time, in that of the one whose place was taken.
pub(super) const BEFORE: &str = "before";

/// A database that nobody uses, and one that is made to take its place.
#[async_trait]
pub trait Replacement: Send {
    /// Where the one is made: there is nothing yet.
    fn url(&self) -> &str;
    /// Takes the place, with nobody at either, and says where the other one is kept. Whoever is killed in between leaves the one or the other in the
    /// place, whole; on return what is there is durable.
    ///
    /// # Errors
    /// When somebody uses the other one by now, or it cannot be done: then that one is where it was.
    async fn finish(&self) -> Result<String, StoreError>;
    /// Removes what was made of it; the other one is as it was.
    ///
    /// # Errors
    /// When it cannot be removed.
    async fn abandon(&self) -> Result<(), StoreError>;
}

/// Refuses to touch one that somebody uses.
pub(super) fn used(what: &str) -> StoreError {
    StoreError::Unusable(format!("Somebody uses {what}. Stop every vigia on it, and whoever else has it open, and restore again."))
}

/// Refuses to make one where something is.
pub(super) fn left(what: &str) -> StoreError {
    StoreError::Unusable(format!(
        "There is {what} already: another restore is at work, or one was ended. Remove it if none is, and restore again."
    ))
}
