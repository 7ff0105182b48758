//! The file that says how operations are carried out: connectors, routes, limits.

use crate::store::operations::{Limits, Plan};
use std::time::Duration;
use vigia_app::model::{ConnectorInfo, Target};

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
}
