//! A file as it is read: its lines, as far as they are whole.

use super::file_position::FilePosition;
use super::rotated;
use crate::ingest::Feed;
use crate::ingest::lines::{MAX_LINE, NoText};
use crate::ingest::padding::{nuls, unpadded};
use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::Path;

/// A line buffer that grew beyond this is given back.
const KEEP: usize = 256 << 10;

/// The file as it is read now.
pub(super) struct Reading {
    bytes: Bytes,
    pub place: FilePosition,
    /// What was read and is not a whole line yet, without the NULs before it.
    rest: Vec<u8>,
    /// Inside a line that is too long.
    too_long: bool,
    /// Looks since there was something new, after it was rotated.
    pub looks: u32,
    /// It was the log when it was opened: its writer may still have it open.
    pub was_log: bool,
}

enum Bytes {
    Plain(File),
    Packed(Box<dyn BufRead + Send>),
}

impl Reading {
    /// The log, from a place that was kept, or from its beginning.
    pub(super) fn log(path: &Path, place: Option<FilePosition>) -> io::Result<Self> {
        Ok(Self { was_log: true, ..Self::plain(File::open(path)?, place)? })
    }

    /// A file that rotation left: behind what was read of it, or from its beginning.
    pub(super) fn rotated(path: &Path, place: Option<FilePosition>) -> io::Result<Self> {
        let file = File::open(path)?;
        let now = file.metadata()?;
        let place = place.map(|place| place.in_copy(&now));
        if !rotated::is_packed(path) {
            return Self::plain(file, place);
        }
        let mut reading = Self::plain(file, None)?;
        let mut reader = rotated::unpacked(path)?;
        if let Some(place) = place {
            io::copy(&mut reader.by_ref().take(place.offset), &mut io::sink())?;
            reading.place = place;
        }
        reading.bytes = Bytes::Packed(reader);
        Ok(reading)
    }

    fn plain(mut file: File, place: Option<FilePosition>) -> io::Result<Self> {
        let place = match place {
            Some(place) => place,
            None => FilePosition::beginning(&file)?,
        };
        file.seek(SeekFrom::Start(place.offset))?;
        Ok(Self { bytes: Bytes::Plain(file), place, rest: Vec::new(), too_long: false, looks: 0, was_log: false })
    }

    /// Whether the file has become shorter than what was read of it, or begins otherwise.
    pub(super) fn was_truncated(&self) -> io::Result<bool> {
        match &self.bytes {
            Bytes::Plain(file) => self.place.was_truncated(file),
            Bytes::Packed(_) => Ok(false),
        }
    }

    /// Reads what comes next; 0 when there is nothing more for now.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Plain(file) => {
                self.place.sees(&file.metadata()?);
                file.read(buffer)
            }
            Bytes::Packed(reader) => reader.read(buffer),
        }
    }

    /// What of a packed file cannot be read is left.
    pub(super) fn leave_packed(&mut self) -> bool {
        let packed = matches!(self.bytes, Bytes::Packed(_));
        if packed {
            self.bytes = Bytes::Packed(Box::new(io::empty()));
        }
        packed
    }

    pub(super) fn take(&mut self, mut bytes: &[u8], feed: &mut Feed) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.keep(&bytes[..=end]);
            self.line(feed);
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.place.read_on(bytes);
        let padding = if self.rest.is_empty() { nuls(bytes) } else { 0 };
        let bytes = &bytes[padding..];
        if self.rest.len() + bytes.len() > MAX_LINE + 2 {
            self.too_long = true;
        }
        if !self.too_long {
            self.rest.extend_from_slice(bytes);
        }
    }

    /// The last line of a file that is left need not be ended.
    pub(super) fn finish(&mut self, feed: &mut Feed) {
        if !self.rest.is_empty() || self.too_long {
            self.line(feed);
        }
    }

    fn line(&mut self, feed: &mut Feed) {
        let line = self.rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.rest).trim_ascii_end();
        let line = if line.last() == Some(&0) { unpadded(line) } else { line };
        // What is broken is in the quarantine; there is nobody to tell.
        let _ = match std::str::from_utf8(line) {
            _ if self.too_long => feed.no_text(NoText::TooLong, line),
            _ if line.contains(&0) => feed.no_text(NoText::Nul, line),
            Ok("") => Ok(()),
            Ok(text) => feed.line(text),
            Err(_) => feed.no_text(NoText::NotUtf8, line),
        };
        self.place.advance();
        self.too_long = false;
        self.rest.clear();
        if self.rest.capacity() > KEEP {
            self.rest = Vec::new();
        }
    }
}
