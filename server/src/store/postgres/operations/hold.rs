//! Holding on to operations: tickets and heartbeats.

use super::work::{Stop, Work};
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::operations::Hold;
use crate::store::postgres::PostgresStore;
use crate::store::postgres::error::failed;
use crate::store::postgres::queue::entry::small;
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use std::collections::HashSet;
use tokio_postgres::Error;
use vigia_app::model::{EventId, Timestamp};

impl PostgresStore {
    pub(super) async fn take_ticket(&self, hold: Hold, hash: [u8; 32]) -> Result<bool, StoreError> {
        let sql = "UPDATE operation SET ticket = $3 WHERE id = $1 AND fence = $2 AND status = 'Running'";
        self.execute(sql, &[&hold.id.get(), &hold.fence, &&hash[..]]).await.map(|taken| taken == 1)
    }

    pub(super) async fn find_ticket(&self, hash: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError> {
        let sql = "SELECT id, fence, attempt FROM operation WHERE ticket = $1 AND ticket <> ''::bytea AND status = 'Running'";
        let rows = self.rows(sql, &[&&hash[..]]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(id) = EventId::from_i64(row.try_get(0).map_err(failed)?) else { return Ok(None) };
        Ok(Some((Hold { id, fence: row.try_get(1).map_err(failed)? }, small(row.try_get(2).map_err(failed)?))))
    }
}

pub(super) struct Beating<'a> {
    pub holds: &'a [Hold],
    pub lease: Timestamp,
}

#[async_trait]
impl Work for Beating<'_> {
    type Out = Vec<Hold>;
    const NAMES: [&'static str; 2] = ["heartbeat.before", "heartbeat.after"];

    async fn run(&self, transaction: &Transaction<'_>, _: &mut Changed) -> Result<Vec<Hold>, Stop> {
        let ids: Vec<i64> = self.holds.iter().map(|hold| hold.id.get()).collect();
        let fences: Vec<i64> = self.holds.iter().map(|hold| hold.fence).collect();
        let sql = "WITH held AS MATERIALIZED (
                       SELECT o.id FROM operation o JOIN unnest($1::bigint[], $2::bigint[]) AS n(id, fence)
                           ON o.id = n.id AND o.fence = n.fence
                       WHERE o.id = ANY($1) AND o.status = 'Running' ORDER BY o.id FOR UPDATE OF o)
                   UPDATE operation SET lease = $3 WHERE id = ANY (ARRAY(SELECT id FROM held)) RETURNING id, fence";
        let beat = transaction.prepare_cached(sql).await?;
        let held = transaction.query(&beat, &[&ids, &fences, &self.lease.millis()]).await?;
        let held: HashSet<(i64, i64)> = held.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, Error>>()?;
        Ok(self.holds.iter().copied().filter(|hold| !held.contains(&(hold.id.get(), hold.fence))).collect())
    }
}
