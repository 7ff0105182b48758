//! The address people type, when it is not the one the server listens on.

use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Scheme, host and port; never a path, for the page asks for `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    /// Host and port as a browser writes them: in lower case, and without the port that the scheme has anyway.
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
        let url = Url::parse(text).map_err(|_| wrong())?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some() || text.contains('@');
        // A name with a dot at its end is the same name.
        let host =
            url.host_str().map(|host| host.strip_suffix('.').unwrap_or(host)).filter(|host| !host.is_empty() && !more).ok_or_else(wrong)?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { https, authority, host: host.to_owned() })
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
            ("https://vigia.example:443", "https://vigia.example", true, false),
            ("http://vigia.example:80/", "http://vigia.example", false, false),
            ("https://vigia.example:80", "https://vigia.example:80", true, false),
            ("HTTPS://VIGIA.EXAMPLE.:443/", "https://vigia.example", true, false),
            ("https://vigia.example.:8443", "https://vigia.example:8443", true, false),
            ("https://[2001:DB8:0::7]:443", "https://[2001:db8::7]", true, false),
            ("https://vigía.example", "https://xn--viga-xpa.example", true, false),
        ] {
            let url: PublicUrl = text.parse().unwrap_or_else(|error| panic!("{text} {error}"));
            assert_eq!((url.to_string().as_str(), url.is_https(), url.is_loopback()), (shown, https, loopback));
        }
    }

    #[test]
    fn anything_more_or_less_is_refused() {
        for text in [
            "vigia.example",
            "ftp://vigia.example",
            "https://",
            "https://vigia.example/app",
            "https://a:b@vigia.example",
            "https://x?y",
            "https://x#y",
            "https://x:99999",
            "https://.",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
