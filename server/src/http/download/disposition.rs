//! The name under which a browser keeps the file: `Content-Disposition` (RFC 6266).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes of a name at most: file systems take 255, and a browser may add to it.
const LONGEST: usize = 200;

/// Bytes of what is an ending of a name, and kept where the name is cut.
const LONGEST_ENDING: usize = 20;

/// All but the `attr-char` of RFC 8187.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `attachment` under a safe name, twice: in ASCII for what reads no other, and as it is.
pub(in crate::http) fn attachment(name: &str) -> String {
    let name = safe(name);
    // A percent sign in the first form is read as an escape by some browsers.
    let plain: String = name.chars().map(|letter| if letter.is_ascii() && letter != '%' { letter } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, ESCAPED))
}

/// A name that every system can keep, that leads to no other folder, hides nothing and shows what it is.
fn safe(name: &str) -> String {
    let letters = name.chars().filter(|letter| !is_unseen(*letter));
    let letters = letters.map(|letter| if letter.is_control() || "/\\:*?\"<>|".contains(letter) { '_' } else { letter });
    let name: String = letters.collect();
    let name = shortened(name.trim_matches(|letter: char| letter == '.' || letter.is_whitespace()));
    if name.is_empty() { "download".to_owned() } else { name }
}

/// Whether a letter takes no room, or turns the order of others round, so that an ending seems to be another.
const fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Cut before its ending.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|dot| &name[dot..]).filter(|ending| ending.len() <= LONGEST_ENDING).unwrap_or_default();
    let kept = name.floor_char_boundary(LONGEST - ending.len());
    format!("{}{ending}", &name[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_given_in_ascii_and_as_it_is() {
        assert_eq!(
            attachment("backup 2026-11-22.tar.zst"),
            "attachment; filename=\"backup 2026-11-22.tar.zst\"; filename*=UTF-8''backup%202026-11-22.tar.zst"
        );
        assert_eq!(attachment("S\u{e3}o 100%.zip"), "attachment; filename=\"S_o 100_.zip\"; filename*=UTF-8''S%C3%A3o%20100%25.zip");
    }

    #[test]
    fn what_could_do_harm_is_taken_out_of_a_name() {
        for (name, expected) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\a\\b.zip", "C__a_b.zip"),
            ("a\"; filename=\"b.exe", "a_; filename=_b.exe"),
            ("a\r\nSet-Cookie: b", "a__Set-Cookie_ b"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            (".htaccess", "htaccess"),
            ("name. .", "name"),
            (" . ", "download"),
            ("", "download"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe(&format!("{}.zip", "\u{e3}".repeat(300)));
        assert!(name.len() <= LONGEST && name.len() > LONGEST - 2 && name.ends_with("\u{e3}.zip"), "{name}");
    }

    proptest! {
        #[test]
        fn any_name_makes_a_header(name in ".{0,300}") {
            let header = attachment(&name);
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", header);
            prop_assert_eq!(header.matches('"').count(), 2);
        }
    }
}
