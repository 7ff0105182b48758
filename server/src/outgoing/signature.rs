//! Signatures of Standard Webhooks: HMAC-SHA256 over id, time and body.

use crate::secret::SecretFile;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::{Request, header};
use sha2::Sha256;
use std::fmt;
use vigia_app::model::Timestamp;

/// Bytes a key may have, as the standard says.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// What the text of a secret starts with.
pub const PREFIX: &str = "whsec_";

/// A key; never shown.
pub struct Key(Hmac<Sha256>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// From a file that holds `whsec_` and the key in base64.
    pub fn read(file: &SecretFile) -> Result<Self, String> {
        let secret = file.read()?;
        let wrong = || {
            let file = file.path().display();
            format!("{file} holds no secret for webhooks: whsec_ and {} to {} bytes in base64 are expected.", LENGTH.start(), LENGTH.end())
        };
        Self::parse(secret.expose()).ok_or_else(wrong)
    }

    /// From the text of a secret; `None` for one that is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        Some(Self(Hmac::new_from_slice(&bytes).ok().filter(|_| LENGTH.contains(&bytes.len()))?))
    }

    /// A signed request, whose URI is only a path.
    ///
    /// # Errors
    /// What is wrong with the path: a sentence.
    pub fn request(&self, path: &str, id: &str, at: Timestamp, body: String) -> Result<Request<String>, String> {
        let seconds = at.millis() / 1000;
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("vigia/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", self.sign(id, seconds, &body));
        request.body(body).map_err(|error| format!("The request cannot be made: {error}."))
    }

    /// The value of the header `webhook-signature`.
    fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let mut mac = self.0.clone();
        for part in [id, ".", &seconds.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_standards_example() {
        let key = Key::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("is a key");
        let signed = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_key_has_its_prefix_and_length() {
        for text in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_", "whsec_***"] {
            assert!(Key::parse(text).is_none(), "{text}");
        }
    }
}
