//! What stands behind the `?` of an address.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use vigia_app::model::ApiError;
use vigia_app::sentence;

/// What was asked; the error says what of it cannot be read.
pub(super) fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::invalid("query", sentence!("request.query", wrong = error.body_text())))
}
