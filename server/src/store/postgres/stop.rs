//! One place where a database may be.

use std::fmt;
use std::net::IpAddr;
use tokio_postgres::config::Host;

/// An address of a host, as it can be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    /// Its name; a certificate is held against it.
    pub host: Option<Host>,
    pub address: Option<IpAddr>,
    pub port: u16,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, self.address) {
            (Some(Host::Unix(path)), _) => write!(f, "{}", path.display()),
            (Some(Host::Tcp(name)), Some(address)) if *name != address.to_string() => write!(f, "{name} ({address}) port {}", self.port),
            (Some(Host::Tcp(name)), _) => write!(f, "{name} port {}", self.port),
            (None, Some(address)) => write!(f, "{address} port {}", self.port),
            (None, None) => f.write_str("no host"),
        }
    }
}
