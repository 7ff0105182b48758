//! Mappings: what the lines of a product become, written as data.
//!
//! A mapping file is read by [`file`] and checked whole; what comes out is a [`Mapping`], in which every name is a number ([`names`]).
//! [`apply`] makes an event of a line. The language is described in `docs/integrations/mappings.md`.

mod apply;
mod capture;
mod condition;
mod file;
mod format;
mod list;
mod names;
mod recent;
mod template;
#[cfg(test)]
mod tests;

pub use apply::about;
pub use format::{Mapped, forms};

use super::envelope::Envelope;
use capture::Capture;
use condition::{Condition, Patterns};
use list::List;
use names::{Names, Slot};
use std::path::Path;
use std::sync::Arc;
use template::{Template, Value};
use vigia_app::model::{ActorKind, Column, Report};

/// The mappings that come with Vigia: name of the file, and its text.
const BUILT_IN: &[(&str, &str)] = &[
    ("segura.toml", include_str!("../../../mappings/segura.toml")),
    ("cyberark.toml", include_str!("../../../mappings/cyberark.toml")),
    ("delinea.toml", include_str!("../../../mappings/delinea.toml")),
    ("wallix.toml", include_str!("../../../mappings/wallix.toml")),
    ("teleport.toml", include_str!("../../../mappings/teleport.toml")),
    ("bitwarden.toml", include_str!("../../../mappings/bitwarden.toml")),
    ("beyondtrust.toml", include_str!("../../../mappings/beyondtrust.toml")),
    ("jumpserver.toml", include_str!("../../../mappings/jumpserver.toml")),
    ("beyondtrust-pra.toml", include_str!("../../../mappings/beyondtrust-pra.toml")),
    ("infisical.toml", include_str!("../../../mappings/infisical.toml")),
    ("passbolt.toml", include_str!("../../../mappings/passbolt.toml")),
    ("safeguard.toml", include_str!("../../../mappings/safeguard.toml")),
    ("warpgate.toml", include_str!("../../../mappings/warpgate.toml")),
];

/// What the lines of one product become.
#[derive(Debug)]
pub struct Mapping {
    pub name: String,
    pub aliases: Vec<String>,
    pub reads: String,
    pub envelopes: Vec<Envelope>,
    /// What a line must be to be this product's.
    belongs: Vec<Mark>,
    /// What tells its lines among those of other products, where `belongs` does not.
    marks: Vec<Mark>,
    names: Names,
    /// Words that stand for a missing value.
    missing: Vec<String>,
    captures: Vec<Capture>,
    /// Those of them on which it depends which rule a line falls under.
    deciding: Vec<usize>,
    /// The vendor's lists of events.
    lists: Vec<List>,
    time: Vec<Template>,
    time_formats: Vec<String>,
    /// Whether a line without a time has that of its arrival.
    arrival: bool,
    id: Vec<Template>,
    /// Names the event of a line that nothing maps.
    about: Option<Template>,
    ignore: Vec<Ignored>,
    /// Who or what acts; the first whose conditions hold.
    actors: Vec<(Vec<(Slot, Condition)>, ActorKind)>,
    rules: Vec<Rule>,
    /// Of the conditions of `ignore` and `rules`.
    patterns: Vec<Patterns>,
    kept: Kept,
}

/// Fields of which the first that is there has to be so.
type Mark = (Vec<String>, Condition, Vec<Patterns>);

/// A kind of line that is left out, and why.
#[derive(Debug)]
struct Ignored {
    when: Vec<(Slot, Condition)>,
    why: String,
}

/// What one kind of line becomes.
#[derive(Debug)]
struct Rule {
    name: String,
    when: Vec<(Slot, Condition)>,
    report: &'static Report,
    cells: Vec<(&'static Column, Value)>,
    attempt: Option<AttemptRule>,
    /// The captures it speaks of, besides the deciding ones.
    captures: Vec<usize>,
}

/// What a line says of the try it reports.
#[derive(Debug, Default)]
struct AttemptRule {
    number: Option<Value>,
    executor: Option<Value>,
    result: Option<Value>,
    error_class: Option<Value>,
    message: Option<Value>,
}

impl Rule {
    /// The fields its event is made of.
    fn fields(&self) -> Vec<Slot> {
        let tried = self.attempt.iter().flat_map(|it| [&it.number, &it.executor, &it.result, &it.error_class, &it.message]).flatten();
        self.cells.iter().map(|(_, value)| value).chain(tried).flat_map(Value::slots).collect()
    }
}

/// Which of the fields that no column took stay with the event.
#[derive(Debug, Default)]
struct Kept {
    /// None: all.
    only: Option<Vec<String>>,
    /// A name; one that ends in `*` stands for all that begin so.
    not: Vec<String>,
}

impl Mapping {
    /// Those that come with Vigia.
    pub fn built_in() -> Vec<Arc<Self>> {
        BUILT_IN.iter().filter_map(|(name, text)| file::read(name, text).ok()).map(Arc::new).collect()
    }

    /// Whether it says what a line must be to be its product's, whatever stream it is in.
    fn tells_its_product(&self) -> bool {
        !self.belongs.is_empty()
    }

    /// Whether its lines can be told among those of other products.
    pub fn has_marks(&self) -> bool {
        !(self.belongs.is_empty() && self.marks.is_empty())
    }

    /// Reads a mapping file.
    ///
    /// # Errors
    /// The file, the key, what is wrong with it, and what would be right.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("The mapping {name} cannot be read: {error}."))?;
        file::read(&name, &text)
    }
}
