//! Credentials that are seen to again and again.

use super::{Target, Timestamp};
use serde::{Deserialize, Serialize};

/// Credentials whose passwords are changed again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialSet {
    pub name: String,
    pub operation: String,
    pub credentials: Vec<Target>,
    /// Days from one time to the next, 1 to 366.
    pub every_days: u32,
    /// Local time of day at which the window opens and closes, in minutes since midnight; over midnight where it closes first.
    pub window: (u16, u16),
    /// IANA name of the window's zone.
    pub zone: String,
    pub approval: bool,
    pub enabled: bool,
    /// When it is due next; set by the server.
    #[serde(default)]
    pub next: Option<Timestamp>,
}

impl CredentialSet {
    /// Most credentials of one set.
    pub const MAX_CREDENTIALS: usize = 1_000;
}
