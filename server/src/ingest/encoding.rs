//! Bytes that are not UTF-8: what they are, as far as that is certain.

use super::no_text::NoText;
use crate::manner::Encoding;
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// So many bytes tell whether a text is UTF-16.
const FEW: usize = 8;
/// What a character takes in UTF-8, at most, in bytes.
const CHARACTER: usize = 4;

/// Why a line is kept aside that is not UTF-8, and what to do.
pub const NOT_UTF8: &str = "it is not UTF-8; where the source writes Windows-1252 or Latin-1, read it with encoding windows-1252";
/// The same of UTF-16.
pub const UTF16: &str = "it is UTF-16; have it written as UTF-8 (vigia import reads files that are UTF-16)";

/// The text of a line that is not UTF-8, when its source says what it is.
pub fn decoded(why: NoText, bytes: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    (why == NoText::NotUtf8 && encoding == Encoding::Windows1252).then(|| windows1252(bytes))
}

/// Why a line is no text, in its quarantine: the reason, what to do, and what is kept of these bytes.
pub fn refused(why: NoText, bytes: &[u8]) -> (&'static str, &'static str, String) {
    match why {
        NoText::Nul | NoText::NotUtf8 if utf16(bytes).is_some() => {
            let without: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            (NoText::Utf16.reason(), UTF16, windows1252(&without).into_owned())
        }
        NoText::NotUtf8 => (why.reason(), NOT_UTF8, windows1252(bytes).into_owned()),
        _ => (why.reason(), "", String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}")),
    }
}

/// Whether a line that was kept aside for this reason is known as it was written. `encoding` is what its source writes, as far as that is said.
pub fn is_known(reason: &str, kept: &str, encoding: Encoding) -> bool {
    let of = |why: NoText| reason == why.reason();
    let told = !of(NoText::NotUtf8) || encoding == Encoding::Windows1252;
    let whole = !(of(NoText::NotUtf8) || of(NoText::Nul)) || !kept.contains('\u{fffd}');
    told && whole && !of(NoText::Utf16)
}

/// Every byte is a character of Windows-1252, as browsers read it.
fn windows1252(bytes: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// A reader of UTF-8, of a stream that is UTF-8 or UTF-16 by what it begins with.
pub fn unicode<'a>(mut reader: Box<dyn BufRead + Send + 'a>) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let Some(encoding) = utf16(reader.fill_buf()?) else { return Ok(reader) };
    let decoder = encoding.new_decoder_with_bom_removal();
    Ok(Box::new(io::BufReader::new(Utf16 { reader, decoder, ended: false })))
}

/// Whether bytes are UTF-16: they begin with its mark, or half of every other byte is NUL, and hardly one between.
fn utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Some(UTF_16LE);
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Some(UTF_16BE);
    }
    let (mut even, mut odd) = (0, 0);
    for pair in bytes.chunks(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair.get(1) == Some(&0));
    }
    let half = bytes.len() / 4;
    // A character here and there has a NUL on the other side.
    let few = |these: usize, others: usize| these * 8 <= others;
    match (even, odd) {
        _ if bytes.len() < FEW => None,
        (even, odd) if odd >= half && few(even, odd) => Some(UTF_16LE),
        (even, odd) if even >= half && few(odd, even) => Some(UTF_16BE),
        _ => None,
    }
}

/// Makes UTF-8 of UTF-16. Half a character becomes a byte that UTF-8 does not have, so that its line is kept aside.
struct Utf16<R> {
    reader: R,
    decoder: Decoder,
    ended: bool,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // Room for the byte that no text has.
        let most = out.len().saturating_sub(1);
        if most < CHARACTER {
            return Err(io::Error::other("there is no room for a character"));
        }
        while !self.ended {
            let bytes = self.reader.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, mut written) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut out[..most], last);
            self.reader.consume(read);
            if let (DecoderResult::Malformed(..), Some(byte)) = (&result, out.get_mut(written)) {
                *byte = 0xff;
                written += 1;
            }
            self.ended = last && result == DecoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf8_is_read_where_its_source_says_what_it_is() {
        let line = b"suser=Jo\xe3o \x80";
        assert_eq!(decoded(NoText::NotUtf8, line, Encoding::Windows1252).as_deref(), Some("suser=João €"));
        assert_eq!(decoded(NoText::NotUtf8, line, Encoding::Utf8), None);
        assert_eq!(decoded(NoText::Nul, line, Encoding::Windows1252), None);
    }

    #[test]
    fn what_is_kept_aside_is_named_and_loses_nothing() {
        assert_eq!(refused(NoText::NotUtf8, b"Jo\xe3o"), ("not UTF-8", NOT_UTF8, "João".to_owned()));
        assert_eq!(refused(NoText::Nul, b"\xff\xfea\0b\0"), ("UTF-16, not UTF-8", UTF16, "ÿþab".to_owned()));
        assert_eq!(refused(NoText::Nul, b"\0a\0b\0c\0d\0"), ("UTF-16, not UTF-8", UTF16, "abcd".to_owned()));
        assert_eq!(refused(NoText::Nul, b"\0\0\0\0\0\0\0\0abcdefgh").0, "contains a NUL byte", "what copytruncate leaves");
        assert_eq!(refused(NoText::Nul, b"{\"a\":\"b\0\"}").2, "{\"a\":\"b\u{fffd}\"}");
    }

    #[test]
    fn only_what_is_known_is_read_again() {
        assert!(is_known("no mapping", "José \u{fffd}", Encoding::Utf8), "it came so");
        assert!(!is_known("not UTF-8", "João", Encoding::Utf8));
        assert!(is_known("not UTF-8", "João", Encoding::Windows1252));
        assert!(!is_known("not UTF-8", "Jo\u{fffd}o", Encoding::Windows1252), "kept by an earlier version");
        assert!(!is_known("contains a NUL byte", "Jo\u{fffd}o", Encoding::Windows1252));
        assert!(!is_known("UTF-16, not UTF-8", "abcd", Encoding::Windows1252));
    }
}
