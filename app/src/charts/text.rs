//! Text in pictures: how wide it is, where it is cut, and how it is written into XML.
//!
//! A width is a table's, not a document's. The faces of the page differ, so the table has those of the widest (DejaVu Sans): a label
//! is cut a little early in the others, and in none do two overlap.

use crate::model::visible::visible;
use std::borrow::Cow;

/// Height of all text in pictures, in pixels.
pub const FONT_SIZE: i32 = 11;

/// The width of a text in tenths of a pixel, at [`FONT_SIZE`].
pub fn width(text: &str) -> i32 {
    let thousandths = text.chars().fold(0, |sum: i32, character| sum.saturating_add(advance(character)));
    // Rounded up: a text that is said to fit has to.
    thousandths.saturating_mul(FONT_SIZE).saturating_add(99) / 100
}

/// The text as it is shown, with an ellipsis where it would be wider than `room` (tenths of a pixel). Empty when not even that fits.
pub fn fitted(text: &str, room: i32) -> String {
    let text = visible(text);
    if width(&text) <= room {
        return text.into_owned();
    }
    let room = i64::from(room) * 100 / i64::from(FONT_SIZE) - i64::from(advance(ELLIPSIS)) - 1;
    if room < 0 {
        return String::new();
    }
    let mut used = 0;
    let end = text.char_indices().find(|(_, character)| {
        used += i64::from(advance(*character));
        used > room
    });
    let kept = text.get(..end.map_or(0, |(at, _)| at)).unwrap_or_default();
    // A joiner that has nothing left to join goes too.
    let kept = kept.trim_end_matches([' ', '\u{200d}']);
    format!("{kept}{ELLIPSIS}")
}

/// The text as XML: nothing in it opens or closes anything, and every character is one that XML allows.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let special = |character| matches!(character, '&' | '<' | '>' | '"' | '\'' | '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0'..='\u{1f}' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

const ELLIPSIS: char = '…';

/// How far a character moves on, in thousandths of the font's size.
const fn advance(character: char) -> i32 {
    match character {
        // Marks that sit on the letter before, joiners, and what chooses a form of it.
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        'i' | 'j' | 'l' | '\'' => 280,
        'I' | 'J' | ' ' | '.' | ',' | ':' | ';' | '/' | '\\' | '|' | '\u{a0}' | '\u{202f}' => 340,
        'f' | 't' | '(' | ')' | '[' | ']' | '-' => 400,
        '!' | 'r' => 412,
        '"' | '*' | '?' | '^' | '_' | '`' | 's' | 'z' => 532,
        'c' | 'F' | 'k' | 'L' | 'v' | 'x' | 'y' => 593,
        'a' | 'b' | 'd' | 'e' | 'g' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | '0'..='9' | 'E' | 'P' | 'S' | 'T' | 'Y' | '$' | '{' | '}' => 637,
        'A' | 'B' | 'C' | 'K' | 'R' | 'U' | 'V' | 'X' | 'Z' => 699,
        'D' | 'G' | 'H' | 'N' | 'O' | 'Q' => 788,
        'w' | '#' | '+' | '<' | '=' | '>' | '~' => 838,
        'M' => 864,
        'm' | 'W' | '%' | '&' | '@' => 1_000,
        // Latin with accents, Greek, Cyrillic: small letters, the broad ones, capitals.
        'ß'..='å' | 'ç'..='ö' | 'ø'..='ÿ' | 'α'..='υ' | 'ά'..='ί' => 660,
        'Æ' | 'æ' | 'Œ' | 'œ' | 'Ŵ' => 1_080,
        'Ж' | 'Ш' | 'Щ' | 'Ю' | 'Ы' | 'Ф' | 'ж' | 'м' | 'ш' | 'щ' | 'ъ' | 'ы' | 'ю' | 'ф' => 1_100,
        'а'..='я' => 700,
        'À'..='ʯ' | 'Ͱ'..='ԯ' => 870,
        'א'..='ת' => 710,
        // Arabic joins its letters, and most are narrower then.
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => 760,
        '‐'..='–' | '‘'..='‟' => 530,
        '€' => 637,
        // All the rest, as wide as it is high: scripts of Asia, emoji (two units of a terminal), arrows, signs.
        _ => 1_060,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_wide_as_its_characters() {
        assert_eq!(width(""), 0);
        assert_eq!(width("0"), 71, "7.0 pixels, rounded up");
        assert!(width("WWW") > width("iii") * 3);
        assert_eq!(width("漢字"), 2 * width("漢"));
        assert_eq!(width("e\u{301}"), width("e"), "an accent takes no room");
        assert!(width("1,234,567") < width("日本語のラベル"));
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis_and_fits() {
        for text in [
            "Wednesday 23 November 2026",
            "日本語のとても長いラベル",
            "مستخدم طويل الاسم جدا",
            "👩\u{200d}💻👩\u{200d}💻👩\u{200d}💻",
            "\u{202e}exe.txt\u{0}",
        ] {
            let whole = fitted(text, i32::MAX);
            for room in 0..900 {
                let cut = fitted(text, room);
                assert!(width(&cut) <= room, "{cut} in {room}");
                assert!(cut.is_empty() || cut == whole || cut.ends_with(ELLIPSIS), "{cut}");
                assert!(!cut.contains("\u{200d}…"), "nothing is joined to the ellipsis");
            }
        }
        assert_eq!(fitted("Monday", 1_000), "Monday");
        assert_eq!(fitted("Monday", 300), "Mo…");
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escaped("a<b>&\"c'\u{ffff}\u{1}\n"), "a&lt;b&gt;&amp;&quot;c&#39;\u{fffd}  ");
        assert!(matches!(escaped("srv-db-01"), Cow::Borrowed(_)));
    }
}
