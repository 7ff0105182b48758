//! Having an event say something else.

use super::{journal, listen};
use crate::event::Event;
use crate::store::changed::Changed;
use crate::store::value::{Value, clean};
use crate::store::whole::{self, Whole};
use deadpool_postgres::{ClientWrapper, Transaction};
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use uuid::Uuid;
use vigia_app::model::{Report, Timestamp};

/// Events of a source that are looked through at once.
const STEP: u32 = 1_000;

/// See [`Events::amend`](crate::store::Events::amend).
pub(super) async fn amend(client: &mut ClientWrapper, event: Event) -> Result<bool, Error> {
    let (report, key, table) = (event.report, whole::key(&event), event.report.table);
    let source = clean(&event.source).to_ascii_lowercase();
    let transaction = client.transaction().await?;
    let Some(id) = find(&transaction, report, &source, Uuid::from_bytes(key)).await? else { return Ok(false) };
    let mut whole = Whole::new(event, key, id, Timestamp::MIN);
    let extra = std::mem::take(&mut whole.extra);
    let (keys, values): (Vec<_>, Vec<_>) = whole.said(report).into_iter().unzip();
    let set: Vec<String> = (2..).zip(keys).map(|(place, key)| format!("\"{key}\" = ${place}")).collect();
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&id];
    parameters.extend(values.iter().map(parameter));
    let row = format!("UPDATE {table} SET {} WHERE id = $1", set.join(", "));
    if transaction.execute(&transaction.prepare_cached(&row).await?, &parameters).await? == 0 {
        // Somebody has removed it just now.
        return Ok(false);
    }
    let detail = format!("UPDATE {table}_detail SET extra = $2 WHERE id = $1");
    transaction.execute(&transaction.prepare_cached(&detail).await?, &[&id, &extra]).await?;
    let mut changed = Changed::default();
    changed.events(report, [id]);
    listen::tell_stored(&transaction, &[report]).await?;
    journal::commit(transaction, changed).await?;
    Ok(true)
}

/// The id of the event of this key. Keys have no index that leads there; the events of a source have, and mostly it is one of the last.
async fn find(transaction: &Transaction<'_>, report: &'static Report, source: &str, key: Uuid) -> Result<Option<i64>, Error> {
    let table = report.table;
    let known = transaction.prepare_cached(&format!("SELECT 1 FROM {table}_key WHERE key = $1")).await?;
    if transaction.query_opt(&known, &[&key]).await?.is_none() {
        return Ok(None);
    }
    let some = format!("SELECT id FROM {table} WHERE lower(source) = $1 AND id <= $2 ORDER BY id DESC LIMIT {STEP}");
    let some = transaction.prepare_cached(&some).await?;
    // The bounds spare the partitions that hold none of them.
    let one = format!("SELECT id FROM {table}_detail WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND key = $4");
    let one = transaction.prepare_cached(&one).await?;
    let mut below = i64::MAX;
    loop {
        let rows = transaction.query(&some, &[&source, &below]).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let (Some(last), Some(first)) = (ids.first(), ids.last()) else { return Ok(None) };
        if let Some(found) = transaction.query_opt(&one, &[&ids, first, last, &key]).await? {
            return found.try_get(0).map(Some);
        }
        below = first - 1;
    }
}

/// A value as a statement takes it.
pub(super) fn parameter(value: &Value) -> &(dyn ToSql + Sync) {
    match value {
        Value::Number(number) => number,
        Value::Text(text) => text,
        Value::Bytes(bytes) => bytes,
    }
}
