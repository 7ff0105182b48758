//! What a field must be for a rule to hold.

use super::names::Slot;
use regex::{Regex, RegexSet, SetMatches};
use std::cell::OnceCell;
use toml::Value;

/// Each part narrows; words are compared without regard to the case of A to Z.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// One of these.
    any: Vec<String>,
    none: Vec<String>,
    /// Starts with one of these.
    prefix: Vec<String>,
    pattern: Option<String>,
    /// Which of the [`Patterns`] are its field's, and where its own stands in them.
    at: (usize, usize),
    present: Option<bool>,
}

/// The patterns of all conditions on one field: a line's value is held against all of them at once.
#[derive(Debug)]
pub(super) struct Patterns {
    field: Slot,
    patterns: Vec<String>,
    set: RegexSet,
}

/// Which of them a line's value fits, once it was looked.
pub(super) type Fits = OnceCell<SetMatches>;

impl Patterns {
    /// Takes the patterns of conditions out of them, those on one field together.
    pub(super) fn of<'c>(conditions: impl Iterator<Item = &'c mut (Slot, Condition)>) -> Result<Vec<Self>, String> {
        let mut all: Vec<Self> = Vec::new();
        for (field, condition) in conditions {
            let Some(pattern) = &condition.pattern else { continue };
            let at = all.iter().position(|patterns| patterns.field == *field).unwrap_or_else(|| {
                all.push(Self { field: *field, patterns: Vec::new(), set: RegexSet::empty() });
                all.len() - 1
            });
            condition.at = (at, all[at].patterns.len());
            all[at].patterns.push(pattern.clone());
        }
        for patterns in &mut all {
            patterns.set = RegexSet::new(&patterns.patterns).map_err(|error| format!("regex: {error}"))?;
        }
        Ok(all)
    }

    /// For a line at which nothing was looked.
    pub(super) fn unseen(all: &[Self]) -> Vec<Fits> {
        vec![Fits::new(); all.len()]
    }
}

impl Condition {
    /// Reads `"word"`, `["one", "of"]` or a table of `is`, `not`, `prefix`, `regex` and `present`. The error says what is wrong, and
    /// what would be right.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let Value::Table(table) = value else { return Ok(Self { any: words(value)?, ..Self::default() }) };
        let mut condition = Self::default();
        for (key, value) in table {
            match key.as_str() {
                "is" => condition.any = words(value)?,
                "not" => condition.none = words(value)?,
                "prefix" => condition.prefix = words(value)?,
                "present" => condition.present = Some(value.as_bool().ok_or("present: write true or false")?),
                "regex" => {
                    let pattern = value.as_str().ok_or("regex: write a text")?;
                    Regex::new(pattern).map_err(|error| format!("regex: {error}"))?;
                    condition.pattern = Some(pattern.to_owned());
                }
                other => return Err(format!("{other:?} is not a condition; write is, not, prefix, regex or present")),
            }
        }
        if table.is_empty() { Err("it is empty; write is, not, prefix, regex or present".to_owned()) } else { Ok(condition) }
    }

    /// Whether a field with this value passes; an empty value is a missing one.
    pub(super) fn holds(&self, value: &str, patterns: &[Patterns], fits: &[Fits]) -> bool {
        let (field, at) = self.at;
        let is = |word: &String| word.eq_ignore_ascii_case(value);
        let begins = |word: &String| value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        (self.any.is_empty() || self.any.iter().any(is))
            && !self.none.iter().any(is)
            && (self.prefix.is_empty() || self.prefix.iter().any(begins))
            && self.present.is_none_or(|present| present != value.is_empty())
            && (self.pattern.is_none() || fits[field].get_or_init(|| patterns[field].set.matches(value)).matched(at))
    }
}

/// A text, a whole number, or a list of them.
pub(super) fn words(value: &Value) -> Result<Vec<String>, String> {
    let word = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        other => Err(format!("it holds a value of type {}; write a text or a list of texts", other.type_str())),
    };
    match value {
        Value::Array(values) => values.iter().map(word).collect(),
        value => Ok(vec![word(value)?]),
    }
}
