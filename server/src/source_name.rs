//! Names of the systems events come from.

use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Vigia's own: events under these names are made by itself.
const RESERVED: [&str; 2] = ["vigia", "demo"];

/// Whether events may come under this name; the error says what would be right, to follow the name.
pub fn check(name: &str) -> Result<(), Sentence> {
    let sound = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !sound {
        return Err(sentence!("source.letters"));
    }
    // Such a source would mix what others say with Vigia's own events.
    if RESERVED.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(sentence!("source.own"));
    }
    Ok(())
}
