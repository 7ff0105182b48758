//! Texts as they read once what is written with escapes is spelled out: `\u0022`, `\/` and `\x22` of JSON and programs, `&quot;` of XML,
//! `%22` of addresses.
//!
//! A quote or a backslash keeps the backslashes before it, as [`super::value`] reads them: `\u0022` becomes `\"`.

/// A text spelled out, and where its bytes come from.
pub(super) struct Spelled {
    pub text: String,
    /// Places in the text and in what it was made of that belong together, ascending; what lies between two runs side by side.
    pairs: Vec<(usize, usize)>,
}

impl Spelled {
    /// Where the byte at this place comes from; the end of the text comes from the end of the other.
    pub(super) fn origin(&self, at: usize) -> usize {
        let next = self.pairs.partition_point(|(spelled, _)| *spelled <= at);
        let (spelled, origin) = next.checked_sub(1).map_or((0, 0), |last| self.pairs[last]);
        origin + (at - spelled)
    }
}

/// Longest name of a character in XML, in bytes: `&#x0022;`.
const MAX_ENTITY: usize = 8;
/// Characters of ASCII that are seen, and the blank.
const SEEN: std::ops::RangeInclusive<u8> = b' '..=b'~';

/// The text spelled out; `None` where nothing in it is escaped.
pub(super) fn spelled(text: &str) -> Option<Spelled> {
    let bytes = text.as_bytes();
    let mut out = Spelled { text: String::new(), pairs: Vec::new() };
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'\\', b'&', b'%', &bytes[at..]) {
        let start = at + found;
        let escapes = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
        let read = match bytes[start] {
            b'\\' => escaped(&bytes[start + escapes..]).map(|(char, length)| (char, escapes + length)),
            b'&' => entity(&bytes[start..]),
            _ => hex(bytes.get(start + 1..start + 3)).filter(|byte| SEEN.contains(byte)).map(|byte| (char::from(byte), 3)),
        };
        let Some((char, length)) = read else {
            at = start + escapes.max(1);
            continue;
        };
        out.text.push_str(&text[kept..start]);
        out.pairs.push((out.text.len(), start));
        if matches!(char, '"' | '\\' | '\n' | '\r') {
            out.text.extend(std::iter::repeat_n('\\', escapes));
        }
        out.text.push(match char {
            '\n' => 'n',
            '\r' => 'r',
            char => char,
        });
        at = start + length;
        kept = at;
        out.pairs.push((out.text.len(), at));
    }
    if kept == 0 {
        return None;
    }
    out.text.push_str(&text[kept..]);
    Some(out)
}

/// What stands behind backslashes: the character, and how long it is written.
fn escaped(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes.first()? {
        b'/' => Some(('/', 1)),
        b'x' => hex(bytes.get(1..3)).filter(|byte| SEEN.contains(byte)).map(|byte| (char::from(byte), 3)),
        b'u' => {
            let (high, low) = (hex(bytes.get(1..3))?, hex(bytes.get(3..5))?);
            let char = char::from_u32(u32::from(high) << 8 | u32::from(low))?;
            (!char.is_control() || matches!(char, '\n' | '\r')).then_some((char, 5))
        }
        _ => None,
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u8> {
    let [high, low] = digits? else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// A character that XML has a name or a number for.
fn entity(bytes: &[u8]) -> Option<(char, usize)> {
    let length = bytes.iter().take(MAX_ENTITY).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&bytes[1..length]).ok()?;
    let char = match name {
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "colon" => ':',
        "equals" => '=',
        _ => {
            let number = name.strip_prefix('#')?;
            let byte = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u8::from_str_radix(digits, 16),
                None => number.parse(),
            };
            byte.ok().filter(|byte| SEEN.contains(byte)).map(char::from)?
        }
    };
    Some((char, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_spelled_out_and_lead_back() {
        for (text, expected) in [
            (r"\u0022password\u0022", r#"\"password\""#),
            (r"a\\u0022b", r#"a\\"b"#),
            (r"postgres:\/\/u", "postgres://u"),
            (r"p\u0061ss\u000aé\u00e9", r"pass\néé"),
            ("&lt;p&gt;&#34;&#x22;&amp;", "<p>\"\"&"),
            ("%22a%3D1", "\"a=1"),
            (r"\x27", "'"),
        ] {
            let spelled = spelled(text).expect("escapes");
            assert_eq!(spelled.text, expected);
            assert_eq!(spelled.origin(spelled.text.len()), text.len(), "{text}");
        }
        let made = spelled("é%22b%22c").expect("escapes");
        assert_eq!([0, 2, 3, 4, 5].map(|at| made.origin(at)), [0, 2, 5, 6, 9]);
    }

    #[test]
    fn what_is_not_escaped_stays() {
        for text in ["", "a\\b", "C:\\users\\x", "100% of 3 & 4", "%zz %0a &nbsp; \\u12", "\\ud800"] {
            assert!(spelled(text).is_none(), "{text}");
        }
    }
}
