//! What people are told of a store that did not answer: everybody the same, and nobody where the database is or whose it is. That is in
//! the log, here and nowhere else.

use super::StoreError;
use crate::causes;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::{sentence, text};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (kind, words) = match &error {
            StoreError::Cursor => return Self::invalid("cursor", sentence!("database.cursor")),
            StoreError::TooSlow(seconds) => return Self::new(ErrorKind::Unavailable, sentence!("database.too-slow", seconds = *seconds)),
            StoreError::Unfinished(seconds) => {
                return Self::new(ErrorKind::Unavailable, sentence!("database.unfinished", seconds = *seconds));
            }
            StoreError::Locked => return Self::new(ErrorKind::Unavailable, sentence!("database.locked")),
            StoreError::Unreachable(_) | StoreError::Busy(_) => (ErrorKind::Unavailable, text!("database.unreachable")),
            StoreError::NotWritable(_) => (ErrorKind::Unavailable, text!("database.not-writable")),
            StoreError::Unusable(_) => (ErrorKind::Unavailable, text!("database.unusable")),
            StoreError::Failed(_) => (ErrorKind::Internal, text!("database.failed")),
        };
        if !error.is_told() {
            tracing::error!(cause = causes::chain(&error), "the database cannot be read or written");
        }
        Self::new(kind, words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_where_the_database_is_or_what_it_said() {
        const DETAIL: &str = "/srv/db of role vigia";
        let failed = [
            (StoreError::Unreachable(DETAIL.into()), 503),
            (StoreError::Busy(DETAIL.into()), 503),
            (StoreError::NotWritable(DETAIL.into()), 503),
            (StoreError::Unusable(DETAIL.into()), 503),
            (StoreError::Failed(anyhow::anyhow!(DETAIL)), 500),
        ];
        for (error, status) in failed {
            let told = ApiError::from(error);
            assert_eq!(told.kind.status(), status);
            assert!(!told.message.to_string().contains("vigia") && told.message.to_string().contains("log"), "{}", told.message);
        }
    }

    #[test]
    fn what_the_reader_can_do_something_about_is_told_as_it_is() {
        let [cursor, slow, locked] = [StoreError::Cursor, StoreError::TooSlow(5), StoreError::Locked].map(ApiError::from);
        assert_eq!((cursor.kind.status(), cursor.field.as_deref()), (400, Some("cursor")));
        assert!(slow.message.to_string().contains("5 s") && slow.message.to_string().contains("Narrow"), "{}", slow.message);
        assert!(locked.message.to_string().contains("another process"), "{}", locked.message);
    }
}
