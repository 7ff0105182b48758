//! The first user.

use super::users::NewUser;
use super::{Actor, Identity, Trail, token};
use std::fmt;
use vigia_app::model::{ApiError, Role, Timestamp};

/// A password that is told once and can be read back nowhere. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimePassword {
    pub username: String,
    pub password: String,
}

impl fmt::Debug for OneTimePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimePassword").field("username", &self.username).finish_non_exhaustive()
    }
}

/// 32 signs that cannot be taken for one another: five bits each.
const SIGNS: [u8; 32] = *b"abcdefghijkmnpqrstuvwxyz23456789";

/// How long it is good for its one sign-in, in milliseconds: a day.
const GOOD_FOR: i64 = 24 * 60 * 60 * 1000;

impl Identity {
    /// Adds the user `admin` when there is no user at all; the caller prints the password, which is good for one sign-in within a day: another
    /// has to be chosen then. Of several servers that start at once, one does. Where the only user has let that pass, or has not chosen one, they get another password of the kind.
    pub async fn ensure_admin(&self) -> Result<Option<OneTimePassword>, ApiError> {
        let users = self.users().await?;
        let now = (self.clock)();
        let (password, until) = (one_time_password()?, Timestamp::saturating(now.millis() + GOOD_FOR));
        let username = match &users[..] {
            [] => {
                let admin = NewUser { username: "admin", name: "Administrator", role: Role::Admin, password: &password };
                if !self.create_unless_taken(&admin, Some(until), &Actor::vigia()).await? {
                    return Ok(None);
                }
                admin.username.to_owned()
            }
            [only] if !only.disabled && only.one_time.is_some_and(|until| until <= now) => {
                let hash = self.hasher.hash(&password).await?;
                let trail = Trail::new("Update", "User").on(&only.username).changing().note("Changed", "Password for one sign-in");
                self.record(trail, &Actor::vigia()).await?;
                self.store.set_password(&only.username, &hash, Some(until)).await?;
                self.failures.forget(&only.username).await?;
                only.username.clone()
            }
            _ => return Ok(None),
        };
        Ok(Some(OneTimePassword { username, password }))
    }
}

/// 20 signs (100 bits) in groups of five.
fn one_time_password() -> Result<String, ApiError> {
    let signs: Vec<u8> = token::bytes::<20>()?.iter().map(|byte| SIGNS[usize::from(byte % 32)]).collect();
    Ok(signs.chunks(5).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_time_password_has_four_groups_of_five_signs_and_is_another_each_time() {
        let (one, two) = (one_time_password().expect("random"), one_time_password().expect("random"));
        assert_ne!(one, two);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [5; 4]);
        assert!(one.bytes().all(|byte| byte == b'-' || SIGNS.contains(&byte)), "{one}");
    }
}
