//! Brings the schema to this version.

use super::connection::failed;
use crate::store::StoreError;
use crate::store::migrations::long_steps;
use crate::store::schema::Dialect;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// "Vigi" in SQLite's header: tells Vigia's databases from others.
pub(super) const APPLICATION: i32 = 0x5669_6769;

/// How many migrations a database of Vigia's has gone through, where there are more; nothing for one that is new, of this version, or of somebody else.
pub(super) fn older(connection: &Connection) -> Result<Option<u32>, StoreError> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0)).map_err(failed);
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let done = u32::try_from(version).unwrap_or(0);
    let is_older = application == APPLICATION && done > 0 && (done as usize) < Dialect::Sqlite.migrations().len();
    Ok(is_older.then_some(done))
}

/// Runs what is missing, each migration in a transaction of its own. Two processes that start at once do it once.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let migrations = Dialect::Sqlite.migrations();
    let (mut taken, mut is_new) = (0, false);
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let pragma = |name: &str| transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0)).map_err(failed);
        let (application, version) = (pragma("application_id")?, pragma("user_version")?);
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        let done = usize::try_from(version).unwrap_or(0);
        is_new |= done == 0;
        if application != APPLICATION && tables > 0 {
            return Err(StoreError::Unusable(format!("{} is the database of another program. Name another file.", path.display())));
        }
        if done > migrations.len() {
            return Err(StoreError::Unusable(format!(
                "{} was written by a newer Vigia (schema {done}, this one knows up to {}). Start the newer one, or name another file.",
                path.display(),
                migrations.len()
            )));
        }
        let Some(migration) = migrations.get(done) else { return Ok(()) };
        let steps: Vec<&str> = long_steps(migration).filter(|_| !is_new).collect();
        if let Some(step) = steps.get(taken) {
            let (number, of) = (taken + 1, steps.len());
            tracing::info!(
                "the database is brought to this version, step {number} of {of}; it can be interrupted, and goes on at the next start"
            );
            transaction.execute_batch(step).map_err(failed)?;
            transaction.commit().map_err(failed)?;
            taken += 1;
            continue;
        }
        transaction.execute_batch(migration).map_err(failed)?;
        transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}", done + 1)).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        taken = 0;
    }
}
