//! Case without regard to script: what `contains` and the search box compare.

use std::borrow::Cow;

/// The text in lower case, character by character, so that the fold of a part is a part of the fold.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(fold_char).collect())
}

fn fold_char(character: char) -> char {
    if character == 'ς' {
        return 'σ'; // a sigma at the end of a word is a sigma
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

/// Whether `text` contains `needle`, which is folded already.
pub fn contains(text: &str, needle: &str) -> bool {
    fold(text).contains(needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_means_nothing_in_any_script() {
        for (text, needle) in
            [("Иван Петров", "иван"), ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("José ÁLVAREZ", "álvarez"), ("王伟", "伟"), ("straße", "ß")]
        {
            assert!(contains(text, &fold(needle)), "{text} contains {needle}");
        }
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_is_found_in_it(before in "\\PC{0,8}", part in "\\PC{0,8}", after in "\\PC{0,8}") {
            let text = format!("{before}{part}{after}");
            prop_assert!(contains(&text, &fold(&part)));
        }
    }
}
