//! The history that views are compared with: counts, and nothing but counts, so that a view can be taken out again.

use super::habits::{Everybody, User};
use super::places::{Places, identity};
use super::table::{Change, Count, Keyed, Table};
use super::view::{View, ViewKeys};
use vigia_app::model::risk::Population;

/// Counts of views. It has to hold the views with a smaller id than the one that is scored, from the start of the UTC day that lies
/// [`RiskSettings::history_days`] before that view's day; [`Window`](super::Window) sees to that for views in
/// their order.
///
/// Adding and removing are exact inverses: a history depends only on which views are in it, not on how they came and went. Removing a
/// view that was never added makes counts wrong, but no panic. Memory grows with different users, credentials, addresses and pairs of
/// them, not with views (docs/risk.md has figures).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    table: Table,
    users: Keyed<User>,
    everybody: [Everybody; 2],
}

impl History {
    /// Counts a view.
    pub fn add(&mut self, view: &View) {
        self.add_keys(&view.keys());
    }

    /// Takes a view out that was added before.
    pub fn remove(&mut self, view: &View) {
        self.remove_keys(&view.keys());
    }

    /// Counts a view whose keys are known.
    pub fn add_keys(&mut self, view: &ViewKeys) {
        self.change(view, Change::Add);
    }

    /// Takes a view out that was added before, by its keys.
    pub fn remove_keys(&mut self, view: &ViewKeys) {
        self.change(view, Change::Remove);
    }

    /// How many views it holds.
    pub fn views(&self) -> u64 {
        self.everybody.iter().map(|everybody| u64::from(everybody.habits.views)).sum()
    }

    /// How many keys it counts under.
    pub fn keys(&self) -> usize {
        self.table.len()
    }

    /// Bytes of memory, about.
    pub fn bytes(&self) -> usize {
        let days: usize = self.users.values().map(|user| user.days.bytes()).sum();
        self.table.bytes() + self.users.capacity() * 8 / 7 * (size_of::<(u64, User)>() + 1) + days
    }

    pub(super) fn user(&self, view: &ViewKeys) -> Option<&User> {
        self.users.get(&identity(view))
    }

    pub(super) fn everybody(&self, population: Population) -> &Everybody {
        &self.everybody[population as usize]
    }

    pub(super) fn counts(&self, places: &Places<u64>) -> Places<Count> {
        places.counts(&self.table)
    }

    fn change(&mut self, view: &ViewKeys, change: Change) {
        self.change_at(view, &Places::of(view), change);
    }

    /// Counts a view at its places, or takes it out.
    pub(super) fn change_at(&mut self, view: &ViewKeys, places: &Places<u64>, change: Change) {
        let identity = identity(view);
        let table = &mut self.table;

        // What holds kinds of something comes before it: kinds are counted where there are views.
        table.change(places.anything, change);
        if table.change(places.platform, change) {
            table.change_kinds(places.anything, change);
        }
        table.change(places.user, change);
        table.change(places.user_platform, change);

        let everybodys_network = table.change(places.network, change);
        let users_network = table.change(places.user_network, change);
        if users_network {
            table.change_kinds(places.network, change);
        }
        table.change(places.address, change);
        if table.change(places.user_address, change) {
            table.change_kinds(places.user_network, change);
        }
        table.change(places.today_network, change);
        table.change(places.today_address, change);

        let everybodys_device = table.change(places.device, change);
        let users_device = table.change(places.user_device, change);
        if table.change(places.credential, change) {
            table.change_kinds(places.device, change);
        }
        if table.change(places.user_credential, change) {
            table.change_kinds(places.user_device, change);
            table.change_kinds(places.credential, change);
        }
        if !view.governance_id {
            table.change(places.device_missing, change);
            table.change(places.credential_missing, change);
        }

        let everybody = &mut self.everybody[view.population as usize];
        everybody.habits.change(view, change);
        let user = self.users.entry(identity).or_default();
        user.habits.change(view, change);
        let before = user.days.change(view.day, change);
        everybody.steps.day_changes(before, change);
        let kinds = |new: bool, count: &mut u32| {
            if new {
                change.apply(count);
            }
        };
        kinds(users_network, &mut user.habits.networks);
        kinds(users_device, &mut user.habits.devices);
        kinds(everybodys_network, &mut everybody.habits.networks);
        kinds(everybodys_device, &mut everybody.habits.devices);
        if user.habits.views == 0 {
            self.users.remove(&identity);
        }
    }
}
