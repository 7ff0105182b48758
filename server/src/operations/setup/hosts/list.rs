//! A list of hosts: names, patterns of names, addresses and networks.

use super::labels::{Host, Labels, is_pattern};
use ipnet::IpNet;
use std::collections::HashSet;
use std::net::IpAddr;

#[derive(Debug, Clone, Default)]
pub(super) struct List {
    /// In lower case.
    names: HashSet<String>,
    patterns: Vec<Labels>,
    nets: Vec<IpNet>,
}

impl List {
    /// Adds a host.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical().into()));
        if let Some(net) = net {
            if net.prefix_len() == 0 {
                return Err(format!("{text:?} would be every address; write the networks that the devices are in, as in 10.20.0.0/16"));
            }
            self.nets.push(net);
            return Ok(());
        }
        let wild = |label: &str| label.contains(['*', '?']);
        if is_pattern(text) && wild(text) {
            let labels: Vec<_> = text.split('.').collect();
            if labels.iter().all(|label| label.bytes().all(|byte| matches!(byte, b'*' | b'?'))) {
                return Err(format!("{text:?} would be every name; write what the names of the devices have in common, as in srv-db-*"));
            }
            if labels.len() > 1 && labels.last().is_some_and(|label| wild(label)) {
                return Err(format!(
                    "{text:?} leaves the end of the name open, and anybody may have one that ends otherwise; write it out, as in \
                     *.db.example.com, or a network, as in 10.20.0.0/16"
                ));
            }
            self.patterns.push(Labels::new(text));
            return Ok(());
        }
        match Host::parse(text) {
            Some(Host::Name(name)) => {
                self.names.insert(name);
                Ok(())
            }
            _ => Err(format!(
                "{text:?} is not a host, address or network; write for example srv-db-01, srv-db-*, *.db.example.com or 10.20.0.0/16"
            )),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.patterns.is_empty() && self.nets.is_empty()
    }

    pub fn has(&self, host: &Host) -> bool {
        match host {
            Host::Address(ip) => self.nets.iter().any(|net| net.contains(ip)),
            Host::Name(name) => self.names.contains(name) || self.patterns.iter().any(|pattern| pattern.matches(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_everywhere_or_nowhere_is_refused_with_what_would_be_right() {
        for (text, says) in [
            ("*", "every name"),
            ("*.*", "every name"),
            ("?*", "every name"),
            ("0.0.0.0/0", "every address"),
            ("::/0", "every address"),
            ("srv-db-1.*", "leaves the end of the name open"),
            ("10.20.*", "10.20.0.0/16"),
            ("10.0.0.0/99", "is not a host"),
            ("10.20.*.1", "is not a host"),
            ("srv-db-1.", "is not a host"),
            ("https://srv-db-1", "is not a host"),
            ("srv db", "is not a host"),
            ("127.1", "is not a host"),
            ("s\u{0440}v-*", "is not a host"),
            ("", "is not a host"),
        ] {
            let wrong = List::default().add(text).expect_err(text);
            assert!(wrong.contains(says), "{text}: {wrong}");
        }
    }
}
