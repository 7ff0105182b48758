//! An archive that is named by its address: a path, or `s3://BUCKET/PREFIX/NAME.tar.zst.age`.

use super::bucket::Bucket;
use super::copy_error::CopyError;
use super::variables::StoreVariables;
use crate::backups::archive::EXTENSION;
use crate::config::CopyPlace;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// An archive in a file, which is gone afterwards where it was fetched.
pub struct Fetched {
    path: PathBuf,
    is_ours: bool,
}

impl Fetched {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Has an archive in a file: where it is, or fetched into a file in `folder`, for its owner alone. Nobody has looked what it is.
///
/// # Errors
/// When it is not there, or the store does not give it; a sentence.
pub async fn fetched(address: &str, variables: &StoreVariables, folder: &Path) -> Result<Fetched, String> {
    let Some((scheme, _)) = address.split_once("://") else { return Ok(Fetched { path: address.into(), is_ours: false }) };
    let wrong = || format!("{address:?} is no archive; write a path, or s3://BUCKET/PREFIX/NAME{EXTENSION}.");
    if scheme == "file" {
        let Ok(CopyPlace::Folder(path)) = address.parse() else { return Err(wrong()) };
        return Ok(Fetched { path, is_ours: false });
    }
    let (place, file) = address.rsplit_once('/').ok_or_else(wrong)?;
    let place = place.parse::<CopyPlace>().map_err(|why| format!("The address of the archive {why}."))?;
    let CopyPlace::Bucket { bucket, prefix } = place else { return Err(wrong()) };
    let name = file.strip_suffix(EXTENSION).ok_or_else(wrong)?;
    let store = Bucket::open(&bucket, &prefix, variables).map_err(|error| error.to_string())?;
    let path = folder.join(format!("vigia-{:016x}{EXTENSION}", rand::random::<u64>()));
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
    let file = file.map_err(|error| format!("The archive cannot be fetched into {}: {error}.", folder.display()))?;
    let fetched = Fetched { path, is_ours: true };
    store.read(name, file).await.map_err(|error: CopyError| format!("{address}: {error}"))?;
    Ok(fetched)
}
