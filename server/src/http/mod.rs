//! The HTTP server: the page, its server functions, the REST API, and what watches the server.
//!
//! A request passes, from the outside in: [`observe`] (log, metrics), [`security`] (headers), [`problem`] (errors in words), a guard
//! against panics, the check where it comes from, time and size limits, and compression; then the handler of its route.

mod budget;
mod cookies;
mod docs;
mod health;
mod live;
mod metrics;
mod observe;
mod page;
mod problem;
mod rest;
mod security;
mod serve;
mod session;
mod state;

pub use metrics::job as metrics_job;
pub use page::server_functions::server_functions;
pub use serve::{bind, delivery, run, serve};
pub use state::{AppState, Outfit};

use axum::Router;
use axum::http::{Response, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, post, put};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest body that is read, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// How long an answer may take.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// One method of one address.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// Asked for every few seconds by programs, and not worth a line in the log.
    quiet: bool,
    handler: fn() -> MethodRouter<AppState>,
}

const fn route(method: &'static str, path: &'static str, handler: fn() -> MethodRouter<AppState>) -> Route {
    Route { method, path, quiet: false, handler }
}

const fn quiet(path: &'static str, handler: fn() -> MethodRouter<AppState>) -> Route {
    Route { method: "GET", path, quiet: true, handler }
}

/// Takes bodies of its own size in its own time: see [`rest::events`].
const EVENTS: &str = "/api/v1/events";

/// Every route there is, besides the server functions, which name their own, and the page.
pub const ROUTES: &[Route] = &[
    route("GET", "/api/v1/reports", || get(rest::reports::list)),
    route("GET", "/api/v1/reports/{report}", || get(rest::reports::page)),
    route("GET", "/api/v1/reports/{report}/{id}", || get(rest::reports::record)),
    route("POST", EVENTS, || post(rest::events::create)),
    route("POST", "/api/v1/session", || post(rest::session::create)),
    route("GET", "/api/v1/session", || get(rest::session::current)),
    route("DELETE", "/api/v1/session", || delete(rest::session::end)),
    route("GET", "/api/v1/tokens", || get(rest::tokens::list)),
    route("POST", "/api/v1/tokens", || post(rest::tokens::create)),
    route("DELETE", "/api/v1/tokens/{name}", || delete(rest::tokens::revoke)),
    route("GET", "/api/v1/quarantine", || get(rest::quarantine::list)),
    route("DELETE", "/api/v1/quarantine", || delete(rest::quarantine::discard)),
    route("GET", "/api/v1/quarantine/{id}", || get(rest::quarantine::line)),
    route("POST", "/api/v1/quarantine/replay", || post(rest::quarantine::replay)),
    route("POST", "/api/v1/operations", || post(rest::operations::create)),
    route("POST", "/api/v1/operations/actions", || post(rest::operations::act)),
    route("GET", "/api/v1/operations/failures", || get(rest::operations::failures)),
    route("POST", "/api/v1/operations/lease", || post(rest::operations::lease)),
    route("GET", "/api/v1/operations/{id}", || get(rest::operations::info)),
    route("POST", "/api/v1/operations/{id}/attempts/{number}", || post(rest::operations::told)),
    route("GET", "/api/v1/connectors", || get(rest::operations::connectors)),
    route("GET", "/api/v1/credential-sets", || get(rest::sets::list)),
    route("PUT", "/api/v1/credential-sets/{name}", || put(rest::sets::save)),
    route("DELETE", "/api/v1/credential-sets/{name}", || delete(rest::sets::remove)),
    route("GET", "/api/v1/executor", || get(rest::operations::executor)),
    route("PUT", "/api/v1/executor", || put(rest::operations::pause)),
    route("GET", "/api/v1/notification-rules", || get(rest::notifications::list)),
    route("PUT", "/api/v1/notification-rules/{name}", || put(rest::notifications::save)),
    route("DELETE", "/api/v1/notification-rules/{name}", || delete(rest::notifications::remove)),
    route("POST", "/api/v1/notification-rules/{name}/test", || post(rest::notifications::test)),
    route("GET", "/api/v1/jobs", || get(rest::jobs::list)),
    route("POST", "/api/v1/jobs/{name}/run", || post(rest::jobs::run)),
    route("GET", "/api/v1/live", || get(live::stream)),
    route("GET", "/api/v1/openapi.json", || get(rest::openapi::serve)),
    route("GET", "/api/docs", || get(docs::serve)),
    quiet("/healthz", || get(health::healthz)),
    quiet("/readyz", || get(health::readyz)),
    quiet("/metrics", || get(metrics::metrics)),
];

/// The server as a service.
///
/// # Errors
/// When the public URL can be no `Origin`.
pub fn router(state: AppState) -> anyhow::Result<Router> {
    metrics::recorder();
    let csrf = security::csrf(state.public_url.as_ref())?;
    let routes = |events: bool| {
        let routes = ROUTES.iter().filter(move |route| (route.path == EVENTS) == events);
        routes.fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
    };
    Ok(routes(false)
        .merge(page::server_functions::routes())
        .fallback(page::assets::page_or_file)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
        .merge(routes(true))
        .layer(from_fn(security::limit_uri))
        .layer(csrf)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::in_words))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(from_fn(observe::observe))
        .with_state(state))
}

/// The panic itself is in the log already; the caller is told no more than that the server failed.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response<axum::body::Body> {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(message, "a request caused a panic");
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
