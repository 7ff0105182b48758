//! What a transaction has done to events, on its way into the journal.

use super::extent::Extent;
use vigia_app::model::Report;

/// Ids in one entry.
const MOST: usize = 10_000;

/// Collects which events a transaction stores, changes or removes. Whatever does so needs one, and the store's `journal` writes down
/// what it holds before the transaction is committed.
#[derive(Default)]
pub(super) struct Changed {
    /// Ids that are not encoded yet, fewer than [`MOST`] of each report.
    ids: Vec<(&'static str, Vec<i64>)>,
    entries: Vec<Written>,
}

/// The key of the report, and its events as [`Extent`] encodes them.
type Written = (&'static str, Vec<u8>);

impl Changed {
    /// These events are stored, changed or removed.
    pub fn events(&mut self, report: &'static Report, ids: impl IntoIterator<Item = i64>) {
        let place = self.ids.iter().position(|(key, _)| *key == report.key).unwrap_or_else(|| {
            self.ids.push((report.key, Vec::new()));
            self.ids.len() - 1
        });
        for id in ids {
            let collected = &mut self.ids[place].1;
            collected.push(id);
            if collected.len() == MOST {
                let full = std::mem::take(collected);
                self.entries.push((report.key, Extent::encode_events(full)));
            }
        }
    }

    /// Events below this id are removed.
    pub fn below(&mut self, report: &'static Report, id: i64) {
        self.entries.push((report.key, Extent::encode_below(id)));
    }

    /// What is to be written.
    pub fn entries(self) -> Vec<Written> {
        let mut entries = self.entries;
        entries.extend(self.ids.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(key, ids)| (key, Extent::encode_events(ids))));
        entries
    }
}
