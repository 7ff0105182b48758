//! How an operation of the queue begins.

use super::StoreError;
use super::operations::NewOperation;
use super::steps::Entry;
use super::value::{clean, kept};
use super::whole::Queued;
use vigia_app::model::{Cell, HistoryEntry, OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// Has the row of each new operation say how it stands. Refuses them all where one is no event of the queue's report.
pub fn prepare(new: &mut [NewOperation]) -> Result<(), StoreError> {
    if let Some(other) = new.iter().find(|new| new.event.report.key != PASSWORD_OPERATION.key) {
        return Err(StoreError::Failed(anyhow::anyhow!("an operation is not an event of {}", other.event.report.words.title.english())));
    }
    for new in new {
        let status = status(new);
        new.event.set("status", status.name()).set("attempts", 0u32);
        new.event.attempts.clear();
    }
    Ok(())
}

fn status(new: &NewOperation) -> OperationStatus {
    if new.approve_by.is_some() { OperationStatus::AwaitingApproval } else { OperationStatus::Scheduled }
}

impl Queued {
    /// One that was asked for at this time, under the id of its row.
    pub fn new(id: i64, new: &NewOperation, asked: Timestamp) -> Self {
        let entry = Entry {
            priority: new.priority.number(),
            approve_by: new.approve_by,
            asked_by: clean(&new.asked_by).into_owned(),
            ..Entry::adopted(id, status(new), new.plan.clone(), device(new), new.event.time)
        };
        let note = if new.approve_by.is_some() { "Submitted; awaits approval." } else { "Submitted." };
        let submitted = HistoryEntry { at: asked, status: entry.status, who: clean(&new.who).into_owned(), note: note.to_owned() };
        Self { entry, ticket: Vec::new(), history: vec![(submitted, String::new())] }
    }
}

/// As the row keeps it.
fn device(new: &NewOperation) -> String {
    match (PASSWORD_OPERATION.column("device"), new.event.get("device")) {
        (Some(column), Cell::Text(device)) => kept(column, device).into_owned(),
        _ => String::new(),
    }
}
