//! Names of hosts and patterns of them, compared label by label: no pattern reaches into a domain that somebody else owns.

use std::net::IpAddr;
use wildmatch::WildMatch;

/// What ends a label: the full stop, and the three characters that IDNA takes for one.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
/// Longest name of a host, and of a label, in bytes.
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A pattern with as many labels as what it matches, whatever the case. In each, `*` stands for any text and `?` for a character.
#[derive(Debug, Clone)]
pub struct Labels(Vec<WildMatch>);

impl Labels {
    pub fn new(pattern: &str) -> Self {
        Self(pattern.split(DOTS).map(WildMatch::new_case_insensitive).collect())
    }

    pub fn matches(&self, name: &str) -> bool {
        let mut labels = name.split(DOTS);
        let all = self.0.iter().all(|pattern| labels.next().is_some_and(|label| pattern.matches(label)));
        all && labels.next().is_none()
    }
}

/// What a connector can go to: an address, or a name in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

impl Host {
    /// `None` for what is no host: letters beyond ASCII, an empty label (so also a dot at the end), white space, `/`, `@`, `%`, and numbers
    /// that some programs take for an address (`127.1`, `0x7f.1`).
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Some(Self::Address(ip.to_canonical()));
        }
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        is_name(text, letter).then(|| Self::Name(text.to_ascii_lowercase()))
    }
}

/// Whether a text has the form of a pattern of names: labels as [`Host::parse`] takes them, with `*` and `?` in them.
pub(super) fn is_pattern(text: &str) -> bool {
    is_name(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*' | b'?'))
}

fn is_name(text: &str, letter: impl Fn(u8) -> bool) -> bool {
    let label = |label: &str| (1..=LONGEST_LABEL).contains(&label.len()) && !label.starts_with('-') && label.bytes().all(&letter);
    text.len() <= LONGEST && text.split('.').all(label) && !ends_in_number(text)
}

/// Whether programs may take it for an address of IPv4.
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    last.bytes().all(|byte| byte.is_ascii_digit()) || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_labels_and_nothing_beyond_them() {
        for (pattern, name, matches) in [
            ("srv-db-*", "srv-db-1", true),
            ("srv-db-*", "SRV-DB-12", true),
            ("SRV-?", "srv-1", true),
            ("srv-db-*", "srv-db-1.evil.example", false),
            ("srv-db-*", "srv-db-1.", false),
            ("srv-db-*", "srv-db-1\u{3002}evil", false),
            ("srv-db-*", "srv-db-1\u{ff0e}evil", false),
            ("srv-db-*", "srv-db-1\u{ff61}evil", false),
            ("srv-db-*", "xsrv-db-1", false),
            ("*", "anything", true),
            ("*", "any.thing", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "A.Example.COM", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.example.com.evil.example", false),
            ("*.example.com", "aexample.com", false),
            ("10.0.*.*", "10.0.3.4", true),
            ("10.0.*", "10.0.3.4", false),
            ("database/*", "database/erp", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Labels::new(pattern).matches(name), matches, "{pattern} {name:?}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_nothing_that_two_programs_read_differently() {
        let name = |text: &str| Some(Host::Name(text.to_owned()));
        let address = |text: &str| text.parse().ok().map(Host::Address);
        for (text, host) in [
            ("srv-db-01", name("srv-db-01")),
            ("Srv_DB.Example.com", name("srv_db.example.com")),
            ("10.0.0.1", address("10.0.0.1")),
            ("::ffff:10.0.0.1", address("10.0.0.1")),
            ("FD00::1", address("fd00::1")),
            ("3com.example", name("3com.example")),
            ("10.0.0.1.example", name("10.0.0.1.example")),
        ] {
            assert_eq!(Host::parse(text), host, "{text}");
            assert!(host.is_some(), "{text}");
        }
        let long = "a".repeat(64);
        let longer = ["abcdefghi."; 26].concat() + "a";
        for text in [
            "",
            ".",
            "srv-db-1.",
            ".srv",
            "a..b",
            "srv db",
            " srv",
            "srv\n",
            "srv\0",
            "-oProxyCommand=x",
            "a.-b",
            "srv,evil",
            "srv/evil",
            "/tmp",
            "srv:5432",
            "root@srv",
            "srv%2e",
            "fe80::1%eth0",
            "[::1]",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "010.0.0.1",
            "1.2.3.4.5",
            "256.0.0.1",
            "s\u{0440}v",
            "srv-db-1\u{3002}evil",
            "\u{ff11}0.0.0.1",
            "srv\u{200b}",
            "*",
            "srv-*",
            &long,
            &longer,
        ] {
            assert_eq!(Host::parse(text), None, "{text:?}");
        }
    }
}
