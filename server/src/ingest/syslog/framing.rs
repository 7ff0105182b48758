//! Where one message ends and the next begins in a stream (RFC 6587): by its length before it, or by a line feed or a NUL behind it.
//!
//! Each message says for itself which it is. A length is digits and a blank before `<`, `{`, `CEF:` or `LEEF:`; anything else goes to the
//! line feed or NUL that ends it. A length that is wrong is found out by what stands where the next message should begin: its message ends where a line does
//! or another message begins. What had been handed over by then was cut; what is left of it is reported.

use crate::ingest::cutter::MAX_ITEM;
use crate::ingest::lines::NoText;
use crate::ingest::padding::unpadded;

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
    /// What was handled last is a counted message, and nothing stood behind it so far.
    counted: bool,
    /// A length was wrong: the next message ends where another begins.
    adrift: bool,
    /// Nothing more will come.
    ended: bool,
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
    pub fn end(mut self, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        self.ended = true;
        self.push(&[], take);
        if self.adrift {
            hand_over_found(&self.buffer, take);
        } else if !self.skip_line && self.skip == 0 {
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
            let end = line_end(rest);
            self.skip_line = end.is_none();
            return Some(at + end.map_or(rest.len(), |end| end + 1));
        }
        // Behind a counted message, or the second byte that ends a line.
        if is_end(rest[0]) || rest[0] == b'\r' {
            self.counted = false;
            return Some(at + 1);
        }
        if self.adrift {
            return self.found(at, take);
        }
        match start_of(rest) {
            Start::Unknown => None,
            Start::Counted(length, from) if length > MAX_ITEM => {
                if rest.len() <= MAX_ITEM && !self.ended {
                    return None;
                }
                self.adrift = next_frame(&rest[from..]).is_some();
                if !self.adrift {
                    take(Err((NoText::TooLongItem, &rest[from..])));
                    self.skip = from + length;
                }
                Some(at)
            }
            Start::Counted(length, from) => {
                let Some(message) = rest.get(from..from + length) else {
                    if !self.ended {
                        return None;
                    }
                    self.adrift = next_frame(&rest[from..]).is_some();
                    if self.adrift {
                        return Some(at);
                    }
                    // Whatever its last field was to be, this is not it.
                    take(Err((NoText::WrongLength, &rest[from..])));
                    return Some(at + rest.len());
                };
                let next = &rest[from + length..];
                // It has swallowed the next one's length.
                let swallowed = message.ends_with(b" ") && next.starts_with(b"<");
                match self.may_begin(next) {
                    Some(fits) if !fits || swallowed => {
                        self.adrift = true;
                        Some(at)
                    }
                    // It has the beginning of another one in it: what comes behind it tells which of the two is to be believed.
                    None if next_frame(message).is_some() => None,
                    _ => {
                        hand_over(message, take);
                        self.counted = true;
                        Some(at + from + length)
                    }
                }
            }
            // The rest of a message whose length was wrong, as was not known when it came; or a line behind it.
            Start::Line if self.counted => {
                self.adrift = true;
                Some(at)
            }
            Start::Line => match line_end(rest.get(self.searched..)?) {
                Some(end) => {
                    let end = self.searched + end;
                    hand_over(&rest[..end], take);
                    self.counted = false;
                    Some(at + end + 1)
                }
                None => self.more(at, rest.len(), take),
            },
        }
    }

    /// After a wrong length: handles what ends at this place's line, or where the next counted message begins.
    fn found(&mut self, at: usize, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) -> Option<usize> {
        let rest = self.buffer.get(at..)?;
        // What may be the beginning of a length or a priority is looked at once more, with what comes behind it.
        let from = self.searched.saturating_sub(DIGITS + 6);
        let behind = rest.get(from..)?;
        let frame = next_frame(behind).map(|frame| self.length_in(rest, from + frame)).filter(|frame| *frame > own_length(rest));
        let line = line_end(behind).map(|end| from + end);
        match frame.into_iter().chain(line).min() {
            Some(end) => {
                hand_over_found(&rest[..end], take);
                (self.adrift, self.counted) = (false, false);
                Some(at + end)
            }
            None => self.more(at, rest.len(), take),
        }
    }

    /// Where the length begins in the digits at this place: the last digits of the message before may stand among them.
    fn length_in(&self, bytes: &[u8], digits: usize) -> usize {
        let fits = |start: &usize| match start_of(&bytes[*start..]) {
            Start::Counted(length, from) => {
                let next = bytes.get(start + from + length..);
                next.is_some_and(|next| next.is_empty() || self.may_begin(next) == Some(true))
            }
            Start::Unknown | Start::Line => false,
        };
        (digits..digits + DIGITS).take_while(|at| bytes.get(*at).is_some_and(u8::is_ascii_digit)).find(fits).unwrap_or(digits)
    }

    /// Nothing in these bytes ends the line that they begin with.
    fn more(&mut self, at: usize, length: usize, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) -> Option<usize> {
        if length <= MAX_ITEM {
            self.searched = length;
            return None;
        }
        take(Err((NoText::TooLongItem, self.buffer.get(at..)?)));
        (self.skip_line, self.adrift) = (true, false);
        Some(at)
    }

    /// Whether a message may begin with these bytes, right behind a counted one; `None` when more of them are needed to tell.
    fn may_begin(&self, bytes: &[u8]) -> Option<bool> {
        match bytes.first() {
            None => self.ended.then_some(true),
            Some(byte) if is_end(*byte) || *byte == b'\r' => Some(true),
            Some(_) if BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning)) => Some(true),
            Some(_) if BEGINNINGS.iter().any(|beginning| beginning.starts_with(bytes)) => self.ended.then_some(false),
            Some(_) => match start_of(bytes) {
                Start::Counted(..) => Some(true),
                Start::Unknown => self.ended.then_some(false),
                Start::Line => Some(false),
            },
        }
    }
}

/// What ends a line.
const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | 0)
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', 0, bytes)
}

/// Where a counted message begins in these bytes, behind their first: a length, a blank and a priority.
fn next_frame(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'<', bytes).find_map(|at| {
        let priority = bytes[at + 1..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let is_priority = (1..=3).contains(&priority) && bytes.get(at + 1 + priority) == Some(&b'>');
        let before = bytes[..at].strip_suffix(b" ")?;
        let digits = before.iter().rev().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        (is_priority && digits > 0 && digits < before.len()).then_some(before.len() - digits)
    })
}

/// How long the length is that these bytes begin with, or what is left of it, with its blank.
fn own_length(bytes: &[u8]) -> usize {
    let digits = bytes.iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    digits + usize::from(bytes.get(digits) == Some(&b' '))
}

/// A message that was found behind a wrong length; anything else is what that length left over.
fn hand_over_found(bytes: &[u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
    let message = &bytes[own_length(bytes)..];
    if BEGINNINGS.iter().any(|beginning| message.starts_with(beginning)) {
        hand_over(message, take);
    } else if !unpadded(bytes).is_empty() {
        take(Err((NoText::WrongLength, bytes)));
    }
}

fn start_of(bytes: &[u8]) -> Start {
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
    let bytes = unpadded(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
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
    fn a_nul_ends_a_message_as_a_line_feed_does() {
        is("<13>a\0<13>b\0<13>c\0", &["<13>a", "<13>b", "<13>c"]);
        is("<13>a\n\0<13>b\n\0\0<13>c", &["<13>a", "<13>b", "<13>c"]);
        is("6 <13>a\x005 <13>b\0<13>c\0", &["<13>a", "<13>b", "<13>c"]);
    }

    #[test]
    fn a_wrong_length_harms_its_own_message_only() {
        let message = |device: &str| format!("<134>Nov 22 14:03:27 pam device={device}");
        let frame = |device: &str, wrong: i32, end: &str| {
            let message = message(device) + end;
            let length = i32::try_from(message.len()).expect("short") + wrong;
            format!("{length} {message}")
        };
        for end in ["", "\n"] {
            for wrong in (-20..30).chain([50, 55, 85, 2_000, 99_000_000]) {
                // The sooner it is seen what comes behind a message, the more is read right.
                for (piece, next, right) in [
                    (1, "next", &["first"][..]),
                    (7, "next", &["first"]),
                    (1000, "next", &["first", "next"]),
                    (1000, "next1", &["first", "next1"]),
                ] {
                    let stream = [frame("first", 0, end), frame("wrong", wrong, end), frame(next, 0, end), frame("last", 0, end)].concat();
                    let read = cut(stream.as_bytes(), piece);
                    for device in right.iter().chain(&["last"]) {
                        assert!(read.contains(&Ok(message(device))), "{device} of {stream:?} in pieces of {piece}: {read:?}");
                    }
                    assert!(wrong > 0 || piece < 1000 || read.contains(&Ok(message("wrong"))), "{stream:?}: {read:?}");
                }
            }
        }
    }

    #[test]
    fn a_message_that_did_not_come_whole_is_not_read_as_if_it_had() {
        assert_eq!(cut(b"5 <13>a20 <13>suser=an", 3), [Ok("<13>a".to_owned()), Err(NoText::WrongLength)]);
    }

    #[test]
    fn the_beginning_of_a_message_in_the_text_of_another_does_not_cut_it() {
        let inner = "<13>a 40 <134>Nov 22 14:03:27 pam x";
        is(&format!("{} {inner}5 <13>b", inner.len()), &[inner, "<13>b"]);
        is(&format!("{} {inner}", inner.len()), &[inner]);
        is(&format!("{inner}\n5 <13>b"), &[inner, "<13>b"]);
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
        fn messages_come_out_as_they_went_in_however_the_stream_is_cut(
            messages in prop::collection::vec((r#"<[0-9]{1,3}>[!-~]([0-9]{1,3} |<|\{|CEF:|[ -=?-~é]){0,20}[!-=?-~]"#, 0_usize..4), 0..6),
            piece in 1_usize..9
        ) {
            let mut stream = String::new();
            for (message, kind) in &messages {
                let length = if *kind == 0 { format!("{} ", message.len()) } else { String::new() };
                stream += &format!("{length}{message}{}", ["", "\n", "\0", "\r\n\0"][*kind]);
            }
            let expected: Vec<_> = messages.into_iter().map(|(message, _)| Ok(message)).collect();
            prop_assert_eq!(cut(stream.as_bytes(), piece), expected.clone());
            prop_assert_eq!(cut(stream.as_bytes(), 10_000), expected);
        }

        #[test]
        fn any_stream_is_cut_somehow(stream in r#"([0-9]{1,3} |<|<13>|\{|CEF:|\n|\x00|\PC){0,40}"#, piece in 1_usize..9) {
            let whole: usize = cut(stream.as_bytes(), piece).iter().map(|message| message.as_ref().map_or(0, String::len)).sum();
            prop_assert!(whole <= stream.len());
        }
    }
}
