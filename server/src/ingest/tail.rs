//! Follows a file that grows, over rotations and restarts.
//!
//! How far it was read is kept in the store, and written after the events before it are durable: a killed process reads the last lines
//! again, and what is there is not stored twice. The place is an offset in a file told by device, inode and its first bytes, so that a
//! file that was renamed, copied or packed is read to its end, then those that were rotated after it, and then the log itself.

mod file_position;
mod reading;
mod rotated;

use super::formats::Known;
use super::{Feed, Intake, Way};
use crate::causes;
use crate::store::StoreError;
use anyhow::Context;
use file_position::{FilePosition, SPACE};
use reading::Reading;
use rotated::Next;
use std::io::ErrorKind;
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
    open: Option<Reading>,
    buffer: Vec<u8>,
    swept: Instant,
    /// How often something was missing between what was read and what comes next.
    gaps: u64,
}

impl Tail {
    /// `path` may not be there yet.
    pub fn new(intake: &Intake, known: &Known, source: &str, path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("{} is not a path.", path.display()))?;
        let key = format!("{}/{source}/{}", known.name, path.display());
        let feed = intake.own_feed(Way::Tail, known, source, format!("{SPACE}/{key}"));
        Ok(Self { intake: intake.clone(), path, feed, key, open: None, buffer: vec![0; BUFFER], swept: Instant::now(), gaps: 0 })
    }

    /// Follows the file until it is told to stop; every whole line that was read is stored before this returns. Says how often something was missing
    /// between what was read and what came next.
    pub async fn run(mut self, stop: &CancellationToken) -> anyhow::Result<u64> {
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
        Ok(self.gaps)
    }

    /// Reads what is there, up to a group of lines; false when there is nothing more for now.
    async fn look(&mut self, stop: &CancellationToken) -> std::io::Result<bool> {
        if self.open.is_none() {
            self.open = Some(self.first().await?);
        }
        let Some(open) = &mut self.open else { return Ok(false) };
        if open.was_truncated()? {
            self.truncated(stop).await?;
            return Ok(true);
        }
        let read = match open.read(&mut self.buffer) {
            Err(_) if open.leave_packed() => {
                self.gap("a packed file cannot be read to its end: import what is left of it");
                return Ok(true);
            }
            read => read?,
        };
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
            found => self.rotated(found.is_ok(), stop).await,
        }
    }

    /// The file was read to its end and is not the log, or not any more: goes on with what was written after it. False while its writer may still
    /// have it open, and while there is nothing else.
    async fn rotated(&mut self, log_is_there: bool, stop: &CancellationToken) -> std::io::Result<bool> {
        let Some(open) = &mut self.open else { return Ok(false) };
        let first = open.looks == 0;
        open.looks = open.looks.saturating_add(1);
        let waits = open.looks <= LAST_LOOKS;
        // Whoever rotates twice had its writers leave the older file long ago, unless all of that has happened just now.
        if waits && (open.was_log || !first) {
            return Ok(false);
        }
        let behind = rotated::behind(&open.place, &self.path)?;
        if matches!(behind.next, Next::Log) && (waits || !log_is_there) {
            return Ok(false);
        }
        let next = self.open_next(&behind.next)?;
        if let Some(open) = &mut self.open {
            open.finish(&mut self.feed);
        }
        self.store(stop).await;
        if let Some(gap) = behind.gap {
            self.gap(gap);
        }
        tracing::info!(file = %self.path.display(), "the file was rotated; reading the next one");
        self.open = Some(next);
        Ok(true)
    }

    /// Opens what comes behind the file that was read. The log may be rotated just when it is opened: then there is a file between.
    fn open_next(&self, next: &Next) -> std::io::Result<Reading> {
        match (next, &self.open) {
            (Next::File(path), _) => Reading::rotated(path, None),
            (Next::Log, None) => Reading::log(&self.path, None),
            (Next::Log, Some(open)) => {
                let log = Reading::log(&self.path, None)?;
                match rotated::behind(&open.place, &self.path)?.next {
                    Next::Log => Ok(log),
                    Next::File(path) => Reading::rotated(&path, None),
                }
            }
        }
    }

    /// The file is shorter than it was, or another one under its old number: reads on in the copy that was made of it, if there is one.
    async fn truncated(&mut self, stop: &CancellationToken) -> std::io::Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if let Some(copy) = rotated::find(&open.place, &self.path)? {
            tracing::info!(file = %self.path.display(), "the file was truncated; reading on in the copy of it");
            // Lines that were read whole are stored under the place before the copy is read.
            let reading = Reading::rotated(&copy, Some(open.place.clone()))?;
            self.store(stop).await;
            self.open = Some(reading);
            return Ok(());
        }
        open.finish(&mut self.feed);
        let next = rotated::behind(&open.place, &self.path)?.next;
        self.store(stop).await;
        self.gap("the file was truncated, and no copy of it is beside it: what was written to it since it was read last is lost, if there was anything");
        self.open = None;
        self.open = Some(self.open_next(&next)?);
        Ok(())
    }

    fn gap(&mut self, what: &str) {
        self.gaps += 1;
        tracing::warn!(file = %self.path.display(), "{what}");
    }

    /// The file to begin with, at the place that was kept: the log, or what it was renamed to, copied or packed meanwhile.
    async fn first(&mut self) -> std::io::Result<Reading> {
        let kept = loop {
            match self.intake.store.kept().get(SPACE, &self.key).await {
                Ok(kept) => break kept,
                Err(error) => log(&error, "the place in the file could not be read; trying again"),
            }
            tokio::time::sleep(RETRY).await;
        };
        let Some(place) = kept.as_deref().and_then(FilePosition::read) else { return Reading::log(&self.path, None) };
        match std::fs::File::open(&self.path) {
            Ok(file) if place.fits(&file)? => return Reading::log(&self.path, Some(place)),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if let Some(path) = rotated::find(&place, &self.path)? {
            return Reading::rotated(&path, Some(place));
        }
        let next = self.open_next(&rotated::behind(&place, &self.path)?.next)?;
        self.gap("the file that was read before is gone: if it was rotated meanwhile, import it");
        Ok(next)
    }

    /// Stores the lines, and then how far they go. Asks again until the store takes them, or the process is to stop.
    async fn store(&mut self, stop: &CancellationToken) {
        if self.feed.lines() == 0 {
            return;
        }
        let Some(place) = self.open.as_ref().map(|open| open.place.write()) else { return };
        loop {
            let stored = match self.feed.store().await {
                Ok(_) => self.intake.store.kept().set(SPACE, vec![(self.key.clone(), Some(place.clone()))]).await,
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
