//! The advisory locks that processes on one database share. All are of the class "Vigi".

use sha2::{Digest, Sha256};
use vigia_app::model::Report;

/// Held in a transaction that changes the schema.
pub(super) const SCHEMA: &str = "SELECT pg_advisory_xact_lock(1449748329, 0)";
/// Held in a transaction that makes or drops partitions.
pub(super) const PARTITIONS: &str = "SELECT pg_advisory_xact_lock(1449748329, 1)";

/// Held in a transaction that takes operations, or decides which of them wait: one after the other, over all servers.
pub(super) const TAKING: &str = "SELECT pg_advisory_xact_lock(1449748329, 2)";
/// Shared by transactions that let operations go, so that [`TAKING`] waits for them: whoever is to wait for an operation must not miss its end.
pub(super) const LETTING_GO: &str = "SELECT pg_advisory_xact_lock_shared(1449748329, 2)";

/// How many processes can store at once.
pub(super) const LANES: i64 = 64;
/// Takes a free lane for as long as the connection lives.
pub(super) fn lane() -> String {
    format!("SELECT lane FROM generate_series(0, {}) AS lane WHERE pg_try_advisory_lock(1449748329, 1000 + lane) LIMIT 1", LANES - 1)
}

/// Work that nobody looks at a page for may take longer than a question.
pub(super) const PATIENT: &str = "SET LOCAL statement_timeout = '10min'";

/// Shared by those who store events, so that [`forgetting`] waits for them: a text that a new row has must stay.
pub(super) fn storing(report: &Report) -> String {
    format!("SELECT pg_advisory_xact_lock_shared(1449748329, {})", number(report))
}

/// Held by the one who forgets texts that no row has.
pub(super) fn forgetting(report: &Report) -> String {
    format!("SELECT pg_advisory_xact_lock(1449748329, {})", number(report))
}

/// Follows from the report's key alone, and is above all other numbers.
fn number(report: &Report) -> u32 {
    let hash = Sha256::digest(report.key);
    1 << 30 | (u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_report_has_a_lock_of_its_own() {
        let numbers: HashSet<u32> = vigia_app::reports::ALL.into_iter().map(number).collect();
        assert_eq!(numbers.len(), vigia_app::reports::ALL.len());
        assert!(numbers.iter().all(|number| i64::from(*number) > 1_000 + LANES && i32::try_from(*number).is_ok()));
    }
}
