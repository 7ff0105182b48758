//! What a user name may look like.

use vigia_app::model::ApiError;
use vigia_app::sentence;

/// Longest user name and longest name for people, in characters.
const MAX_NAME: usize = 64;
const MAX_FULL_NAME: usize = 128;

/// Letters, digits and `. _ @ -` of ASCII, 1 to 64 of them: no two names that look alike, and none that needs escaping.
pub(super) fn is_user_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte))
}

pub(super) fn check_user_name(text: &str) -> Result<(), ApiError> {
    if is_user_name(text) {
        return Ok(());
    }
    Err(ApiError::invalid("username", sentence!("user.no-name", name = format!("{text:?}"), most = MAX_NAME)))
}

/// A name for people: any script, without control characters.
pub(super) fn check_full_name(text: &str) -> Result<(), ApiError> {
    let length = text.chars().count();
    if !text.trim().is_empty() && length <= MAX_FULL_NAME && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(ApiError::invalid("name", sentence!("user.no-full-name", name = format!("{text:?}"), most = MAX_FULL_NAME)))
}

/// What the trail tells of a name somebody tried that no user has.
///
/// People type their password into the field of the name, and the trail is read by more people than may know it. So only
/// what could be a user name is told; that keeps out anything with a blank or another sign in it, as good passwords often
/// have, and still shows an administrator which names are being tried. A password of letters and digits alone does get
/// through: leaving out every unknown name would make guessing at names invisible, which is the greater loss.
pub(super) fn shown(typed: &str) -> &str {
    if is_user_name(typed) { typed } else { "(not shown)" }
}
