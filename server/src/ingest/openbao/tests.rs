//! Each rule of the mapping, and what may go wrong with the lines.

mod asked;
mod audit;
mod lines;
mod operation;
mod view;

use super::*;
use crate::ingest::{Summary, import};
use crate::store::Appended;
use asked::Asked;

/// The events of a log, in the order they were made, and what the import said of it.
fn events(log: &str) -> (Vec<Event>, Summary) {
    let mut events = Vec::new();
    let summary = import(log.as_bytes(), &mut OpenBao::new("vault-1"), &mut |batch: Vec<Event>| {
        let stored = u64::try_from(batch.len()).unwrap();
        events.extend(batch);
        Ok(Appended { stored, duplicate: 0 })
    });
    (events, summary.expect("imports"))
}

/// The only event of an exchange.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "what was asked is built in the call")]
fn event(asked: Asked) -> Event {
    let (mut events, _) = events(&asked.log());
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

/// That the event's report and columns are these; a column that is not named may hold anything.
#[track_caller]
fn says(event: &Event, report: &str, cells: &[(&str, &str)]) {
    assert_eq!(event.report.key, report);
    for (key, value) in cells {
        assert_eq!(event.get(key).plain(), *value, "{key}");
    }
}

#[track_caller]
fn extra<'a>(event: &'a Event, name: &str) -> &'a str {
    event.extra.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}
