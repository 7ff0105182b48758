//! Everything in a store, for whoever makes a copy of it.

use super::StoreError;
use super::quarantine::Quarantined;
use super::still::Still;
use super::whole::Whole;
use async_trait::async_trait;
use vigia_app::model::Report;

/// Everything in a store as it is kept, for a copy of it.
#[async_trait]
pub trait Transfer: Send + Sync {
    /// How many events a report has.
    async fn events(&self, report: &'static Report) -> Result<u64, StoreError>;
    /// The highest id of a report's events.
    async fn last(&self, report: &'static Report) -> Result<Option<i64>, StoreError>;
    /// Up to `limit` events of a report with ids above `after`, in the order of the ids.
    async fn events_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<Whole>, StoreError>;
    /// Stores events that are not there, under their ids, all or none; on return they are durable.
    async fn put_events(&self, report: &'static Report, events: Vec<Whole>) -> Result<(), StoreError>;
    /// Up to `limit` lines of the quarantine with ids above `after`, in the order of the ids.
    async fn quarantined_after(&self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError>;
    /// Keeps lines under their ids, all or none.
    async fn put_quarantined(&self, lines: Vec<Quarantined>) -> Result<(), StoreError>;
    /// Space, key and value of everything that readers of streams remember, in order.
    async fn all_kept(&self) -> Result<Vec<(String, String, String)>, StoreError>;
    /// Name and value of the installation's secrets, in the order of the names.
    async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;
    /// Sets secrets. A store that is open goes on with those it knows.
    async fn put_secrets(&self, secrets: Vec<(String, Vec<u8>)>) -> Result<(), StoreError>;
    /// Everything as it is now, to be read for as long as it takes. All that was acknowledged until then is in it, also what waits in
    /// the inbox: while many send at once, it may take a moment to begin.
    async fn still(&self) -> Result<Box<dyn Still>, StoreError>;
}
