//! Whom Vigia believes when they say for whom a request is.

use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The reverse proxies in front, and how they name who asks them. None: everybody is who they seem to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their addresses and networks.
    pub trusted: Vec<IpNet>,
    pub header: ProxyHeader,
}

impl Proxies {
    pub fn trust(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.trusted.iter().any(|network| network.contains(&ip))
    }
}

/// The header in which a proxy says for whom a request is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: a list, to which each proxy adds whoever asked it.
    #[default]
    XForwardedFor,
    /// `Forwarded` of RFC 7239, the same with more to it.
    Forwarded,
    /// `X-Real-IP`: one address.
    XRealIp,
}

impl ProxyHeader {
    const ALL: [Self; 3] = [Self::XForwardedFor, Self::Forwarded, Self::XRealIp];

    /// In lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
            Self::XRealIp => "x-real-ip",
        }
    }
}

impl FromStr for ProxyHeader {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|header| header.name().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| "is not a header that is read; write x-forwarded-for, forwarded or x-real-ip".to_owned())
    }
}

impl fmt::Display for ProxyHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Addresses and networks with commas between them.
///
/// # Errors
/// What is wrong, to follow the text.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let network = |part: &str| part.parse::<IpNet>().ok().or_else(|| part.parse::<IpAddr>().ok().map(|ip| IpNet::from(ip.to_canonical())));
    parts
        .map(|part| {
            network(part)
                .ok_or_else(|| format!("has {part:?}, which is no address and no network; write them as in 127.0.0.1,10.0.0.0/8,fd00::/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies = Proxies { trusted: networks("127.0.0.1, 10.0.0.0/8,,fd00::/8").expect("networks"), ..Proxies::default() };
        let trusts = |ip: &str| proxies.trust(ip.parse().expect("an address"));
        assert!(trusts("127.0.0.1") && trusts("::ffff:127.0.0.1") && trusts("10.9.9.9") && trusts("fd00::1"));
        assert!(!trusts("127.0.0.2") && !trusts("11.0.0.1") && !trusts("::1"));
        assert!(networks("localhost").expect_err("is a name").contains("\"localhost\""));
        assert_eq!("X-Real-IP".parse(), Ok(ProxyHeader::XRealIp));
        assert!("via".parse::<ProxyHeader>().is_err());
    }
}
