//! The address people type, when it is not the one the server listens on.

use axum::http::Uri;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Scheme, host and port; never a path, for the page asks for `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    /// Host and port, in lower case.
    authority: String,
    host: String,
}

impl PublicUrl {
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host, in lower case and without a port; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether only this machine reaches it.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "is not an address of a site; write https:// and the host name, without a path".to_owned();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
        if uri.path() != "/" || uri.query().is_some() || text.contains('#') || authority.host().is_empty() {
            return Err(wrong());
        }
        Ok(Self { https, authority: authority.as_str().to_ascii_lowercase(), host: authority.host().to_ascii_lowercase() })
    }
}

/// Without a final slash: the form of an `Origin` header.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_scheme_host_and_port() {
        for (text, shown, https, loopback) in [
            ("https://Vigia.example/", "https://vigia.example", true, false),
            ("https://vigia.example:8443", "https://vigia.example:8443", true, false),
            ("http://localhost:3000", "http://localhost:3000", false, true),
            ("http://[::1]:3000", "http://[::1]:3000", false, true),
        ] {
            let url: PublicUrl = text.parse().unwrap_or_else(|error| panic!("{text} {error}"));
            assert_eq!((url.to_string().as_str(), url.is_https(), url.is_loopback()), (shown, https, loopback));
        }
    }

    #[test]
    fn anything_more_or_less_is_refused() {
        for text in
            ["vigia.example", "ftp://vigia.example", "https://", "https://vigia.example/app", "https://a:b@vigia.example", "https://x?y"]
        {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
