//! Reading everything as it is kept.

use super::error::failed;
use super::quarantine::{LINE, line};
use super::rows::kept;
use super::{query, queue, record, reviews};
use crate::store::StoreError;
use crate::store::quarantine::Quarantined;
use crate::store::rows::columns;
use crate::store::whole::Whole;
use deadpool_postgres::ClientWrapper;
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use uuid::Uuid;
use vigia_app::model::Report;

/// Up to `limit` events of a report with ids above `after`, none above `last`, in their order. Asks several times: what the answers
/// say belongs together inside a transaction only.
pub(super) async fn events(
    client: &ClientWrapper,
    report: &'static Report,
    mut after: i64,
    last: i64,
    limit: u32,
) -> Result<Vec<Whole>, StoreError> {
    let sql = format!("SELECT id, {} FROM {} WHERE id > $1 AND id <= $2 ORDER BY id LIMIT {limit}", columns(report), report.table);
    loop {
        let rows = query(client, &sql, &[&after, &last]).await?;
        let Some(end) = rows.last() else { return Ok(Vec::new()) };
        after = end.try_get(0).map_err(failed)?;
        let events = beside(client, report, &rows).await.map_err(failed)?;
        // Where all were removed just now, there may be others behind them.
        if !events.is_empty() {
            return Ok(events);
        }
    }
}

/// The rows, with what belongs to them; without those that were removed meanwhile.
///
/// Nothing is joined: where it does not know a table well, the planner takes a range of it for a handful of rows, and looks through all
/// of the other table for each.
async fn beside(client: &ClientWrapper, report: &'static Report, rows: &[Row]) -> Result<Vec<Whole>, Error> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let (first, last): (i64, i64) = (first.try_get(0)?, last.try_get(0)?);
    let sql = format!("SELECT id, key, source_id, received, extra, original FROM {}_detail WHERE id >= $1 AND id <= $2", report.table);
    let found = client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await?;
    let details: HashMap<i64, &Row> = found.iter().map(|row| Ok((row.try_get(0)?, row))).collect::<Result<_, Error>>()?;
    let mut attempts = if report.attempts { record::attempts_between(client, report, first, last).await? } else { HashMap::new() };
    let mut said = if report.is_reviewed() { reviews::between(client, report, first, last).await? } else { HashMap::new() };
    let mut queued = if report.actions.is_some() { queue::whole::read(client, first, last).await? } else { HashMap::new() };
    let whole = |row: &Row| {
        let (id, cells) = kept(row)?;
        let Some(detail) = details.get(&id) else { return Ok(None) };
        Ok(Some(Whole {
            id,
            key: detail.try_get::<_, Uuid>(1)?.into_bytes(),
            cells,
            source_id: detail.try_get(2)?,
            received: detail.try_get(3)?,
            extra: detail.try_get(4)?,
            original: detail.try_get(5)?,
            attempts: attempts.remove(&id).unwrap_or_default(),
            reviews: said.remove(&id).unwrap_or_default(),
            queued: queued.remove(&id),
        }))
    };
    rows.iter().map(whole).filter_map(Result::transpose).collect()
}

pub(super) async fn quarantined(client: &ClientWrapper, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
    let sql = format!("SELECT {LINE} FROM quarantine WHERE id > $1 ORDER BY id LIMIT {limit}");
    query(client, &sql, &[&after]).await?.iter().map(line).collect::<Result<_, _>>().map_err(failed)
}

pub(super) async fn all_kept(client: &ClientWrapper) -> Result<Vec<(String, String, String)>, StoreError> {
    let rows = query(client, "SELECT space, key, value FROM kept ORDER BY space, key", &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect::<Result<_, _>>().map_err(failed)
}

pub(super) async fn secrets(client: &ClientWrapper) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let rows = query(client, "SELECT name, value FROM secret ORDER BY name", &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
}
