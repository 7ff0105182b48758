//! What a reader of a stream has to remember over a restart.

use super::StoreError;
use async_trait::async_trait;
use std::collections::HashMap;

/// Texts by space and key.
#[async_trait]
pub trait Kept: Send + Sync {
    /// Everything of a space, in the order of the keys.
    async fn all(&self, space: &str) -> Result<Vec<(String, String)>, StoreError>;
    async fn get(&self, space: &str, key: &str) -> Result<Option<String>, StoreError>;
    /// Those of the keys that are there, with their values.
    async fn some(&self, space: &str, keys: Vec<String>) -> Result<HashMap<String, String>, StoreError> {
        let mut found = HashMap::new();
        for key in keys {
            if let Some(value) = self.get(space, &key).await? {
                found.insert(key, value);
            }
        }
        Ok(found)
    }
    /// Up to `limit` of a space whose keys lie behind one, in their order.
    async fn behind(&self, space: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        let all = self.all(space).await?;
        Ok(all.into_iter().filter(|(known, _)| known.as_str() > key).take(limit).collect())
    }
    /// Sets and removes (`None`) values, all or none; on return they are durable.
    async fn set(&self, space: &str, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError>;
}
