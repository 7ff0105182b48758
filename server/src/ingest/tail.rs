//! Follows a file that grows, over rotations and restarts.
//!
//! How far it was read is kept in the store, and written after the events before it are durable: a killed process reads the last lines
//! again, and what is there is not stored twice. The place is an offset in a file told by device, inode and its first bytes, so that a
//! file that was renamed is read to its end, and one that was truncated from its beginning.

mod file_position;

use super::formats::Known;
use super::lines::{MAX_LINE, NoText};
use super::{Feed, Intake, Way};
use crate::causes;
use crate::store::StoreError;
use anyhow::Context;
use file_position::{FilePosition, SPACE};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the file has grown.
const POLL: Duration = Duration::from_millis(250);
/// Lines are stored once they have so many bytes together, or there are no more for now.
const GROUP_BYTES: usize = 1 << 20;
/// A file that was renamed is read for so many more looks without anything new: its writer may still have it open.
const LAST_LOOKS: u32 = 8;
/// The store is asked again after this long when it failed.
const RETRY: Duration = Duration::from_secs(2);
/// How often lines are looked through that wait for the other half of their exchange.
const SWEEP: Duration = Duration::from_secs(30);
const BUFFER: usize = 256 << 10;

/// A file that is followed.
pub struct Tail {
    intake: Intake,
    path: PathBuf,
    feed: Feed,
    key: String,
    open: Option<Open>,
    buffer: Vec<u8>,
    swept: Instant,
}

/// The file as it is read now.
struct Open {
    file: File,
    place: FilePosition,
    /// What was read and is not a whole line yet.
    rest: Vec<u8>,
    /// Inside a line that is too long.
    too_long: bool,
    /// Looks since there was something new, after it was renamed.
    looks: u32,
}

impl Tail {
    /// `path` may not be there yet.
    pub fn new(intake: &Intake, known: &Known, source: &str, path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("{} is not a path.", path.display()))?;
        let key = format!("{}/{source}/{}", known.name, path.display());
        let feed = intake.own_feed(Way::Tail, known, source, format!("{SPACE}/{key}"));
        Ok(Self { intake: intake.clone(), path, feed, key, open: None, buffer: vec![0; BUFFER], swept: Instant::now() })
    }

    /// Follows the file until it is told to stop; every whole line that was read is stored before this returns.
    pub async fn run(mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        let mut missing = false;
        while !stop.is_cancelled() {
            let more = match self.look(stop).await {
                Ok(more) => {
                    missing = false;
                    more
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if !std::mem::replace(&mut missing, true) {
                        tracing::info!(file = %self.path.display(), "waiting for the file");
                    }
                    false
                }
                Err(error) => return Err(error).with_context(|| format!("{} cannot be read.", self.path.display())),
            };
            if !more {
                self.store(stop).await;
                self.sweep().await;
                tokio::select! {
                    () = tokio::time::sleep(POLL) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        self.store(stop).await;
        Ok(())
    }

    /// Reads what is there, up to a group of lines; false when there is nothing more for now.
    async fn look(&mut self, stop: &CancellationToken) -> std::io::Result<bool> {
        if self.open.is_none() {
            self.open = Some(self.first().await?);
        }
        let Some(open) = &mut self.open else { return Ok(false) };
        if open.place.was_truncated(&open.file)? {
            tracing::info!(file = %self.path.display(), "the file was truncated; reading it from its beginning");
            open.finish(&mut self.feed);
            self.store(stop).await;
            self.open = Some(Open::new(File::open(&self.path)?, None)?);
            return Ok(true);
        }
        let read = open.file.read(&mut self.buffer)?;
        if read > 0 {
            open.looks = 0;
            open.take(&self.buffer[..read], &mut self.feed);
            if self.feed.bytes() >= GROUP_BYTES {
                self.store(stop).await;
            }
            return Ok(true);
        }
        match std::fs::metadata(&self.path) {
            Ok(now) if open.place.is_of(&now) => Ok(false),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            found => {
                open.looks += 1;
                if open.looks <= LAST_LOOKS || found.is_err() {
                    return Ok(false);
                }
                tracing::info!(file = %self.path.display(), "the file was rotated; reading the new one");
                open.finish(&mut self.feed);
                self.store(stop).await;
                self.open = Some(Open::new(File::open(&self.path)?, None)?);
                Ok(true)
            }
        }
    }

    /// The file to begin with, at the place that was kept: the one of the path, or the one it was renamed to meanwhile.
    async fn first(&mut self) -> std::io::Result<Open> {
        let kept = loop {
            match self.intake.store.kept().get(SPACE, &self.key).await {
                Ok(kept) => break kept,
                Err(error) => log(&error, "the place in the file could not be read; trying again"),
            }
            tokio::time::sleep(RETRY).await;
        };
        let Some(place) = kept.as_deref().and_then(FilePosition::read) else { return Open::new(File::open(&self.path)?, None) };
        match File::open(&self.path) {
            Ok(file) if place.fits(&file)? => return Open::new(file, Some(place)),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if let Some(file) = place.find_beside(&self.path) {
            return Open::new(file, Some(place));
        }
        let file = File::open(&self.path)?;
        tracing::warn!(
            file = %self.path.display(),
            "the file that was read before is gone: if it was rotated meanwhile, import it. Reading the new one from its beginning"
        );
        Open::new(file, None)
    }

    /// Stores the lines, and then how far they go. Asks again until the store takes them, or the process is to stop.
    async fn store(&mut self, stop: &CancellationToken) {
        let Some(open) = &self.open else { return };
        if self.feed.lines() == 0 {
            return;
        }
        loop {
            let stored = match self.feed.store().await {
                Ok(_) => self.intake.store.kept().set(SPACE, vec![(self.key.clone(), Some(open.place.write()))]).await,
                Err(error) => Err(error),
            };
            let Err(error) = stored else { return };
            log(&error, "lines could not be stored; trying again");
            if stop.is_cancelled() {
                // They are read again at the next start.
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn sweep(&mut self) {
        if self.swept.elapsed() < SWEEP {
            return;
        }
        self.swept = Instant::now();
        if let Err(error) = self.feed.sweep().await {
            log(&error, "what waits for its other half could not be looked through");
        }
    }
}

fn log(error: &StoreError, what: &str) {
    tracing::error!(error = causes::chain(error), "{what}");
}

impl Open {
    fn new(mut file: File, place: Option<FilePosition>) -> std::io::Result<Self> {
        let place = match place {
            Some(place) => place,
            None => FilePosition::beginning(&file)?,
        };
        file.seek(SeekFrom::Start(place.offset))?;
        Ok(Self { file, place, rest: Vec::new(), too_long: false, looks: 0 })
    }

    fn take(&mut self, mut bytes: &[u8], feed: &mut Feed) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.keep(&bytes[..=end]);
            self.line(feed);
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.place.pending += bytes.len() as u64;
        if self.rest.len() + bytes.len() > MAX_LINE + 2 {
            self.too_long = true;
        }
        if !self.too_long {
            self.rest.extend_from_slice(bytes);
        }
    }

    /// The last line of a file that is left need not be ended.
    fn finish(&mut self, feed: &mut Feed) {
        if !self.rest.is_empty() || self.too_long {
            self.line(feed);
        }
    }

    fn line(&mut self, feed: &mut Feed) {
        let line = self.rest.trim_ascii_end();
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        // What is broken is in the quarantine; there is nobody to tell.
        let _ = match std::str::from_utf8(line) {
            _ if self.too_long => feed.no_text(NoText::TooLong, line),
            _ if line.contains(&0) => feed.no_text(NoText::Nul, line),
            Ok("") => Ok(()),
            Ok(text) => feed.line(text),
            Err(_) => feed.no_text(NoText::NotUtf8, line),
        };
        self.place.advance(&self.rest);
        self.too_long = false;
        self.rest.clear();
        if self.rest.capacity() > BUFFER {
            self.rest = Vec::new();
        }
    }
}
