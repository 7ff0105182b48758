//! How much at a time, and for how long: the same for every database.

/// How long failed sign-ins are remembered, in milliseconds: a day.
pub const FAILURES_KEPT: i64 = 24 * 60 * 60 * 1000;
/// Pieces of work that may wait to be written before callers have to.
pub const WAITING: usize = 256;
/// Pieces of work in one commit.
pub const GROUP: usize = 256;
/// Events removed in one transaction where the caller names no number.
pub const REMOVED: u32 = 10_000;
