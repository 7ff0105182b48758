//! Answers in the language of whoever asks: the header `Accept-Language`, which the page sends with its own.

use super::state::AppState;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use vigia_app::words::{choose, in_language};

pub(super) async fn of_reader(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    in_language(choose(accepted, state.outfit.languages), next.run(request)).await
}
