//! Holding the index against the tables, range by range: the same ids, and for each the same values. What differs is looked at again by
//! whoever follows the journal, which mends it.

use super::Index;
use super::order::key;
use super::segment::{Damaged, Segment};
use super::snapshot::Snapshot;
use crate::jobs::{Job, On};
use crate::store::rows::KeptRow;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::spawn_blocking;
use vigia_app::model::{Direction, Report};
use vigia_app::{reports, text};

/// Rows that are compared at once.
const ROWS: u32 = 5_000;
/// Ranges of each report that a round compares: a hundred thousand rows.
const RANGES: u32 = 20;
const BETWEEN: Duration = Duration::from_secs(600);

/// What a comparison found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Rows of the tables that were compared.
    pub rows: u64,
    /// Ids that the index knew differently, or not, or that are not there any more.
    pub different: u64,
    /// Behind which id the next range begins; `None` when that was the last one.
    pub next: Option<i64>,
}

impl Index {
    /// Compares a range of each report every ten minutes.
    pub fn check_job(&self, store: Arc<dyn Store>) -> Job {
        let (index, places) = (self.clone(), Arc::new(Mutex::new(vec![-1; reports::ALL.len()])));
        Job::every("index-check", text!("job.purpose.index-check"), BETWEEN, On::Each, move || {
            let (index, store, places) = (index.clone(), store.clone(), places.clone());
            async move {
                for (at, report) in reports::ALL.iter().enumerate() {
                    for _ in 0..RANGES {
                        let after = places.lock().unwrap_or_else(PoisonError::into_inner)[at];
                        let Some(checked) = index.check(&*store, report, after).await? else { return Ok(()) };
                        places.lock().unwrap_or_else(PoisonError::into_inner)[at] = checked.next.unwrap_or(-1);
                        if checked.next.is_none() {
                            break;
                        }
                    }
                }
                Ok(())
            }
        })
    }

    /// Compares the range of a report that begins behind an id; `None` while the index does not know.
    pub async fn check(&self, store: &dyn Store, report: &'static Report, after: i64) -> Result<Option<Checked>, StoreError> {
        let rows = store.rows().rows_within(report, after.saturating_add(1)..i64::MAX, Direction::Ascending, ROWS).await?;
        let next = rows.last().map(|(id, _)| *id).filter(|_| rows.len() == ROWS as usize);
        let range = after.saturating_add(1)..=next.unwrap_or(i64::MAX);
        let count = rows.len() as u64;
        let Some(mut different) = self.differences(store, report, range.clone(), rows).await? else { return Ok(None) };
        if !different.is_empty() {
            // What changed while it was read does not count: it is the same by now.
            let rows = store.rows().rows_of(report, different.clone()).await?;
            let Some(still) = self.differences(store, report, range, rows).await? else { return Ok(None) };
            different.retain(|id| still.contains(id));
        }
        if !different.is_empty() {
            tracing::warn!(report = report.key, rows = different.len(), "the index differs from the database, and is mended");
            metrics::counter!("vigia_index_differences_total", "report" => report.key).increment(different.len() as u64);
            self.look_again(report, &different);
        }
        Ok(Some(Checked { rows: count, different: different.len() as u64, next }))
    }

    /// The ids in a range for which index and these rows say something else, in order.
    async fn differences(
        &self,
        store: &dyn Store,
        report: &'static Report,
        range: RangeInclusive<i64>,
        rows: Vec<KeptRow>,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let committed = store.journal().committed().await?;
        let Some(snapshot) = self.snapshot(report, &committed).await else { return Ok(None) };
        let compared = spawn_blocking(move || -> Result<Vec<i64>, Damaged> {
            let known = digests(&snapshot, range)?;
            let there: BTreeMap<i64, u64> = rows.into_iter().map(|(id, values)| (id, digest(values.iter().map(key)))).collect();
            let mut different: Vec<i64> = there.iter().filter(|(id, digest)| known.get(id) != Some(digest)).map(|(id, _)| *id).collect();
            different.extend(known.keys().filter(|id| !there.contains_key(id)));
            different.sort_unstable();
            Ok(different)
        });
        let compared = compared.await.map_err(|error| StoreError::Failed(error.into()))?;
        Ok(self.readable(compared))
    }
}

/// A number for each row in a range, made of its values.
fn digests(snapshot: &Snapshot, range: RangeInclusive<i64>) -> Result<BTreeMap<i64, u64>, Damaged> {
    let mut digests = BTreeMap::new();
    for held in &snapshot.held {
        let segment: &Segment = &held.segment;
        let rows: Vec<u32> = (segment.row_from(*range.start())?..segment.row_from(range.end().saturating_add(1))?)
            .filter(|row| !held.dead.contains(*row))
            .collect();
        if rows.is_empty() {
            continue;
        }
        let mut hashers = vec![DefaultHasher::new(); rows.len()];
        for column in 0..segment.report.stored().count() {
            let (dictionary, codes) = (segment.dictionary(column), segment.codes(column));
            for (row, hasher) in rows.iter().zip(&mut hashers) {
                dictionary.key(codes.code(*row)).hash(hasher);
            }
        }
        segment.sound()?;
        for (row, hasher) in rows.into_iter().zip(hashers) {
            digests.insert(segment.id(row)?, hasher.finish());
        }
    }
    Ok(digests)
}

fn digest<K: AsRef<[u8]>>(keys: impl Iterator<Item = K>) -> u64 {
    let mut hasher = DefaultHasher::new();
    keys.for_each(|key| key.as_ref().hash(&mut hasher));
    hasher.finish()
}
