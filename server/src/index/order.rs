//! The order of values: one, for the index, for cursors, and for the test of a row that was read.
//!
//! A value's *key* is made of bytes that compare as the values do. Numbers and addresses are their bytes. A text's key is its *folded* form:
//! without case, as Unicode folds it, taken apart (NFD), and without the marks above and below letters; where it had such marks, a zero and the
//! form that has them follow. So an accented letter comes right behind the plain one, texts are equal when they differ in case alone,
//! and what is *looked for* in a text (`contains`, `starts`, the search box) is looked for in the folded form: `istanbul` finds `İstanbul`,
//! and a composed `é` a decomposed one.

use crate::store::value::{MISSING, Value};
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use vigia_app::model::Kind;

/// Between the folded form and the one with marks. No text holds it.
const MARKED: u8 = 0;
/// Canonical combining classes from here on are marks that stand around a letter: accents, cedillas, dots. Below are signs that make another
/// letter of it, like those of kana and of the scripts of India.
const AROUND: u8 = 200;
/// A long text is sorted by so many characters of its folded form.
const HEAD: usize = 64;

/// The form of a text that is looked into: shorter or longer than the text, and the folded form of a part is a part of it.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() };
    }
    let mut out = String::with_capacity(text.len() + 8);
    // Character by character: what the neighbours are changes nothing.
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character.to_ascii_lowercase());
            continue;
        }
        decompose_canonical(character, |character| {
            if canonical_combining_class(character) < AROUND {
                uncase(character, &mut out);
            }
        });
    }
    out.into()
}

/// Without case and taken apart, with all marks.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    text.nfd().for_each(|character| uncase(character, &mut out));
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

/// The key of a text.
pub fn text_key(text: &str) -> Cow<'_, [u8]> {
    match folded(text) {
        Cow::Borrowed(folded) => Cow::Borrowed(folded.as_bytes()),
        Cow::Owned(folded) => {
            let mut key = folded.into_bytes();
            if !text.is_ascii() {
                let marked = marked(text);
                if marked.as_bytes() != key {
                    key.push(MARKED);
                    key.extend_from_slice(marked.as_bytes());
                }
            }
            Cow::Owned(key)
        }
    }
}

/// The key of a number; that of a missing one comes before all others.
pub fn number_key(number: i64) -> [u8; 8] {
    number.max(MISSING).wrapping_sub(MISSING).cast_unsigned().to_be_bytes()
}

/// The number of a key.
pub fn number_of(key: &[u8]) -> i64 {
    key.try_into().map_or(MISSING, |bytes| u64::from_be_bytes(bytes).cast_signed().wrapping_add(MISSING))
}

/// The key of a value.
pub fn key(value: &Value) -> Cow<'_, [u8]> {
    match value {
        Value::Number(number) => Cow::Owned(number_key(*number).to_vec()),
        Value::Text(text) => text_key(text),
        Value::Bytes(bytes) => Cow::Borrowed(bytes),
    }
}

/// What a column of this kind is sorted by, of a key: of long texts only their beginning.
pub fn sort_key(kind: Kind, key: &[u8]) -> &[u8] {
    if kind != Kind::LongText {
        return key;
    }
    let folded = key.split(|byte| *byte == MARKED).next().unwrap_or_default();
    // The first byte of a character is no continuation of another.
    let end = folded.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80).nth(HEAD).map_or(folded.len(), |(at, _)| at);
    &folded[..end]
}

/// Keys from one on, and up to but without another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub from: Vec<u8>,
    /// `None` where there is no end.
    pub to: Option<Vec<u8>>,
}

impl Keys {
    /// This one key.
    pub fn point(key: &[u8]) -> Self {
        Self { from: key.to_vec(), to: Some(after(key)) }
    }

    /// All from one to another, both included.
    pub fn between(from: &[u8], to: Option<&[u8]>) -> Self {
        Self { from: from.to_vec(), to: to.map(after) }
    }

    /// All of texts whose folded form begins with that of this one.
    pub fn beginning(text: &str) -> Self {
        let from = folded(text).into_owned().into_bytes();
        // No byte of UTF-8 is 0xFF.
        let to = [&from[..], &[0xFF]].concat();
        Self { from, to: Some(to) }
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        *self.from <= *key && self.to.as_ref().is_none_or(|to| *key < **to)
    }
}

/// The first sequence of bytes behind a key.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

/// What a sorted list, asked by its keys' places, has of these keys: the places from the first on, up to the last.
pub fn places(keys: &Keys, mut lower: impl FnMut(&[u8]) -> u32, len: u32) -> Range<u32> {
    let start = lower(&keys.from);
    start..keys.to.as_ref().map_or(len, |to| lower(to)).max(start)
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
        for (one, other) in
            [("ÁLVAREZ", "álvarez"), ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("STRASSE", "straße"), ("ИВАН", "иван"), ("ẞ", "ß"), ("Ŀ", "ŀ")]
        {
            assert_eq!(text_key(one), text_key(other), "{one} {other}");
        }
        assert_ne!(text_key("ılker"), text_key("ilker"));
        assert_ne!(text_key("José"), text_key("Jose"));
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(text_key("caf\u{E9}"), text_key("cafe\u{301}"));
        assert_eq!(text_key("한"), text_key("\u{1112}\u{1161}\u{11AB}"));
    }

    #[test]
    fn a_word_is_found_without_its_marks_but_not_another_word() {
        for (text, needle) in [("İstanbul", "istanbul"), ("ISTANBUL", "i"), ("São Paulo", "sao"), ("Jose", "josé"), ("Łódź", "łodz")]
        {
            assert!(folded(text).contains(&*folded(needle)), "{text} contains {needle}");
        }
        assert!(!folded("か").contains(&*folded("が")), "another syllable");
        assert!(!folded("कि").contains(&*folded("का")), "another vowel");
    }

    #[test]
    fn numbers_and_what_is_missing_compare_as_they_should() {
        let numbers = [-1, 0, 1, 255, 256, i64::from(u32::MAX), i64::MAX];
        assert!(numbers.windows(2).all(|pair| number_key(pair[0]) < number_key(pair[1])));
        assert_eq!(numbers.map(|number| number_of(&number_key(number))), numbers);
    }

    #[test]
    fn a_long_text_is_sorted_by_its_beginning() {
        let long = format!("{}é", "é".repeat(63));
        let key = text_key(&long);
        assert_eq!(sort_key(Kind::LongText, &key), "e".repeat(64).as_bytes());
        let longer = text_key(&format!("{long} and more")).into_owned();
        assert_eq!(sort_key(Kind::LongText, &longer), sort_key(Kind::LongText, &key));
        assert_eq!(sort_key(Kind::Text, &key), &*key);
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_is_found_in_it(before in "\\PC{0,8}", part in "\\PC{0,8}", after in "\\PC{0,8}") {
            let text = format!("{before}{part}{after}");
            prop_assert!(folded(&text).contains(&*folded(&part)), "{:?} in {:?}", folded(&part), folded(&text));
        }

        #[test]
        fn a_beginning_is_where_it_should_be(text in "\\PC{1,8}", rest in "\\PC{0,8}", other in "\\PC{0,8}") {
            let keys = Keys::beginning(&text);
            let longer = format!("{text}{rest}");
            prop_assert!(keys.contains(&text_key(&longer)));
            prop_assert_eq!(keys.contains(&text_key(&other)), folded(&other).starts_with(&*folded(&text)));
        }

        #[test]
        fn a_point_is_one_key(a in "[aeéEÉz]{0,3}", b in "[aeéEÉz]{0,3}") {
            let (a, b) = (text_key(&a), text_key(&b));
            prop_assert_eq!(Keys::point(&a).contains(&b), a == b);
        }

        #[test]
        fn the_beginnings_of_long_texts_are_in_the_order_of_the_texts(a in "[aé]{60,70}", b in "[aé]{60,70}") {
            let (a, b) = (text_key(&a), text_key(&b));
            if a <= b {
                prop_assert!(sort_key(Kind::LongText, &a) <= sort_key(Kind::LongText, &b));
            }
        }
    }
}
