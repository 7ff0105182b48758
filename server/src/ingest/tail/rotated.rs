//! The files that rotation left beside a log, in the order in which they were written.
//!
//! A rotated file is told by its name: that of the log, `.`, `-` or `_`, and digits (`app.log.1`, `app.log-20261122`), perhaps with the ending behind them
//! (`app-20261122.log`), perhaps packed (`.gz`, `.zst`). Numbers grow as files grow older; dates do the opposite.

use super::file_position::FilePosition;
use crate::ingest::lines::decompress;
use std::fs::{File, Metadata};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How packed files end.
const PACKED: [&str; 2] = ["gz", "zst"];
/// Most digits of a number that is not a date.
const MAX_NUMBER: usize = 5;

/// A file that rotation left.
struct Rotated {
    path: PathBuf,
    name: Name,
    packed: bool,
    now: Metadata,
}

/// What of its name tells when it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Number(u32),
    Date(String),
}

/// Where reading goes on.
pub(super) enum Next {
    /// In the log itself.
    Log,
    /// In this file, from its beginning.
    File(PathBuf),
}

/// What comes behind a place, and what is known to be missing between the two.
pub(super) struct Behind {
    pub next: Next,
    pub gap: Option<&'static str>,
}

/// A number is missing in the row.
const MISSING: &str = "a rotated file is missing between the one that was read and the next";

/// What comes behind the file of this place, once it is read to its end.
pub(super) fn behind(place: &FilePosition, log: &Path) -> io::Result<Behind> {
    let files = files(log)?;
    match position(place, &files)? {
        Some(at) => {
            let gap = match (&files[at].name, files.get(at + 1).map(|next| &next.name)) {
                (Name::Number(number), Some(Name::Number(next))) if next + 1 < *number => Some(MISSING),
                (Name::Number(number), None) if *number > 1 => Some(MISSING),
                _ => None,
            };
            Ok(Behind { next: next(files.get(at + 1)), gap })
        }
        // It has a name of its own, or it is gone: what was written after it is behind it.
        None => Ok(Behind { next: next(files.iter().find(|file| place.is_before(&file.now))), gap: None }),
    }
}

fn next(file: Option<&Rotated>) -> Next {
    file.map_or(Next::Log, |file| Next::File(file.path.clone()))
}

/// The file that has what was read at this place, wherever it is now: under another name, copied, or packed.
pub(super) fn find(place: &FilePosition, log: &Path) -> io::Result<Option<PathBuf>> {
    if let Some(path) = beside(place, log)? {
        return Ok(Some(path));
    }
    let files = files(log)?;
    Ok(position(place, &files)?.map(|at| files[at].path.clone()))
}

/// Whether a file is packed.
pub(super) fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|end| PACKED.iter().any(|packed| end == *packed))
}

/// What is in a packed file.
pub(super) fn unpacked(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    decompress(File::open(path)?)
}

/// The file of this place in the folder of the log, under whatever name it has now.
fn beside(place: &FilePosition, log: &Path) -> io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(folder(log))?.filter_map(Result::ok) {
        let is_it = entry.path() != log && entry.metadata().is_ok_and(|found| place.is_of(&found));
        if is_it
            && let Ok(file) = File::open(entry.path())
            && place.fits(&file)?
        {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// Which of the files has what was read at this place: the very file, else the oldest that begins so and is as long.
fn position(place: &FilePosition, files: &[Rotated]) -> io::Result<Option<usize>> {
    for (at, file) in files.iter().enumerate().filter(|(_, file)| place.is_of(&file.now)) {
        let is_it = if file.packed { place.offset == 0 || file.begins(place) } else { place.fits(&File::open(&file.path)?)? };
        if is_it {
            return Ok(Some(at));
        }
    }
    Ok(files.iter().position(|file| file.begins(place)))
}

impl Rotated {
    /// Whether it has what was read at this place. One that goes while it is looked at has not.
    fn begins(&self, place: &FilePosition) -> bool {
        let begins = if self.packed {
            unpacked(&self.path).and_then(|reader| place.begins(reader))
        } else {
            File::open(&self.path).and_then(|file| place.begins(file))
        };
        begins.unwrap_or(false)
    }
}

/// The rotated files, the oldest first; of one that is being packed, the plain one.
fn files(log: &Path) -> io::Result<Vec<Rotated>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder(log))?.filter_map(Result::ok) {
        let path = entry.path();
        if path == log {
            continue;
        }
        let packed = is_packed(&path);
        let plain = if packed { path.with_extension("") } else { path.clone() };
        let Some(name) = name(&plain, log) else { continue };
        let Ok(now) = entry.metadata() else { continue };
        if now.is_file() && !(packed && plain.exists()) {
            files.push(Rotated { path, name, packed, now });
        }
    }
    let numbers = files.iter().filter(|file| matches!(file.name, Name::Number(_))).count();
    if numbers == files.len() {
        files.sort_by(|a, b| b.name.cmp(&a.name));
    } else if numbers == 0 {
        files.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        files.sort_by_key(|file| file.now.modified().unwrap_or(SystemTime::UNIX_EPOCH));
    }
    Ok(files)
}

fn folder(log: &Path) -> &Path {
    log.parent().unwrap_or(Path::new("/"))
}

/// What the name of a file says, if it is that of a rotated one of this log.
fn name(file: &Path, log: &Path) -> Option<Name> {
    let (file, whole) = (file.file_name()?.to_str()?, log.file_name()?.to_str()?);
    let stem = log.file_stem()?.to_str()?;
    let ending = &whole[stem.len()..];
    let inside = file.strip_suffix(ending).and_then(|rest| rest.strip_prefix(stem)).filter(|_| !ending.is_empty());
    let mark = file.strip_prefix(whole).or(inside)?.strip_prefix(['.', '-', '_'])?;
    let is_mark = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'T');
    if !mark.starts_with(|first: char| first.is_ascii_digit()) || !mark.bytes().all(is_mark) {
        return None;
    }
    let number = mark.parse().ok().filter(|_| mark.len() <= MAX_NUMBER);
    Some(number.map_or_else(|| Name::Date(mark.to_owned()), Name::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_files_are_told_by_their_names() {
        let of = |file: &str| name(Path::new(file), Path::new("/var/log/app.log"));
        assert_eq!(of("app.log.1"), Some(Name::Number(1)));
        assert_eq!(of("app.1.log"), Some(Name::Number(1)));
        assert_eq!(of("app.log-20261122"), Some(Name::Date("20261122".to_owned())));
        assert_eq!(of("app-2026-11-22T14:03.log"), Some(Name::Date("2026-11-22T14:03".to_owned())));
        for other in ["app.log", "app.log.bak", "app.log.old", "apps.log.1", "app.log-", "app-error.log", "app.log.1.swp"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
