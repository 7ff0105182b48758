//! Adding the users of a demo, and telling who of them anybody could sign in as.

use super::demo_users::{DemoUser, USERS};
use super::users::NewUser;
use super::{Actor, Identity};
use vigia_app::model::ApiError;

impl Identity {
    /// Adds the demo's users when there is no user at all; false when there is one.
    pub async fn add_demo_users(&self) -> Result<bool, ApiError> {
        if !self.users().await?.is_empty() {
            return Ok(false);
        }
        for DemoUser { username, name, role, password } in USERS {
            self.create_unless_taken(&NewUser { username, name, role, password }, None, &Actor::vigia()).await?;
        }
        Ok(true)
    }

    /// The demo's users that anybody who has read the README can sign in as: there, not disabled, password unchanged.
    pub async fn demo_users(&self) -> Result<Vec<DemoUser>, ApiError> {
        let mut open = Vec::new();
        for user in self.users().await?.into_iter().filter(|user| !user.disabled) {
            if let Some(demo) = USERS.iter().find(|demo| demo.username == user.username)
                && self.hasher.verify(demo.password, Some(&user.password_hash)).await?
            {
                open.push(*demo);
            }
        }
        open.sort_by_key(|user| user.role);
        Ok(open)
    }
}
