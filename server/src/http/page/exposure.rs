//! Credentials that were seen, as their server functions see them.

use super::server_functions::ForRequest;
use crate::http::session::Operator;
use async_trait::async_trait;
use vigia_app::api::exposure::Exposures;
use vigia_app::model::{ApiError, ChangeAsked, ChangeRequest, Exposure, Knower, Query, Test, Timestamp, codec};
use vigia_app::reports::PASSWORD_VIEW;

/// Names that are offered for what was typed.
const OFFERED: u16 = 20;

#[async_trait]
impl Exposures for ForRequest {
    async fn seen(&self, user: Option<&str>, until: Option<Timestamp>) -> Result<Exposure, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        match user {
            Some(user) => self.state.exposure_desk().of_person(&viewer, user, until).await,
            None => self.state.exposure.unchanged(&viewer).await,
        }
    }

    async fn people(&self, part: &str) -> Result<Vec<String>, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        let query = Query { limit: OFFERED, ..Query::all(&PASSWORD_VIEW) };
        let narrowed = if part.trim().is_empty() { Some(query) } else { query.narrowed("user", Test::Contains(part.trim().to_owned())) };
        let Some(query) = narrowed else { return Ok(Vec::new()) };
        let (values, _) = self.state.reports.values(&viewer, PASSWORD_VIEW.key, "user", &codec::encode(&query)).await?;
        Ok(values.into_iter().filter(|(value, _)| !value.is_empty()).map(|(value, _)| value.plain()).collect())
    }

    async fn knowers(&self, device: &str, username: &str, at: Option<Timestamp>) -> Result<Vec<Knower>, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.exposure.who_knew(&viewer, device, username, at).await
    }

    async fn change_all(&self, wanted: ChangeRequest, key: &str) -> Result<Vec<ChangeAsked>, ApiError> {
        let operator = Operator::of(&self.caller, &self.state, "Changing what somebody has seen").await?;
        self.state.exposure_desk().change_all(&operator.asker, &operator.viewer, &wanted, Some(key)).await
    }
}
