//! `GET /api/docs`: the OpenAPI document as a page, drawn on the server. No script, no style of its own.

mod document;
mod endpoint_section;
mod page;

use super::endpoint::{Endpoint, endpoint};
use super::openapi::Document;
use super::problem::Refused;
use super::session::Caller;
use super::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use page::page;
use std::path::Path;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(serve).undescribed()]
}

#[utoipa::path(get, path = "/api/docs", responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
async fn serve(
    caller: Caller,
    State(state): State<AppState>,
    Extension(document): Extension<Document>,
    headers: HeaderMap,
) -> Result<Html<String>, Refused> {
    caller.looks(&state).await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let base = state.public_url.as_ref().map_or_else(|| format!("http://{host}"), ToString::to_string);
    Ok(Html(page(&document.value, &base, stylesheet(&state.assets).await.as_deref()).into_string()))
}

/// The page's own stylesheet, whose name changes with its content.
async fn stylesheet(assets: &Path) -> Option<String> {
    let mut files = tokio::fs::read_dir(assets).await.ok()?;
    while let Ok(Some(file)) = files.next_entry().await {
        if let Some(name) = file.file_name().to_str().filter(|name| name.ends_with(".css")) {
            return Some(format!("/{name}"));
        }
    }
    None
}
