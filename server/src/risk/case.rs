//! A view among those before it.

use super::changes::LastChange;
use super::days::Steps;
use super::habits::{Habits, User};
use super::places::Places;
use super::table::Count;
use super::view::ViewKeys;

/// What the parts look at.
pub(super) struct Case<'a> {
    pub view: &'a ViewKeys,
    pub counts: &'a Places<Count>,
    /// `None` for a new user.
    pub user: Option<&'a User>,
    pub everybody: &'a Habits,
    /// Everybody's days.
    pub days: &'a Steps,
    /// The user's views.
    pub views: u32,
    /// Of the credential's password.
    pub change: LastChange,
}
