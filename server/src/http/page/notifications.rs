//! Notification rules in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::notifications::Notifications;
use vigia_app::model::{ApiError, ErrorKind, Mail, NotificationRule, NotificationState};
use vigia_app::sentence;

#[async_trait::async_trait]
impl Notifications for ForRequest {
    async fn rules(&self) -> Result<Vec<NotificationState>, ApiError> {
        self.caller.admin(&self.state, "Notification rules").await?;
        self.state.notifications().rules().await
    }

    async fn save(&self, rule: NotificationRule) -> Result<Option<String>, ApiError> {
        let actor = self.caller.admin(&self.state, "Saving a notification rule").await?;
        self.state.notifications().save(rule, &actor).await
    }

    async fn remove(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Removing a notification rule").await?;
        self.state.notifications().remove(name, &actor).await
    }

    async fn test(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Testing a notification rule").await?;
        self.state.notifications().test(name, &actor).await
    }

    async fn mailbox(&self) -> Result<Option<Vec<Mail>>, ApiError> {
        self.caller.admin(&self.state, "Mailbox").await?;
        let Some(mailbox) = self.state.outfit.delivery.mailbox() else { return Ok(None) };
        mailbox.mails().map(Some).map_err(|error| {
            tracing::error!(%error, "the mailbox cannot be read");
            ApiError::new(ErrorKind::Internal, sentence!("mailbox.unreadable"))
        })
    }
}
