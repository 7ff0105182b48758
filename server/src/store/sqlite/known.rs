//! The texts that are in the database for sure, so that storing an event need not ask.

use rusqlite::Connection;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vigia_app::model::{Column, Report};

/// Bytes of texts that are remembered.
const BYTES: usize = 8 << 20;
/// About what an entry takes beside its text.
const ENTRY: usize = 64;

/// Texts and addresses by report and column. Forgets everything as soon as it might be wrong: when another process has written,
/// when a transaction was rolled back, and when values were removed.
#[derive(Default)]
pub(super) struct Known {
    /// SQLite's `data_version`: changes when another connection commits.
    version: i64,
    rolled_back: Arc<AtomicBool>,
    texts: HashMap<(&'static str, &'static str), HashSet<Box<str>>>,
    addresses: HashMap<(&'static str, &'static str), HashSet<IpAddr>>,
    bytes: usize,
}

impl Known {
    /// For this connection, which must be the only one the texts are stored through.
    pub(super) fn of(connection: &mut Connection) -> rusqlite::Result<Self> {
        let known = Self::default();
        let rolled_back = known.rolled_back.clone();
        connection.rollback_hook(Some(move || rolled_back.store(true, Ordering::Relaxed)))?;
        Ok(known)
    }

    /// To be called inside each transaction before anything else.
    pub(super) fn begin(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.rolled_back.swap(false, Ordering::Relaxed) || version != self.version || self.bytes > BYTES {
            self.forget();
        }
        self.version = version;
        Ok(())
    }

    pub(super) fn forget(&mut self) {
        self.texts.clear();
        self.addresses.clear();
        self.bytes = 0;
    }

    /// Whether the text is new here; from now on it is known.
    pub(super) fn text(&mut self, report: &'static Report, column: &'static Column, text: &str) -> bool {
        let of_column = self.texts.entry((report.key, column.key)).or_default();
        if of_column.contains(text) {
            return false;
        }
        self.bytes += text.len() + ENTRY;
        of_column.insert(text.into())
    }

    /// Whether the address is new here; from now on it is known.
    pub(super) fn address(&mut self, report: &'static Report, column: &'static Column, address: IpAddr) -> bool {
        let new = self.addresses.entry((report.key, column.key)).or_default().insert(address);
        self.bytes += if new { ENTRY } else { 0 };
        new
    }
}
