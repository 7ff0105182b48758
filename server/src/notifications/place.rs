//! How far a rule has told, and how telling goes. Kept as JSON under the rule's name.

use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use vigia_app::model::{EventId, NotificationRule, Timestamp};

/// Where rules are kept.
const RULES: &str = "notification_rule";
/// Where their places are.
const PLACES: &str = "notification_place";

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRule {
    pub rule: NotificationRule,
    /// What webhooks are signed with; empty for e-mail.
    pub secret: String,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Everything up to here was told, or was not to be told.
    pub at: Timestamp,
    /// Of that moment, everything up to this.
    pub id: Option<EventId>,
    pub sent: Option<Timestamp>,
    /// Tries that did not work, one after another.
    pub failures: u32,
    pub problem: String,
    pub retry: Option<Timestamp>,
}

impl Place {
    /// Of a rule that tells from now on.
    pub const fn new(at: Timestamp) -> Self {
        Self { at, id: None, sent: None, failures: 0, problem: String::new(), retry: None }
    }
}

pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

fn broken(error: serde_json::Error) -> StoreError {
    StoreError::Failed(anyhow::Error::from(error).context("a notification rule in the database cannot be read"))
}

/// Every rule, by name, with the text it is kept as.
pub(super) async fn rules(store: &dyn Store) -> Result<Vec<(String, KeptRule)>, StoreError> {
    let all = store.kept().all(RULES).await?;
    all.into_iter().map(|(_, text)| serde_json::from_str(&text).map(|rule| (text, rule)).map_err(broken)).collect()
}

/// Keeps a rule, if it still is what it was; false where somebody else was first.
pub(super) async fn keep_rule(store: &dyn Store, was: Option<&str>, rule: &KeptRule) -> Result<bool, StoreError> {
    store.kept().replace(RULES, &key(&rule.rule.name), was, &serde_json::to_string(rule).map_err(broken)?).await
}

pub(super) async fn forget(store: &dyn Store, name: &str) -> Result<(), StoreError> {
    store.kept().set(RULES, vec![(key(name), None)]).await?;
    store.kept().set(PLACES, vec![(key(name), None)]).await
}

/// A rule's place, with the text it is kept as.
pub(super) async fn place(store: &dyn Store, name: &str) -> Result<Option<(String, Place)>, StoreError> {
    let text = store.kept().get(PLACES, &key(name)).await?;
    text.map(|text| serde_json::from_str(&text).map(|place| (text, place)).map_err(broken)).transpose()
}

/// Keeps a place, if it still is what it was. False where another server was first.
pub(super) async fn keep_place(store: &dyn Store, name: &str, was: Option<&str>, place: &Place) -> Result<bool, StoreError> {
    store.kept().replace(PLACES, &key(name), was, &serde_json::to_string(place).map_err(broken)?).await
}
