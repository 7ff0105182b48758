//! Connectors: what changes a password, or has it changed, and says what was verified.

mod command;
mod openbao;
pub(crate) mod webhook;

use super::outcome::Outcome;
use super::setup::Setup;
use super::setup::kind::Kind;
use super::turn::Turn;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Makes attempts.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Makes one. Dropping it ends what it has started.
    async fn run(&self, turn: &Turn<'_>) -> Outcome;
    /// Longest that [`Connector::run`] takes by its own account.
    fn limit(&self) -> Duration;
}

/// The connectors that an executor runs, by their names; those that others pull from are not among them.
pub type Connectors = BTreeMap<String, Arc<dyn Connector>>;

/// Makes the connectors of a file. `public_url` is where webhooks reach this server, for callbacks.
///
/// # Errors
/// The connector and the key at fault, and a sentence.
pub fn connectors(setup: &Setup, public_url: &str) -> Result<Connectors, String> {
    let mut made: Connectors = BTreeMap::new();
    for (name, way) in setup.ways() {
        let timeout = way.timeout;
        let connector: Result<Arc<dyn Connector>, String> = match &way.kind {
            Kind::OpenBao(settings) => openbao::OpenBao::new(settings, timeout).map(|made| Arc::new(made) as _),
            Kind::Webhook(settings) => webhook::Webhook::new(settings, timeout, public_url).map(|made| Arc::new(made) as _),
            Kind::Command(settings) => Ok(Arc::new(command::Command::new(settings, timeout))),
            Kind::Pull(_) => continue,
        };
        made.insert(name.clone(), connector.map_err(|wrong| format!("The connectors file, [connector.{name}] {wrong}"))?);
    }
    Ok(made)
}
