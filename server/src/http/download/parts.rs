//! What the body of an answer is made of.

use bytes::Bytes;
use std::collections::VecDeque;
use std::ops::Range;

/// A part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Bytes of the file.
    File(Range<u64>),
    /// What stands around them.
    Text(Bytes),
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Self::File(bytes) => bytes.end - bytes.start,
            Self::Text(text) => text.len() as u64,
        }
    }
}

/// How long a body is, to the byte.
pub(super) fn length(parts: &VecDeque<Part>) -> u64 {
    parts.iter().map(Part::length).sum()
}

/// The value of `Content-Range`.
pub(super) fn content_range(bytes: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", bytes.start, bytes.end.saturating_sub(1))
}

/// What is sent of ranges of a file: one as it is, several as `multipart/byteranges` (RFC 9110, 14.6).
pub(super) fn of(ranges: Vec<Range<u64>>, size: u64, media_type: &str, boundary: &str) -> VecDeque<Part> {
    if ranges.len() == 1 {
        return ranges.into_iter().map(Part::File).collect();
    }
    let mut parts = VecDeque::with_capacity(2 * ranges.len() + 1);
    for bytes in ranges {
        let before = if parts.is_empty() { "" } else { "\r\n" };
        let range = content_range(&bytes, size);
        let head = format!("{before}--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {range}\r\n\r\n");
        parts.extend([Part::Text(head.into()), Part::File(bytes)]);
    }
    parts.push_back(Part::Text(format!("\r\n--{boundary}--\r\n").into()));
    parts
}
