//! What a request may cost. Endpoints that stream keep limits of their own for bodies and time.

use std::time::Duration;

/// Largest body that is read, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// How long an answer may take.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest address that is read, path and query together, in bytes. A report's query may have half of it.
pub(super) const MAX_URI: usize = 32 * 1024;
