//! Where a view is counted.

use super::key::pair;
use super::table::{Count, Table};
use super::view::ViewKeys;

/// What there is of each place under which a view is counted: its key, or its count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<T> {
    /// Views of all platforms. Kinds: platforms.
    pub anything: T,
    /// Everybody's views on the platform, people's and services'.
    pub platform: T,
    /// The user's views, on all platforms.
    pub user: T,
    pub user_platform: T,
    /// Kinds: users.
    pub network: T,
    pub address: T,
    /// Kinds: addresses.
    pub user_network: T,
    pub user_address: T,
    pub today_network: T,
    pub today_address: T,
    /// Kinds: credentials.
    pub device: T,
    /// Kinds: users.
    pub credential: T,
    /// Kinds: credentials.
    pub user_device: T,
    pub user_credential: T,
    /// Views without a governance ID.
    pub device_missing: T,
    pub credential_missing: T,
}

impl Places<u64> {
    /// The keys of a view.
    pub fn of(view: &ViewKeys) -> Self {
        let population = 1 + view.population as u64;
        let identity = identity(view);
        let today = pair(identity, (1 << 40) | u64::from(view.day.cast_unsigned()));
        // What is counted stands in the high half of its tag, the population in the low one.
        let all = |what: u64, key| pair((what << 32) | population, key);
        let own = |what: u64, key| pair(identity ^ (what << 32), key);
        Self {
            anything: pair(1 << 32, 0),
            platform: pair(2 << 32, view.platform),
            user: pair(3 << 32, view.user),
            user_platform: pair(view.user ^ (4 << 32), view.platform),
            network: all(5, view.network),
            address: all(6, view.address),
            user_network: own(7, view.network),
            user_address: own(8, view.address),
            today_network: pair(today ^ (9 << 32), view.network),
            today_address: pair(today ^ (10 << 32), view.address),
            device: all(11, view.device),
            credential: all(12, view.credential),
            user_device: own(13, view.device),
            user_credential: own(14, view.credential),
            device_missing: all(15, view.device),
            credential_missing: all(16, view.credential),
        }
    }

    /// The counts of the keys. All are read at once, for the processor waits for memory only once then.
    pub fn counts(&self, table: &Table) -> Places<Count> {
        Places {
            anything: table.get(self.anything),
            platform: table.get(self.platform),
            user: table.get(self.user),
            user_platform: table.get(self.user_platform),
            network: table.get(self.network),
            address: table.get(self.address),
            user_network: table.get(self.user_network),
            user_address: table.get(self.user_address),
            today_network: table.get(self.today_network),
            today_address: table.get(self.today_address),
            device: table.get(self.device),
            credential: table.get(self.credential),
            user_device: table.get(self.user_device),
            user_credential: table.get(self.user_credential),
            device_missing: table.get(self.device_missing),
            credential_missing: table.get(self.credential_missing),
        }
    }
}

/// The key of a user among people, or among services.
pub(super) fn identity(view: &ViewKeys) -> u64 {
    pair(view.user, 1 + view.population as u64)
}
