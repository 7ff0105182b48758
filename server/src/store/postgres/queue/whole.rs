//! What is kept of operations beside their rows, for a copy of the database; and how new ones begin.

use super::entry::{self, ENTRY, entry};
use super::history::{self, STEP, step};
use crate::store::whole::Queued;
use deadpool_postgres::{ClientWrapper, Transaction};
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use uuid::Uuid;
use vigia_app::model::HistoryEntry;

/// Those of the queue between two ids, by id.
pub(in crate::store::postgres) async fn read(client: &ClientWrapper, first: i64, last: i64) -> Result<HashMap<i64, Queued>, Error> {
    let sql = format!(
        "SELECT {STEP}, request, operation FROM operation_history WHERE operation >= $1 AND operation <= $2 ORDER BY operation, number"
    );
    let mut histories: HashMap<i64, Vec<(HistoryEntry, String)>> = HashMap::new();
    for row in client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await? {
        histories.entry(row.try_get("operation")?).or_default().push((step(&row)?, row.try_get("request")?));
    }
    let sql = format!("SELECT {ENTRY}, o.ticket FROM operation o WHERE id >= $1 AND id <= $2");
    let rows = client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await?;
    let queued = |row: &Row| {
        let entry = entry(row)?;
        let (ticket, history) = (row.try_get("ticket")?, histories.remove(&entry.id).unwrap_or_default());
        Ok((entry.id, Queued { entry, ticket, history }))
    };
    rows.iter().map(queued).collect()
}

/// Puts down those that are not there, under the keys of their events.
pub(in crate::store::postgres) async fn put(transaction: &Transaction<'_>, all: &[(Uuid, Queued)]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    entry::insert(transaction, &all.iter().map(|(key, queued)| (*key, &queued.entry, &*queued.ticket)).collect::<Vec<_>>()).await?;
    let steps =
        all.iter().flat_map(|(_, Queued { entry, history, .. })| history.iter().map(|(step, request)| (entry.id, step, &**request)));
    history::add(transaction, &steps.collect::<Vec<_>>()).await
}
