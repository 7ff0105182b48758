//! Putting the settings together from where they are written.

use super::keys::{self, KEYS, Key, Shape};
use super::{Config, ConfigError};
use crate::secret::is_open;
use std::ffi::OsString;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Everything outside the program that may say something about its settings.
#[derive(Default)]
pub struct Sources {
    /// The file of `--config`, which must be there.
    pub file: Option<PathBuf>,
    /// The environment. `VIGIA_CONFIG` names the file where `--config` does not.
    pub environment: Vec<(OsString, OsString)>,
    /// Settings given as flags.
    pub flags: Vec<(&'static Key, String)>,
}

/// Read when no file is named, and may be missing.
const DEFAULT_FILE: &str = "vigia.toml";
const FILE_VARIABLE: &str = "VIGIA_CONFIG";
/// What most tools call the database's URL.
const DATABASE_ALIAS: &str = "DATABASE_URL";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// File and line.
    File(PathBuf, usize),
    /// Name of the variable.
    Environment(String),
    /// Name of the flag, with its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Environment(variable) => write!(f, "environment, {variable}"),
            Self::Flag(flag) => write!(f, "flag, {flag}"),
        }
    }
}

/// The settings, and for each where it came from.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    origins: Vec<(&'static str, Origin)>,
}

impl Loaded {
    /// Reads all sources. A default file is looked for in `directory`.
    pub fn read(sources: &Sources, directory: &Path) -> Result<Self, ConfigError> {
        let mut loaded = Self { config: Config::default(), origins: Vec::new() };
        let variables = variables(&sources.environment)?;
        let named = sources.file.clone().or_else(|| value_of(&variables, FILE_VARIABLE).map(PathBuf::from));
        loaded.file(&named.clone().unwrap_or_else(|| directory.join(DEFAULT_FILE)), named.is_some())?;
        loaded.environment(&variables)?;
        for (key, value) in &sources.flags {
            loaded.set(key, value, Origin::Flag(format!("--{}", key.flag())))?;
        }
        loaded.config.backups.check().map_err(|(name, wrong)| {
            let origin = keys::by_name(name).map_or(&Origin::Default, |key| loaded.origin(key));
            ConfigError(format!("{name} ({origin}): {wrong}."))
        })?;
        Ok(loaded)
    }

    /// Where a setting's value came from.
    pub fn origin(&self, key: &Key) -> &Origin {
        self.origins.iter().rev().find(|(name, _)| *name == key.name).map_or(&Origin::Default, |(_, origin)| origin)
    }

    fn set(&mut self, key: &'static Key, value: &str, origin: Origin) -> Result<(), ConfigError> {
        (key.set)(&mut self.config, value).map_err(|wrong| {
            let value = if key.secret { "the value (not shown: it may hold a password)".to_owned() } else { format!("{value:?}") };
            ConfigError(format!("{} ({origin}): {value} {wrong}.", key.name))
        })?;
        self.origins.push((key.name, origin));
        Ok(())
    }

    fn file(&mut self, path: &Path, named: bool) -> Result<(), ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(()),
            Err(error) => return Err(ConfigError(format!("The settings in {} cannot be read: {error}.", path.display()))),
        };
        let line_of = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        let table = DeTable::parse(&text).map_err(|error| {
            let line = error.span().map(|span| format!(", line {}", line_of(span.start))).unwrap_or_default();
            ConfigError(format!("{}{line}: {}. Settings are written as TOML: name = value.", path.display(), error.message()))
        })?;
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let origin = Origin::File(path.to_owned(), line_of(name.span().start));
            let key = keys::by_name(name.get_ref()).ok_or_else(|| unknown(name.get_ref(), &origin, |key| key.name.to_owned()))?;
            let value = text_of(key, value.get_ref()).map_err(|wrong| ConfigError(format!("{} ({origin}): {wrong}", key.name)))?;
            // Only what has a user's name before the host has a password, too.
            let told = key.secret && value.contains('@') && std::fs::metadata(path).is_ok_and(|about| is_open(&about));
            let place = origin.to_string();
            self.set(key, &value, origin)?;
            if told {
                let (name, path) = (key.name, path.display());
                return Err(ConfigError(format!(
                    "{name} ({place}): the file holds a password, and everybody on this machine can read or change it: chmod 600 {path}."
                )));
            }
        }
        Ok(())
    }

    /// Variables that are set but empty say nothing: that is how container tools pass one on that is not set.
    fn environment(&mut self, variables: &[(String, String)]) -> Result<(), ConfigError> {
        if let Some(url) = value_of(variables, DATABASE_ALIAS)
            && let Some(key) = keys::by_name("database")
        {
            self.set(key, url, Origin::Environment(DATABASE_ALIAS.to_owned()))?;
        }
        for (name, value) in variables.iter().filter(|(name, _)| name.starts_with("VIGIA_") && name != FILE_VARIABLE) {
            let origin = Origin::Environment(name.clone());
            let key = KEYS.iter().find(|key| key.variable() == *name).ok_or_else(|| unknown(name, &origin, Key::variable))?;
            if !value.is_empty() {
                self.set(key, value, origin)?;
            }
        }
        Ok(())
    }
}

fn unknown(name: &str, origin: &Origin, known: fn(&Key) -> String) -> ConfigError {
    let known: Vec<_> = KEYS.iter().map(known).collect();
    ConfigError(format!("{name:?} ({origin}) is not a setting. Settings are: {}.", known.join(", ")))
}

fn value_of<'a>(variables: &'a [(String, String)], name: &str) -> Option<&'a str> {
    variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// Ours, as text, in the order of their names, so that of two errors always the same one is told.
fn variables(environment: &[(OsString, OsString)]) -> Result<Vec<(String, String)>, ConfigError> {
    let mut variables = Vec::new();
    for (name, value) in environment {
        let name = name.to_string_lossy();
        if name.starts_with("VIGIA_") || name == DATABASE_ALIAS {
            let value = value.to_str().ok_or_else(|| ConfigError(format!("The environment variable {name} is not valid UTF-8.")))?;
            variables.push((name.into_owned(), value.to_owned()));
        }
    }
    variables.sort();
    Ok(variables)
}

/// A value of the file as text; the error says what the file holds instead.
fn text_of(key: &Key, value: &DeValue<'_>) -> Result<String, String> {
    let (found, example) = match (key.shape, value) {
        (Shape::Text, DeValue::String(text)) => return Ok(text.clone().into_owned()),
        (Shape::Flag, DeValue::Boolean(flag)) => return Ok(flag.to_string()),
        // Out of range numbers are left to the setting itself, whose message names the range.
        (Shape::Number, DeValue::Integer(number)) => {
            let digits = number.as_str().replace('_', "");
            return Ok(i64::from_str_radix(&digits, number.radix()).map_or(digits, |number| number.to_string()));
        }
        (Shape::List, DeValue::Array(values)) => {
            let texts = values.iter().map(|value| value.get_ref().as_str().filter(|text| !text.contains(',')));
            match texts.collect::<Option<Vec<_>>>() {
                Some(texts) => return Ok(texts.join(",")),
                None => return Err(format!("expects texts without commas. Write for example: {} = [\"...\"].", key.name)),
            }
        }
        (shape, value) => (
            value,
            match shape {
                Shape::Text => format!("{} = \"...\"", key.name),
                Shape::Flag => format!("{} = true", key.name),
                Shape::Number => format!("{} = 5", key.name),
                Shape::List => format!("{} = [\"...\"]", key.name),
            },
        ),
    };
    let found = match found {
        DeValue::String(text) if !key.secret => format!("the text {text:?}"),
        DeValue::Integer(number) => format!("the number {}", number.as_str()),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(flag) => format!("the flag {flag}"),
        other => format!("a value of type {}", other.type_str()),
    };
    let wanted = match key.shape {
        Shape::Text => "text in quotation marks",
        Shape::Flag => "true or false, without quotation marks",
        Shape::Number => "a whole number, without quotation marks",
        Shape::List => "a list of texts",
    };
    Err(format!("expects {wanted}, but holds {found}. Write for example: {example}."))
}
