//! Which connector carries out what another system has reported.

use super::Asked;
use wildmatch::WildMatch;

/// A route: what it is for, and where it leads.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub matches: Vec<(Field, WildMatch)>,
    pub connector: String,
    pub parameters: Vec<(String, Text)>,
}

/// A column that routes look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Source,
    Operation,
    Device,
    Username,
    CredentialType,
    Template,
}

impl Field {
    pub const ALL: [Self; 6] = [Self::Source, Self::Operation, Self::Device, Self::Username, Self::CredentialType, Self::Template];

    /// The name in the connectors file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Operation => "operation",
            Self::Device => "device",
            Self::Username => "username",
            Self::CredentialType => "credential_type",
            Self::Template => "template",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    fn of<'a>(self, asked: &Asked<'a>) -> &'a str {
        match self {
            Self::Source => asked.source,
            Self::Operation => asked.operation,
            Self::Device => asked.device,
            Self::Username => asked.username,
            Self::CredentialType => asked.credential_type,
            Self::Template => asked.template,
        }
    }
}

impl Route {
    pub fn suits(&self, asked: &Asked<'_>) -> bool {
        self.matches.iter().all(|(field, pattern)| pattern.matches(field.of(asked)))
    }
}

/// A text with columns in it: `{username}`, `{extra:NAME}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Plain(String),
    Column(Field),
    Extra(String),
}

impl Text {
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| {
            let names: Vec<_> = Field::ALL.iter().map(|field| format!("{{{}}}", field.name())).collect();
            format!("{text:?} {what}; write {} or {{extra:NAME}}", names.join(", "))
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            if at > 0 {
                parts.push(Part::Plain(rest[..at].to_owned()));
            }
            let (name, after) = rest[at..]
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'))
                .ok_or_else(|| wrong("has a bracket without its other half"))?;
            parts.push(match (name.strip_prefix("extra:"), Field::parse(name)) {
                (Some(extra), _) if !extra.is_empty() => Part::Extra(extra.to_owned()),
                (None, Some(field)) => Part::Column(field),
                _ => return Err(wrong(&format!("names {{{name}}}, which there is not"))),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Plain(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The text where no row is needed for it.
    pub fn constant(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Plain(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for a row.
    ///
    /// # Errors
    /// The column that the row has nothing in.
    pub fn fill(&self, asked: &Asked<'_>) -> Result<String, String> {
        let mut filled = String::new();
        for part in &self.0 {
            let value = match part {
                Part::Plain(text) => text,
                Part::Column(field) => {
                    Some(field.of(asked)).filter(|value| !value.is_empty()).ok_or_else(|| format!("{{{}}}", field.name()))?
                }
                Part::Extra(name) => {
                    let found = asked.extra.iter().find(|(known, value)| known == name && !value.is_empty());
                    found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("{{extra:{name}}}"))?
                }
            };
            filled.push_str(value);
        }
        Ok(filled)
    }
}
