//! What people say of events after having looked at them, and what they still have to look at.

use super::transport::Call;
use crate::model::{ApiError, EventId, ReviewEntry};
use crate::reviews::{NewReview, ReviewSettings, ReviewState};
use leptos::prelude::*;

/// What reviewing needs from the server, for the user of the request at hand: auditors and administrators, and managers where an administrator
/// lets them.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Reviews: Send + Sync {
    /// What is to be reviewed; days are those of the zone.
    async fn state(&self, zone: &str) -> Result<ReviewState, ApiError>;
    /// Keeps what is said, and says of which events it is kept: those that are gone are passed over.
    async fn review(&self, new: NewReview) -> Result<Vec<EventId>, ApiError>;
    /// How an event came to be judged as it is, oldest first.
    async fn history(&self, report: &str, id: EventId) -> Result<Vec<ReviewEntry>, ApiError>;
    /// States that a day is reviewed. Not for managers.
    async fn close(&self, day: &str, zone: &str) -> Result<(), ApiError>;
    /// Admins only.
    async fn settings(&self) -> Result<ReviewSettings, ApiError>;
    /// Admins only.
    async fn set(&self, settings: ReviewSettings) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Reviews>;

/// What is to be reviewed.
#[server(prefix = "/fn", endpoint = "reviews_known", protocol = Call)]
pub async fn reviews_known(zone: String) -> Result<ReviewState, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.state(&zone).await }.await)
}

/// Keeps what is said of events.
#[server(prefix = "/fn", endpoint = "review_events", protocol = Call)]
pub async fn review_events(new: NewReview) -> Result<Vec<EventId>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.review(new).await }.await)
}

/// How an event came to be judged as it is.
#[server(prefix = "/fn", endpoint = "review_history", protocol = Call)]
pub async fn review_history(report: String, id: EventId) -> Result<Vec<ReviewEntry>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.history(&report, id).await }.await)
}

/// States that a day is reviewed.
#[server(prefix = "/fn", endpoint = "close_review_day", protocol = Call)]
pub async fn close_review_day(day: String, zone: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.close(&day, &zone).await }.await)
}

/// What is to be reviewed, and by whom.
#[server(prefix = "/fn", endpoint = "review_rules", protocol = Call)]
pub async fn review_rules() -> Result<ReviewSettings, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.settings().await }.await)
}

/// Sets what is to be reviewed, and by whom.
#[server(prefix = "/fn", endpoint = "set_review_rules", protocol = Call)]
pub async fn set_review_rules(settings: ReviewSettings) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.set(settings).await }.await)
}
