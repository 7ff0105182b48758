//! A file of this machine as a source.

use super::source::{Pieces, Source};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::task::spawn_blocking;

/// Bytes that are read at once.
pub(super) const PIECE: usize = 256 * 1024;

/// Pieces that are read while another is on its way, that one included.
const AHEAD: usize = 2;

/// A file that is open: who puts another in its place, or removes it, does not disturb who reads it.
pub struct LocalFile(Arc<Opened>);

struct Opened {
    file: File,
    path: PathBuf,
    state: State,
}

/// By what a file that was written to is told from what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    size: u64,
    written: SystemTime,
}

impl LocalFile {
    /// Opens a file that has so many bytes.
    ///
    /// # Errors
    /// When it cannot be opened, or has another size.
    pub async fn open(path: PathBuf, size: u64) -> io::Result<Self> {
        let open = move || match Opened::new(&path) {
            Ok(opened) if opened.state.size == size => Ok(Self(Arc::new(opened))),
            Ok(opened) => Err(changed(&path, &format!("has {} bytes, not {size}", opened.state.size))),
            Err(error) => Err(named(&path, &error)),
        };
        spawn_blocking(open).await?
    }
}

#[async_trait]
impl Source for LocalFile {
    async fn read(&self, bytes: Range<u64>) -> io::Result<Pieces> {
        let opened = Arc::clone(&self.0);
        spawn_blocking(move || opened.check()).await??;
        let opened = Arc::clone(&self.0);
        let starts = stream::iter((bytes.start..bytes.end).step_by(PIECE));
        let pieces = starts.map(move |start| {
            let opened = Arc::clone(&opened);
            // The room comes from the thread that gives it back: many that read would each keep some.
            let room = vec![0; usize::try_from(bytes.end - start).map_or(PIECE, |left| left.min(PIECE))];
            spawn_blocking(move || opened.piece(start, room))
        });
        Ok(pieces.buffered(AHEAD).map(|joined| joined.map_err(io::Error::from).flatten()).boxed())
    }
}

impl Opened {
    fn new(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let state = State::of(&file)?;
        Ok(Self { file, path: path.to_owned(), state })
    }

    /// As many bytes as there is room for, all of them. That the file is as it was is seen after they were read, so they are from before it was written to.
    fn piece(&self, start: u64, mut room: Vec<u8>) -> io::Result<Bytes> {
        self.file.read_exact_at(&mut room, start).map_err(|error| named(&self.path, &error))?;
        self.check()?;
        Ok(room.into())
    }

    fn check(&self) -> io::Result<()> {
        match State::of(&self.file) {
            Ok(state) if state == self.state => Ok(()),
            Ok(_) => Err(changed(&self.path, "was written to while it was read")),
            Err(error) => Err(named(&self.path, &error)),
        }
    }
}

impl State {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { size: metadata.len(), written: metadata.modified()? })
    }
}

fn changed(path: &Path, how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {how}", path.display()))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt as _;
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;

    const SIZE: u64 = 3 * PIECE as u64 + 5;

    /// A file, and its bytes.
    fn file() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kept");
        let bytes: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
        fs::write(&path, &bytes).expect("is written");
        (folder, path, bytes)
    }

    async fn read(source: &LocalFile, bytes: Range<u64>) -> io::Result<Vec<u8>> {
        let pieces: Vec<Bytes> = source.read(bytes).await?.try_collect().await?;
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn what_is_removed_or_replaced_is_read_to_its_end() {
        let (_folder, path, bytes) = file();
        let source = LocalFile::open(path.clone(), SIZE).await.expect("is opened");
        fs::write(path.with_extension("new"), b"other").expect("is written");
        fs::rename(path.with_extension("new"), &path).expect("is replaced");
        fs::remove_file(&path).expect("is removed");
        assert_eq!(read(&source, 0..SIZE).await.expect("is read"), bytes);
        assert_eq!(read(&source, 7..9).await.expect("is read"), bytes[7..9]);
    }

    #[tokio::test]
    async fn a_file_of_another_size_is_not_opened() {
        let (_folder, path, _) = file();
        for size in [0, SIZE - 1, SIZE + 1] {
            let error = LocalFile::open(path.clone(), size).await.err().expect("is refused");
            assert!(error.to_string().contains("kept has 786437 bytes"), "{error}");
        }
        let error = LocalFile::open(path.with_extension("not"), SIZE).await.err().expect("is not there");
        assert!(error.kind() == io::ErrorKind::NotFound && error.to_string().contains("kept.not"), "{error}");
    }

    #[tokio::test]
    async fn a_file_that_is_written_to_gives_an_error_and_no_more_bytes() {
        // Shorter, longer, and other bytes in their place.
        let changes: [fn(&File); 3] = [
            |file| file.set_len(SIZE - 1).expect("is cut"),
            |file| file.set_len(SIZE + 1).expect("is longer"),
            |mut file| file.write_all(b"other").expect("is written"),
        ];
        for change in changes {
            let (_folder, path, bytes) = file();
            let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
            let writer = OpenOptions::new().write(true).open(&path).expect("is opened");
            writer.set_modified(long_ago).expect("is dated");
            let source = LocalFile::open(path, SIZE).await.expect("is opened");
            let mut pieces = source.read(0..SIZE).await.expect("is read");
            assert_eq!(pieces.try_next().await.expect("is read").expect("is there"), bytes[..PIECE]);
            change(&writer);
            // What was read ahead, before, may still come.
            let rest: io::Result<Vec<Bytes>> = pieces.try_collect().await;
            let error = rest.expect_err("has changed");
            assert!(error.to_string().contains("kept was written to"), "{error}");
            assert!(read(&source, 0..1).await.is_err(), "it stays changed");
        }
    }
}
