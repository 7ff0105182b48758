//! An instance that was restored from a backup does nothing by itself until an administrator releases it: the one it was made of may still be at work.

use super::older::Keeping;
use super::{Store, StoreError};
use serde::{Deserialize, Serialize};

const SPACE: &str = "instance";
const KEY: &str = "held";

/// Why an instance does nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The backup it was restored from.
    pub backup: String,
    /// When that one was begun.
    pub start: String,
}

impl Hold {
    /// As it is kept.
    pub fn keeping(&self) -> Result<Keeping, StoreError> {
        let kept = serde_json::to_string(self).map_err(|error| StoreError::Failed(error.into()))?;
        Ok((SPACE, KEY, Some(kept)))
    }
}

/// Has an instance do nothing by itself; on return that is durable.
pub async fn hold(store: &dyn Store, hold: &Hold) -> Result<(), StoreError> {
    let (space, key, kept) = hold.keeping()?;
    store.kept().set(space, vec![(key.to_owned(), kept)]).await
}

/// Whether it is, and why.
pub async fn held(store: &dyn Store) -> Result<Option<Hold>, StoreError> {
    let kept = store.kept().get(SPACE, KEY).await?;
    kept.map(|kept| serde_json::from_str(&kept).map_err(|error| StoreError::Failed(error.into()))).transpose()
}

/// Has it act again.
pub async fn release(store: &dyn Store) -> Result<(), StoreError> {
    store.kept().set(SPACE, vec![(KEY.to_owned(), None)]).await
}
