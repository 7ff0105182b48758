//! Reading the connectors file, and checking everything in it.

use super::forms::Form;
use super::hosts::Hosts;
use super::kind::{self, AppRole, KINDS, Kind};
use super::route::{Field, Parameter, Pattern, Route, Text};
use super::span::{DAY, Span};
use super::{Pace, Setup, Way};
use crate::store::operations::Limits;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use toml::{Table, Value};
use vigia_app::model::ConnectorInfo;
use vigia_app::words::Sentence;

/// What a connector does where its table says nothing.
const OPERATIONS: [&str; 1] = ["Change password"];
/// How long an attempt may take where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest name of a connector or a parameter, in bytes.
const LONGEST_NAME: usize = 64;
/// Longest word for an operation, in bytes.
const LONGEST_OPERATION: usize = 128;

/// The table `limits`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsTable {
    concurrent: u32,
    per_device: u32,
    attempts: u32,
    backoff_first: Span,
    backoff_cap: Span,
    approve_within: Span,
    lease: Span,
    drain: Span,
}

impl Default for LimitsTable {
    fn default() -> Self {
        let Setup { limits, approve_within, pace, .. } = Setup::default();
        Self {
            concurrent: limits.total,
            per_device: limits.device,
            attempts: 5,
            backoff_first: Span(pace.first),
            backoff_cap: Span(pace.cap),
            approve_within: Span(approve_within),
            lease: Span(pace.lease),
            drain: Span(pace.drain),
        }
    }
}

/// What every kind of connector has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    kind: String,
    operations: Option<Vec<String>>,
    #[serde(default)]
    approval: bool,
    attempts: Option<u32>,
    timeout: Option<Span>,
    hosts: Option<Vec<String>>,
    hosts_file: Option<PathBuf>,
}

const COMMON: [&str; 7] = ["kind", "operations", "approval", "attempts", "timeout", "hosts", "hosts_file"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteTable {
    #[serde(default, rename = "match")]
    matches: BTreeMap<String, String>,
    connector: String,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
}

/// A parameter of a route whose value has a form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormedTable {
    from: String,
    form: Option<String>,
    one_of: Option<Vec<String>>,
}

/// Reads the file's text.
///
/// # Errors
/// The table, the key, what is wrong with it, and what would be right; to follow the name of the file.
pub(super) fn read(text: &str) -> Result<Setup, String> {
    let file: Table = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| format!(", line {}", text[..span.start.min(text.len())].matches('\n').count() + 1));
        format!("{}: {}", line.unwrap_or_default(), error.message())
    })?;
    let mut setup = Setup::default();
    let mut routes = Vec::new();
    let mut limits = LimitsTable::default();
    for (name, value) in file {
        match (name.as_str(), value) {
            ("limits", value) => limits = table(value).map_err(|wrong| format!(", [limits]{wrong}"))?,
            ("connector", Value::Table(connectors)) => {
                for (name, value) in connectors {
                    let (info, way) = connector(&name, value).map_err(|wrong| format!(", [connector.{name}]{wrong}"))?;
                    setup.connectors.push(info);
                    setup.ways.insert(name, way);
                }
            }
            ("route", Value::Array(values)) => routes = values,
            ("connector" | "route", _) => {
                return Err(format!(": {name} is not a table; write [connector.NAME] for a connector and [[route]] for a route"));
            }
            _ => return Err(format!(": there is no table {name:?}; tables are [limits], [connector.NAME] and [[route]]")),
        }
    }
    set_limits(&mut setup, &limits).map_err(|wrong| format!(", [limits] {wrong}"))?;
    for (number, value) in routes.into_iter().enumerate() {
        let route = route(&setup, value).map_err(|wrong| format!(", [[route]] number {}{wrong}", number + 1))?;
        setup.routes.push(route);
    }
    Ok(setup)
}

/// A table as what it stands for; the error begins with the key, where one is at fault.
fn table<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let key = if path == "." { String::new() } else { format!(" {path}") };
        format!("{key}: {}", error.inner().message().trim())
    })
}

fn within(name: &str, span: Span, least: Duration, most: Duration) -> Result<Duration, String> {
    let shown = humantime::format_duration;
    if (least..=most).contains(&span.0) { Ok(span.0) } else { Err(format!("{name}: must be from {} to {}", shown(least), shown(most))) }
}

fn between(name: &str, number: u32, least: u32, most: u32) -> Result<u32, String> {
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("{name}: must be from {least} to {most}")) }
}

fn set_limits(setup: &mut Setup, table: &LimitsTable) -> Result<(), String> {
    let (second, hour, day) = (Duration::from_secs(1), Duration::from_secs(60 * 60), Duration::from_secs(DAY));
    let total = between("concurrent", table.concurrent, 1, 1024)?;
    setup.limits = Limits { total, device: between("per_device", table.per_device, 1, 1024)? };
    let attempts = between("attempts", table.attempts, 1, 100)?;
    for way in setup.ways.values_mut().filter(|way| way.attempts == 0) {
        way.attempts = attempts;
    }
    setup.approve_within = within("approve_within", table.approve_within, Duration::from_secs(60), 366 * day)?;
    let first = within("backoff_first", table.backoff_first, Duration::from_millis(1), day)?;
    setup.pace = Pace {
        first,
        cap: within("backoff_cap", table.backoff_cap, first, 7 * day)?,
        lease: within("lease", table.lease, 3 * second, hour)?,
        drain: within("drain", table.drain, Duration::ZERO, hour)?,
    };
    Ok(())
}

fn connector(name: &str, value: Value) -> Result<(ConnectorInfo, Way), String> {
    let Value::Table(mut rest) = value else { return Err(" is not a table".to_owned()) };
    if !is_key(name) {
        return Err(format!(": a connector's name has letters, digits, - and _, at most {LONGEST_NAME}"));
    }
    let common: Table = COMMON.iter().filter_map(|key| Some(((*key).to_owned(), rest.remove(*key)?))).collect();
    let common: Common = table(Value::Table(common))?;
    let own = |wrong: String| {
        if wrong.contains("unknown field") { format!("{wrong}, {}", COMMON.map(|key| format!("`{key}`")).join(", ")) } else { wrong }
    };
    let rest = Value::Table(rest);
    let kind = match common.kind.as_str() {
        "openbao" => Kind::OpenBao(table(rest).map_err(own)?),
        "webhook" => Kind::Webhook(table(rest).map_err(own)?),
        "pull" => Kind::Pull(table(rest).map_err(own)?),
        "command" => Kind::Command(table(rest).map_err(own)?),
        other => return Err(format!(" kind: there is no kind {other:?}; kinds are {}", KINDS.join(", "))),
    };
    check(&kind).map_err(|wrong| format!(" {wrong}"))?;
    let hosts = hosts(&kind, common.hosts, common.hosts_file).map_err(|wrong| format!(" {wrong}"))?;
    let operations = common.operations.unwrap_or_else(|| OPERATIONS.map(str::to_owned).to_vec());
    if operations.is_empty() || operations.iter().any(|word| word.trim() != word || word.is_empty() || word.len() > LONGEST_OPERATION) {
        return Err(format!(" operations: words of the column Operation are expected, of 1 to {LONGEST_OPERATION} bytes"));
    }
    if let (Kind::OpenBao(_), Some(other)) = (&kind, operations.iter().find(|word| !OPERATIONS.contains(&word.as_str()))) {
        return Err(format!(" operations: {other:?} is nothing OpenBao does; a connector of this kind only has {OPERATIONS:?}"));
    }
    let attempts = common.attempts.map(|attempts| between(" attempts", attempts, 1, 100)).transpose()?;
    let timeout = within(" timeout", common.timeout.unwrap_or(Span(TIMEOUT)), Duration::from_millis(100), Duration::from_secs(60 * 60))?;
    let parameters = kind.parameters();
    if let Some((wrong, _)) = parameters.iter().find(|(name, _)| !is_key(name)) {
        return Err(format!(" parameters: {wrong:?} is not a name; letters, digits, - and _ make one, at most {LONGEST_NAME}"));
    }
    let info = ConnectorInfo { name: name.to_owned(), kind: kind.name().to_owned(), parameters, operations, approval: common.approval };
    // 0 until the limits are known.
    Ok((info, Way { attempts: attempts.unwrap_or_default(), timeout, kind, hosts }))
}

/// The hosts a connector goes to: of each kind that has somebody sign in on the device of an operation.
fn hosts(kind: &Kind, hosts: Option<Vec<String>>, file: Option<PathBuf>) -> Result<Option<Hosts>, String> {
    match (kind, hosts.unwrap_or_default(), file) {
        (Kind::OpenBao(_), hosts, None) if hosts.is_empty() => Ok(None),
        (Kind::OpenBao(_), ..) => Err("hosts: OpenBao goes where its own connections lead, and not to the device; leave it out".to_owned()),
        (_, hosts, None) if hosts.is_empty() => {
            Err("names no hosts: an operation may be of any device that an event speaks of; write those that it goes \
             to, as in hosts = [\"srv-db-*\", \"*.db.example.com\", \"10.20.0.0/16\"], or hosts_file = \"...\" with one a line"
                .to_owned())
        }
        (_, hosts, file) => Hosts::new(&hosts, file).map(Some),
    }
}

fn is_key(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What the types do not say.
fn check(kind: &Kind) -> Result<(), String> {
    match kind {
        Kind::OpenBao(openbao) => {
            if let Some(AppRole { mount, .. }) = &openbao.approle
                && !kind::is_name(mount, true)
            {
                return Err(format!("approle.mount: {mount:?} is not a path in OpenBao"));
            }
            if !kind::is_name(&openbao.mount, true) {
                return Err(format!("mount: {:?} is not a path in OpenBao; write for example database", openbao.mount));
            }
            if openbao.token_file.is_some() == openbao.approle.is_some() {
                return Err("needs one way to sign in: token_file = \"...\", or approle = { role_id = \"...\", secret_id_file = \"...\" }"
                    .to_owned());
            }
        }
        Kind::Webhook(webhook) => {
            within("answer_within", webhook.answer_within, Duration::from_secs(1), kind::LONGEST_WAIT)?;
        }
        Kind::Pull(pull) => {
            within("lease", pull.lease, Duration::from_secs(1), kind::LONGEST_WAIT)?;
        }
        Kind::Command(command) => {
            if !command.command.first().is_some_and(|program| program.starts_with('/')) {
                return Err(
                    "command: names no program; write its whole path and then its arguments, as in [\"/usr/local/bin/rotate\", \"--now\"]"
                        .to_owned(),
                );
            }
            if command.command.iter().any(|part| part.contains('\0'))
                || command.env.iter().any(|(name, value)| name.is_empty() || name.contains(['=', '\0']) || value.contains('\0'))
            {
                return Err(
                    "command: neither arguments nor the environment may hold a null character, nor the name of a variable a =".to_owned()
                );
            }
        }
    }
    Ok(())
}

fn route(setup: &Setup, value: Value) -> Result<Route, String> {
    let read: RouteTable = table(value)?;
    let mut matches = Vec::new();
    for (name, pattern) in &read.matches {
        let field = Field::parse(name)
            .ok_or_else(|| format!(" match.{name}: there is no such column; columns are {}", Field::ALL.map(Field::name).join(", ")))?;
        matches.push((field, Pattern::new(field, pattern)));
    }
    let (info, way) = setup.named(&read.connector).map_err(|wrong| format!(" connector: {}", unstopped(&wrong)))?;
    let source = read.matches.get(Field::Source.name());
    if source.is_none_or(|source| source.chars().all(|letter| matches!(letter, '*' | '?'))) {
        let what = source.map_or("is missing".to_owned(), |source| format!("{source:?} is every source"));
        return Err(format!(
            " match.source: {what}, so that whoever may send any events could have this route taken. Write the source whose operations it is \
             for, as in match = {{ source = \"segura-prod\" }}"
        ));
    }
    let mut parameters = Vec::new();
    for (name, value) in read.parameters {
        parameters.push(parameter(&name, value, way.hosts.is_some()).map_err(|wrong| format!(" parameters.{name}{wrong}"))?);
    }
    let names: Vec<_> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    super::check_names(info, &names).map_err(|wrong| format!(" parameters: {}", unstopped(&wrong)))?;
    // Whatever the rows put in, what is constant must do; what is not stands for itself.
    let sample = |parameter: &Parameter| (parameter.name.clone(), parameter.text.constant().unwrap_or("x").to_owned());
    let sample: Vec<_> = parameters.iter().map(sample).collect();
    way.kind.check(&sample).map_err(|wrong| format!(" parameters: {wrong}"))?;
    Ok(Route { matches, connector: read.connector, parameters })
}

/// A parameter of a route to a connector that has hosts, or none; the error begins behind the parameter's name.
fn parameter(name: &str, value: Value, hosts: bool) -> Result<Parameter, String> {
    let (from, form) = match value {
        Value::String(text) => (text, None),
        formed @ Value::Table(_) => {
            let FormedTable { from, form, one_of } = table(formed).map_err(|wrong| format!(".{}", wrong.trim_start_matches([' ', ':'])))?;
            (from, Some(read_form(form.as_deref(), one_of, hosts)?))
        }
        _ => return Err(": is neither a text nor a table, as { from = \"{extra:port}\", form = \"port\" }".to_owned()),
    };
    let text = Text::read(&from).map_err(|wrong| format!(": {wrong}"))?;
    if let (Some(extra), None) = (text.extra(), &form) {
        return Err(format!(
            ": {from:?} would tell the connector whatever an event says; name the form that it has to have, as in {{ from = {from:?}, form = \"port\" }} \
             (forms are {}), or the values there may be, as in {{ from = \"{{extra:{extra}}}\", one_of = [\"erp\", \"crm\"] }}",
            Form::NAMES.join(", ")
        ));
    }
    Ok(Parameter { name: name.to_owned(), text, form })
}

fn read_form(form: Option<&str>, one_of: Option<Vec<String>>, hosts: bool) -> Result<Form, String> {
    match (form, one_of) {
        (None, Some(known)) if !known.is_empty() => Ok(Form::OneOf(known)),
        (Some(word), None) => match Form::parse(word) {
            Some(Form::Host) if !hosts => Err(".form: the connector has no hosts that a host could be among".to_owned()),
            Some(form) => Ok(form),
            None => Err(format!(".form: there is no form {word:?}; forms are {}, or write one_of = [...]", Form::NAMES.join(", "))),
        },
        _ => Err(format!(" needs either form ({}) or one_of, a list of the values there may be", Form::NAMES.join(", "))),
    }
}

/// A sentence without its full stop, as a part of another one.
fn unstopped(sentence: &Sentence) -> String {
    sentence.to_string().trim_end_matches('.').to_owned()
}
