//! The file that says how operations are carried out: connectors, routes, limits.

mod file;
mod forms;
mod hosts;
pub mod kind;
mod route;
mod span;
#[cfg(test)]
mod tests;

use crate::store::operations::{LEASE, Limits, Plan};
use hosts::Hosts;
use kind::Kind;
use route::{Parameter, Route};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use vigia_app::model::{ConnectorInfo, Target};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Longest value of a parameter, in bytes.
pub const LONGEST_VALUE: usize = 512;

/// What the connectors file says; without one there is nothing to carry out.
#[derive(Debug, Clone)]
pub struct Setup {
    pub limits: Limits,
    pub connectors: Vec<ConnectorInfo>,
    /// How long an approval may take.
    pub approve_within: Duration,
    pub pace: Pace,
    /// By the connector's name.
    ways: BTreeMap<String, Way>,
    routes: Vec<Route>,
}

/// How fast executors go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Longest wait before the second attempt; it doubles with each further one, up to `cap`.
    pub first: Duration,
    pub cap: Duration,
    /// How long an executor may be silent before its operations are taken from it.
    pub lease: Duration,
    /// How long a server that stops waits for what it is doing.
    pub drain: Duration,
}

/// How a connector goes about an attempt.
#[derive(Debug, Clone)]
pub struct Way {
    /// Attempts of an operation until it is restarted; at least 1.
    pub attempts: u32,
    /// Longest that an attempt may take.
    pub timeout: Duration,
    pub kind: Kind,
    /// Where it goes; `None` for one that does not go to the device.
    hosts: Option<Hosts>,
}

/// A row of the report, as far as routes look at it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub source: &'a str,
    pub operation: &'a str,
    pub device: &'a str,
    pub username: &'a str,
    pub credential_type: &'a str,
    pub template: &'a str,
    /// What the source said beyond the report's columns.
    pub extra: &'a [(String, String)],
}

impl<'a> Asked<'a> {
    /// Keys of the columns that routes look at.
    pub const COLUMNS: [&'static str; 6] = ["source", "operation", "device", "username", "credential_type", "template"];

    /// A row of these values of [`Asked::COLUMNS`].
    pub fn of(values: &'a [String; 6], extra: &'a [(String, String)]) -> Self {
        let [source, operation, device, username, credential_type, template] = values;
        Self { source, operation, device, username, credential_type, template, extra }
    }
}

/// What an empty file says.
impl Default for Setup {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            limits: Limits { total: 16, device: 2 },
            connectors: Vec::new(),
            approve_within: seconds(7 * span::DAY),
            pace: Pace { first: seconds(10), cap: seconds(15 * 60), lease: LEASE, drain: seconds(20) },
            ways: BTreeMap::new(),
            routes: Vec::new(),
        }
    }
}

impl Setup {
    /// Reads the connectors file, where the settings name one.
    ///
    /// # Errors
    /// The file, the table and the key at fault, what is wrong, and what would be right.
    pub fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::default()) };
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("The connectors file {name} cannot be read: {error}."))?;
        Self::parse(&text).map_err(|wrong| format!("The connectors file {name}{wrong}."))
    }

    /// Reads the text of a connectors file.
    ///
    /// # Errors
    /// As [`Setup::read`], to follow the name of the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        file::read(text)
    }

    /// The connectors of the file, by their names.
    pub fn ways(&self) -> &BTreeMap<String, Way> {
        &self.ways
    }

    /// How an operation on a target is carried out.
    ///
    /// # Errors
    /// The field at fault (`target.connector`, `target.device`, `target.parameters`, `operation`) and a sentence: what is wrong, what would be right.
    pub fn plan(&self, target: &Target, operation: &str) -> Result<Plan, (String, Sentence)> {
        let (info, way) = self.named(&target.connector).map_err(|wrong| ("target.connector".to_owned(), wrong))?;
        if !info.operations.iter().any(|word| word == operation) {
            let wrong = sentence!(
                "connector.not-that",
                connector = &info.name,
                operation = format!("{operation:?}"),
                known = info.operations.join(", "),
            );
            return Err(("operation".to_owned(), wrong));
        }
        if let Some(hosts) = &way.hosts {
            hosts.check(&info.name, &target.device).map_err(|wrong| ("target.device".to_owned(), wrong))?;
        }
        let parameters = |wrong: Sentence| ("target.parameters".to_owned(), wrong);
        let names: Vec<_> = target.parameters.iter().map(|(name, _)| name.as_str()).collect();
        check_names(info, &names).map_err(parameters)?;
        for (name, value) in &target.parameters {
            if value.is_empty() || value.len() > LONGEST_VALUE || value.chars().any(char::is_control) {
                return Err(parameters(sentence!("connector.value", parameter = name, most = LONGEST_VALUE)));
            }
        }
        way.kind.check(&target.parameters).map_err(parameters)?;
        Ok(Plan {
            connector: info.name.clone(),
            parameters: target.parameters.clone(),
            credential: credential(target),
            max_tries: way.attempts,
        })
    }

    /// How an operation that another system carried out would be carried out here; the reason, where no route leads to a connector.
    pub fn route(&self, asked: &Asked<'_>) -> Result<Plan, Sentence> {
        let Some(route) = self.routes.iter().find(|route| route.suits(asked)) else {
            return Err(if self.connectors.is_empty() { sentence!("connector.none") } else { sentence!("connector.no-route") });
        };
        let hosts = self.ways.get(&route.connector).and_then(|way| way.hosts.as_ref());
        let value = |parameter: &Parameter| Ok((parameter.name.clone(), parameter.value(asked, &route.connector, hosts)?));
        let parameters = route.parameters.iter().map(value).collect::<Result<_, Sentence>>()?;
        let target = Target {
            device: asked.device.to_owned(),
            username: asked.username.to_owned(),
            credential_type: asked.credential_type.to_owned(),
            connector: route.connector.clone(),
            parameters,
        };
        self.plan(&target, asked.operation).map_err(|(_, wrong)| wrong)
    }

    /// The connector that a route leads to from an operation of another system, where it does such a thing and goes to the device; whether the
    /// operation has all that is to be told, [`Setup::route`] says.
    pub fn leads(&self, asked: &Asked<'_>) -> Option<&str> {
        let route = self.routes.iter().find(|route| route.suits(asked))?;
        let (info, _) = self.named(&route.connector).ok()?;
        let does = info.operations.iter().any(|word| word == asked.operation);
        (does && self.goes(&info.name, asked.device).is_ok()).then_some(&info.name)
    }

    /// Why a connector carries out nothing on a device: a sentence. `None` where it does.
    pub fn obstacle(&self, connector: &str, device: &str) -> Option<Sentence> {
        match self.named(connector) {
            Ok(_) => self.goes(connector, device).err(),
            Err(_) if self.connectors.is_empty() => Some(sentence!("connector.none")),
            Err(wrong) => Some(wrong),
        }
    }

    /// Whether the device is among the hosts of a connector. One that the file does not have, or that does not go to the device, has no such list.
    ///
    /// # Errors
    /// Why not, and what would help: a sentence.
    pub fn goes(&self, connector: &str, device: &str) -> Result<(), Sentence> {
        let hosts = self.ways.get(connector).and_then(|way| way.hosts.as_ref());
        hosts.map_or(Ok(()), |hosts| hosts.check(connector, device))
    }

    /// The connector of this name; what is wrong, where there is none.
    fn named(&self, name: &str) -> Result<(&ConnectorInfo, &Way), Sentence> {
        let found = self.connectors.iter().find(|info| info.name == name).zip(self.ways.get(name));
        found.ok_or_else(|| {
            let names: Vec<_> = self.connectors.iter().map(|info| info.name.as_str()).collect();
            match names.as_slice() {
                [] => sentence!("connector.none-set-up"),
                _ => sentence!("connector.unknown", connector = format!("{name:?}"), known = names.join(", ")),
            }
        })
    }

    /// How long a program may hold an operation of this connector without a word; `None` for a connector that is not of the kind pull.
    pub fn pull_lease(&self, connector: &str) -> Option<Duration> {
        match self.ways.get(connector).map(|way| &way.kind) {
            Some(Kind::Pull(pull)) => Some(pull.lease.0),
            _ => None,
        }
    }

    /// How long whoever reports on an attempt of this connector from outside may go on without another word.
    pub fn held_for(&self, connector: &str) -> Duration {
        match self.ways.get(connector).map(|way| &way.kind) {
            Some(Kind::Pull(pull)) => pull.lease.0,
            Some(Kind::Webhook(webhook)) => webhook.answer_within.0,
            _ => self.pace.lease,
        }
    }
}

/// What is wrong with the names of parameters.
fn check_names(info: &ConnectorInfo, names: &[&str]) -> Result<(), Sentence> {
    let known: Vec<_> = info.parameters.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(wrong) = names.iter().find(|name| !known.contains(name)) {
        let (connector, wrong) = (&info.name, format!("{wrong:?}"));
        return Err(if known.is_empty() {
            sentence!("connector.no-parameters", connector = connector, parameter = wrong)
        } else {
            sentence!("connector.no-parameter", connector = connector, parameter = wrong, known = known.join(", "))
        });
    }
    if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(sentence!("connector.twice", parameter = format!("{:?}", twice.1)));
    }
    match info.parameters.iter().find(|(name, required)| *required && !names.contains(&name.as_str())) {
        Some((missing, _)) => Err(sentence!("connector.needs", connector = &info.name, parameter = missing)),
        None => Ok(()),
    }
}

/// What makes two operations ones on the same credential: user name and device, whatever their case; where one of them is not told, the
/// connector and its parameters.
fn credential(target: &Target) -> String {
    if target.device.is_empty() || target.username.is_empty() {
        let mut parameters: Vec<_> = target.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        parameters.sort();
        return format!("{} {} {} {}", target.connector, target.device, target.username, parameters.join(" ")).to_lowercase();
    }
    format!("{}@{}", target.username, target.device).to_lowercase()
}
