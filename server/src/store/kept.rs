//! What a reader of a stream has to remember over a restart.

use super::StoreError;
use async_trait::async_trait;

/// Texts by space and key.
#[async_trait]
pub trait Kept: Send + Sync {
    /// Everything of a space, in the order of the keys.
    async fn all(&self, space: &str) -> Result<Vec<(String, String)>, StoreError>;
    async fn get(&self, space: &str, key: &str) -> Result<Option<String>, StoreError>;
    /// Sets and removes (`None`) values, all or none; on return they are durable.
    async fn set(&self, space: &str, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError>;
}
