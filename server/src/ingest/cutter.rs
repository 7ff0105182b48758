//! Cuts a body into items as its bytes arrive: lines, or the elements of a JSON array.
//!
//! Which of the two it is, the body itself says: an array starts with `[` and then `{` or `]`, which no line of a log does. Memory
//! never holds more than one item of [`MAX_ITEM`] bytes.

use super::lines::NoText;
use super::padding::{nuls, unpadded};

/// Longest line or element that is read, in bytes: 1 MiB.
pub const MAX_ITEM: usize = 1 << 20;
/// A buffer that grew beyond this is given back.
const KEEP: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// So far there were only blanks, and at most a `[`.
    Unknown {
        bracket: bool,
    },
    Lines,
    /// Inside an array.
    Array,
    /// Behind the end of an array.
    Ended,
}

/// See the module.
pub struct Cutter {
    kind: Kind,
    item: Vec<u8>,
    /// The item is too long, and left out to its end.
    too_long: bool,
    /// In an array: braces and brackets that are open in the element.
    depth: usize,
    text: bool,
    escaped: bool,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { kind: Kind::Unknown { bracket: false }, item: Vec::new(), too_long: false, depth: 0, text: false, escaped: false }
    }
}

impl Cutter {
    /// Takes the bytes that come next, and hands over each item that ends in them: its text, or why it is none and its bytes.
    pub fn push(&mut self, bytes: &[u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.kind {
                Kind::Unknown { bracket } => self.recognise(rest, bracket),
                Kind::Lines => self.line(rest, take),
                Kind::Array => self.element(rest, take),
                Kind::Ended => self.behind(rest),
            };
        }
    }

    /// How much there is of an item that is not at its end yet, in bytes.
    pub const fn held(&self) -> usize {
        self.item.len()
    }

    /// The body is over. An array that is not closed, and anything behind its end, is an item that is not text worth reading.
    pub fn end(mut self, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        match self.kind {
            Kind::Unknown { bracket: false } => {}
            Kind::Lines => self.hand_over(take),
            Kind::Unknown { bracket: true } | Kind::Array => {
                take(Err((NoText::OpenArray, &self.item)));
            }
            Kind::Ended if self.item.is_empty() => {}
            Kind::Ended => take(Err((NoText::BehindArray, &self.item))),
        }
    }

    fn recognise<'a>(&mut self, bytes: &'a [u8], bracket: bool) -> &'a [u8] {
        for (at, byte) in bytes.iter().enumerate() {
            let started = !self.item.is_empty();
            match byte {
                // A byte order mark.
                0xef | 0xbb | 0xbf if !bracket && self.item.len() < 3 => self.item.push(*byte),
                b' ' | b'\t' | b'\r' | b'\n' if bracket => self.keep(&[*byte]),
                b' ' | b'\t' | b'\r' | b'\n' | b'\0' if !started => {}
                b'[' if !bracket => {
                    self.item.push(b'[');
                    self.kind = Kind::Unknown { bracket: true };
                    return &bytes[at + 1..];
                }
                b'{' | b']' if bracket => {
                    self.item.clear();
                    self.kind = Kind::Array;
                    return &bytes[at..];
                }
                _ => {
                    self.kind = Kind::Lines;
                    return &bytes[at..];
                }
            }
        }
        &[]
    }

    fn line<'a>(&mut self, bytes: &'a [u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) -> &'a [u8] {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                self.keep_line(&bytes[..end]);
                self.hand_over(take);
                &bytes[end + 1..]
            }
            None => {
                self.keep_line(bytes);
                &[]
            }
        }
    }

    /// However many NULs stand before a line, they take no room.
    fn keep_line(&mut self, bytes: &[u8]) {
        let padding = if self.item.is_empty() { nuls(bytes) } else { 0 };
        self.keep(&bytes[padding..]);
    }

    fn element<'a>(&mut self, bytes: &'a [u8], take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) -> &'a [u8] {
        for (at, byte) in bytes.iter().enumerate() {
            if self.text {
                self.text = *byte != b'"' || self.escaped;
                self.escaped = *byte == b'\\' && !self.escaped;
                continue;
            }
            match byte {
                b'"' => self.text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' if self.depth > 0 => self.depth -= 1,
                b']' if self.depth > 0 => self.depth -= 1,
                b',' | b']' if self.depth == 0 => {
                    self.keep(&bytes[..at]);
                    self.hand_over(take);
                    if *byte == b']' {
                        self.kind = Kind::Ended;
                    }
                    return &bytes[at + 1..];
                }
                _ => {}
            }
        }
        self.keep(bytes);
        &[]
    }

    fn behind<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if let Some(start) = bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
            self.keep(&bytes[start..]);
        }
        &[]
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.item.len() + bytes.len() > MAX_ITEM {
            self.too_long = true;
        }
        let room = MAX_ITEM.saturating_sub(self.item.len());
        self.item.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn hand_over(&mut self, take: &mut impl FnMut(Result<&str, (NoText, &[u8])>)) {
        let item = unpadded(self.item.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.item));
        if self.too_long {
            take(Err((NoText::TooLongItem, item)));
        } else if item.contains(&0) {
            take(Err((NoText::Nul, item)));
        } else if !item.is_empty() {
            take(std::str::from_utf8(item).map_err(|_| (NoText::NotUtf8, item)));
        }
        self.too_long = false;
        self.item.clear();
        if self.item.capacity() > KEEP {
            self.item = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The items of a body that arrives in pieces of this many bytes.
    fn cut(body: &[u8], piece: usize) -> Vec<Result<String, NoText>> {
        let mut items = Vec::new();
        let mut take = |item: Result<&str, (NoText, &[u8])>| items.push(item.map(str::to_owned).map_err(|(why, _)| why));
        let mut cutter = Cutter::default();
        for piece in body.chunks(piece) {
            cutter.push(piece, &mut take);
        }
        cutter.end(&mut take);
        items
    }

    #[track_caller]
    fn is(body: &str, expected: &[Result<&str, NoText>]) {
        let expected: Vec<_> = expected.iter().map(|item| item.map(str::to_owned)).collect();
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(cut(body.as_bytes(), piece), expected, "{body:?} in pieces of {piece}");
        }
    }

    #[test]
    fn lines_end_as_they_do_anywhere() {
        is("", &[]);
        is("\n \r\n", &[]);
        is("a\r\n\nb", &[Ok("a"), Ok("b")]);
        is("\u{feff}a\nb\n", &[Ok("a"), Ok("b")]);
        is("[wabaudit] action=x\n[2] y", &[Ok("[wabaudit] action=x"), Ok("[2] y")]);
        is("a\u{0}b\nc", &[Err(NoText::Nul), Ok("c")]);
        is("\u{0}\u{0}a\n\u{0} \u{0}b\u{0}\n\u{0}\n{\"c\":1}\u{0}", &[Ok("a"), Ok("b"), Ok("{\"c\":1}")]);
        is("\u{0}[{\"a\":1}]", &[Ok("{\"a\":1}")]);
        assert_eq!(cut(b"\xff\na", 1), [Err(NoText::NotUtf8), Ok("a".to_owned())]);
    }

    #[test]
    fn an_array_is_cut_into_its_elements_however_it_is_written() {
        is("[]", &[]);
        is(" [ ] \n", &[]);
        is(r#"[{"a":"},]\"["},{"b":[1,{"c":2}]}]"#, &[Ok(r#"{"a":"},]\"["}"#), Ok(r#"{"b":[1,{"c":2}]}"#)]);
        is("\u{feff}[\n  {\"a\":\n 1},\n  7, null\n]\n", &[Ok("{\"a\":\n 1}"), Ok("7"), Ok("null")]);
        is(r#"[{"a":1}"#, &[Err(NoText::OpenArray)]);
        is(r#"[{"a":1},"#, &[Ok(r#"{"a":1}"#), Err(NoText::OpenArray)]);
        is("[", &[Err(NoText::OpenArray)]);
        is(r#"[{"a":1}] [2]"#, &[Ok(r#"{"a":1}"#), Err(NoText::BehindArray)]);
    }

    #[test]
    fn an_item_that_is_too_long_is_left_out_and_the_next_one_read() {
        let long = "x".repeat(MAX_ITEM + 1);
        assert_eq!(cut(format!("{long}\nb").as_bytes(), 4096), [Err(NoText::TooLongItem), Ok("b".to_owned())]);
        assert_eq!(cut(format!("[{{\"{long}\":1}},7]").as_bytes(), 4096), [Err(NoText::TooLongItem), Ok("7".to_owned())]);
        let padded = format!("a\n{}b\n", "\0".repeat(2 * MAX_ITEM));
        assert_eq!(cut(padded.as_bytes(), 4096), [Ok("a".to_owned()), Ok("b".to_owned())]);
        let longest = "x".repeat(MAX_ITEM);
        assert_eq!(cut(longest.as_bytes(), 4096), [Ok(longest.clone())]);
    }

    proptest! {
        #[test]
        fn where_the_pieces_are_cut_makes_no_difference(body in r#"(\PC|[\[\]{},"\\ \n]){0,60}"#, piece in 1_usize..9) {
            prop_assert_eq!(cut(body.as_bytes(), piece), cut(body.as_bytes(), 10_000));
        }
    }
}
