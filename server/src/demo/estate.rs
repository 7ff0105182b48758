//! The devices of the company and the credentials on them: the same for every seed.

use super::kinds::{Class, KINDS, Kind};
use super::offices::OFFICES;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) struct Device {
    pub(super) name: String,
    pub(super) kind: &'static Kind,
    /// Index into [`OFFICES`].
    pub(super) office: usize,
    /// None for a cloud account.
    pub(super) address: Option<IpAddr>,
}

impl Device {
    pub(super) fn site(&self) -> &'static str {
        if self.kind.class == Class::Cloud { "Cloud" } else { OFFICES[self.office].site }
    }

    /// Address as text; the name where there is none.
    pub(super) fn endpoint(&self) -> String {
        match self.address {
            Some(IpAddr::V6(address)) => format!("[{address}]:{}", self.kind.port),
            Some(IpAddr::V4(address)) => format!("{address}:{}", self.kind.port),
            None => format!("{}:{}", self.name, self.kind.port),
        }
    }
}

pub(super) struct Credential {
    /// Index into [`Estate::devices`].
    pub(super) device: usize,
    pub(super) username: &'static str,
    /// Credential type.
    pub(super) of_type: &'static str,
}

pub(super) struct Estate {
    pub(super) devices: Vec<Device>,
    pub(super) credentials: Vec<Credential>,
    /// For each office, the credentials of its devices; never empty.
    by_office: Vec<Vec<u16>>,
}

impl Estate {
    pub(super) fn new() -> Self {
        let mut devices = Vec::new();
        for (row, kind) in KINDS.iter().enumerate() {
            let mut in_kind = 0;
            for &(office, count) in kind.places {
                for in_office in 1..=count {
                    in_kind += 1;
                    let number = if kind.name.contains("{site}") { in_office } else { in_kind };
                    let address = (kind.class != Class::Cloud).then(|| address(office, row, number));
                    devices.push(Device { name: name(kind, office, number), kind, office, address });
                }
            }
        }
        let accounts = |(device, it): (usize, &Device)| {
            it.kind.accounts.iter().map(move |&(username, of_type)| Credential { device, username, of_type }).collect::<Vec<_>>()
        };
        let credentials: Vec<_> = devices.iter().enumerate().flat_map(accounts).collect();
        let mut by_office = vec![Vec::new(); OFFICES.len()];
        for (at, credential) in (0u16..).zip(&credentials) {
            by_office[devices[credential.device].office].push(at);
        }
        Self { devices, credentials, by_office }
    }

    pub(super) fn credential(&self, at: u16) -> (&Credential, &Device) {
        let credential = &self.credentials[usize::from(at)];
        (credential, &self.devices[credential.device])
    }

    pub(super) fn of_office(&self, office: usize) -> &[u16] {
        &self.by_office[office]
    }

    /// The credentials on devices of these classes, those of `office` first.
    pub(super) fn of_classes(&self, classes: &[Class], office: usize) -> Vec<u16> {
        let class_of = |at: &u16| self.credential(*at).1.kind.class;
        let mut found: Vec<u16> = (0..self.credentials.len() as u16).filter(|at| classes.contains(&class_of(at))).collect();
        found.sort_by_key(|at| self.credential(*at).1.office != office);
        found
    }
}

fn name(kind: &Kind, office: usize, number: usize) -> String {
    match kind.name.contains('|') {
        true => kind.name.split('|').nth(number - 1).unwrap_or(kind.name).to_owned(),
        false => {
            kind.name.replace("{site}", OFFICES[office].code).replace("{nn}", &format!("{number:02}")).replace("{n}", &number.to_string())
        }
    }
}

/// Every fourth device has only an IPv6 address.
fn address(office: usize, row: usize, number: usize) -> IpAddr {
    if (row + number).is_multiple_of(4) {
        Ipv6Addr::new(0x2001, 0xdb8, 0x10 + office as u16, row as u16, 0, 0, 0, 0x10 + number as u16).into()
    } else {
        Ipv4Addr::new(10, 20 + office as u8, row as u8, 10 + number as u8).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_estate_is_one_of_a_mid_size_company() {
        let estate = Estate::new();
        assert!((110..=140).contains(&estate.devices.len()), "{} devices", estate.devices.len());
        assert!((380..=420).contains(&estate.credentials.len()), "{} credentials", estate.credentials.len());
        let names: HashSet<_> = estate.devices.iter().map(|device| &device.name).collect();
        assert_eq!(names.len(), estate.devices.len(), "no two devices share a name");
        let addresses: HashSet<_> = estate.devices.iter().filter_map(|device| device.address).collect();
        assert!(addresses.iter().any(IpAddr::is_ipv6) && addresses.iter().any(IpAddr::is_ipv4));
        assert_eq!(addresses.len(), estate.devices.iter().filter(|device| device.address.is_some()).count());
        assert!(OFFICES.iter().enumerate().all(|(office, _)| !estate.of_office(office).is_empty()), "every office has credentials");
        assert!(names.iter().all(|name| !name.contains(['{', '|'])), "{names:?}");
    }
}
