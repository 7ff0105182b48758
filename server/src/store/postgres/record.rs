//! One event, whole.

use super::rows::value;
use crate::store::StoreError;
use crate::store::postgres::error::failed;
use crate::store::value::{cell, lines};
use deadpool_postgres::ClientWrapper;
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use vigia_app::model::{Attempt, Cell, EventId, Kind, Record, Report, Timestamp};

pub(super) async fn record(client: &ClientWrapper, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
    let table = report.table;
    let columns: Vec<_> = report.stored().collect();
    let names: Vec<String> = columns.iter().map(|column| format!("e.\"{}\"", column.key)).collect();
    let sql = format!(
        "SELECT d.source_id, d.received, d.extra, d.original, {} FROM {table} e JOIN {table}_detail d USING (id) WHERE e.id = $1",
        names.join(", ")
    );
    let find = client.prepare_cached(&sql).await.map_err(failed)?;
    let Some(row) = client.query_opt(&find, &[&id.get()]).await.map_err(failed)? else { return Ok(None) };
    let mut stored = columns.iter().enumerate().map(|(at, column)| value(&row, at + 4).map(|value| cell(column, value)));
    let mut cells = Vec::with_capacity(report.columns.len());
    for column in report.columns {
        cells.push(match column.kind {
            Kind::Id => Cell::Text(id.to_string()),
            _ if report.is_time(column) => Cell::Time(id.time()),
            _ => stored.next().transpose().map_err(failed)?.unwrap_or_default(),
        });
    }
    let extra = serde_json::from_str(row.try_get(2).map_err(failed)?).map_err(|error| StoreError::Failed(error.into()))?;
    let attempts = if report.attempts { attempts(client, report, id).await.map_err(failed)? } else { Vec::new() };
    Ok(Some(Record {
        id,
        cells,
        extra: Some(extra),
        source_id: row.try_get(0).map_err(failed)?,
        received: Timestamp::saturating(row.try_get(1).map_err(failed)?),
        attempts,
        original: Some(row.try_get(3).map_err(failed)?),
    }))
}

async fn attempts(client: &ClientWrapper, report: &Report, event: EventId) -> Result<Vec<Attempt>, Error> {
    let sql = format!("SELECT {ATTEMPT} FROM {}_attempt WHERE event = $1 ORDER BY number", report.table);
    let find = client.prepare_cached(&sql).await?;
    client.query(&find, &[&event.get()]).await?.iter().map(attempt).collect()
}

/// Of the events between two ids, by event.
pub(super) async fn attempts_between(
    client: &ClientWrapper,
    report: &Report,
    first: i64,
    last: i64,
) -> Result<HashMap<i64, Vec<Attempt>>, Error> {
    let sql = format!("SELECT {ATTEMPT}, event FROM {}_attempt WHERE event >= $1 AND event <= $2 ORDER BY event, number", report.table);
    let mut attempts: HashMap<i64, Vec<Attempt>> = HashMap::new();
    for row in client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await? {
        attempts.entry(row.try_get("event")?).or_default().push(attempt(&row)?);
    }
    Ok(attempts)
}

/// What [`attempt`] reads, in its order.
pub(super) const ATTEMPT: &str = "number, start, \"end\", executor, result, error_class, message, connector, template, version, log";

pub(super) fn attempt(row: &Row) -> Result<Attempt, Error> {
    Ok(Attempt {
        end: Timestamp::from_millis(row.try_get(2)?),
        executor: row.try_get(3)?,
        result: row.try_get(4)?,
        error_class: row.try_get(5)?,
        message: row.try_get(6)?,
        connector: row.try_get(7)?,
        template: row.try_get(8)?,
        version: row.try_get(9)?,
        log: lines(row.try_get(10)?),
        ..Attempt::begun(u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or(u32::MAX), Timestamp::saturating(row.try_get(1)?))
    })
}
