//! What administrators set about scores.

use super::again::{AGAIN, SPACE, place, written};
use super::scorer::{SETTINGS, settings};
use crate::identity::{Actor, Identity, Trail};
use crate::store::{Store, StoreError};
use vigia_app::model::risk::{RiskSettings, RiskState};
use vigia_app::model::{ApiError, EventId};

/// See the module.
pub struct RiskDesk<'a> {
    pub store: &'a dyn Store,
    pub identity: &'a Identity,
}

impl RiskDesk<'_> {
    pub async fn state(&self) -> Result<RiskState, ApiError> {
        let again = self.store.kept().get(SPACE, AGAIN).await?;
        let again = again.as_deref().and_then(place).and_then(|(id, _)| EventId::from_i64(id)).map(EventId::time);
        Ok(RiskState { settings: settings(self.store).await?, again })
    }

    /// Sets how scores are made. All views are then scored again, from the first on.
    pub async fn set(&self, set: RiskSettings, actor: &Actor) -> Result<(), ApiError> {
        set.check()?;
        let weight = |tenths: u8| format!("{}.{}", tenths / 10, tenths % 10);
        let weights: Vec<String> =
            RiskSettings::PARTS.iter().zip(set.weights).map(|(part, tenths)| format!("{part} {}", weight(tenths))).collect();
        let trail = Trail::new("Update", "Risk settings").changing();
        let trail = trail.note("Days to compare with", set.history_days.to_string()).note("Weights", weights.join(", "));
        self.identity.record(trail, actor).await?;
        let kept = serde_json::to_string(&set).map_err(|error| StoreError::Failed(error.into()))?;
        // Both or none: no view keeps a score of settings that are gone.
        let changes = vec![(SETTINGS.to_owned(), Some(kept)), (AGAIN.to_owned(), Some(written(0, true)))];
        Ok(self.store.kept().set(SPACE, changes).await?)
    }
}
