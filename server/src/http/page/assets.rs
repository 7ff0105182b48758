//! The built page: its files, and its one document for every address the page itself knows.

use crate::http::security::content_security_policy;
use crate::http::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use maud::{DOCTYPE, html};
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;
use vigia_app::say;

/// Answers what no route does: a file where the address ends in a name with a dot, the page otherwise.
pub(in crate::http) async fn page_or_file(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path.starts_with("/fn/") || path == "/api" || path == "/fn" {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if !name.contains('.') || path == "/index.html" { page(&state, request.headers()).await } else { file(&state, request).await }
}

/// Names carry a hash of the content, so a name can be kept for ever; anything else is asked for anew.
async fn file(state: &AppState, request: Request) -> Response {
    let keep = if has_hash(request.uri().path()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let files = ServeDir::new(&state.assets).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let mut response = match files.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    match response.status() {
        // A file that is missing now may come with the next version: nobody is to remember that it was not there.
        StatusCode::NOT_FOUND => {
            (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], format!("{}\n", say!("problem.no-file"))).into_response()
        }
        status => {
            if !(status.is_client_error() || status.is_server_error()) {
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
            }
            response
        }
    }
}

/// Whether a file's name carries a hash as the build writes it: `name-<hex>.css`, `name-<hex>_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('-').skip(1).any(|part| {
        let hash = part.split(['.', '_']).next().unwrap_or_default();
        hash.len() >= 8 && hash.len() < part.len() && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// `index.html`, read anew each time: it is small, and a page built again needs its scripts' new hashes in the policy.
async fn page(state: &AppState, headers: &HeaderMap) -> Response {
    let Ok(html) = tokio::fs::read_to_string(state.assets.join("index.html")).await else { return not_built() };
    let digest = Sha256::digest(&html);
    let tag = format!("\"{}\"", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..12]));
    let known = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    // Compared weakly, as GET wants it: `W/` says that the bytes were compressed on the way.
    let fresh = known.flat_map(|tags| tags.split(',')).map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    let answer = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, content_security_policy(&html)),
        (header::ETAG, HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))),
    ];
    if fresh { (StatusCode::NOT_MODIFIED, answer).into_response() } else { (answer, Html(html)).into_response() }
}

fn not_built() -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Vigia: the page is not built" } }
            body {
                h1 { "The page is not built yet" }
                p { "The server runs, but its assets folder holds no index.html. Build the page and start the server with:" }
                pre { code { "make run" } }
                p { "The REST API works without the page: see " a href="/api/docs" { "/api/docs" } "." }
            }
        }
    };
    (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")], Html(page.into_string())).into_response()
}

#[cfg(test)]
mod tests {
    use super::has_hash;

    #[test]
    fn only_names_that_change_with_their_content_are_kept_for_ever() {
        for name in [
            "/vigia-page-1a2b3c4d5e6f7a8b.js",
            "/vigia-page-1a2b3c4d5e6f7a8b_bg.wasm",
            "/style-0123456789abcdef.css",
            "/chunk-2-0123456789abcdef.wasm",
        ] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["/index.html", "/manifest.json", "/icon-192.png", "/my-deadline.js", "/feedbeef", "/1a2b3c4d5e6f7a8b-x.js"] {
            assert!(!has_hash(name), "{name}");
        }
    }
}
