//! How far a rule has told, and how telling goes. Kept as JSON under the rule's name.

use super::noticed::Noticed;
use super::undelivered::Undelivered;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vigia_app::model::{EventId, NotificationRule, Timestamp};

/// Where rules are kept.
const RULES: &str = "notification_rule";
/// Where it is kept how far they are.
const PROGRESS: &str = "notification_place";

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRule {
    pub rule: NotificationRule,
    /// What webhooks are signed with; empty for e-mail.
    pub secret: String,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Everything up to here was told, or was not to be told.
    pub at: Timestamp,
    /// Of that moment, everything up to this.
    pub id: Option<EventId>,
    /// Of a rule about backups: everything up to this alarm. Of the moment there is only the one that it tells from.
    #[serde(default)]
    pub alarm: u64,
    /// Of a rule about rows: what it has still to tell.
    #[serde(default)]
    pub noticed: Noticed,
    /// Of a rule about what does not happen: nothing is to be told before.
    #[serde(default)]
    pub look: Option<Timestamp>,
    /// Sources whose silence was told, each with the last event that was known.
    #[serde(default)]
    pub silent: BTreeMap<String, Option<EventId>>,
    pub sent: Option<Timestamp>,
    /// Tries that did not work, one after another.
    pub failures: u32,
    /// What the last try came to; `None` where it worked.
    pub problem: Option<Undelivered>,
    pub retry: Option<Timestamp>,
}

impl Progress {
    /// Of a rule that tells from now on.
    pub const fn new(at: Timestamp) -> Self {
        Self {
            at,
            id: None,
            alarm: 0,
            noticed: Noticed::new(),
            look: None,
            silent: BTreeMap::new(),
            sent: None,
            failures: 0,
            problem: None,
            retry: None,
        }
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
    store.kept().set(PROGRESS, vec![(key(name), None)]).await
}

/// How far a rule is, with the text it is kept as.
pub(super) async fn of(store: &dyn Store, name: &str) -> Result<Option<(String, Progress)>, StoreError> {
    let text = store.kept().get(PROGRESS, &key(name)).await?;
    text.map(|text| serde_json::from_str(&text).map(|progress| (text, progress)).map_err(broken)).transpose()
}

/// Keeps how far a rule is, if that still is what it was. False where another server was first.
pub(super) async fn keep(store: &dyn Store, name: &str, was: Option<&str>, progress: &Progress) -> Result<bool, StoreError> {
    store.kept().replace(PROGRESS, &key(name), was, &serde_json::to_string(progress).map_err(broken)?).await
}
