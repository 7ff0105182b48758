//! How many rows match.

use super::Search;
use super::source::Driver;
use crate::store::StoreError;
use crate::store::sqlite::connection::failed;
use crate::store::sqlite::readers::is_interrupted;
use crate::store::sqlite::sql::Sql;
use rusqlite::params_from_iter;
use std::collections::HashSet;

/// How many rows were counted, and whether these are all.
pub(in crate::store::sqlite) struct Counted {
    pub rows: usize,
    pub all: bool,
}

impl Search<'_> {
    /// Counts up to `cap` rows, or until the connection's deadline.
    pub(in crate::store::sqlite) fn count(&self, cap: usize) -> Result<Counted, StoreError> {
        let driver = self.cheapest(cap)?.unwrap_or(Driver::Table);
        let (sources, several) = self.sources(driver);
        let mut rows = 0;
        let mut seen = several.then(HashSet::new);
        for source in sources {
            match self.step(&source, cap, &mut rows, seen.as_mut()) {
                Ok(()) if rows < cap => {}
                Ok(()) => return Ok(Counted { rows: cap, all: false }),
                Err(StoreError::Failed(cause)) if is_interrupted(&cause) => return Ok(Counted { rows, all: false }),
                Err(error) => return Err(error),
            }
        }
        Ok(Counted { rows, all: true })
    }

    /// Counts the rows of a source that are not in `seen`.
    fn step(&self, source: &Sql, cap: usize, rows: &mut usize, mut seen: Option<&mut HashSet<i64>>) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT id{}", source.text)).map_err(failed)?;
        let mut matching = statement.query(params_from_iter(&source.values)).map_err(failed)?;
        while *rows < cap
            && let Some(row) = matching.next().map_err(failed)?
        {
            let new = match &mut seen {
                Some(seen) => seen.insert(row.get(0).map_err(failed)?),
                None => true,
            };
            *rows += usize::from(new);
        }
        Ok(())
    }
}
