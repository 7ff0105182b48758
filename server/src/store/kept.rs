//! What has to be remembered over a restart and is too little for tables of its own: how far a log was read, halves of exchanges, rules,
//! credential sets, how jobs went.

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
    async fn some(&self, space: &str, keys: Vec<String>) -> Result<HashMap<String, String>, StoreError>;
    /// Up to `limit` of a space whose keys lie behind one, in their order.
    async fn behind(&self, space: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError>;
    /// Sets and removes (`None`) values, all or none; on return they are durable.
    async fn set(&self, space: &str, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError>;
    /// Sets a value if it still is what it was (`None`: not there); false, and nothing done, when somebody else was first.
    async fn replace(&self, space: &str, key: &str, was: Option<&str>, value: &str) -> Result<bool, StoreError>;
}
