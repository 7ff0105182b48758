//! Where a text says that a secret may follow.
//!
//! A line of a log has a secret in one of a hundred places and is looked through whole, several times on its way in: this is what masking
//! costs. Signs are told by their first three letters, whatever their case, in a table of bits that stays in the processor's first cache;
//! only where a bit stands, some in a hundred places of a usual line, is the text compared with the few signs that begin so.

use super::{commands, hashes, keys, tokens};
use std::cmp::Reverse;
use std::sync::LazyLock;

/// What may announce a secret.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// A name whose value is a secret.
    Key(&'static keys::Word),
    /// The start of a token.
    Token(&'static tokens::Token),
    /// `://`, before a user and a password.
    Url,
    /// `-----BEGIN `.
    Pem,
    /// `Bearer ` or `Basic `.
    Scheme,
    /// The start of a hash of a password.
    Hash,
    /// The hash of an empty password, before another.
    NoLanman,
    /// What a password follows: `IDENTIFIED BY`, `ConvertTo-SecureString`.
    Identified,
    /// The name of a command.
    Command(&'static commands::Command),
    /// `chpasswd`.
    Changed,
}

/// A sign as it is written.
struct Written {
    /// Where its first three letters are in a table.
    place: usize,
    /// Its first eight letters, which are compared at once, and which of them there are.
    head: u64,
    letters: u64,
    text: &'static str,
    sign: Sign,
}

impl Written {
    fn new(place: usize, text: &'static str, sign: Sign) -> Self {
        let letters = u64::MAX >> (64 - 8 * text.len().clamp(1, 8));
        Self { place, head: head(text.as_bytes()) & letters, letters, text, sign }
    }
}

/// The first eight letters of a text, small and capital ones alike.
#[inline(always)]
fn head(text: &[u8]) -> u64 {
    let head = text.first_chunk().copied().unwrap_or_else(|| {
        let mut head = [0; 8];
        head[..text.len()].copy_from_slice(text);
        head
    });
    u64::from_le_bytes(head) | 0x2020_2020_2020_2020
}

/// A sign in a text.
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub sign: Sign,
}

/// How many places a table has: as many as sixteen bits tell apart.
const PLACES: usize = 1 << 16;
/// So many bytes are read at each place of a text.
const READ: usize = 4;

/// A bit for each place of a table: 8 KiB.
struct Bits(Box<[u64; PLACES / 64]>);

impl Bits {
    fn none() -> Self {
        Self(Box::new([0; PLACES / 64]))
    }

    fn set(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    #[inline(always)]
    fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

/// All signs, by how they begin.
pub(super) struct Signs {
    /// Where signs have their first three letters.
    three: Bits,
    /// Where they have their first four.
    four: Bits,
    /// Where signs of two or three letters have them: any may be the fourth.
    short: Bits,
    /// By places, and of one place longest first.
    written: Vec<Written>,
    /// Which of `written` is the first at a place of `three`.
    first: Vec<u16>,
}

/// Every sign there is.
pub(super) static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let words = keys::WORDS.iter().map(|word| (word.text, Sign::Key(word)));
    let tokens = tokens::TOKENS.iter().map(|token| (token.prefix, Sign::Token(token)));
    let hashes = hashes::HASHES.iter().map(|hash| (*hash, Sign::Hash));
    let commands = commands::COMMANDS.iter().map(|command| (command.0, Sign::Command(command)));
    let others = [
        ("://", Sign::Url),
        ("-----BEGIN ", Sign::Pem),
        ("bearer ", Sign::Scheme),
        ("basic ", Sign::Scheme),
        (hashes::NO_LANMAN, Sign::NoLanman),
        ("identified by", Sign::Identified),
        ("chpasswd", Sign::Changed),
        ("ConvertTo-SecureString", Sign::Identified),
    ];
    Signs::of(words.chain(tokens).chain(hashes).chain(commands).chain(others))
});

/// The place of the first three letters in a table; small and capital ones have the same, as have a few other characters.
#[inline(always)]
const fn three(letters: [u8; READ]) -> usize {
    place((u32::from_le_bytes(letters) | 0x2020_2020) << 8)
}

/// The place of four letters.
#[inline(always)]
const fn four(letters: [u8; READ]) -> usize {
    place(u32::from_le_bytes(letters) | 0x2020_2020)
}

/// The upper bits of a product with the golden ratio, which spreads what is alike.
#[inline(always)]
const fn place(letters: u32) -> usize {
    (letters.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

impl Signs {
    fn of(signs: impl Iterator<Item = (&'static str, Sign)>) -> Self {
        let (three, four, short) = (Bits::none(), Bits::none(), Bits::none());
        let mut all = Self { three, four, short, written: Vec::new(), first: vec![0; PLACES] };
        for (text, sign) in signs {
            match *text.as_bytes() {
                [first, second] => (0..=u8::MAX).for_each(|third| all.add([first, second, third, 0], text, sign)),
                [first, second, third] => all.add([first, second, third, 0], text, sign),
                [first, second, third, fourth, ..] => all.add([first, second, third, fourth], text, sign),
                _ => debug_assert!(false, "{text:?} is too short for a sign"),
            }
        }
        all.written.sort_by_key(|it| (it.place, Reverse(it.text.len())));
        all.written.dedup_by_key(|it| (it.place, it.text));
        for (at, it) in all.written.iter().enumerate().rev() {
            all.first[it.place] = u16::try_from(at).unwrap_or_default();
        }
        all
    }

    fn add(&mut self, letters: [u8; READ], text: &'static str, sign: Sign) {
        let place = three(letters);
        self.three.set(place);
        match text.len() < READ {
            true => self.short.set(place),
            false => self.four.set(four(letters)),
        }
        self.written.push(Written::new(place, text, sign));
    }

    /// The next sign that begins at this place of the text or behind it; of several the longest.
    pub(super) fn next(&self, text: &str, at: usize) -> Option<Found> {
        let bytes = text.as_bytes();
        let mut from = at;
        while let Some(near) = bytes.get(from..)?.array_windows().position(|letters| self.may_begin(*letters)) {
            if let Some(found) = self.at(bytes, from + near) {
                return Some(found);
            }
            from += near + 1;
        }
        // Fewer bytes are left than are read at once.
        let letter = |at: usize| bytes.get(at).copied().unwrap_or_default();
        let may_begin = |at: &usize| self.may_begin([letter(*at), letter(at + 1), letter(at + 2), 0]);
        (from..bytes.len()).filter(may_begin).find_map(|start| self.at(bytes, start))
    }

    /// Whether some sign may begin with these letters.
    #[inline(always)]
    fn may_begin(&self, letters: [u8; READ]) -> bool {
        let place = three(letters);
        self.three.has(place) && (self.short.has(place) || self.four.has(four(letters)))
    }

    /// The longest sign that stands here, where one [may begin](Self::may_begin).
    fn at(&self, text: &[u8], start: usize) -> Option<Found> {
        let rest = &text[start..];
        let head = head(rest);
        let [first, second, third, ..] = head.to_le_bytes();
        let place = three([first, second, third, 0]);
        let mut there = self.written[usize::from(self.first[place])..].iter().take_while(|it| it.place == place);
        let stands = |it: &&Written| {
            head & it.letters == it.head && rest.get(..it.text.len()).is_some_and(|text| text.eq_ignore_ascii_case(it.text.as_bytes()))
        };
        let it = there.find(stands)?;
        Some(Found { start, end: start + it.text.len(), sign: it.sign })
    }
}
