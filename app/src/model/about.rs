//! Whom and what an event is about, for whoever follows a person or a thing through all reports.

use crate::words::Template;

/// Which columns of a report say so, by their keys.
#[derive(Debug, PartialEq, Eq)]
pub struct About {
    /// Those that name who acted, the one that says it best first; at least one.
    pub user: &'static [&'static str],
    pub device: Option<&'static str>,
    /// The account on the device: both together are a credential.
    pub username: Option<&'static str>,
    pub governance_id: Option<&'static str>,
    /// The one that says how it ended.
    pub outcome: Option<&'static str>,
    /// What happened, without who did it; written like the headline.
    pub what: Template,
}
