//! How a database comes to have the tables of this version, step by step.

use super::schema::Dialect;
use std::borrow::Cow;

// `SQLITE` and `POSTGRES`: the files of `server/migrations`, in order. One that was released never changes.
include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// How many there are: what a database of this version has gone through.
pub const SCHEMA: u32 = SQLITE.len() as u32;

/// How many migrations this program knows of.
pub fn known() -> u32 {
    u32::try_from(Dialect::Sqlite.migrations().len()).unwrap_or(u32::MAX)
}

/// The statements of a migration that take long, where a database is large: each is carried out in a transaction of its own before the whole
/// migration is, and does nothing where it was before.
pub(super) fn long_steps(migration: &str) -> impl Iterator<Item = &str> {
    // What stands before an empty line is a comment.
    let statements = migration.split_inclusive(';').map(|statement| statement.rsplit("\n\n").next().unwrap_or_default().trim());
    statements.filter(|statement| statement.starts_with("DROP") && statement.contains(" IF EXISTS "))
}

impl Dialect {
    /// What makes a database of this version of an empty one, in order.
    pub(super) fn migrations(self) -> Vec<Cow<'static, str>> {
        let steps = match self {
            Self::Sqlite => SQLITE,
            Self::Postgres => POSTGRES,
        };
        let steps = steps.iter().map(|step| Cow::Borrowed(*step));
        #[cfg(feature = "fifth-report")]
        let steps = steps.chain([Cow::Owned(self.tables(&vigia_app::reports::ACCOUNT_DISCOVERY))]);
        steps.collect()
    }
}
