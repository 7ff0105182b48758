//! What is to be reviewed and by whom, as administrators set it.

use super::{ReviewDesk, SPACE};
use crate::identity::{Actor, Trail};
use crate::store::{Store, StoreError};
use vigia_app::model::{ApiError, Role, Timestamp};
use vigia_app::reviews::{ReviewRule, ReviewSettings};

const SETTINGS: &str = "settings";

/// As they were set last.
pub(super) async fn settings(store: &dyn Store) -> Result<ReviewSettings, StoreError> {
    let kept = store.kept().get(SPACE, SETTINGS).await?;
    kept.map_or_else(|| Ok(ReviewSettings::default()), |kept| serde_json::from_str(&kept).map_err(|error| StoreError::Failed(error.into())))
}

/// The least role of those who review.
pub(super) const fn least(settings: &ReviewSettings) -> Role {
    if settings.managers { Role::Manager } else { Role::Auditor }
}

impl ReviewDesk<'_> {
    pub async fn settings(&self) -> Result<ReviewSettings, ApiError> {
        Ok(settings(self.store).await?)
    }

    /// Sets what is to be reviewed and by whom, from the next answer on.
    ///
    /// # Errors
    /// Names what cannot be.
    pub async fn set(&self, set: ReviewSettings, actor: &Actor) -> Result<(), ApiError> {
        set.check()?;
        let was = settings(self.store).await?;
        let mut trail = Trail::new("Update", "Review settings").changing();
        for (from, to, [was, is]) in [
            ("Rules from", "Rules to", [rules(&was.rules), rules(&set.rules)]),
            ("Watched from", "Watched to", [&was, &set].map(|set| if set.watched { "Yes" } else { "No" }.to_owned())),
            ("Managers review from", "Managers review to", [&was, &set].map(|set| if set.managers { "Yes" } else { "No" }.to_owned())),
            (
                "Events since, from",
                "Events since, to",
                [&was, &set].map(|set| set.since.map_or_else(|| "All".to_owned(), Timestamp::rfc3339)),
            ),
        ] {
            if was != is {
                trail = trail.note(from, was).note(to, is);
            }
        }
        self.identity.record(trail, actor).await?;
        let kept = serde_json::to_string(&set).map_err(|error| StoreError::Failed(error.into()))?;
        Ok(self.store.kept().set(SPACE, vec![(SETTINGS.to_owned(), Some(kept))]).await?)
    }
}

/// Rules in a line, for the trail.
pub(super) fn rules(rules: &[ReviewRule]) -> String {
    let one = |rule: &ReviewRule| {
        let off = if rule.enabled { "" } else { ", switched off" };
        format!("{} ({}?{}{off})", rule.name, rule.report, rule.query)
    };
    if rules.is_empty() { "None".to_owned() } else { rules.iter().map(one).collect::<Vec<_>>().join("; ") }
}
