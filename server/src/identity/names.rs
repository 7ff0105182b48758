//! What a user name may look like.

use super::Identity;
use crate::look_alike::{is_colon, look};
use vigia_app::model::ApiError;
use vigia_app::sentence;

/// What the trail, histories and reports put before the name of a token. No name of a user or a set begins so.
pub const TOKEN: &str = "token:";

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

/// A name for people: any script, without control characters, and without a colon, so that none can be read as that of a token.
pub(super) fn check_full_name(text: &str) -> Result<(), ApiError> {
    let length = text.chars().count();
    if !text.trim().is_empty() && length <= MAX_FULL_NAME && !text.chars().any(|one| one.is_control() || is_colon(one)) {
        return Ok(());
    }
    Err(ApiError::invalid("name", sentence!("user.no-full-name", name = format!("{text:?}"), most = MAX_FULL_NAME)))
}

impl Identity {
    /// Refuses a name, for something else than a user, that could be taken for that of a user or a token. The error names the input `name`.
    pub async fn check_no_persons_name(&self, name: &str) -> Result<(), ApiError> {
        let looks = look(name);
        if looks.starts_with(&look(TOKEN)) {
            return Err(ApiError::invalid("name", sentence!("name.of-token", name = format!("{name:?}"))));
        }
        match self.store.users().await?.into_iter().find(|user| look(&user.username) == looks) {
            Some(user) => Err(ApiError::invalid("name", sentence!("name.of-user", name = format!("{name:?}"), known = user.username))),
            None => Ok(()),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_for_people_can_be_read_as_that_of_a_token() {
        for name in ["token:bot", "Token\u{ff1a} bot of ana", "tоken\u{2236}bot"] {
            assert!(check_full_name(name).is_err(), "{name}");
        }
        assert!(check_user_name("token:bot").is_err());
        assert_eq!(check_full_name("Ana Lima"), Ok(()));
    }
}
