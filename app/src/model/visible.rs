//! Text of events as it is shown: nothing in it is invisible, and nothing changes how its surroundings read.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with its control characters drawn (`␛`), and with the code points that are invisible or turn the direction of writing
/// written out (`⟨U+202E⟩`). Line ends and tabs stay, and so do the joiners that scripts and emoji need.
///
/// A name that hides what it is, or a message that rewrites the row it stands in, is what an attacker would send.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\u{7f}' => out.push('\u{2421}'),
            control if control < ' ' && hidden(control) => out.push(char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')),
            character if hidden(character) => drop(write!(out, "\u{27e8}U+{:04X}\u{27e9}", u32::from(character))),
            character => out.push(character),
        }
    }
    Cow::Owned(out)
}

const fn hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Zero width and directions; not U+200C and U+200D, which join.
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides_in_a_text() {
        assert_eq!(visible("\u{202e}txt.exe\u{202c} \u{1b}[31m\u{7}\0\u{7f}\u{85}"), "⟨U+202E⟩txt.exe⟨U+202C⟩ ␛[31m␇␀␡⟨U+0085⟩");
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in ["José, Иван, 王伟, يوسف, नेहा", "line\nline\ttab", "👩\u{200d}💻", "می\u{200c}خواهم"] {
            assert!(matches!(visible(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
