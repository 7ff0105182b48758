//! Texts, by their places in the tables.

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A text of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text(u16);

/// A text whose facts are named where it is said, not where it is written: one about the columns of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    pub text: Text,
    /// Its facts, in the order of their numbers in the table.
    pub facts: &'static [&'static str],
}

impl Text {
    /// What has no words yet.
    pub(crate) const NONE: Self = Self(u16::MAX);

    /// The text of this key, given in pieces; for constants, where a key that is not there does not compile.
    pub const fn of(key: &[&str]) -> Self {
        match find(key) {
            Some(text) => text,
            None => panic!("words/en.ini has no text of this key"),
        }
    }

    /// The text of this key, which has no facts.
    pub const fn plain(key: &str) -> Self {
        Self::told(key, &[])
    }

    /// The text of this key, which has these facts.
    pub const fn told(key: &str, facts: &[&str]) -> Self {
        let text = Self::of(&[key]);
        let wanted = FACTS[text.0 as usize];
        assert!(wanted.len() == facts.len(), "the text in words/en.ini has another number of facts");
        let mut at = 0;
        while at < facts.len() {
            assert!(is(&[facts[at]], wanted[at]), "the text in words/en.ini has other facts, or in another order");
            at += 1;
        }
        text
    }

    pub(super) fn place(self) -> usize {
        self.0.into()
    }
}

impl Template {
    /// The text of this key, given in pieces.
    pub const fn of(key: &[&str]) -> Self {
        let text = Text::of(key);
        Self { text, facts: FACTS[text.0 as usize] }
    }
}

/// The text of a key that is given in pieces, if there is one.
pub(crate) const fn find(key: &[&str]) -> Option<Text> {
    let (mut low, mut high) = (0, KEYS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let (known, place) = KEYS[middle];
        match compared(key, known) {
            0 => return Some(Text(place)),
            1 => low = middle + 1,
            _ => high = middle,
        }
    }
    None
}

const fn is(pieces: &[&str], whole: &str) -> bool {
    compared(pieces, whole) == 0
}

/// 0 where the pieces are the whole, 1 where they stand behind it, -1 before it.
const fn compared(pieces: &[&str], whole: &str) -> i8 {
    let whole = whole.as_bytes();
    let (mut piece, mut at) = (0, 0);
    while piece < pieces.len() {
        let bytes = pieces[piece].as_bytes();
        let mut byte = 0;
        while byte < bytes.len() {
            if at == whole.len() || bytes[byte] > whole[at] {
                return 1;
            }
            if bytes[byte] < whole[at] {
                return -1;
            }
            byte += 1;
            at += 1;
        }
        piece += 1;
    }
    if at < whole.len() { -1 } else { 0 }
}
