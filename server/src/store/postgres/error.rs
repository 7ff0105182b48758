//! What the database's errors mean for the one who asked.

use crate::store::StoreError;
use std::error::Error as _;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What a failure of the database means for the one who asked.
pub(super) fn failed(error: Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        return if is_lost(&error) { StoreError::Unreachable(cause(&error)) } else { StoreError::Failed(error.into()) };
    };
    let message = said.message();
    match said.code() {
        // What was tried and for how long is said by whoever knows it: `Lent::ended`.
        &SqlState::QUERY_CANCELED => StoreError::TooSlow(0),
        &SqlState::LOCK_NOT_AVAILABLE => StoreError::Locked,
        &SqlState::DISK_FULL => StoreError::NotWritable("the disk of the database server is full".to_owned()),
        &SqlState::READ_ONLY_SQL_TRANSACTION => {
            StoreError::NotWritable("this server is a standby or read-only; name the primary in the database URL".to_owned())
        }
        &SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION => StoreError::Unusable(format!(
            "The database server refused the user ({message}). Check user and password in the database URL, and the server's pg_hba.conf."
        )),
        &SqlState::INVALID_CATALOG_NAME => StoreError::Unusable(format!(
            "The database server has no such database ({message}). Create it first: CREATE DATABASE vigia OWNER vigia ENCODING 'UTF8' \
             TEMPLATE template0."
        )),
        &SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Unusable(format!(
            "The database user may not do what Vigia needs ({message}). Make the user owner of the database, or let an administrator do \
             it once."
        )),
        &SqlState::TOO_MANY_CONNECTIONS => StoreError::Busy(format!("the server has too many connections ({message})")),
        _ if is_lost(&error) => StoreError::Unreachable(message.to_owned()),
        // Not its details: they may quote what an event says.
        code => StoreError::Failed(anyhow::anyhow!("{} {message} (SQLSTATE {})", said.severity(), code.code())),
    }
}

/// Whether the connection is gone, and another one may do better.
pub(super) fn is_lost(error: &Error) -> bool {
    match error.code() {
        Some(code) => {
            matches!(
                *code,
                SqlState::ADMIN_SHUTDOWN
                    | SqlState::CRASH_SHUTDOWN
                    | SqlState::CANNOT_CONNECT_NOW
                    | SqlState::IDLE_SESSION_TIMEOUT
                    | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            ) || code.code().starts_with("08")
        }
        None => {
            error.is_closed()
                || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
                || error.to_string().starts_with("error connecting")
                || error.to_string().starts_with("error performing TLS")
        }
    }
}

/// Whether the same work may do better a moment later: another process was quicker.
pub(super) fn is_race(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
            // A partition that went.
            SqlState::CHECK_VIOLATION,
        ]
        .contains(code)
    })
}

fn cause(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
