//! What is watched: users, devices and credentials of which somebody wants to know at once.

use crate::model::Timestamp;
use crate::story::Subject;
use serde::{Deserialize, Serialize};

/// Somebody or something that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// A user, a device or a credential, by the name that events say.
    pub of: Subject,
    /// The name that whoever watches it signs in with.
    pub by: String,
    /// By the database's clock.
    pub since: Timestamp,
    /// Why; may be empty.
    pub reason: String,
}

impl Watched {
    /// Most that are watched at a time.
    pub const MOST: usize = 1_000;
    /// Longest reason, in bytes.
    pub const MAX_REASON: usize = 500;
}
