//! The order of values: one, for the index, for cursors, and for the test of a row that was read.
//!
//! A value's *key* is made of bytes that compare as the values do. Numbers and addresses are their bytes; a text's key is that of [`crate::fold`].

use crate::fold::{MARKED, folded, text_key};
use crate::store::value::{MISSING, Value};
use std::borrow::Cow;
use std::ops::Range;
use vigia_app::model::Kind;

/// A long text is sorted by so many characters of its folded form.
const HEAD: usize = 64;

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
