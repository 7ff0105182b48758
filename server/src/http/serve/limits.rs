//! How many connections there may be, and how long each may take for what.

use crate::doors;
use std::time::Duration;

/// Most connections at a time, however many files may be open. Each takes some 20 KiB while nothing is asked.
const CONNECTIONS: usize = 2_048;
/// Of them, those whose head has begun and not ended: each may hold up to [`Limits::HEAD_BYTES`] of it.
const HEADS: usize = 256;

/// See the module. [`Limits::default`] is for a process that may have as many files open as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub doors: doors::Limits,
    /// How long the head of a request may take, from its first byte to its last.
    pub head: Duration,
    /// How long a connection may be silent before a request, or between two.
    pub idle: Duration,
    /// How long the socket may take no byte of an answer before the connection is cut. An answer that goes on, however slowly, is not.
    pub stalled: Duration,
}

impl Limits {
    /// Longest head that is read, in bytes: twice the longest address. Of an answer, so much is made before the client has taken what was made.
    pub(super) const HEAD_BYTES: usize = 2 * crate::http::limits::MAX_URI;

    /// For a process that may have so many files open. Half of them are for connections; three quarters of those for one address, since many
    /// people may be behind one, and a proxy is everybody.
    pub fn within(open_files: u64) -> Self {
        let all = usize::try_from(open_files / 2).unwrap_or(usize::MAX).clamp(8, CONNECTIONS);
        let doors = doors::Limits { all, per_address: all / 4 * 3, asking: HEADS.min(all / 4), known_give_way: true };
        Self { doors, head: Duration::from_secs(10), idle: Duration::from_secs(60), stalled: Duration::from_secs(30) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::within(u64::MAX)
    }
}
