//! How operations stand.

use crate::store::StoreError;
use crate::store::operations::{Carrier, Ended, QueueCounts, Queued};
use crate::store::postgres::PostgresStore;
use crate::store::postgres::error::failed;
use crate::store::postgres::queue::entry::{ENTRY, entry};
use crate::store::postgres::queue::history::{STEP, step};
use crate::store::postgres::record::{ATTEMPT, attempt};
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use uuid::Uuid;
use vigia_app::model::{Attempt, EventId, ExecutorState, Priority, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

impl PostgresStore {
    pub(super) async fn server_clock(&self) -> Result<Timestamp, StoreError> {
        let rows = self.rows("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint", &[]).await?;
        rows.first().map_or(Ok(0), |row| row.try_get(0)).map(Timestamp::saturating).map_err(failed)
    }

    pub(super) async fn queued(&self, id: EventId) -> Result<Option<Queued>, StoreError> {
        let rows = self.rows(&format!("SELECT {ENTRY} FROM operation o WHERE id = $1"), &[&id.get()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let entry = entry(row).map_err(failed)?;
        let sql = format!("SELECT {STEP} FROM operation_history WHERE operation = $1 ORDER BY number");
        let history = self.rows(&sql, &[&id.get()]).await?.iter().map(step).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Some(Queued {
            status: entry.status,
            plan: entry.plan,
            due: entry.due,
            tries: entry.tries,
            approve_by: entry.approve_by,
            history,
        }))
    }

    pub(super) async fn find_enqueued(&self, key: [u8; 16]) -> Result<Option<EventId>, StoreError> {
        let rows = self.rows("SELECT id FROM operation WHERE key = $1", &[&Uuid::from_bytes(key)]).await?;
        let id: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose().map_err(failed)?;
        Ok(id.and_then(EventId::from_i64))
    }

    pub(super) async fn find_carriers(&self, ids: &[EventId]) -> Result<HashMap<EventId, Carrier>, StoreError> {
        let wanted: Vec<i64> = ids.iter().map(|id| id.get()).collect();
        let rows = self.rows("SELECT id, connector, device FROM operation WHERE id = ANY($1)", &[&wanted]).await?;
        let carrier = |row: &Row| Ok::<_, Error>(Carrier { connector: row.try_get(1)?, device: row.try_get(2)? });
        let read = |row: &Row| EventId::from_i64(row.try_get(0)?).map(|id| Ok((id, carrier(row)?))).transpose();
        rows.iter().filter_map(|row| read(row).transpose()).collect::<Result<_, Error>>().map_err(failed)
    }

    /// Of those that wait for nothing: the others are let go when somebody ends what they wait for.
    pub(super) async fn first_due(&self, connectors: &[String]) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(f.due) FROM unnest($1::text[]) AS n(connector), unnest($2::bigint[]) AS p(priority), LATERAL (
                       SELECT due FROM operation
                       WHERE status = 'Scheduled' AND parked = 0 AND connector = n.connector AND priority = p.priority
                       ORDER BY due LIMIT 1) AS f";
        let rows = self.rows(sql, &[&connectors, &Priority::ALL.map(Priority::number).to_vec()]).await?;
        let due: Option<i64> = rows.first().map_or(Ok(None), |row| row.try_get(0)).map_err(failed)?;
        Ok(due.map(Timestamp::saturating))
    }

    pub(super) async fn count_queue(&self, now: Timestamp) -> Result<QueueCounts, StoreError> {
        let scheduled = |by: &str| {
            let cap = ExecutorState::CAP;
            format!("(SELECT count(*) FROM (SELECT 1 FROM operation WHERE status = 'Scheduled' AND due <= {by} LIMIT {cap}) AS counted)")
        };
        let running = "(SELECT count(*) FROM operation WHERE status = 'Running')";
        let sql = format!("SELECT {}, {}, {running}", scheduled("$2"), scheduled("$1"));
        let rows = self.rows(&sql, &[&now.millis(), &Timestamp::MAX.millis()]).await?;
        let count = |at: usize| rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(at)).map(i64::unsigned_abs).map_err(failed);
        Ok(QueueCounts { scheduled: count(0)?, due: count(1)?, running: count(2)? })
    }

    pub(super) async fn find_last_attempts(&self, ids: &[EventId]) -> Result<Vec<(EventId, Attempt)>, StoreError> {
        let wanted: Vec<i64> = ids.iter().map(|id| id.get()).collect();
        let sql = format!(
            "SELECT DISTINCT ON (event) {}, event FROM {}_attempt WHERE event = ANY($1) ORDER BY event, number DESC",
            ATTEMPT.replace("log", "''"),
            PASSWORD_OPERATION.table
        );
        let rows = self.rows(&sql, &[&wanted]).await?;
        let last: Result<HashMap<i64, Attempt>, Error> = rows.iter().map(|row| Ok((row.try_get("event")?, attempt(row)?))).collect();
        let last = last.map_err(failed)?;
        Ok(ids.iter().filter_map(|id| Some((*id, last.get(&id.get())?.clone()))).collect())
    }

    /// A late result that was refused is not a failure: nobody is named beside it.
    pub(super) async fn find_failed(
        &self,
        (after, id): (Timestamp, Option<EventId>),
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Ended>, StoreError> {
        let sql = format!(
            "SELECT h.at, h.operation, e.device, e.username, e.operation, a.error_class, a.message
             FROM (SELECT at, operation FROM operation_history
                   WHERE status = 'Error' AND who <> '' AND (at, operation) > ($1, $2) AND at < $3 ORDER BY at, operation LIMIT {limit}) AS h
             LEFT JOIN {table} e ON e.id = h.operation
             LEFT JOIN LATERAL (SELECT error_class, message FROM {table}_attempt
                                WHERE event = h.operation AND start <= h.at ORDER BY number DESC LIMIT 1) AS a ON true
             ORDER BY h.at, h.operation",
            table = PASSWORD_OPERATION.table
        );
        let rows = self.rows(&sql, &[&after.millis(), &id.map_or(-1, EventId::get), &until.millis()]).await?;
        let read = |row: &Row| {
            let text = |at: usize| row.try_get::<_, Option<String>>(at).map(Option::unwrap_or_default);
            let Some(id) = EventId::from_i64(row.try_get(1)?) else { return Ok(None) };
            Ok(Some(Ended {
                at: Timestamp::saturating(row.try_get(0)?),
                id,
                device: text(2)?,
                username: text(3)?,
                operation: text(4)?,
                error_class: text(5)?,
                message: text(6)?,
            }))
        };
        rows.iter().filter_map(|row| read(row).transpose()).collect::<Result<_, Error>>().map_err(failed)
    }
}
