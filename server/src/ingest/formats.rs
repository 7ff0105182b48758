//! Every format there is, by name.

use super::{Format, OpenBao};

/// A format by its name.
pub struct Known {
    /// What `--format` and the API call it.
    pub name: &'static str,
    /// Further names it answers to.
    pub aliases: &'static [&'static str],
    /// One line on what it reads.
    pub reads: &'static str,
    /// The source its events are of unless another is named.
    pub source: &'static str,
    open: fn(source: &str) -> Box<dyn Format + Send>,
}

impl Known {
    /// A reader of lines that come from `source`.
    pub fn open(&self, source: &str) -> Box<dyn Format + Send> {
        (self.open)(source)
    }
}

pub const FORMATS: &[Known] = &[Known {
    name: "openbao",
    aliases: &["vault"],
    reads: "Audit log of OpenBao or HashiCorp Vault: a JSON object a line.",
    source: OpenBao::SOURCE,
    open: |source| Box::new(OpenBao::new(source)),
}];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static Known> {
    FORMATS.iter().find(|known| known.name == name || known.aliases.contains(&name))
}
