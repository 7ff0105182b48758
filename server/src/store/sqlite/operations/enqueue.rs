//! Storing operations with their rows.

use super::desk::{Desk, refused};
use super::entry;
use crate::store::operations::{Enqueued, NewOperation};
use crate::store::sqlite::append::{self, Put};
use crate::store::steps::Entry;
use crate::store::value::kept;
use vigia_app::model::{Cell, EventId, OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

pub(super) fn enqueue(desk: &mut Desk<'_>, new: &[NewOperation], now: Timestamp) -> rusqlite::Result<Vec<Enqueued>> {
    let mut events = Vec::with_capacity(new.len());
    for one in new {
        if one.event.report.key != PASSWORD_OPERATION.key {
            return Err(refused(format!("an operation is not an event of {}", one.event.report.title)));
        }
        let mut event = one.event.clone();
        let status = if one.approve_by.is_some() { OperationStatus::AwaitingApproval } else { OperationStatus::Scheduled };
        event.set("status", status.name()).set("attempts", 0u32);
        event.attempts = Vec::new();
        events.push(event);
    }
    let put = append::each(desk.connection, desk.changed, &PASSWORD_OPERATION, &events, now, desk.known)?;
    let mut enqueued = Vec::with_capacity(new.len());
    for (one, put) in new.iter().zip(put) {
        let (Put::New(id) | Put::Known(id)) = put;
        let event = EventId::from_i64(id).ok_or_else(|| refused(format!("{id} is not an event's id")))?;
        enqueued.push(match put {
            Put::Known(_) => Enqueued::Known(event),
            Put::New(_) => {
                let entry = Entry::new(id, one, device(one));
                entry::insert(desk.connection, &entry, &[])?;
                desk.note(&entry, &entry.submitted(&one.who, now), "")?;
                Enqueued::New(event)
            }
        });
    }
    Ok(enqueued)
}

/// As the row keeps it.
fn device(new: &NewOperation) -> String {
    match (PASSWORD_OPERATION.column("device"), new.event.get("device")) {
        (Some(column), Cell::Text(device)) => kept(column, device).into_owned(),
        _ => String::new(),
    }
}
