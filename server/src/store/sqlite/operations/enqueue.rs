//! Storing operations with their rows.

use super::moves::{Moves, refused};
use crate::event::Event;
use crate::store::operations::{Enqueued, NewOperation};
use crate::store::sqlite::append::{self, Put};
use crate::store::sqlite::queue::whole;
use crate::store::whole::Queued;
use vigia_app::model::{EventId, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

pub(super) fn enqueue(moves: &mut Moves<'_>, new: &[NewOperation], now: Timestamp) -> rusqlite::Result<Vec<Enqueued>> {
    let events: Vec<Event> = new.iter().map(|new| new.event.clone()).collect();
    let put = append::each(moves.connection, moves.changed, &PASSWORD_OPERATION, events, now)?;
    let mut enqueued = Vec::with_capacity(new.len());
    for (new, put) in new.iter().zip(put) {
        let (Put::New(id) | Put::Known(id)) = put;
        let event = EventId::from_i64(id).ok_or_else(|| refused(format!("{id} is not an event's id")))?;
        enqueued.push(match put {
            Put::Known(_) => Enqueued::Known(event),
            Put::New(_) => {
                whole::put(moves.connection, &Queued::new(id, new, now))?;
                Enqueued::New(event)
            }
        });
    }
    Ok(enqueued)
}
