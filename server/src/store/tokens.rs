//! Tokens of the API: who sends events, or reads reports, without a browser.

use super::{StoreError, User};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
pub use vigia_app::model::Scope;
use vigia_app::model::Timestamp;

/// A token as it is kept: its text is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// What an admin calls it; unique whatever its case.
    pub name: String,
    /// SHA-256 of the token's text.
    pub hash: [u8; 32],
    pub scope: Scope,
    /// The sources a writer may send for; none for any.
    pub sources: Vec<String>,
    pub created: Timestamp,
    /// Who made it: a user's name, or the account that ran the program.
    pub created_by: String,
    /// The user it belongs to, and ends with; empty for nobody who is known.
    #[serde(default)]
    pub owner: String,
    /// `None` for one that does not expire.
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    /// To about a minute.
    pub last_used: Option<Timestamp>,
}

#[async_trait]
pub trait Tokens: Send + Sync {
    /// By name.
    async fn all(&self) -> Result<Vec<ApiToken>, StoreError>;
    /// Adds the token; false, and nothing done, when the name is taken.
    async fn add(&self, token: ApiToken) -> Result<bool, StoreError>;
    /// The token of this hash, expired and revoked ones included, and the user it belongs to, if there is one of that name.
    async fn by_hash(&self, hash: [u8; 32]) -> Result<Option<(ApiToken, Option<User>)>, StoreError>;
    /// False when there is none of this name, or it is revoked already.
    async fn revoke(&self, name: &str, at: Timestamp) -> Result<bool, StoreError>;
    /// Notes when a token was used last.
    async fn used(&self, hash: [u8; 32], at: Timestamp) -> Result<(), StoreError>;
}
