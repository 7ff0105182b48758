//! What the store's errors are to somebody who signs in, or manages users, tokens and the quarantine.

use crate::store::StoreError;
use vigia_app::model::{ApiError, ErrorKind};

/// The cause goes to the log; the reader gets a sentence.
pub(crate) fn store_failed(error: StoreError) -> ApiError {
    let kind = match error {
        StoreError::Cursor | StoreError::Failed(_) => ErrorKind::Internal,
        StoreError::TooSlow(_) | StoreError::Locked | StoreError::Unreachable(_) | StoreError::NotWritable(_) | StoreError::Unusable(_) => {
            ErrorKind::Unavailable
        }
    };
    let message = error.to_string();
    tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "the database cannot be read or written");
    match kind {
        ErrorKind::Internal => ApiError::new(kind, "The database failed, and nothing was done. Try again; the server's log has the cause."),
        _ => ApiError::new(kind, message),
    }
}
