//! What is wrong in the company, and stays wrong until somebody mends it: the made-up events tell of it, and so do the devices of the
//! sandbox. Few enough that most of what failed succeeds when it is tried again.

use super::calendar::{DAY, HOUR};
use super::estate::Estate;

/// Devices that do not answer.
pub(super) const DOWN: [&str; 2] = ["rt-sin-wan-1", "sw-tlv-core-1"];
/// Accounts that are locked: device and user name.
pub(super) const LOCKED: [(&str, &str); 2] = [("srv-win-05", "helpdesk"), ("srv-win-05", "MERIDIANO\\svc-iis")];
/// Accounts whose password somebody has changed by hand: the one that is kept is refused, until it is set again.
pub(super) const DRIFTED: [(&str, &str); 2] = [("srv-app-04", "root"), ("srv-app-04", "svc_backup")];

/// What is wrong with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Down,
    Locked,
    Drifted,
}

/// For each credential of the estate, by its place there, what is wrong with it.
pub(super) struct Troubles {
    of: Vec<Option<Trouble>>,
    /// Since when, in milliseconds.
    since: i64,
}

impl Troubles {
    pub(super) fn new(estate: &Estate, from: i64, now: i64) -> Self {
        let of = estate.credentials.iter().map(|credential| {
            let account = (estate.devices[credential.device].name.as_str(), credential.username);
            match account {
                (device, _) if DOWN.contains(&device) => Some(Trouble::Down),
                account if LOCKED.contains(&account) => Some(Trouble::Locked),
                account if DRIFTED.contains(&account) => Some(Trouble::Drifted),
                _ => None,
            }
        });
        // The night before the last one, so that there are failures after it that have nothing to do with it.
        Self { of: of.collect(), since: (now - 2 * DAY - 5 * HOUR).max(from) }
    }

    /// What is wrong with a credential at a time.
    pub(super) fn at(&self, credential: u16, time: i64) -> Option<Trouble> {
        self.of.get(usize::from(credential)).copied().flatten().filter(|_| time >= self.since)
    }

    /// Since when, and the credentials that something is wrong with.
    pub(super) fn all(&self) -> (i64, impl Iterator<Item = (u16, Trouble)>) {
        (self.since, (0u16..).zip(&self.of).filter_map(|(at, trouble)| Some((at, (*trouble)?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_is_of_a_credential_there_is() {
        let estate = Estate::new();
        let troubles = Troubles::new(&estate, 0, 100 * DAY);
        let of = |wanted: Trouble| troubles.all().1.filter(|(_, trouble)| *trouble == wanted).count();
        assert_eq!((of(Trouble::Down), of(Trouble::Locked), of(Trouble::Drifted)), (4, LOCKED.len(), DRIFTED.len()));
        let (first, _) = troubles.all().1.next().expect("one");
        assert_eq!(troubles.at(first, 0), None, "all was well once");
    }
}
