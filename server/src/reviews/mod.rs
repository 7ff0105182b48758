//! What people say of events after having looked at them, and what they still have to look at.
//!
//! Administrators keep rules: questions to the reports. What a rule finds and nobody has reviewed is counted by the index, so each count is that of
//! the rows that the report has for the same question. A day is closed when nothing of it is left; that is a record of Audit tracking, also of
//! a day on which nothing was found.

mod days;
mod queues;
mod reviewing;
mod settings;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::index::Index;
use crate::reports::ReportService;
use crate::store::{Store, StoreError};
use vigia_app::model::Timestamp;

/// Where settings, and which days are closed, are kept.
const SPACE: &str = "reviews";

/// When somebody reviewed an event, or closed a day, last.
pub async fn last(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.reviews().last().await?.max(days::last_closed(store).await?))
}

/// Where it is said what people think of events, and what they have to look at.
pub struct ReviewDesk<'a> {
    pub store: &'a dyn Store,
    pub clock: &'a Clock,
    pub index: &'a Index,
    pub identity: &'a Identity,
    pub reports: &'a ReportService,
}
