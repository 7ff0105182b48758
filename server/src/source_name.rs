//! Names of the systems events come from.

use crate::look_alike::look;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// The source of events that are about Vigia itself: nobody else has any under this name.
pub const OWN: &str = "vigia";

/// Vigia's own: events under these names are made by itself.
const RESERVED: [&str; 2] = [OWN, "demo"];

/// Whether events may come under this name; the error says what would be right, to follow the name.
pub fn check(name: &str) -> Result<(), Sentence> {
    let sound = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !sound {
        return Err(sentence!("source.letters"));
    }
    // Such a source would mix what others say with Vigia's own events, in the table or in the reader's eyes.
    match RESERVED.into_iter().find(|own| bare(own) == bare(name)) {
        Some(own) if own.eq_ignore_ascii_case(name) => Err(sentence!("source.own")),
        Some(own) => Err(sentence!("source.alike", own = own)),
        None => Ok(()),
    }
}

/// A name as the eye takes it that passes over the signs between letters.
fn bare(name: &str) -> String {
    look(name).replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_read_as_vigias_own_name_is_nobody_elses() {
        for own in ["vigia", "VIGIA", "Vigia", "v1gia", "vlgia", "vig1a", "vi-gia", "_vigia", "vigia.", "demo", "DEMO", "dem0", "de_mo"] {
            let wrong = check(own).expect_err(own).to_string();
            assert!(wrong.contains("Vigia's own events; use another"), "{own}: {wrong}");
        }
        for letters in ["", "vigia ", " vigia", "v\u{456}gia", "\u{ff56}igia", "vigia\u{200b}", "vigia\0", "vig\u{131}a"] {
            let wrong = check(letters).expect_err(letters).to_string();
            assert!(wrong.contains("letters, digits"), "{letters:?}: {wrong}");
        }
        for other in ["openbao", "vigia-berlin", "vigilant", "demo-2", "segura", "v", "vig"] {
            assert_eq!(check(other).map_err(|wrong| wrong.to_string()), Ok(()), "{other}");
        }
    }
}
