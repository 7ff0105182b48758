//! What must hold before the server may listen.

use super::{Config, ConfigError, PublicUrl};

impl Config {
    /// Refuses to answer other machines over plain HTTP, unless that was asked for: passwords and session cookies would
    /// cross the network readable.
    ///
    /// An `https` public URL says that a proxy in front speaks TLS; it has to be named, for what it says of others is needed.
    pub fn check_serving(&self) -> Result<(), ConfigError> {
        let https = self.public_url.as_ref().is_some_and(PublicUrl::is_https);
        if https && self.proxies.trusted.is_empty() {
            return Err(ConfigError(
                "public_url is an https:// address, so that a proxy stands in front, and trusted_proxies does not name it. Set it to the proxy's \
                 address, 127.0.0.1 for one on this machine: otherwise everybody seems to come from there, and who guesses passwords keeps all \
                 others out."
                    .to_owned(),
            ));
        }
        if self.listen.ip().is_loopback() || https || self.allow_plain_http {
            return Ok(());
        }
        Err(ConfigError(format!(
            "{} can be reached from other machines, and passwords would cross the network readable. Listen on 127.0.0.1:{} behind a \
             proxy that speaks TLS and set public_url to its https:// address; or, in a network you trust, set allow_plain_http to true.",
            self.listen,
            self.listen.port()
        )))
    }

    /// Whether anything but this machine can reach the server, directly or through a proxy.
    pub fn is_exposed(&self) -> bool {
        !self.listen.ip().is_loopback() || self.public_url.as_ref().is_some_and(|url| !url.is_loopback())
    }

    /// Whether the browser reaches the server over TLS, so that cookies can be `Secure` and named `__Host-`.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }
}
