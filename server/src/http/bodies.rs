//! Large bodies of requests: few of an address at a time, since a body is held before it is known who sends it.

use super::session::Caller;
use super::shares::COME_AGAIN;
use super::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use vigia_app::say;

/// Bodies of up to so many bytes are not counted: signing in and what the page asks has less.
const SMALL: u64 = 16 << 10;

/// Lets a request with a large body in as soon as fewer than [`super::shares::BODIES`] of its address are there.
pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_small(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let sender = Caller::of(&state, &parts).household();
    let Some(_share) = state.bodies.of(&sender).await else {
        metrics::counter!("vigia_http_refused_bodies_total").increment(1);
        return (StatusCode::TOO_MANY_REQUESTS, [COME_AGAIN], say!("share.bodies")).into_response();
    };
    next.run(Request::from_parts(parts, body)).await
}

/// Whether a body is small as far as its head tells; one that does not tell is not, and none at all is.
fn is_small(headers: &HeaderMap) -> bool {
    match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length.to_str().ok().and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length <= SMALL),
        None => !headers.contains_key(header::TRANSFER_ENCODING),
    }
}
