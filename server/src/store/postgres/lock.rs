//! The advisory locks that processes on one database share. All are of the class "Vigi".

/// Held in a transaction that changes the schema.
pub(super) const SCHEMA: &str = "SELECT pg_advisory_xact_lock(1449748329, 0)";
/// Held in a transaction that makes or drops partitions.
pub(super) const PARTITIONS: &str = "SELECT pg_advisory_xact_lock(1449748329, 1)";

/// Held in a transaction that takes operations, or decides which of them wait: one after the other, over all servers.
pub(super) const TAKING: &str = "SELECT pg_advisory_xact_lock(1449748329, 2)";
/// Shared by transactions that let operations go, so that [`TAKING`] waits for them: whoever is to wait for an operation must not miss its end.
pub(super) const LETTING_GO: &str = "SELECT pg_advisory_xact_lock_shared(1449748329, 2)";

/// Shared by whoever reads everything as it was at one moment, for as long as the connection lives. Taken before that moment.
pub(super) const STILL: &str = "SELECT pg_advisory_lock_shared(1449748329, 3)";
/// Whether nobody does, and nobody begins to until the transaction ends.
pub(super) const NOBODY_STILL: &str = "SELECT pg_try_advisory_xact_lock(1449748329, 3)";

/// Ends that, where the connection goes on.
pub(super) const NOT_STILL: &str = "SELECT pg_advisory_unlock_shared(1449748329, 3)";

/// Held for as long as the connection lives by whoever makes a backup of a database of an earlier version and then brings it to this one.
pub(super) const UPGRADE: &str = "SELECT pg_advisory_lock(1449748329, 4)";

/// How many processes can store at once.
pub(super) const LANES: i64 = 64;
/// Takes a free lane for as long as the connection lives.
pub(super) fn lane() -> String {
    format!("SELECT lane FROM generate_series(0, {}) AS lane WHERE pg_try_advisory_lock(1449748329, 1000 + lane) LIMIT 1", LANES - 1)
}

/// Work that nobody looks at a page for may take longer than a question.
pub(super) const PATIENT: &str = "SET LOCAL statement_timeout = '10min'";
