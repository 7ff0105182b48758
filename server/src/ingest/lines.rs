//! Cuts a stream of bytes into lines, whatever comes in.
//!
//! Compressed (gzip, zstd) streams are decompressed; a byte order mark, carriage returns and NULs around a line are dropped. A line that is too long or
//! no text is reported as such, and reading goes on after it; memory never holds more than one line of [`MAX_LINE`] bytes.

use super::encoding;
use super::gzip::Members;
pub use super::no_text::NoText;
use super::padding::{nuls, unpadded};
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// Longest line that is read, in bytes, without its end: 16 MiB.
pub const MAX_LINE: usize = 16 << 20;

/// Largest window of zstd, as a power of two: 128 MiB, what `zstd --long` writes.
const WINDOW_LOG: u32 = 27;
const BUFFER: usize = 256 << 10;
/// So many bytes of a stream are there at once to tell what it is.
const HEAD: usize = 512;
const HEAD_BYTES: u64 = 512;
/// A line buffer that grew beyond this is given back.
const KEEP: usize = 1 << 20;

/// The bytes as UTF-8, decompressed: gzip and zstd, of any number of members, and UTF-16 are told by their first bytes.
pub fn decompress<'a>(mut reader: impl Read + Send + 'a) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut head = Vec::with_capacity(HEAD);
    reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let (gzip, zstd) = (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let all = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(reader));
    encoding::unicode(match () {
        () if gzip => Box::new(BufReader::with_capacity(BUFFER, Members::new(all))),
        () if zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(all)?;
            decoder.window_log_max(WINDOW_LOG)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        }
        () => Box::new(all),
    })
}

/// A line, its number (from 1) and its text.
pub type Numbered<'a> = (u64, Result<&'a str, NoText>);

/// The lines of a stream.
pub struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0 }
    }

    /// The bytes of the line that was read last, without its end; the beginning of one that was too long.
    pub fn bytes(&self) -> &[u8] {
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line }
    }

    /// How many lines were begun.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The bytes that come next: 512 of a stream [`decompress`] opened, fewer when there are no more.
    pub fn head(&mut self) -> io::Result<&[u8]> {
        let head = self.reader.fill_buf()?;
        Ok(&head[..head.len().min(HEAD)])
    }

    /// The next line; `None` at the end.
    pub fn next_line(&mut self) -> io::Result<Option<Numbered<'_>>> {
        if self.line.capacity() > KEEP {
            self.line = Vec::new();
        }
        self.line.clear();
        self.skip_nuls()?;
        // Room for the line, its CR and LF: what is longer than that is too long, and never kept.
        let limit = u64::try_from(MAX_LINE + 2).unwrap_or(u64::MAX);
        if self.reader.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.line.last() == Some(&b'\n');
        if !ended && self.line.len() == MAX_LINE + 2 {
            self.reader.skip_until(b'\n')?;
        }
        Ok(Some((self.number, self.text())))
    }

    /// However many NULs stand before a line, they are no part of it.
    fn skip_nuls(&mut self) -> io::Result<()> {
        loop {
            let ahead = self.reader.fill_buf()?;
            let (nuls, length) = (nuls(ahead), ahead.len());
            self.reader.consume(nuls);
            if nuls < length || length == 0 {
                return Ok(());
            }
        }
    }

    fn text(&self) -> Result<&str, NoText> {
        let line = self.bytes();
        if line.len() > MAX_LINE {
            return Err(NoText::TooLong);
        }
        let line = if line.last() == Some(&0) { unpadded(line) } else { line };
        if line.contains(&0) {
            return Err(NoText::Nul);
        }
        std::str::from_utf8(line).map_err(|_| NoText::NotUtf8)
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
