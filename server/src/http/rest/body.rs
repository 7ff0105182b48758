//! JSON that a request brings.

use crate::http::problem::Refused;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{FromRequest, Request, rejection::JsonRejection};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use vigia_app::model::ApiError;
use vigia_app::sentence;

/// The body as a `T`. One that is none is refused with what is wrong with it; what would be right stands in the OpenAPI document.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(error @ (JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_))) => {
                let words = sentence!("request.body", wrong = error.body_text());
                Err(Refused(ApiError::invalid("body", words)).into_response())
            }
            Err(other) => Err(other.into_response()),
        }
    }
}
