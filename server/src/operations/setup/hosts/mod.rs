//! Where a connector goes: the hosts that the connectors file, or a file it names, lists.
//!
//! The device of an operation may be what an event said, and so what anybody said who may send events. Whatever signs in on it with a
//! secret goes only to what is listed here.

mod file;
mod labels;
mod list;

pub use labels::{Host, Labels};

use file::ListFile;
use list::List;
use std::path::PathBuf;
use std::sync::Arc;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Most characters of a device that a refusal repeats.
const SHOWN: usize = 80;

/// See the module.
#[derive(Debug, Clone)]
pub struct Hosts {
    list: List,
    file: Option<Arc<ListFile>>,
}

impl Hosts {
    /// Of the keys `hosts` and `hosts_file`, which has to be readable now.
    ///
    /// # Errors
    /// The key, what is wrong with it, and what would be right.
    pub fn new(hosts: &[String], file: Option<PathBuf>) -> Result<Self, String> {
        let mut list = List::default();
        for (at, host) in hosts.iter().enumerate() {
            list.add(host).map_err(|wrong| format!("hosts[{at}]: {wrong}"))?;
        }
        let file = file.map(ListFile::new);
        if let Some(file) = &file {
            (*file.list()).as_ref().map_err(|wrong| format!("hosts_file: {wrong}"))?;
        }
        Ok(Self { list, file: file.map(Arc::new) })
    }

    /// Whether a connector of this name goes to a device.
    ///
    /// # Errors
    /// Why not, and what would help: a sentence.
    pub fn check(&self, connector: &str, device: &str) -> Result<(), Sentence> {
        let Some(host) = Host::parse(device) else {
            return Err(sentence!("connector.no-host", device = shown(device), connector = connector));
        };
        if self.list.has(&host) {
            return Ok(());
        }
        let listed = self.file.as_ref().map(|file| file.list());
        match listed.as_deref() {
            Some(Ok(list)) if list.has(&host) => Ok(()),
            Some(Err(wrong)) => Err(sentence!("connector.hosts-file", connector = connector, wrong = wrong)),
            _ => Err(sentence!("connector.not-listed", connector = connector, device = shown(device), table = connector)),
        }
    }
}

/// A text of somebody else, in quotes, cut, and with its odd letters written out: what looks like another text is told from it.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(SHOWN).collect();
    format!("\"{}{}\"", start.escape_default(), if chars.next().is_some() { "..." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(list: &[&str]) -> Hosts {
        Hosts::new(&list.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>(), None).expect("is sound")
    }

    #[test]
    fn a_connector_goes_to_what_is_listed_and_nowhere_else() {
        let hosts = hosts(&["srv-db-*", "Vault.Example.com", "*.db.example.com", "10.20.0.0/16", "192.0.2.7", "fd00::/8"]);
        for device in
            ["srv-db-1", "SRV-DB-1", "vault.example.com", "a.db.example.com", "10.20.3.4", "::ffff:10.20.3.4", "192.0.2.7", "fd00::1"]
        {
            assert!(hosts.check("pg", device).is_ok(), "{device}");
        }
        for device in [
            "srv-db-1.evil.example",
            "srv-db-1.",
            "srv-web-1",
            "xvault.example.com",
            "db.example.com",
            "a.b.db.example.com",
            "10.21.0.1",
            "192.0.2.8",
            "fe80::1",
            "10.20.1",
            "",
            "srv-db-1,evil",
            "srv-db-\u{0661}",
        ] {
            assert!(hosts.check("pg", device).is_err(), "{device}");
        }
    }

    #[test]
    fn a_refusal_says_what_would_help_and_shows_what_only_looks_alike() {
        let hosts = hosts(&["srv-db-*"]);
        let refused = |device: &str| hosts.check("pg", device).expect_err("is refused").to_string();
        insta::assert_debug_snapshot!([refused("srv-db-1.evil.example"), refused("srv-d\u{0432}-1"), refused(&"a b".repeat(100))], @r#"
        [
            "The connector pg does not go to \"srv-db-1.evil.example\", which is not among its hosts. If it is one of your devices, add it to hosts or hosts_file of [connector.pg] in the connectors file.",
            "\"srv-d\\u{432}-1\" is no host name and no address, so the connector pg does not go there. Letters, digits, - and _ make one, with dots between its parts and none at the end.",
            "\"a ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ...\" is no host name and no address, so the connector pg does not go there. Letters, digits, - and _ make one, with dots between its parts and none at the end.",
        ]
        "#);
    }
}
