//! A text with a signature behind it that people and programs can read: the [signed note](https://c2sp.org/signed-note) of C2SP, with Ed25519.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// What a line with a signature begins with.
const DASH: &str = "\u{2014} ";
/// The kind of signature, as the standard numbers it.
const KIND: u8 = 1;

/// Whose signature it is: a name and a public key, written `NAME+HASH+KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    pub name: String,
    key: Vec<u8>,
}

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("it has no signature behind its text")]
    Unsigned,
    #[error("it was signed by {0}, which is not {1}")]
    OtherSigner(String, String),
    #[error("its signature is not of this text: it was changed after {0} had signed it")]
    Changed(String),
}

impl Verifier {
    pub fn new(name: &str, key: &[u8]) -> Self {
        Self { name: name.to_owned(), key: key.to_owned() }
    }

    fn hash(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(&self.name).chain_update([b'\n', KIND]).chain_update(&self.key).finalize();
        std::array::from_fn(|at| digest[at])
    }

    /// The text of a note that was signed by this key.
    ///
    /// # Errors
    /// When it has no signature of this key, or another text than was signed.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let (text, signatures) = split(note).ok_or(NoteError::Unsigned)?;
        let mine = signatures.lines().filter_map(signature).find(|(name, hash, _)| *name == self.name && *hash == self.hash());
        let Some((_, _, signature)) = mine else {
            let signers: Vec<&str> = signatures.lines().filter_map(signature).map(|(name, ..)| name).collect();
            return Err(if signers.is_empty() {
                NoteError::Unsigned
            } else {
                NoteError::OtherSigner(signers.join(", "), self.name.clone())
            });
        };
        let valid = UnparsedPublicKey::new(&ED25519, &self.key).verify(text.as_bytes(), &signature);
        valid.map(|()| text).map_err(|_| NoteError::Changed(self.name.clone()))
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[KIND], &self.key[..]].concat());
        write!(f, "{}+{:08x}+{key}", self.name, u32::from_be_bytes(self.hash()))
    }
}

impl FromStr for Verifier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a key that signs notes. Write it as `vigia backup keys` shows it: NAME+HASH+KEY.");
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        let key = STANDARD.decode(key).map_err(|_| wrong())?;
        let Some((&KIND, key)) = key.split_first() else { return Err(wrong()) };
        let verifier = Self::new(name, key);
        let is_whole = key.len() == 32 && hash == format!("{:08x}", u32::from_be_bytes(verifier.hash()));
        if is_whole { Ok(verifier) } else { Err(wrong()) }
    }
}

/// A text, which ends with a line break, with a signature behind it.
pub fn signed(text: &str, name: &str, key: &Ed25519KeyPair) -> String {
    let verifier = Verifier::new(name, key.public_key().as_ref());
    let signature = STANDARD.encode([&verifier.hash()[..], key.sign(text.as_bytes()).as_ref()].concat());
    format!("{text}\n{DASH}{name} {signature}\n")
}

/// The text of a note, whoever has signed it.
pub fn unverified(note: &str) -> Option<&str> {
    split(note).map(|(text, _)| text)
}

/// The text with its last line break, and the lines with signatures.
fn split(note: &str) -> Option<(&str, &str)> {
    let end = note.rfind("\n\n")? + 1;
    Some((&note[..end], &note[end + 1..]))
}

/// Whose signature a line is, the hash of the key, and the signature.
fn signature(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    let (hash, signature) = bytes.split_first_chunk()?;
    Some((name, *hash, signature.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key")
    }

    #[test]
    fn a_note_is_of_its_text_and_its_signer_alone() {
        let (mine, other) = (key(1), key(2));
        let verifier = Verifier::new("vigia-1", mine.public_key().as_ref());
        let note = signed("one\n\ntwo\n", "vigia-1", &mine);
        assert_eq!(verifier.open(&note), Ok("one\n\ntwo\n"));
        assert_eq!(unverified(&note), Some("one\n\ntwo\n"));
        assert_eq!(verifier.open(&note.replace("two", "six")), Err(NoteError::Changed("vigia-1".to_owned())));
        assert_eq!(verifier.open("one\n"), Err(NoteError::Unsigned));
        assert_eq!(verifier.open("one\n\ntwo\n"), Err(NoteError::Unsigned));
        let forged = signed("one\n", "vigia-1", &other);
        assert_eq!(
            verifier.open(&forged),
            Err(NoteError::OtherSigner("vigia-1".to_owned(), "vigia-1".to_owned())),
            "another key of the same name"
        );
        let text = verifier.to_string();
        assert_eq!(text.parse(), Ok(verifier));
        assert!(text.replace("vigia-1", "vigia-2").parse::<Verifier>().is_err(), "the hash is of the name too");
        assert!("age1qqq".parse::<Verifier>().is_err());
    }
}
