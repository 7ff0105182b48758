//! How much at a time, and for how long: the same for every database.

/// Counting may take this part of the time a question may: the rows are on the screen before it is done.
pub const COUNT_SHARE: u32 = 10;
/// How long failed sign-ins are remembered, in milliseconds: a day.
pub const FAILURES_KEPT: i64 = 24 * 60 * 60 * 1000;
/// Pieces of work that may wait to be written before callers have to.
pub const WAITING: usize = 256;
/// Pieces of work in one commit.
pub const GROUP: usize = 256;
/// Events removed, or forgotten, in one transaction where the caller names no number.
pub const REMOVED: u32 = 10_000;
