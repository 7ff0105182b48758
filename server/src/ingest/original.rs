//! The lines that events were read from.

use super::text;
use crate::event::Event;

/// Gives the events from `first` on that have no original the masked line.
pub(super) fn original(events: &mut [Event], first: usize, masked: impl FnOnce() -> String) {
    let Some(new) = events.get_mut(first..).filter(|new| new.iter().any(|event| event.original.is_empty())) else { return };
    let masked = masked();
    let cut = text::cut(&masked, Event::MAX_ORIGINAL);
    for event in new.iter_mut().filter(|event| event.original.is_empty()) {
        event.original = cut.clone().into_owned();
    }
}
