//! Texts of other systems on their way into cells.

use crate::event::Event;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;
use vigia_app::model::{Cell, Kind};

/// The text in at most this many bytes; one that was cut ends in `…`.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    const END: &str = "…";
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{END}", &text[..text.floor_char_boundary(most.saturating_sub(END.len()))]))
}

/// First 16 bytes of the SHA-256 of these parts, in hexadecimal.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let mut text = String::with_capacity(32);
    for byte in &digest.finalize()[..16] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The longest text a column of this kind holds, in bytes.
pub const fn longest(kind: Kind) -> usize {
    match kind {
        Kind::LongText => Event::MAX_TEXT,
        _ => Event::MAX_NAME,
    }
}

/// An address, also in brackets, with a zone (`fe80::1%eth0`), or IPv4 with a port; [`Cell::Empty`] where the text is none.
pub fn ip(text: &str) -> Cell {
    let text = text.trim();
    let bare = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None if text.contains('.') && text.matches(':').count() == 1 => text.split(':').next().unwrap_or_default(),
        None => text,
    };
    Cell::ip(bare.split('%').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_systems_write_them() {
        for (text, plain) in [
            ("10.1.2.3", "10.1.2.3"),
            (" 10.1.2.3:51022", "10.1.2.3"),
            ("fe80::1%eth0", "fe80::1"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("[fe80::1%3]", "fe80::1"),
            ("::ffff:10.0.0.9", "10.0.0.9"),
            ("db-1.example", ""),
            ("", ""),
            ("[", ""),
        ] {
            assert_eq!(ip(text).plain(), plain, "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("ééé", 5), "é…");
    }
}
