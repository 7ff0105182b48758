//! Known devices: where a user has signed in before, as a cookie of the browser says.
//!
//! The cookie outlives the session, is signed, and is good for one user. It opens nothing: failed tries with it are counted by themselves, so
//! whoever guesses at a name from elsewhere does not keep its owner from signing in where they have signed in before. Who steals it may guess
//! as slowly as anybody. A browser remembers the last user alone.

use super::{Identity, token};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use vigia_app::model::ApiError;

/// Bytes that tell devices apart.
const ID: usize = 16;

impl Identity {
    /// What tells the device apart, if it is one that this user has signed in on.
    pub(super) fn known_device(&self, device: Option<&str>, username: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(device?).ok()?;
        let (id, seal) = bytes.split_at_checked(ID)?;
        self.store.signer().is_sealed(id, &purpose(username), seal).then(|| BASE64_URL_SAFE_NO_PAD.encode(id))
    }

    /// A cookie for a device that this user has just signed in on.
    pub(super) fn new_device(&self, username: &str) -> Result<String, ApiError> {
        let mut bytes = token::bytes::<ID>()?.to_vec();
        let seal = self.store.signer().seal(&bytes, &purpose(username));
        bytes.extend_from_slice(&seal);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn purpose(username: &str) -> String {
    format!("device of {}", username.to_ascii_lowercase())
}
