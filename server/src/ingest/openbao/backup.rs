//! Performed backups: somebody took a snapshot of all of OpenBao's data.

use super::exchange::{Exchange, short};
use super::exchange_end::State;
use crate::event::Event;
use vigia_app::reports::PERFORMED_BACKUPS;

/// A snapshot that OpenBao tried to hand out; `None` when the request is about something else, or was denied.
pub(super) fn event(exchange: &Exchange<'_>) -> Option<Event> {
    let snapshot = exchange.place.kind == "system" && exchange.place.rest == "storage/raft/snapshot" && exchange.operation() == "read";
    if !snapshot || exchange.outcome.state == State::Denied {
        return None;
    }
    let mut event = exchange.event(&PERFORMED_BACKUPS, "");
    event.set("type", "Full");
    event.set("reason", "Manual");
    event.set("end", exchange.answered);
    event.set("requested_by", short(&exchange.who.user));
    event.set("status", if exchange.outcome.is_done() { "Success" } else { "Error" });
    event.add("message", exchange.outcome.message.as_str());
    exchange.describe(&mut event);
    Some(event)
}
