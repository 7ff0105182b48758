//! What is scored.

use super::key;
use std::net::IpAddr;
use vigia_app::model::risk::Population;

/// Milliseconds of a day, of an hour and of half an hour.
const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// A view of a password. Texts are compared as they stand: whoever wants those compared that are equal to a filter makes their keys before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    /// Views are compared with those of smaller ids.
    pub id: i64,
    /// Milliseconds since the epoch, UTC.
    pub time: i64,
    /// Who viewed.
    pub user: &'a str,
    /// Whether a person, a service or a system viewed, as the column actor kind says it.
    pub actor_kind: &'a str,
    /// From which address: IPv4, IPv6 or nothing. Another text counts as an address that is a network of its own.
    pub ip: &'a str,
    /// On which platform, as the column origin says it: `Web`, `API (A2A)`, `CLI`.
    pub origin: &'a str,
    /// Whose password.
    pub device: &'a str,
    /// The user name on the device; the two together are the credential.
    pub credential: &'a str,
    /// Whether it was an emergency access.
    pub emergency: bool,
    /// Whether a governance ID was given.
    pub governance_id: bool,
}

/// A view without its texts: what a history counts, in 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewKeys {
    /// Days since the epoch, UTC.
    pub day: i32,
    /// 0 to 23, UTC.
    pub hour: u8,
    /// Whether the second half of the hour had begun.
    pub late: bool,
    /// Whether it was Saturday or Sunday, UTC.
    pub weekend: bool,
    pub population: Population,
    pub emergency: bool,
    pub governance_id: bool,
    pub(super) user: u64,
    pub(super) address: u64,
    pub(super) network: u64,
    pub(super) platform: u64,
    pub(super) device: u64,
    pub(super) credential: u64,
}

impl View<'_> {
    /// The keys of this view.
    pub fn keys(&self) -> ViewKeys {
        let day = self.time.div_euclid(DAY);
        let of_day = self.time.rem_euclid(DAY);
        let device = key::of_bytes(self.device.as_bytes());
        let (address, network) = origin(self.ip);
        ViewKeys {
            day: i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }),
            hour: (of_day / HOUR) as u8,
            late: of_day % HOUR >= HOUR / 2,
            // The epoch was a Thursday.
            weekend: (day + 3).rem_euclid(7) >= 5,
            population: Population::of(self.actor_kind, self.origin),
            emergency: self.emergency,
            governance_id: self.governance_id,
            user: key::of_bytes(self.user.as_bytes()),
            address,
            network,
            platform: key::of_bytes(self.origin.as_bytes()),
            device,
            credential: credential_key(self.device, self.credential),
        }
    }
}

/// The key of a credential: a user name on a device.
pub(super) fn credential_key(device: &str, credential: &str) -> u64 {
    key::pair(key::of_bytes(device.as_bytes()), key::of_bytes(credential.as_bytes()))
}

/// The keys of an address and of its network: /24 of IPv4, /48 of IPv6. An IPv4 address in IPv6 notation is the IPv4 address.
fn origin(ip: &str) -> (u64, u64) {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => (key::of_bytes(&ip.octets()), key::of_bytes(&ip.octets()[..3])),
        Ok(IpAddr::V6(ip)) => (key::of_bytes(&ip.octets()), key::of_bytes(&ip.octets()[..6])),
        Err(_) => {
            let text = key::of_bytes(ip.as_bytes());
            (text, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_share_their_network() {
        assert_eq!(origin("10.1.2.3").1, origin("10.1.2.200").1);
        assert_ne!(origin("10.1.2.3").1, origin("10.1.3.3").1);
        assert_eq!(origin("2001:db8:1::1").1, origin("2001:db8:1:ffff::2").1);
        assert_ne!(origin("2001:db8:1::1").1, origin("2001:db8:2::1").1);
        assert_eq!(origin("::ffff:10.1.2.3"), origin("10.1.2.3"), "two ways of writing one address");
        assert_ne!(origin("").0, origin("10.1.2.3").0);
    }

    #[test]
    fn days_begin_at_midnight_utc_before_the_epoch_too() {
        let at = |time| {
            let keys = View { time, ..crate::risk::example::usual(0) }.keys();
            (keys.day, keys.hour, keys.late, keys.weekend)
        };
        assert_eq!(at(0), (0, 0, false, false), "Thursday");
        assert_eq!(at(-1), (-1, 23, true, false), "Wednesday");
        assert_eq!(at(2 * DAY), (2, 0, false, true), "Saturday");
        assert_eq!(at(4 * DAY + HOUR * 3 + HOUR / 2), (4, 3, true, false), "Monday");
    }
}
