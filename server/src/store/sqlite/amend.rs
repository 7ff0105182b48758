//! Having an event say something else.

use super::connection::failed;
use super::journal;
use crate::event::Event;
use crate::store::StoreError;
use crate::store::value::Value;
use crate::store::whole::{self, Whole};
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use vigia_app::model::Timestamp;

/// See [`Events::amend`](crate::store::Events::amend); inside the caller's transaction.
pub(super) fn amend(connection: &Connection, event: Event) -> Result<bool, StoreError> {
    let (report, key) = (event.report, whole::key(&event));
    let mut whole = Whole::new(event, key, 0, Timestamp::MIN);
    let extra = std::mem::take(&mut whole.extra);
    let (keys, mut values): (Vec<_>, Vec<_>) = whole.said(report).into_iter().unzip();
    let set: Vec<String> = keys.into_iter().map(|key| format!("\"{key}\" = ?")).collect();
    values.push(Value::Bytes(key.to_vec()));
    let row = format!("UPDATE {} SET {} WHERE key = ? RETURNING id", report.table, set.join(", "));
    let detail = format!("UPDATE {}_detail SET extra = ? WHERE id = ?", report.table);
    journal::noting(connection, |changed| {
        let id: Option<i64> = connection.prepare_cached(&row)?.query_row(params_from_iter(values), |row| row.get(0)).optional()?;
        let Some(id) = id else { return Ok(false) };
        connection.prepare_cached(&detail)?.execute((extra, id))?;
        changed.events(report, [id]);
        Ok(true)
    })
    .map_err(failed)
}
