//! How a database comes to have the tables of this version, step by step.

use super::schema::Dialect;
use std::borrow::Cow;

/// A step for SQLite, and the same for PostgreSQL.
macro_rules! step {
    ($name:literal) => {
        [
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        ]
    };
}

/// In order; one that was released never changes.
const STEPS: &[[&str; 2]] = &[
    step!("0001_events"),
    step!("0002_identity"),
    step!("0003_ingest"),
    step!("0004_operations"),
    step!("0005_journal"),
    step!("0006_attempts"),
];

impl Dialect {
    /// What makes a database of this version of an empty one, in order.
    pub(super) fn migrations(self) -> Vec<Cow<'static, str>> {
        let steps = STEPS.iter().map(|&[sqlite, postgres]| match self {
            Self::Sqlite => Cow::Borrowed(sqlite),
            Self::Postgres => Cow::Borrowed(postgres),
        });
        #[cfg(feature = "fifth-report")]
        let steps = steps.chain([Cow::Owned(self.tables(&vigia_app::reports::ACCOUNT_DISCOVERY))]);
        steps.collect()
    }
}
