//! Tickets: secrets that are made for one attempt each, and prove who holds it.

use crate::identity::{random_text, token_hash};
use vigia_app::model::ApiError;

/// What the text of every ticket starts with.
pub const PREFIX: &str = "vigiat_";

/// A new ticket, and what is kept of it.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_ticket() -> Result<(String, [u8; 32]), ApiError> {
    let text = format!("{PREFIX}{}", random_text::<32>()?);
    let hash = token_hash(&text);
    Ok((text, hash))
}
