//! Whom to tell what: the rules that administrators keep.

use super::transport::Call;
use crate::model::{ApiError, Mail, NotificationRule, NotificationState};
use leptos::prelude::*;

/// What notifications need from the server, for the user of the request at hand; others than admins are refused.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Notifications: Send + Sync {
    /// By name.
    async fn rules(&self) -> Result<Vec<NotificationState>, ApiError>;
    /// Adds a rule, or changes the one of the same name. Returns the secret of a webhook that had none yet, which nobody can see again.
    async fn save(&self, rule: NotificationRule) -> Result<Option<String>, ApiError>;
    async fn remove(&self, name: &str) -> Result<(), ApiError>;
    /// Sends a message that says that it is a test, now.
    async fn test(&self, name: &str) -> Result<(), ApiError>;
    /// What is in the mailbox that takes the place of a mail server, the newest first; `None` where there is none.
    async fn mailbox(&self) -> Result<Option<Vec<Mail>>, ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Notifications>;

/// Every rule, and how telling goes.
#[server(prefix = "/fn", endpoint = "notification_rules", protocol = Call)]
pub async fn notification_rules() -> Result<Vec<NotificationState>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.rules().await }.await)
}

/// Adds or changes a rule; the answer is a new webhook's secret.
#[server(prefix = "/fn", endpoint = "save_notification_rule", protocol = Call)]
pub async fn save_notification_rule(rule: NotificationRule) -> Result<Option<String>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.save(rule).await }.await)
}

/// Removes a rule.
#[server(prefix = "/fn", endpoint = "remove_notification_rule", protocol = Call)]
pub async fn remove_notification_rule(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.remove(&name).await }.await)
}

/// Sends a test message.
#[server(prefix = "/fn", endpoint = "test_notification_rule", protocol = Call)]
pub async fn test_notification_rule(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.test(&name).await }.await)
}

/// The mails of the mailbox that takes the place of a mail server.
#[server(prefix = "/fn", endpoint = "mailbox", protocol = Call)]
pub async fn mailbox() -> Result<Option<Vec<Mail>>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.mailbox().await }.await)
}
