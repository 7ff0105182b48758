//! Pseudonyms in place of names: which columns a veil covers, and what is seen through it.

mod cover;

pub use cover::{Cover, check, cover, is_visible, visible};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;

/// What every pseudonym begins with.
const PREFIX: &str = "Alias-";
/// Characters behind it, of five bits each: of a million names two share a pseudonym once in two thousand installations.
const LETTERS: usize = 10;
/// Digits and letters, none of which looks like another.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes pseudonyms with a key that never leaves the server: who has a name and not the key cannot tell its pseudonym.
#[derive(Clone)]
pub struct Veil {
    mac: Hmac<Sha256>,
    /// Tells veils of different keys apart.
    id: [u8; 8],
}

impl Veil {
    /// Bytes of a key.
    pub const KEY: usize = 32;

    pub fn new(key: &[u8; Self::KEY]) -> Self {
        // As HMAC has it: a key that is shorter than a block is followed by zeros.
        let mut block = [0; 64];
        block[..Self::KEY].copy_from_slice(key);
        let digest = Sha256::new().chain_update("id").chain_update(key).finalize();
        Self { mac: Hmac::new(&block.into()), id: std::array::from_fn(|at| digest[at]) }
    }

    /// What stands for a name: the same in every report, on every server of a database, and for as long as the veil's key is kept. `name` is
    /// the name's key in the index, which names that differ in case alone share.
    pub fn pseudonym(&self, name: &[u8]) -> String {
        let digest = self.mac.clone().chain_update(name).finalize().into_bytes();
        let bits = digest[..8].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |at: usize| char::from(ALPHABET[(bits >> (5 * at) & 31) as usize]);
        PREFIX.chars().chain((0..LETTERS).map(letter)).collect()
    }
}

impl PartialEq for Veil {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Veil {}

/// Without the key.
impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Veil").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_name_has_one_pseudonym_under_one_key() {
        let veil = Veil::new(&[7; 32]);
        assert_eq!(veil.pseudonym(b"ana lima"), Veil::new(&[7; 32]).pseudonym(b"ana lima"));
        assert_ne!(veil.pseudonym(b"ana lima"), veil.pseudonym(b"ana"));
        assert_ne!(veil.pseudonym(b"ana lima"), Veil::new(&[8; 32]).pseudonym(b"ana lima"));
        // Kept links and exports hold pseudonyms: another version makes the same ones.
        assert_eq!(veil.pseudonym(b"ana lima"), "Alias-C2771CT668");
    }

    #[test]
    fn a_pseudonym_is_a_word_that_an_address_can_hold_and_no_other_name_has() {
        let veil = Veil::new(&[1; 32]);
        let all: HashSet<String> = (0..10_000).map(|number: u32| veil.pseudonym(&number.to_be_bytes())).collect();
        assert_eq!(all.len(), 10_000);
        for one in &all {
            let letters = one.strip_prefix("Alias-").expect("the prefix");
            assert!(letters.len() == 10 && letters.bytes().all(|letter| ALPHABET.contains(&letter)), "{one}");
        }
    }

    #[test]
    fn what_is_printed_of_a_veil_has_nothing_of_its_key() {
        let printed = format!("{:?}", Veil::new(&[0xAB; 32]));
        assert!(!printed.contains("171, 171"), "{printed}");
        assert_ne!(printed, format!("{:?}", Veil::new(&[0xAC; 32])));
    }
}
