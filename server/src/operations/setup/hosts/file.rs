//! A file with a host a line, read anew whenever it has changed.

use super::list::List;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Most bytes of a file of hosts.
pub const LONGEST: u64 = 4 * 1024 * 1024;
/// A file that was changed so short ago may change again without another time: what it says is not kept.
const SETTLED: Duration = Duration::from_secs(2);

/// What the file says; or what is wrong with it, without a full stop. Where one line is wrong, so is all of it.
type Said = Arc<Result<List, String>>;

/// See the module.
#[derive(Debug)]
pub(super) struct ListFile {
    path: PathBuf,
    kept: Mutex<Option<(Stamp, Said)>>,
}

/// Tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: SystemTime,
    size: u64,
    inode: u64,
}

impl ListFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path, kept: Mutex::default() }
    }

    /// The hosts of the file as it is now.
    pub fn list(&self) -> Said {
        let about = match fs::metadata(&self.path) {
            Ok(about) => about,
            Err(error) => return Arc::new(Err(format!("{} cannot be read: {error}", self.path.display()))),
        };
        let stamp = stamp(&about);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, said)) = kept.as_ref().filter(|(known, _)| Some(*known) == stamp) {
            return said.clone();
        }
        let said: Said = Arc::new(read(&self.path, &about));
        let settled = stamp.filter(|stamp| stamp.changed.elapsed().is_ok_and(|age| age > SETTLED));
        *kept = settled.map(|stamp| (stamp, said.clone()));
        said
    }
}

fn stamp(about: &Metadata) -> Option<Stamp> {
    Some(Stamp { changed: about.modified().ok()?, size: about.len(), inode: about.ino() })
}

fn read(path: &Path, about: &Metadata) -> Result<List, String> {
    let file = path.display();
    if about.len() > LONGEST {
        return Err(format!("{file} is longer than {} MiB", LONGEST >> 20));
    }
    let text = fs::read_to_string(path).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let mut list = List::default();
    for (number, line) in text.lines().enumerate() {
        let host = line.split('#').next().unwrap_or_default().trim();
        if !host.is_empty() {
            list.add(host).map_err(|wrong| format!("{file}, line {}: {wrong}", number + 1))?;
        }
    }
    if list.is_empty() { Err(format!("{file} names no host; write one a line, as in srv-db-01")) } else { Ok(list) }
}

#[cfg(test)]
mod tests {
    use super::super::Hosts;
    use std::fs;

    #[test]
    fn a_file_is_read_anew_when_it_has_changed_and_nothing_is_listed_while_it_is_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hosts");
        let write = |text: &str| fs::write(&path, text).expect("written");
        let missing = Hosts::new(&[], Some(path.clone())).expect_err("there is no file");
        assert!(missing.starts_with("hosts_file: ") && missing.contains("cannot be read"), "{missing}");
        write("# databases\n\nsrv-db-1 # the old one\r\n10.20.0.0/16\n");
        let hosts = Hosts::new(&["srv-web-1".to_owned()], Some(path.clone())).expect("is sound");
        let goes = |device: &str| hosts.check("pg", device).map_err(|refused| refused.to_string());
        assert!(goes("srv-db-1").is_ok() && goes("10.20.1.1").is_ok() && goes("srv-web-1").is_ok() && goes("srv-db-2").is_err());
        write("srv-db-2\n");
        assert!(goes("srv-db-2").is_ok() && goes("srv-db-1").is_err());
        write("srv-db-2\n*\n");
        let wrong = goes("srv-db-2").expect_err("a line is wrong");
        assert!(wrong.contains("line 2") && wrong.contains("every name"), "{wrong}");
        assert!(goes("srv-web-1").is_ok(), "what the connectors file lists needs no other");
        fs::remove_file(&path).expect("removed");
        assert!(goes("srv-db-2").is_err());
        write("srv-db-2");
        assert!(goes("srv-db-2").is_ok());
        // Settled long ago: kept, until the file is another one.
        let old = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(old)).expect("set");
        assert!(goes("srv-db-2").is_ok() && goes("srv-db-2").is_ok());
        write("srv-db-3");
        assert!(goes("srv-db-3").is_ok() && goes("srv-db-2").is_err());
        write("# nothing\n");
        assert!(goes("srv-db-3").expect_err("is empty").contains("names no host"));
    }
}
