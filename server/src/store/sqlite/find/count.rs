//! How many rows match.

use super::Search;
use super::source::Driver;
use crate::store::StoreError;
use crate::store::sqlite::connection::failed;
use crate::store::sqlite::predicate::Sql;
use crate::store::sqlite::readers::is_interrupted;
use rusqlite::params_from_iter;

/// How many rows were counted, and whether these are all.
pub(in crate::store::sqlite) struct Counted {
    pub rows: usize,
    pub all: bool,
}

impl Search<'_> {
    /// Counts up to `cap` rows, or until the connection's deadline.
    pub(in crate::store::sqlite) fn count(&self, cap: usize) -> Result<Counted, StoreError> {
        let driver = self.cheapest(cap, None)?.map_or(Driver::Table, |(driver, _)| driver);
        let mut rows = 0;
        for source in self.sources(driver) {
            match self.step(&source, cap, &mut rows) {
                Ok(()) if rows < cap => {}
                Ok(()) => return Ok(Counted { rows: cap, all: false }),
                Err(StoreError::Failed(cause)) if is_interrupted(&cause) => return Ok(Counted { rows, all: false }),
                Err(error) => return Err(error),
            }
        }
        Ok(Counted { rows, all: true })
    }

    fn step(&self, source: &Sql, cap: usize, rows: &mut usize) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT 1{}", source.text)).map_err(failed)?;
        let mut matching = statement.query(params_from_iter(&source.values)).map_err(failed)?;
        while *rows < cap && matching.next().map_err(failed)?.is_some() {
            *rows += 1;
        }
        Ok(())
    }
}
