//! Whether an archive is what its manifest says.

use super::archive::keys::Identity;
use super::archive::manifest::Manifest;
use super::archive::measured::Measured;
use super::archive::note::Verifier;
use super::archive::read::{ReadError, manifest, read};
use super::place::Stored;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes that a backup may unpack to, for each byte of its file: text gets nowhere near.
const RATIO: u64 = 2_000;

/// An archive that was found whole, and how it is read again.
pub(super) struct Checked {
    pub manifest: Manifest,
    pub identities: Vec<Identity>,
    pub signer: Option<Verifier>,
    pub path: PathBuf,
    /// Bytes that may be in it, unpacked.
    pub most: u64,
}

/// Reads an archive, of which there is nothing else, to know that it is whole.
pub(super) async fn checked(file: &Path, identities: Vec<Identity>, signer: Option<Verifier>) -> Result<Checked, ReadError> {
    let (path, most) = (file.to_owned(), file.metadata().map_err(ReadError::Unreadable)?.len().saturating_mul(RATIO));
    let checked = tokio::task::spawn_blocking(move || {
        let file = File::open(&path).map_err(ReadError::Unreadable)?;
        let manifest = read(file, &identities, signer.as_ref(), most, |_, _| Ok(()))?;
        Ok(Checked { manifest, identities, signer, path, most })
    });
    checked.await.map_err(|error| ReadError::Unreadable(io::Error::other(error)))?
}

/// Reads an archive from its beginning to its end, and holds it against the manifest beside it, which `signer` must have signed: size and SHA-256 of the
/// file, and what is in it, line by line. Of one that the instance that made it does not open, what is in it is left out.
///
/// # Errors
/// With the first thing that is wrong.
pub fn verify(stored: &Stored, identities: &[Identity], signer: &Verifier) -> Result<Manifest, ReadError> {
    let beside = manifest(signer.open(&stored.note)?)?;
    let Some(archive) = &beside.archive else { return Err(ReadError::Damaged("its manifest does not say how large it is".to_owned())) };
    let file = File::open(&stored.path).map_err(ReadError::Unreadable)?;
    let size = file.metadata().map_err(ReadError::Unreadable)?.len();
    if size != archive.size {
        return Err(ReadError::Damaged(format!("it has {size} bytes, and its manifest says {}", archive.size)));
    }
    if !beside.opens_here() {
        let mut read = Measured::new(file);
        io::copy(&mut read, &mut io::sink()).map_err(ReadError::Unreadable)?;
        return if read.finish().2 == archive.sha256 {
            Ok(beside)
        } else {
            Err(ReadError::Damaged("its SHA-256 is not the one that its manifest says".to_owned()))
        };
    }
    let found = read(file, identities, Some(signer), archive.plain_size, |_, _| Ok(()))?;
    if found != beside {
        return Err(ReadError::Damaged("it is not the one that the manifest beside it is about".to_owned()));
    }
    Ok(beside)
}
