//! Several events in one line, as relays make of messages that end with NUL (`#000<134>Nov 22 ...`), or of a datagram with several lines.
//!
//! Such a line is never read as its first event, whose last field would hold all the others. Nor is it cut: whoever chooses the name of a device or of a
//! user could write a second event into it.

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What announces an event.
const WORDS: [&str; 2] = ["CEF:", "LEEF:"];
/// What both end with; made once, for every line is looked through.
static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("EF:"));
const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Whether another event, or the header of one, begins in the text of this one.
pub(super) fn holds_another(payload: &str) -> bool {
    let bytes = payload.as_bytes();
    if memchr::memchr_iter(b'<', bytes).any(|at| begins_header(&bytes[at..])) {
        return true;
    }
    END.find_iter(bytes).any(|end| {
        let end = end + "EF:".len();
        let Some(word) = WORDS.into_iter().find(|word| payload[..end].ends_with(word)) else { return false };
        let at = end - word.len();
        let version = payload[end..].trim_start_matches(' ');
        // What stands whole in a field (`rawEvent=CEF:0|...`) is the field's.
        at > 0 && super::relayed::version(version).is_some() && !payload[..at].ends_with(['=', '"'])
    })
}

/// `<134>` and a time, or the version of RFC 5424.
fn begins_header(bytes: &[u8]) -> bool {
    let digits = bytes[1..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let Some(rest) = bytes.get(1 + digits..).and_then(|rest| rest.strip_prefix(b">")).filter(|_| digits > 0) else { return false };
    let rest = rest.trim_ascii_start();
    let year = |text: &[u8]| text.len() > 4 && text[..4].iter().all(u8::is_ascii_digit) && text[4] == b'-';
    year(rest)
        || rest.strip_prefix(b"1 ").is_some_and(|rest| rest.starts_with(b"-") || year(rest))
        || rest.get(..3).is_some_and(|month| MONTHS.contains(&month)) && rest.get(3) == Some(&b' ')
        || WORDS.iter().any(|word| rest.starts_with(word.as_bytes()))
}
