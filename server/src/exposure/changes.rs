//! When the password of a credential was changed.
//!
//! A change is an operation that gives another password and has ended well as it stands now: what is to be done once more counts again when that has
//! ended. It was when the last attempt began, or else when the operation was executed, or was: whoever saw the password after that may have seen the new one,
//! which nobody knows, and so it counts as seen and not changed.

use super::credential::{Credential, filter, number, question, text};
use crate::index::Known;
use crate::store::rows::KeptRow;
use crate::store::{Store, StoreError};
use vigia_app::model::{EventId, OperationStatus, Test, Timestamp};
use vigia_app::reports::{PASSWORD_CHANGES, PASSWORD_OPERATION};

/// Rows that are read at once.
const ROWS: usize = 2_000;

/// The credential that an operation gives another password, whether or not it has.
pub(super) fn changed_by((_, values): &KeptRow) -> Option<Credential> {
    let changes = PASSWORD_CHANGES.iter().any(|word| word.eq_ignore_ascii_case(text(&PASSWORD_OPERATION, values, "operation")));
    changes.then(|| Credential::of(&PASSWORD_OPERATION, values)).flatten()
}

/// When an operation has given another password, in milliseconds; `None` for one that has not.
pub(super) fn time_of(row: &KeptRow) -> Option<i64> {
    let (id, values) = row;
    changed_by(row)?;
    if !text(&PASSWORD_OPERATION, values, "status").eq_ignore_ascii_case(OperationStatus::Success.name()) {
        return None;
    }
    let times = ["last_attempt", "execution_date"].into_iter().filter_map(|key| number(&PASSWORD_OPERATION, values, key));
    times.min().or_else(|| Some(EventId::from_i64(*id)?.time().millis()))
}

/// All changes of a credential that there are, in their order, each time once; `None` where the index cannot be read.
pub(super) async fn of(store: &dyn Store, operations: &Known, credential: &Credential) -> Result<Option<Vec<i64>>, StoreError> {
    let mut filters = credential.filters(&PASSWORD_OPERATION);
    let words = PASSWORD_CHANGES.map(str::to_owned).to_vec();
    filters.extend(filter(&PASSWORD_OPERATION, "operation", Test::Is(words)));
    filters.extend(filter(&PASSWORD_OPERATION, "status", Test::Is(vec![OperationStatus::Success.name().to_owned()])));
    let question = question(&PASSWORD_OPERATION, filters, Timestamp::MIN..Timestamp::MAX)?;
    let Some(ids) = operations.ids(&question).await? else { return Ok(None) };
    let mut times = Vec::with_capacity(ids.len());
    for ids in ids.chunks(ROWS) {
        times.extend(store.rows().rows_of(&PASSWORD_OPERATION, ids.to_vec()).await?.iter().filter_map(time_of));
    }
    times.sort_unstable();
    times.dedup();
    Ok(Some(times))
}
