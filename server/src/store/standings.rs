//! How things stand with events by now: values of the columns that are set after an event was stored, and set again when that is no longer so.

use super::StoreError;
use async_trait::async_trait;
use vigia_app::model::{Column, Report};

/// Setting what stands.
#[async_trait]
pub trait Standings: Send + Sync {
    /// Sets the numbers of a standing column, by the ids of events, all or none; events that are gone are passed over. On return it is durable.
    async fn set_standing(&self, report: &'static Report, column: &'static Column, values: Vec<(i64, i64)>) -> Result<(), StoreError>;
}
