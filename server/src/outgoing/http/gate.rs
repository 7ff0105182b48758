//! Which hosts and addresses may be asked.

use crate::outgoing::Allowed;
use std::net::{IpAddr, SocketAddr};

/// Where requests may go. A name may lead anywhere, so what it leads to is looked at as well: addresses that are not public only where they
/// are allowed themselves.
#[derive(Debug, Clone)]
pub enum Gate {
    /// Wherever the settings say.
    Open,
    Only(Vec<Allowed>),
}

impl Gate {
    /// Whether the host may be asked at all.
    pub fn lets(&self, host: &str) -> bool {
        let Self::Only(allowed) = self else { return true };
        let ip = host.parse::<IpAddr>().ok();
        let fits = |allowed: &Allowed| match (allowed, ip) {
            (Allowed::Net(net), Some(ip)) => net.contains(&ip.to_canonical()),
            (Allowed::Host(name), None) => host == name,
            (Allowed::Below(domain), None) => host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            _ => false,
        };
        allowed.iter().any(fits)
    }

    /// Those of the addresses a host has that may be asked.
    ///
    /// # Errors
    /// A sentence, where none of them may.
    pub fn addresses(&self, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
        let Self::Only(allowed) = self else { return Ok(found) };
        let listed = |ip: IpAddr| allowed.iter().any(|allowed| matches!(allowed, Allowed::Net(net) if net.contains(&ip)));
        let (open, closed): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| {
            let ip = address.ip().to_canonical();
            is_public(ip) || listed(ip)
        });
        match closed.first() {
            Some(closed) if open.is_empty() => {
                let ip = closed.ip();
                Err(format!("{host} is {ip}, which is not a public address and not in the allow-list."))
            }
            _ => Ok(open),
        }
    }
}

/// Whether an address is one that anybody may have: not of this machine, a private network, or special.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let odd = a == 0 || a >= 240 || (a == 198 && (b == 18 || b == 19)) || (a == 192 && b == 0 && ip.octets()[2] == 0);
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_multicast() || shared || odd)
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            // Global unicast; the networks that carry addresses of IPv4 in them lead wherever those do.
            (0x2000..0x4000).contains(&first) && first != 0x2002 && !(first == 0x2001 && ip.segments()[1] == 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(allow: &[&str]) -> Gate {
        Gate::Only(allow.iter().map(|text| Allowed::try_from((*text).to_owned()).expect(text)).collect())
    }

    #[test]
    fn only_listed_hosts_are_asked() {
        let gate = gate(&["pam.example.com", "*.vault.example", "10.0.0.0/8"]);
        for host in ["pam.example.com", "a.vault.example", "a.b.vault.example", "10.1.2.3", "::ffff:10.1.2.3"] {
            assert!(gate.lets(host), "{host}");
        }
        for host in ["example.com", "xpam.example.com", "vault.example", "xvault.example", ".vault.example", "11.0.0.1", "::1"] {
            assert!(!gate.lets(host), "{host}");
        }
    }

    #[test]
    fn a_name_that_leads_to_an_address_that_is_not_public_is_refused_unless_listed() {
        let at = |ip: &str| vec![SocketAddr::new(ip.parse().expect(ip), 443)];
        let name = gate(&["pam.example.com"]);
        for ip in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "ff02::1",
        ] {
            assert!(name.addresses("pam.example.com", at(ip)).is_err(), "{ip}");
        }
        for ip in ["93.184.216.34", "2606:2800:220:1::1"] {
            assert!(name.addresses("pam.example.com", at(ip)).is_ok(), "{ip}");
        }
        let with_net = gate(&["pam.example.com", "10.0.0.0/8"]);
        assert!(with_net.addresses("pam.example.com", at("10.0.0.1")).is_ok());
        assert!(with_net.addresses("pam.example.com", at("::ffff:10.0.0.1")).is_ok());
        assert!(with_net.addresses("pam.example.com", at("192.168.0.1")).is_err());
        let mixed = [at("10.0.0.1"), at("127.0.0.1")].concat();
        assert_eq!(with_net.addresses("pam.example.com", mixed).expect("one is left"), at("10.0.0.1"));
    }
}
