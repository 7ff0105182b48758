//! Making rows of other sources operations of the queue.

use super::moves::Moves;
use crate::store::operations::Plan;
use crate::store::sqlite::queue::entry;
use crate::store::steps::{Entry, is_adoptable};
use rusqlite::OptionalExtension;
use vigia_app::model::{EventId, OperationStatus};
use vigia_app::reports::PASSWORD_OPERATION;

pub(super) fn adopt(moves: &mut Moves<'_>, plans: Vec<(EventId, Plan)>) -> rusqlite::Result<Vec<EventId>> {
    let mut adopted = Vec::with_capacity(plans.len());
    for (id, plan) in plans {
        if moves.first::<i64>("SELECT id FROM operation WHERE id = ?", &[&id.get()])?.is_some() {
            adopted.push(id);
            continue;
        }
        let row: Option<(String, String)> = moves
            .connection
            .prepare_cached("SELECT status, device FROM password_operation WHERE id = ?")?
            .query_row([id.get()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((status, device)) = row else { continue };
        let Some(status) = OperationStatus::parse(&status).filter(|status| is_adoptable(*status)) else { continue };
        let attempt =
            moves.first("SELECT coalesce(max(number), 0) FROM password_operation_attempt WHERE event = ?", &[&id.get()])?.unwrap_or(0);
        moves.changed.events(&PASSWORD_OPERATION, [id.get()]);
        entry::insert(moves.connection, &Entry { attempt, ..Entry::adopted(id.get(), status, plan, device, id.time()) }, &[])?;
        adopted.push(id);
    }
    Ok(adopted)
}
