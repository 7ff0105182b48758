//! Which connector carries out what another system has reported.

use super::Asked;
use super::forms::Form;
use super::hosts::{Hosts, Labels};
use vigia_app::sentence;
use vigia_app::words::Sentence;
use wildmatch::WildMatch;

/// A route: what it is for, and where it leads.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub matches: Vec<(Field, Pattern)>,
    pub connector: String,
    pub parameters: Vec<Parameter>,
}

/// What the values of a column are compared with.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// `*` stands for any text and `?` for a character, whatever the case.
    Text(WildMatch),
    /// Of devices.
    Labels(Labels),
}

impl Pattern {
    pub fn new(field: Field, pattern: &str) -> Self {
        match field {
            Field::Device => Self::Labels(Labels::new(pattern)),
            _ => Self::Text(WildMatch::new_case_insensitive(pattern)),
        }
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Self::Text(pattern) => pattern.matches(value),
            Self::Labels(pattern) => pattern.matches(value),
        }
    }
}

/// A parameter that a route tells its connector.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub name: String,
    pub text: Text,
    /// What the whole value has to be; `None` where each value of a column in it has to be a name.
    pub form: Option<Form>,
}

impl Parameter {
    /// The value for a row.
    ///
    /// # Errors
    /// A sentence: what the row lacks, or has that is not of the form.
    pub fn value(&self, asked: &Asked<'_>, connector: &str, hosts: Option<&Hosts>) -> Result<String, Sentence> {
        let mut filled = String::new();
        for part in &self.text.0 {
            let value = part
                .of(asked)
                .map_err(|missing| sentence!("connector.route-lacks", connector = connector, parameter = &self.name, missing = missing))?;
            if self.form.is_none() && !matches!(part, Part::Plain(_)) {
                Form::Name.check(connector, &self.name, value, hosts)?;
            }
            filled.push_str(value);
        }
        if let Some(form) = &self.form {
            form.check(connector, &self.name, &filled, hosts)?;
        }
        Ok(filled)
    }
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

    /// The first `{extra:NAME}` in it.
    pub fn extra(&self) -> Option<&str> {
        self.0.iter().find_map(|part| if let Part::Extra(name) = part { Some(name.as_str()) } else { None })
    }
}

impl Part {
    /// What a row has there.
    ///
    /// # Errors
    /// The column that it has nothing in.
    fn of<'a>(&'a self, asked: &Asked<'a>) -> Result<&'a str, String> {
        match self {
            Self::Plain(text) => Ok(text),
            Self::Column(field) => Some(field.of(asked)).filter(|value| !value.is_empty()).ok_or_else(|| format!("{{{}}}", field.name())),
            Self::Extra(name) => {
                let found = asked.extra.iter().find(|(known, value)| known == name && !value.is_empty());
                found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("{{extra:{name}}}"))
            }
        }
    }
}
