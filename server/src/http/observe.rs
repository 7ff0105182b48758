//! One line in the log and one count in the metrics for each request.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Filled in when a request's session is looked up, so that the log can name the user.
#[derive(Debug, Clone, Default)]
pub(super) struct Who(Arc<OnceLock<String>>);

impl Who {
    pub(super) fn is(&self, username: &str) {
        self.0.get_or_init(|| username.to_owned());
    }
}

/// Addresses that programs ask for every few seconds, and that are not worth a line in the log.
#[derive(Clone)]
pub(super) struct Quiet(Arc<BTreeSet<String>>);

impl Quiet {
    pub(super) fn of(paths: impl IntoIterator<Item = String>) -> Self {
        Self(Arc::new(paths.into_iter().collect()))
    }

    /// Whether a request is for one of them.
    pub(super) fn is(&self, request: &Request) -> bool {
        request.extensions().get::<MatchedPath>().is_some_and(|route| self.0.contains(route.as_str()))
    }
}

/// Logs method, route, status, duration and user. The query's text stays out: it may name people and systems.
pub(super) async fn observe(State(quiet): State<Quiet>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let who = Who::default();
    request.extensions_mut().insert(who.clone());
    let method = known_method(request.method().as_str());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "the page".to_owned(), |path| path.as_str().to_owned());

    let response = next.run(request).await;

    let (took, status) = (start.elapsed(), response.status().as_u16());
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::counter!("vigia_http_requests_total", &labels).increment(1);
    metrics::histogram!("vigia_http_request_seconds", "method" => method, "route" => route.clone()).record(took);
    let user = who.0.get().map_or("-", String::as_str);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if quiet.0.contains(&route) {
        tracing::debug!(method, route, status, ms, user, "request");
    } else {
        tracing::info!(method, route, status, ms, user, "request");
    }
    response
}

/// A caller may send any word as method; metrics keep each value they have seen.
fn known_method(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].into_iter().find(|known| *known == method).unwrap_or("OTHER")
}
