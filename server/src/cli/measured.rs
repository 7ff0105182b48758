//! What was read of a file: how much, and its hash, for whoever asks later which file it was.

use crate::digest::hex;
use crate::ingest::Summary;
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes and hash of what was read until now, as it stands in the file: packed, where it is packed.
#[derive(Clone, Default)]
pub(super) struct Measured(Arc<Mutex<(u64, Sha256)>>);

impl Measured {
    /// A reader that is measured.
    pub(super) fn of<R: Read>(&self, reader: R) -> impl Read + use<R> {
        Measuring { reader, measured: self.clone() }
    }

    /// In words; with what became of it, where it was read to its end.
    pub(super) fn counts(&self, summary: Option<&Summary>) -> Vec<(&'static str, String)> {
        let (bytes, hash) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut counts = vec![("Bytes read", bytes.to_string()), ("SHA-256 of what was read", hex(&hash.finalize()))];
        if let Some(summary) = summary {
            counts.extend([
                ("Lines", summary.lines.to_string()),
                ("Stored", summary.stored().to_string()),
                ("There already", summary.duplicates().to_string()),
                ("Broken", summary.broken_lines.to_string()),
                ("In the quarantine", summary.quarantined.to_string()),
            ]);
        }
        counts
    }
}

struct Measuring<R> {
    reader: R,
    measured: Measured,
}

impl<R: Read> Read for Measuring<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        let (bytes, hash) = &mut *self.measured.0.lock().unwrap_or_else(PoisonError::into_inner);
        *bytes += count as u64;
        hash.update(&into[..count]);
        Ok(count)
    }
}
