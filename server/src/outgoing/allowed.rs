//! Where Vigia may ask.

use ipnet::IpNet;
use serde::Deserialize;
use std::fmt;

/// A host, domain or network that requests may go to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Allowed {
    Net(IpNet),
    /// In lower case.
    Host(String),
    /// Every host below this domain, in lower case.
    Below(String),
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Host(host) => f.write_str(host),
            Self::Below(domain) => write!(f, "*.{domain}"),
        }
    }
}

impl TryFrom<String> for Allowed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net));
        }
        if let Ok(ip) = text.parse::<std::net::IpAddr>() {
            return Ok(Self::Net(ip.into()));
        }
        let text = text.to_ascii_lowercase();
        let (host, below) = text.strip_prefix("*.").map_or((text.as_str(), false), |host| (host, true));
        let label =
            |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !host.split('.').all(label) || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(format!(
                "{text:?} is not a host, address or network; write for example pam.example.com, *.example.com or 10.0.0.0/8"
            ));
        }
        Ok(if below { Self::Below(host.to_owned()) } else { Self::Host(host.to_owned()) })
    }
}
