//! Every format there is, by name.

use super::auto::{AUTO, Auto};
use super::envelope::Envelope;
use super::mapping::{Mapped, Mapping, forms};
use super::masked::Masked;
use super::own::Own;
use super::{Context, Format, OpenBao};
use crate::manner::{Manner, WithoutTime};
use std::path::Path;
use std::sync::Arc;
use vigia_app::sentence;
use vigia_app::words::{Sentence, listed};

type Open = Arc<dyn Fn(&str, &Context) -> Box<dyn Format + Send> + Send + Sync>;

/// Names of formats that are code: a mapping cannot stand in for them.
const CODE: [&str; 6] = ["openbao", "vault", "vigia", "cef", "leef", AUTO];

/// A format by its name.
#[derive(Clone)]
pub struct Known {
    /// What `--format` and the API call it.
    pub name: String,
    /// Other names it answers to.
    pub aliases: Vec<String>,
    /// One line on what it reads.
    pub reads: String,
    /// The source its events are of unless another is named.
    pub source: String,
    manner: Manner,
    open: Open,
}

impl Known {
    fn code(name: &str, aliases: &[&str], reads: &str, open: fn(&str, &Context) -> Box<dyn Format + Send>) -> Self {
        let aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
        Self {
            name: name.to_owned(),
            aliases,
            reads: reads.to_owned(),
            source: name.to_owned(),
            manner: Manner::default(),
            open: Arc::new(open),
        }
    }

    fn mapping(mapping: &Arc<Mapping>) -> Self {
        let Mapping { name, aliases, reads, .. } = &**mapping;
        let alone: Arc<[_]> = Arc::new([mapping.clone()]);
        Self { aliases: aliases.clone(), source: name.clone(), ..Self::any(name, reads, alone, mapping.envelopes.clone()) }
    }

    fn any(name: &str, reads: &str, mappings: Arc<[Arc<Mapping>]>, envelopes: Vec<Envelope>) -> Self {
        let called = format!("log of the format {name}");
        let open: Open =
            Arc::new(move |source, context| Box::new(Mapped::new(called.clone(), mappings.clone(), envelopes.clone(), source, context)));
        Self {
            name: name.to_owned(),
            aliases: Vec::new(),
            reads: reads.to_owned(),
            source: name.to_owned(),
            manner: Manner::default(),
            open,
        }
    }

    /// A reader of lines that come from `source`. Its events hold no secrets.
    pub fn open(&self, source: &str, context: &Context) -> Box<dyn Format + Send> {
        let Manner { encoding, without_time } = self.manner;
        let context = Context { arrival: without_time == WithoutTime::Arrival, ..context.clone() };
        Box::new(Masked { format: (self.open)(source, &context), encoding })
    }

    /// Its lines read in this manner.
    pub fn read_in(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// The formats of one process: those that come with Vigia, and those of mapping files.
#[derive(Clone)]
pub struct Formats {
    known: Vec<Known>,
    /// Files of one's own first: what they map, they map before any other.
    mappings: Vec<Arc<Mapping>>,
}

impl Formats {
    /// Those that come with Vigia.
    pub fn built_in() -> Self {
        Self { known: Vec::new(), mappings: Mapping::built_in() }.listed()
    }

    /// Those that come with Vigia, and one for each of these mapping files. A file's format stands in for one of the same name.
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

    /// Adds the format of a mapping file, and returns it.
    ///
    /// # Errors
    /// What is wrong with the file, and what would be right.
    pub fn read(&mut self, file: &Path) -> Result<&Known, FormatError> {
        let mapping = Mapping::read(file).map_err(|wrong| FormatError(wrong.into()))?;
        let name = mapping.name.clone();
        let taken = CODE.iter().find(|known| **known == name || mapping.aliases.iter().any(|alias| alias == *known));
        if let Some(taken) = taken {
            let wrong =
                format!("The mapping {}: {taken:?} is a format of Vigia that is not a mapping; choose another name.", file.display());
            return Err(FormatError(wrong.into()));
        }
        self.mappings.retain(|known| known.name != name);
        self.mappings.insert(0, Arc::new(mapping));
        *self = Self { known: Vec::new(), mappings: std::mem::take(&mut self.mappings) }.listed();
        self.named(&name)
    }

    fn listed(mut self) -> Self {
        let own = "Vigia's own: a JSON object a line, as docs/integrations/vigia-json.md says.";
        let openbao = "Audit log of OpenBao or HashiCorp Vault: a JSON object a line.";
        self.known = vec![
            Known::code("openbao", &["vault"], openbao, |source, _| Box::new(OpenBao::new(source))),
            Known::code("vigia", &[], own, |source, context| Box::new(Own::new(source, context))),
        ];
        for mapping in &self.mappings {
            self.known.push(Known::mapping(mapping));
        }
        for (name, envelope, reads) in [
            ("cef", Envelope::Cef, "CEF of any product that a mapping knows."),
            ("leef", Envelope::Leef, "LEEF of any product that a mapping knows."),
        ] {
            self.known.push(Known::any(name, reads, forms(&self.mappings, envelope), vec![envelope]));
        }
        let mappings: Arc<[_]> = self.mappings.clone().into();
        let reads = "Lines of any of these, told apart by their marks; CEF, LEEF and JSON of several products in one stream.";
        self.known.push(Known {
            name: AUTO.to_owned(),
            aliases: Vec::new(),
            reads: reads.to_owned(),
            source: AUTO.to_owned(),
            manner: Manner::default(),
            open: Arc::new(move |source, context| Box::new(Auto::new(&mappings, source, context))),
        });
        self
    }

    /// The format of this name.
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.answers_to(name))
    }

    /// The format of this name.
    ///
    /// # Errors
    /// That there is no such format, and which there are.
    pub fn named(&self, name: &str) -> Result<&Known, FormatError> {
        self.get(name).ok_or_else(|| FormatError(sentence!("request.format", format = format!("{name:?}"), known = listed(self.names()))))
    }

    /// The names, without aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|known| known.name.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.known.iter()
    }
}

/// Why there is no such format: the name, or the mapping file and its key, what is wrong with it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(Sentence);

impl From<FormatError> for Sentence {
    fn from(error: FormatError) -> Self {
        error.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_format() {
        let formats = Formats::built_in();
        let mut seen = Vec::new();
        for known in formats.iter() {
            for name in known.aliases.iter().chain([&known.name]) {
                assert!(!seen.contains(&name), "{name} appears twice");
                assert_eq!(formats.get(name).map(|found| &found.name), Some(&known.name));
                seen.push(name);
            }
            assert!(known.reads.ends_with('.'), "{}", known.reads);
        }
        assert!(formats.get("xml").is_none());
    }
}
