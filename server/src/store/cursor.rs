//! Cursors: where a page starts, signed so that nobody else can make or change one.

use super::StoreError;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The place between two rows a page starts at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    pub side: Side,
    /// The row the page does not include any more.
    pub row: Place,
}

/// Which side of the row the page lies on, in the order of the query's sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    After,
    Before,
}

/// Where a row stands in an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The key of what it is sorted by; empty in the order of ids.
    pub key: Vec<u8>,
    pub id: i64,
}

/// Bytes of the signature that are kept.
const SIGNATURE: usize = 16;

/// Signs and reads cursors with a key that never leaves the database.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    pub fn new(key: &[u8]) -> Result<Self, StoreError> {
        Hmac::new_from_slice(key).map(Self).map_err(|error| StoreError::Failed(anyhow::anyhow!("cursor key: {error}")))
    }

    /// A cursor for the queries of this fingerprint.
    pub fn write(&self, cursor: &Cursor, fingerprint: &str) -> Result<String, StoreError> {
        let mut bytes = postcard::to_allocvec(cursor).map_err(|error| StoreError::Failed(error.into()))?;
        let signature = self.signature(&bytes, fingerprint);
        bytes.extend_from_slice(&signature);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Refuses what was not made by [`Signer::write`] with the same key and fingerprint.
    pub fn read(&self, text: &str, fingerprint: &str) -> Result<Cursor, StoreError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::Cursor)?;
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(StoreError::Cursor)?;
        self.mac(body, fingerprint).verify_truncated_left(signature).map_err(|_| StoreError::Cursor)?;
        postcard::from_bytes(body).map_err(|_| StoreError::Cursor)
    }

    /// What proves that `body` was given out for this purpose. Longer than the signature of a cursor, so neither is good for the other.
    pub fn seal(&self, body: &[u8], purpose: &str) -> [u8; 32] {
        self.mac(body, purpose).finalize().into_bytes().into()
    }

    /// Whether it is the seal of `body` for this purpose.
    pub fn is_sealed(&self, body: &[u8], purpose: &str, seal: &[u8]) -> bool {
        seal.len() == 32 && self.mac(body, purpose).verify_slice(seal).is_ok()
    }

    fn mac(&self, body: &[u8], fingerprint: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update((body.len() as u64).to_le_bytes()).chain_update(body).chain_update(fingerprint)
    }

    fn signature(&self, body: &[u8], fingerprint: &str) -> [u8; SIGNATURE] {
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(&self.mac(body, fingerprint).finalize().into_bytes()[..SIGNATURE]);
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_query_only() {
        let signer = Signer::new(b"a key").expect("a signer");
        let cursor = Cursor { side: Side::After, row: Place { key: b"srv-db-01".to_vec(), id: 7 } };
        let text = signer.write(&cursor, "sort=device").expect("a cursor");
        assert_eq!(signer.read(&text, "sort=device").expect("its own"), cursor);
        assert!(matches!(signer.read(&text, "sort=-device"), Err(StoreError::Cursor)));
        assert!(matches!(Signer::new(b"another").expect("a signer").read(&text, "sort=device"), Err(StoreError::Cursor)));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(matches!(signer.read(&changed, "sort=device"), Err(StoreError::Cursor)), "byte {at}");
        }
        for junk in ["", "A", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(matches!(signer.read(junk, "sort=device"), Err(StoreError::Cursor)), "{junk}");
        }
    }
}
