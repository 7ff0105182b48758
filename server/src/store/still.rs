//! Everything in a store as it was at one moment.

use super::quarantine::Quarantined;
use super::tokens::ApiToken;
use super::whole::Whole;
use super::{StoreError, User};
use async_trait::async_trait;
use std::ops::Range;
use vigia_app::model::Report;

/// Everything in a store as it was at one moment, however long it is read and whatever is stored meanwhile. It has a connection of its
/// own, and no time limit; dropping it ends it. Where its connection is lost, so is the moment: every further question fails.
///
/// It is for minutes or hours, not for days: a database keeps what the view may still need. SQLite's log, the file `-wal`, grows by
/// all that is written meanwhile, and is used again once the view is gone. PostgreSQL cannot clear away (vacuum) what was changed and
/// removed meanwhile, in any table of the database, and retention removes events one by one, never whole months.
#[async_trait]
pub trait Still: Send {
    /// How many events a report has in this range of ids.
    async fn events(&mut self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError>;
    /// Up to `limit` events of a report with ids above `after` and below `below`, in the order of the ids.
    async fn events_after(&mut self, report: &'static Report, after: i64, below: i64, limit: u32) -> Result<Vec<Whole>, StoreError>;
    /// Up to `limit` lines of the quarantine with ids above `after`, in the order of the ids.
    async fn quarantined_after(&mut self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError>;
    /// Space, key and value of everything that readers of streams remember, in order.
    async fn all_kept(&mut self) -> Result<Vec<(String, String, String)>, StoreError>;
    /// Name and value of the installation's secrets, in the order of the names.
    async fn secrets(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;
    /// By name.
    async fn users(&mut self) -> Result<Vec<User>, StoreError>;
    /// By name.
    async fn tokens(&mut self) -> Result<Vec<ApiToken>, StoreError>;
}
