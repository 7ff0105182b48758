//! What administrators do with operations.

use super::moves::Moves;
use super::release;
use crate::store::operations::Change;
use crate::store::sqlite::queue::entry;
use vigia_app::model::{EventId, OperationStatus};
use vigia_app::words::Sentence;

type Results = Vec<Option<Result<OperationStatus, Sentence>>>;

/// A result for each, and those that moved.
pub(super) fn change(moves: &mut Moves<'_>, change: &Change) -> rusqlite::Result<(Results, Vec<EventId>)> {
    let mut moved = Vec::new();
    let mut results = Vec::with_capacity(change.ids.len());
    for id in &change.ids {
        results.push(one(moves, change, *id, &mut moved)?);
    }
    Ok((results, moved))
}

fn one(
    moves: &mut Moves<'_>,
    change: &Change,
    id: EventId,
    moved: &mut Vec<EventId>,
) -> rusqlite::Result<Option<Result<OperationStatus, Sentence>>> {
    let Some(mut entry) = entry::load(moves.connection, id.get())? else { return Ok(None) };
    if !change.request.is_empty() && is_done(moves, id, &change.request)? {
        return Ok(Some(Ok(entry.status)));
    }
    match entry.change(change) {
        Err(reason) => Ok(Some(Err(reason))),
        Ok(step) => {
            moves.put(&entry, &step, &change.request)?;
            if entry.status == OperationStatus::Canceled {
                // It may have been let go in the place of others, which would wait for it.
                release::next(moves, &entry)?;
            }
            moved.push(id);
            Ok(Some(Ok(entry.status)))
        }
    }
}

/// Whether the operation's history has this request.
fn is_done(moves: &Moves<'_>, id: EventId, request: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT number FROM operation_history WHERE operation = ? AND request = ? LIMIT 1";
    Ok(moves.first::<i64>(sql, &[&id.get(), &request])?.is_some())
}
