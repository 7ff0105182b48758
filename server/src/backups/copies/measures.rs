//! What a copy has to be.

use super::copy_error::CopyError;
use crate::backups::place::Stored;

/// Bytes of an archive, and their SHA-256 in hexadecimal digits: what a copy has to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures<'a> {
    pub size: u64,
    pub sha256: &'a str,
}

impl<'a> Measures<'a> {
    pub(super) fn of(stored: &'a Stored) -> Result<Self, CopyError> {
        let archive = stored.manifest.archive.as_ref();
        let archive = archive.ok_or_else(|| CopyError::Original("its manifest does not say how large it is".to_owned()))?;
        Ok(Self { size: archive.size, sha256: &archive.sha256 })
    }
}
