//! Every format there is, by name.

use super::own::Own;
use super::{Context, Format, OpenBao};
use std::path::Path;
use std::sync::Arc;

type Open = Arc<dyn Fn(&str, &Context) -> Box<dyn Format + Send> + Send + Sync>;

/// A format by its name.
#[derive(Clone)]
pub struct Known {
    /// What `--format` and the API call it.
    pub name: String,
    /// Further names it answers to.
    pub aliases: Vec<String>,
    /// One line on what it reads.
    pub reads: String,
    /// The source its events are of unless another is named.
    pub source: String,
    open: Open,
}

impl Known {
    fn built_in(name: &str, aliases: &[&str], reads: &str, open: fn(&str, &Context) -> Box<dyn Format + Send>) -> Self {
        let aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
        Self { name: name.to_owned(), aliases, reads: reads.to_owned(), source: name.to_owned(), open: Arc::new(open) }
    }

    /// A reader of lines that come from `source`.
    pub fn open(&self, source: &str, context: &Context) -> Box<dyn Format + Send> {
        (self.open)(source, context)
    }

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// The formats of one process: those Vigia brings, and those of mapping files.
#[derive(Clone)]
pub struct Formats(Vec<Known>);

impl Formats {
    /// Those Vigia brings.
    pub fn built_in() -> Self {
        Self(vec![
            Known::built_in("openbao", &["vault"], "Audit log of OpenBao or HashiCorp Vault: a JSON object a line.", |source, _| {
                Box::new(OpenBao::new(source))
            }),
            Known::built_in("vigia", &[], "Vigia's own: a JSON object a line, as docs/integrations/vigia-json.md says.", |source, _| {
                Box::new(Own::new(source))
            }),
        ])
    }

    /// Those Vigia brings, and one for each of these mapping files. A file's format comes before one of the same name.
    ///
    /// # Errors
    /// What is wrong with a file, and what would be right.
    pub fn with(files: &[impl AsRef<Path>]) -> Result<Self, FormatError> {
        let mut formats = Self::built_in();
        for file in files {
            formats.read(file.as_ref())?;
        }
        Ok(formats)
    }

    /// Adds the format of a mapping file, and gives it.
    ///
    /// # Errors
    /// What is wrong with the file, and what would be right.
    pub fn read(&mut self, file: &Path) -> Result<&Known, FormatError> {
        Err(FormatError(format!("{}: mapping files are not read yet.", file.display())))
    }

    /// The format of this name.
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.0.iter().find(|known| known.answers_to(name))
    }

    /// The format of this name.
    ///
    /// # Errors
    /// That there is none, with the names there are.
    pub fn named(&self, name: &str) -> Result<&Known, FormatError> {
        self.get(name)
            .ok_or_else(|| FormatError(format!("{name:?} is no format. Formats are: {}.", self.names().collect::<Vec<_>>().join(", "))))
    }

    /// The names, without further ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|known| known.name.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.iter()
    }
}

/// Why there is no such format: the name, or the mapping file and its key, what is wrong with it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(pub(super) String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_format() {
        let formats = Formats::built_in();
        let mut seen = Vec::new();
        for known in formats.iter() {
            for name in known.aliases.iter().chain([&known.name]) {
                assert!(!seen.contains(&name), "{name} stands twice");
                assert_eq!(formats.get(name).map(|found| &found.name), Some(&known.name));
                seen.push(name);
            }
            assert!(known.reads.ends_with('.'), "{}", known.reads);
        }
        assert!(formats.get("xml").is_none());
    }
}
