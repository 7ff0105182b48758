//! The file that says how operations are carried out: connectors, routes, limits.

use crate::store::operations::{Limits, Plan};
use std::time::Duration;
use vigia_app::model::{ConnectorInfo, ErrorClass, Target, Timestamp};

/// What the connectors file says; without one there is nothing to carry out.
#[derive(Debug, Clone)]
pub struct Setup {
    pub limits: Limits,
    pub connectors: Vec<ConnectorInfo>,
    /// How long an approval may take.
    pub approve_within: Duration,
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

impl Setup {
    /// How an operation on a target is carried out.
    ///
    /// # Errors
    /// The field at fault (`target.connector`, `target.parameters`, `operation`) and a sentence: what is wrong, what would be right.
    pub fn plan(&self, target: &Target, operation: &str) -> Result<Plan, (String, String)> {
        let _ = (target, operation);
        Err(("target.connector".to_owned(), "No connector is set up.".to_owned()))
    }

    /// How an operation that another system carried out would be carried out here; the reason, where no route leads to a connector.
    pub fn route(&self, asked: &Asked<'_>) -> Result<Plan, String> {
        let _ = asked;
        Err("No connector is set up.".to_owned())
    }

    /// How long a program may hold an operation of this connector without a word; `None` for a connector that is not of the kind pull.
    pub fn pull_lease(&self, connector: &str) -> Option<Duration> {
        let _ = connector;
        None
    }

    /// When the next attempt is due after one failed so; `None` for none.
    pub fn retry_at(&self, class: ErrorClass, tries: u32, now: Timestamp) -> Option<Timestamp> {
        let _ = (tries, now);
        class.retries().then_some(now)
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self { limits: Limits { total: 16, device: 2 }, connectors: Vec::new(), approve_within: Duration::from_secs(7 * 24 * 60 * 60) }
    }
}
