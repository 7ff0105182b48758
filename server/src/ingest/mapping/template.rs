//! Texts with fields in them: `{name}@{host}`.

use super::names::{Filled, Names, Slot};
use std::borrow::Cow;

/// A text with fields in it; without any it is a constant.
#[derive(Debug)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Field(Slot),
}

impl Template {
    /// Reads a text; `{{` and `}}` stand for the brackets themselves.
    pub(super) fn read(text: &str, names: &mut Names) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let bracket = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(bracket) {
                plain.push_str(bracket);
                rest = after;
                continue;
            }
            let (name, after) = after.split_once('}').filter(|(name, _)| bracket == "{" && !name.trim().is_empty()).ok_or_else(|| {
                format!("{text:?} has a bracket that names no field; write {{name}}, or {{{{ and }}}} for the brackets themselves")
            })?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Field(names.slot(name.trim())));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The text where it holds no field.
    pub(super) fn constant(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for a line; `None` where one of its fields is missing.
    pub(super) fn fill<'v>(&'v self, line: &[Option<Filled<'v>>]) -> Option<Cow<'v, str>> {
        if let [part] = self.0.as_slice() {
            return match part {
                Part::Text(text) => Some(Cow::Borrowed(text)),
                Part::Field(slot) => line[*slot].map(|(value, _)| Cow::Borrowed(value)),
            };
        }
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Field(slot) => text.push_str(line[*slot]?.0),
            }
        }
        Some(Cow::Owned(text))
    }

    /// The fields that are in it.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.0.iter().filter_map(|part| if let Part::Field(slot) = part { Some(*slot) } else { None })
    }

    /// The fields of the line that are in it.
    pub(super) fn fields<'t>(&'t self, line: &'t [Option<Filled<'_>>]) -> impl Iterator<Item = usize> + 't {
        self.slots().filter_map(|slot| line[slot].and_then(|(_, at)| at))
    }
}

/// What a column is set to: the first of some templates that a line fills, and perhaps what a table makes of it.
#[derive(Debug, Default)]
pub(super) struct Value {
    pub of: Vec<Template>,
    pub table: Option<Table>,
    /// A text that says the same says nothing new.
    pub unless: Option<Template>,
    /// Added to a whole number.
    pub plus: u32,
    /// Where no template is filled, or the table has no such word.
    pub default: Option<Template>,
}

/// Words and what they become; compared without regard to the case of A to Z.
pub(super) type Table = Vec<(String, String)>;

impl Value {
    /// The fields that are in it.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.of.iter().chain(&self.unless).chain(&self.default).flat_map(Template::slots)
    }

    /// Each text it may be, the preferred first, with the template it is of.
    pub(super) fn texts<'v>(&'v self, line: &'v [Option<Filled<'v>>]) -> impl Iterator<Item = (Cow<'v, str>, Option<&'v Template>)> {
        let filled = self.of.iter().filter_map(move |template| {
            let text = template.fill(line)?;
            let same = |unless: &Template| unless.fill(line).is_some_and(|unless| unless.trim() == text.trim());
            if self.unless.as_ref().is_some_and(same) {
                return None;
            }
            let text = match self.plus {
                0 => text,
                plus => Cow::Owned((text.trim().parse::<u32>().ok()?.checked_add(plus)?).to_string()),
            };
            let text = match &self.table {
                None => text,
                Some(table) => {
                    let (_, becomes) = table.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text))?;
                    Cow::Borrowed(becomes.as_str())
                }
            };
            Some((text, Some(template)))
        });
        filled.chain(self.default.iter().filter_map(move |default| Some((default.fill(line)?, None))))
    }

    /// The preferred text.
    pub(super) fn text<'v>(&'v self, line: &'v [Option<Filled<'v>>]) -> Option<Cow<'v, str>> {
        self.texts(line).map(|(text, _)| text).find(|text| !text.is_empty())
    }
}
