//! What is asked beside the rows: the event whose details are open, and how operations fail. The rows never wait for it.

use super::address;
use super::state::State;
use crate::api::operations::operation_failures;
use crate::api::reports::report_record;
use crate::model::Query;
use leptos::prelude::*;

impl State {
    /// Asks for as long as whoever calls it is there.
    pub fn ask_beside(&self) {
        let Self { report, open, rows, counted, .. } = *self;
        // Failures are looked at once the rows are there.
        let settled = Memo::new(
            move |last: Option<&Option<Query>>| {
                if rows.busy.get() { last.cloned().flatten() } else { counted.get().filter(|_| report.actions.is_some()) }
            },
        );
        self.failures.ask(move || settled.get(), move |query| async move { operation_failures(address::question(&query)).await });
        self.record.ask(move || open.get(), move |id| report_record(report.key.to_owned(), id));
    }
}
