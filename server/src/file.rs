//! Files that are never half written, however the process ends, and that several processes may change.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The file that whoever changes another of its folder holds.
pub const LOCK: &str = "lock";

/// Keeps every other process from changing files of a folder until it is dropped.
pub struct Locked(#[expect(dead_code, reason = "it is held, not read")] File);

impl Locked {
    /// Waits for its turn.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(folder.join(LOCK))?;
        file.lock()?;
        Ok(Self(file))
    }
}

/// What a JSON file says; `None` where there is none.
pub fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| named(path, &error.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(path, &error)),
    }
}

/// Writes a value as JSON, as [`put`] does.
pub fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    put(path, serde_json::to_string_pretty(value)?.as_bytes())
}

/// Puts a file in the place of the one that is there. On return it is durable; whoever is killed before leaves the old one.
/// For its owner alone. Two who put the same file at once have to keep its folder [`Locked`].
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_added_extension("new");
    let work = || {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        crate::crash::point("file.written");
        std::fs::rename(&beside, path)?;
        crate::crash::point("file.renamed");
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    work().map_err(|error| named(path, &error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_for_its_owner_alone_and_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kept.json");
        assert_eq!(read::<Vec<u8>>(&path).expect("no file is not an error"), None);
        let _locked = Locked::new(folder.path()).expect("nobody else is there");
        for value in [vec![1, 2, 3], vec![4]] {
            write(&path, &value).expect("is written");
            assert_eq!(read(&path).expect("is read"), Some(value));
        }
        assert_eq!(std::fs::metadata(&path).expect("is there").permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "[4").expect("written");
        assert!(read::<Vec<u8>>(&path).expect_err("is broken").to_string().contains("kept.json"), "the error names the file");
    }
}
