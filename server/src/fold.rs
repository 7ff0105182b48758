//! The forms in which texts are compared: one home, for whatever asks whether two texts are the same, or one is in the other.
//!
//! Two forms of a text are made, and neither is kept in place of it:
//!
//! - *folded*: without case, as Unicode folds it, taken apart (NFD), without the marks around letters (accents, the points of Hebrew and
//!   Arabic), and with an `i` for the dotless `ı`. What is looked for in a text (`contains`, `starts`, the search box) is looked for in this form:
//!   `istanbul` finds `İstanbul`, and a composed `é` a decomposed one.
//! - *marked*: without case and taken apart, with all marks. Texts are equal when this form is the same. The dot of an `i` is none, so `İ`, `I` and `i`
//!   are equal, in whichever language; `ı` is another letter, as Unicode says where no language is known.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

/// Between the folded form and the one with marks. No text holds it.
pub const MARKED: u8 = 0;
/// The dot that an `i` has already.
const DOT: char = '\u{307}';

/// Whether marks of this canonical combining class stand around a letter, which is the same letter without them: accents, cedillas and dots (200 to 234),
/// and the points that Hebrew, Arabic and Syriac are mostly written without (10 to 36). The others are signs that make another letter of it,
/// like those of kana and of the scripts of India, and the iota under a letter of Greek, which is one itself in capitals.
const fn around(class: u8) -> bool {
    matches!(class, 10..=36 | 200..=234)
}

/// The form of a text that is looked into: shorter or longer than the text, and the folded form of a part is a part of it.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() };
    }
    let mut out = String::with_capacity(text.len() + 8);
    // Character by character: what the neighbours are changes nothing, but for signs that stand in another order than Unicode's.
    let (mut last, mut ordered) = (0, true);
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character.to_ascii_lowercase());
            last = 0;
            continue;
        }
        decompose_canonical(character, |character| {
            let class = canonical_combining_class(character);
            if !around(class) {
                ordered &= class == 0 || class >= last;
                last = class;
                fold(character, &mut out);
            }
        });
    }
    if !ordered {
        out.clear();
        text.nfd().filter(|character| !around(canonical_combining_class(*character))).for_each(|character| fold(character, &mut out));
    }
    out.into()
}

/// Of a character that is looked for.
fn fold(character: char, out: &mut String) {
    if character == 'ı' { out.push('i') } else { uncase(character, out) }
}

/// Without case and taken apart, with all marks.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // Whether a dot that comes now is that of an i.
    let mut dotted = false;
    for character in text.nfd() {
        let class = canonical_combining_class(character);
        let dot = dotted && character == DOT;
        dotted = match class {
            0 => matches!(character, 'i' | 'I'),
            230 => false,
            _ => dotted,
        };
        if !dot {
            uncase(character, &mut out);
        }
    }
    out
}

/// Lower case of upper case of lower case is what Unicode's table of full case folding says, but for the dotless i, which has no other case.
fn uncase(character: char, out: &mut String) {
    if character.is_ascii() {
        out.push(character.to_ascii_lowercase());
    } else if character == 'ı' {
        out.push(character);
    } else {
        out.extend(character.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    }
}

/// The key of a text: one that is the same for texts that are equal, and whose bytes compare as the texts do. It is the folded form; where that with
/// marks is another, a zero and that one follow. So an accented letter comes right behind the plain one.
pub fn key(text: &str) -> Cow<'_, str> {
    let mut key = folded(text);
    if !text.is_ascii() {
        let marked = marked(text);
        if marked != key {
            let key = key.to_mut();
            key.push(char::from(MARKED));
            key.push_str(&marked);
        }
    }
    key
}

/// The bytes of the key of a text.
pub fn text_key(text: &str) -> Cow<'_, [u8]> {
    match key(text) {
        Cow::Borrowed(key) => Cow::Borrowed(key.as_bytes()),
        Cow::Owned(key) => Cow::Owned(key.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn ascending(texts: &[&str]) {
        for pair in texts.windows(2) {
            assert!(text_key(pair[0]) < text_key(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn accents_come_beside_their_letter() {
        ascending(&["", "e", "é", "É b", "ea", "f"]);
        ascending(&["jose", "José", "josefa", "Josué"]);
        ascending(&["Zoe", "zoë", "zoo"]);
        ascending(&["и", "й", "к"]);
    }

    #[test]
    fn case_means_nothing_in_any_script() {
        for (one, other) in [
            ("ÁLVAREZ", "álvarez"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
            ("STRASSE", "straße"),
            ("ИВАН", "иван"),
            ("ẞ", "ß"),
            ("Ŀ", "ŀ"),
            ("İSTANBUL", "istanbul"),
            ("İstanbul", "i\u{307}stanbul"),
            ("τ\u{1FF3}", "ΤΩΙ"),
        ] {
            assert_eq!(text_key(one), text_key(other), "{one} {other}");
        }
        assert_ne!(text_key("ılker"), text_key("ilker"));
        assert_ne!(text_key("José"), text_key("Jose"));
        assert_ne!(text_key("z\u{307}"), text_key("z"), "the dot of another letter");
        assert_ne!(text_key("i\u{301}\u{307}"), text_key("í"), "a dot above the accent");
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(text_key("caf\u{E9}"), text_key("cafe\u{301}"));
        assert_eq!(text_key("한"), text_key("\u{1112}\u{1161}\u{11AB}"));
    }

    #[test]
    fn marks_are_one_in_whichever_order_they_came() {
        for (one, other) in [
            ("q\u{323}\u{307}", "q\u{307}\u{323}"),
            // Shin with its dot, a dagesh and a qamats.
            ("ש\u{5C1}\u{5BC}\u{5B8}", "ש\u{5B8}\u{5BC}\u{5C1}"),
            // A Tibetan letter with two vowel signs, which are no marks around it.
            ("ཀ\u{F71}\u{F74}", "ཀ\u{F74}\u{F71}"),
        ] {
            assert_eq!((folded(one), text_key(one)), (folded(other), text_key(other)), "{one}");
        }
    }

    #[test]
    fn a_word_is_found_without_its_marks_but_not_another_word() {
        for (text, needle) in [
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "i"),
            ("DİYARBAKIR", "Diyarbakır"),
            ("São Paulo", "sao"),
            ("Jose", "josé"),
            ("Łódź", "łodz"),
            ("ש\u{5C1}\u{5B8}ל\u{5D5}\u{5B9}ם", "שלום"),
            ("م\u{64F}ح\u{64E}م\u{651}\u{64E}د", "محمد"),
        ] {
            assert!(folded(text).contains(&*folded(needle)), "{text} contains {needle}");
        }
        assert!(!folded("か").contains(&*folded("が")), "another syllable");
        assert!(!folded("कि").contains(&*folded("का")), "another vowel");
    }

    #[test]
    fn what_needs_no_folding_is_not_copied() {
        assert!(matches!(text_key("srv-db-01"), Cow::Borrowed(_)));
    }

    /// Letters with marks, taken apart or not, in any order.
    fn any_letters() -> impl Strategy<Value = String> {
        "([aiIıİéΣςßשक한ᄒ][\u{301}\u{307}\u{323}\u{345}\u{5B8}\u{5C1}\u{5BC}\u{93C}\u{94D}]{0,3}){0,6}|\\PC{0,8}"
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_is_found_in_it(before in "\\PC{0,8}", part in "[^\\p{C}\\p{M}]\\PC{0,8}", after in "([^\\p{C}\\p{M}]\\PC{0,8})?") {
            let text = format!("{before}{part}{after}");
            prop_assert!(folded(&text).contains(&*folded(&part)), "{:?} in {:?}", folded(&part), folded(&text));
        }

        #[test]
        fn texts_that_unicode_calls_equivalent_are_equal(text in any_letters()) {
            let (composed, apart): (String, String) = (text.nfc().collect(), text.nfd().collect());
            prop_assert_eq!(key(&composed), key(&text));
            prop_assert_eq!(key(&apart), key(&text));
            prop_assert_eq!(folded(&apart), folded(&text));
        }

        #[test]
        fn case_makes_no_texts_that_differ(text in any_letters()) {
            // Only of a dotless i the other case is that of another letter.
            let text: String = text.replace('ı', "").nfd().collect();
            let (upper, lower) = (text.to_uppercase(), text.to_lowercase());
            prop_assert_eq!(key(&upper), key(&text));
            prop_assert_eq!(key(&lower), key(&text));
        }

        #[test]
        fn the_folded_form_is_folded(text in any_letters()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), &*once);
        }
    }
}
