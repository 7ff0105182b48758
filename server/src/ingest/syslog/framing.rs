//! Where one message ends and the next begins in a stream (RFC 6587): by its length before it, or by the end of the line.
//!
//! Each message says for itself which it is. A length is digits and a blank before `<`, `{`, `CEF:` or `LEEF:`; anything else goes to the
//! end of its line.

use crate::ingest::cutter::MAX_ITEM;
use crate::ingest::lines::NoText;

/// Most digits of a length.
const DIGITS: usize = 8;
const BEGINNINGS: [&[u8]; 4] = [b"<", b"{", b"CEF:", b"LEEF:"];

/// Cuts a stream into messages of up to [`MAX_ITEM`] bytes. Longer ones are reported and skipped.
#[derive(Default)]
pub struct Framing {
    buffer: Vec<u8>,
    /// So much of the line that the buffer begins with has no end in it, as is known already.
    searched: usize,
    /// Bytes of a message that is too long, still to come.
    skip: usize,
    /// In a line that is too long.
    skip_line: bool,
}

/// What the stream starts with.
enum Start {
    /// More bytes are needed to tell.
    Unknown,
    Line,
    /// Length of the message, and where it starts.
    Counted(usize, usize),
}

impl Framing {
    /// Takes the bytes that come next, and hands over the messages that are whole.
    pub fn push(&mut self, bytes: &[u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        self.buffer.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(next) = self.message(at, take) {
            at = next;
            self.searched = 0;
        }
        self.buffer.drain(..at);
    }

    /// How much there is of a message that is not at its end yet, in bytes.
    pub const fn held(&self) -> usize {
        self.buffer.len()
    }

    /// Whether a message has begun and not ended.
    pub fn is_open(&self) -> bool {
        self.skip > 0 || self.skip_line || !self.buffer.is_empty()
    }

    /// The stream is over; a last line need not be ended.
    pub fn end(self, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        if !self.skip_line && self.skip == 0 {
            hand_over(&self.buffer, take);
        }
    }

    /// Handles what starts at this place; where the next message starts, or `None` when more bytes are needed.
    fn message(&mut self, at: usize, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) -> Option<usize> {
        let rest = self.buffer.get(at..).filter(|rest| !rest.is_empty())?;
        if self.skip > 0 {
            let skipped = self.skip.min(rest.len());
            self.skip -= skipped;
            return Some(at + skipped);
        }
        if self.skip_line {
            let end = rest.iter().position(|byte| *byte == b'\n');
            self.skip_line = end.is_none();
            return Some(at + end.map_or(rest.len(), |end| end + 1));
        }
        // Ends of lines behind a counted message.
        if rest[0] == b'\n' || rest[0] == b'\r' {
            return Some(at + 1);
        }
        match start(rest) {
            Start::Unknown => None,
            Start::Counted(length, from) if length > MAX_ITEM => {
                take(Err((NoText::TooLongItem, &rest[from..])));
                self.skip = from + length;
                Some(at)
            }
            Start::Counted(length, from) => {
                hand_over(rest.get(from..from + length)?, take);
                Some(at + from + length)
            }
            Start::Line => match memchr::memchr(b'\n', rest.get(self.searched..)?) {
                Some(end) => {
                    let end = self.searched + end;
                    hand_over(&rest[..end], take);
                    Some(at + end + 1)
                }
                None if rest.len() > MAX_ITEM => {
                    take(Err((NoText::TooLongItem, rest)));
                    self.skip_line = true;
                    Some(at)
                }
                None => {
                    self.searched = rest.len();
                    None
                }
            },
        }
    }
}

fn start(bytes: &[u8]) -> Start {
    let digits = bytes.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > DIGITS || bytes[0] == b'0' {
        return Start::Line;
    }
    let behind = &bytes[digits..];
    match behind.split_first() {
        None => Start::Unknown,
        Some((b' ', message)) => {
            if BEGINNINGS.iter().any(|beginning| message.starts_with(beginning)) {
                let length = bytes[..digits].iter().fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
                Start::Counted(length, digits + 1)
            } else if BEGINNINGS.iter().any(|beginning| beginning.starts_with(message)) {
                Start::Unknown
            } else {
                Start::Line
            }
        }
        Some(_) => Start::Line,
    }
}

/// A message without the ends of lines and NULs around it; an empty one is none.
pub(super) fn hand_over(bytes: &[u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let bytes = bytes[..end].trim_ascii_end();
    if bytes.is_empty() {
        return;
    }
    if bytes.len() > MAX_ITEM {
        take(Err((NoText::TooLongItem, bytes)));
    } else if bytes.contains(&0) {
        take(Err((NoText::Nul, bytes)));
    } else {
        take(std::str::from_utf8(bytes).map_err(|_| (NoText::NotUtf8, bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(stream: &[u8], piece: usize) -> Vec<Result<String, NoText>> {
        let mut messages = Vec::new();
        let mut take = |item: Result<&str, (NoText, &[u8])>| messages.push(item.map(str::to_owned).map_err(|(why, _)| why));
        let mut framing = Framing::default();
        for piece in stream.chunks(piece) {
            framing.push(piece, &mut take);
        }
        framing.end(&mut take);
        messages
    }

    #[track_caller]
    fn is(stream: &str, expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|message| Ok((*message).to_owned())).collect();
        for piece in [1, 2, 5, 1000] {
            assert_eq!(cut(stream.as_bytes(), piece), expected, "{stream:?} in pieces of {piece}");
        }
    }

    #[test]
    fn counted_messages_and_lines_follow_each_other() {
        is("<13>a\n<13>b\r\n<13>c", &["<13>a", "<13>b", "<13>c"]);
        is("6 <13>a\n5 <13>b<13>c\n", &["<13>a", "<13>b", "<13>c"]);
        is("11 CEF:0|a|b\n|{\"a\":1}\n7 {\"a\":1}", &["CEF:0|a|b\n|", "{\"a\":1}", "{\"a\":1}"]);
    }

    #[test]
    fn a_line_that_starts_with_a_number_is_a_line() {
        is("2026-11-22 x\n12 Nov x\n007 <x\n123456789 <x\n", &["2026-11-22 x", "12 Nov x", "007 <x", "123456789 <x"]);
    }

    #[test]
    fn a_message_that_is_too_long_is_skipped_and_the_next_one_read() {
        let long = "x".repeat(MAX_ITEM + 1);
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(cut(format!("{long}\n<13>b\n").as_bytes(), 5000), [Err(NoText::TooLongItem), ok("<13>b")]);
        let counted = format!("{} <{long}5 <13>b", long.len() + 1);
        assert_eq!(cut(counted.as_bytes(), 5000), [Err(NoText::TooLongItem), ok("<13>b")]);
    }

    proptest! {
        #[test]
        fn any_stream_is_cut_the_same_however_it_arrives(stream in r#"([0-9]{1,3} |<|\{|CEF:|\n|\PC){0,40}"#, piece in 1_usize..9) {
            prop_assert_eq!(cut(stream.as_bytes(), piece), cut(stream.as_bytes(), 10_000));
        }
    }
}
