//! Random values nobody can guess, from the system's generator.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system's random generator failed");
        ApiError::new(ErrorKind::Internal, sentence!("error.no-random"))
    })?;
    Ok(bytes)
}

/// `N` random bytes as base64url.
pub(crate) fn text<const N: usize>() -> Result<String, ApiError> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes::<N>()?))
}

/// What is kept of a session's token. A token has 256 random bits, so a plain hash cannot be turned round.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
