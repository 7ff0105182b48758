//! What keeps the page from being used against its reader: headers on every answer, and no writes from other sites.

use super::limits::MAX_URI;
use super::linked;
use super::state::AppState;
use crate::config::PublicUrl;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use sha2::{Digest, Sha256};
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};
use vigia_app::say;

const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), display-capture=(), browsing-topics=()",
    ),
];

/// Sets the security headers, unless a handler has set its own, and keeps answers with data out of caches.
pub(super) async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let keep_out = ["/api", "/fn", linked::PREFIX].iter().any(|data| path.starts_with(data));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| content_security_policy(""));
    if state.public_url.as_ref().is_some_and(PublicUrl::is_https) {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=63072000"));
    }
    if keep_out {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The policy for a document: everything from this server only, and of the inline scripts and styles only those that stand in
/// the document as it was built. Their hashes are taken from it.
pub(super) fn content_security_policy(html: &str) -> HeaderValue {
    let scripts = inline_hashes(html, "script");
    let styles = inline_hashes(html, "style");
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// ` 'sha256-...'` for the content of each element of this name that has any. Good for the HTML a build tool writes, in which no
/// attribute contains `>`; where it were wrong, a script would not run, never one run that should not.
fn inline_hashes(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let mut hashes = String::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((attributes, after)) = after.split_once('>') else { break };
        let Some((content, after)) = after.split_once(&close) else { break };
        rest = after;
        if content.is_empty() || !(attributes.is_empty() || attributes.starts_with(char::is_whitespace)) {
            continue;
        }
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content));
        hashes.push_str(&format!(" 'sha256-{hash}'"));
    }
    hashes
}

/// Refuses requests that change something and come from another site's page (`Origin`, `Sec-Fetch-Site`). Programs send neither.
///
/// # Errors
/// When the public URL can be no `Origin`.
pub(super) fn csrf(public_url: Option<&PublicUrl>) -> anyhow::Result<CsrfLayer<FromElsewhere>> {
    let layer = CsrfLayer::new();
    let layer = match public_url {
        // A reverse proxy may change `Host`; the browser's `Origin` is then still the public one.
        Some(url) => layer.add_trusted_origin(url.to_string())?,
        None => layer,
    };
    Ok(layer.with_rejection_response(FromElsewhere))
}

/// The answer to a request from another site.
#[derive(Clone, Copy)]
pub(super) struct FromElsewhere;

impl ResponseForProtectionError<Body> for FromElsewhere {
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response {
        (StatusCode::FORBIDDEN, say!("problem.other-site")).into_response()
    }
}

/// Refuses addresses longer than any that Vigia makes. (Of heads from 64 KiB on the HTTP library itself says 431, without a body.)
pub(super) async fn limit_uri(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if length > MAX_URI {
        return (StatusCode::URI_TOO_LONG, say!("problem.address", count = length, most = MAX_URI)).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_and_styles_are_allowed_by_their_hash_and_no_others() {
        let html = "<head><style>a{}</style><script type=\"module\">alert(1)</script><script src=\"/a.js\"></script></head>";
        let policy = content_security_policy(html);
        let policy = policy.to_str().expect("ASCII");
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';"), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 2, "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}
