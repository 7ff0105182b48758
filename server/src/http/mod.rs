//! The HTTP server: the page, its server functions, the REST API, and what watches the server.
//!
//! A request passes, from the outside in: [`observe`] (log, metrics), [`security`] (headers), [`problem`] (errors in words), a guard
//! against panics, the checks where it comes from and whom it is meant for, time and size limits, and compression (but for endpoints that stream); then its [`endpoint`].

mod archive;
mod bodies;
mod budget;
mod cookies;
mod copied;
mod docs;
pub mod download;
mod endpoint;
mod health;
mod hosts;
mod language;
mod limits;
mod linked;
mod live;
mod metrics;
mod observe;
mod openapi;
mod page;
mod peer;
mod problem;
mod refusals;
mod rest;
mod rights;
mod security;
mod serve;
mod session;
mod shares;
mod state;

pub use endpoint::Endpoint;
use hosts::Hosts;
pub use limits::{MAX_BODY, TIMEOUT};
pub use metrics::job as metrics_job;
pub use page::server_functions::server_functions;
pub use refusals::job as refusals_job;
pub use rights::Recheck;
pub use serve::{Limits, bind, delivery, run, run_within, serve};
pub use shares::Questions;
pub use state::{AppState, Outfit};

use axum::http::{Response, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Every endpoint there is. Server functions name their own addresses; all other addresses are the page.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = rest::endpoints();
    for more in [linked::endpoints(), live::endpoints(), openapi::endpoints(), docs::endpoints(), health::endpoints(), metrics::endpoints()]
    {
        all.extend(more);
    }
    all
}

/// The OpenAPI document of a server that is reached by HTTPS, or not.
pub fn openapi(https: bool) -> serde_json::Value {
    openapi::document(&endpoints(), cookies::CookieRules::new(https).name())
}

/// The server as a service.
///
/// # Errors
/// When the public URL can be no `Origin`.
pub fn router(state: AppState) -> anyhow::Result<Router> {
    metrics::recorder();
    let csrf = security::csrf(state.public_url.as_ref())?;
    let endpoints = endpoints();
    let document = openapi::Document::new(openapi::document(&endpoints, state.cookies.name()));
    let methods = problem::Methods::of(endpoints.iter().map(|endpoint| (endpoint.path.clone(), endpoint.method.clone())));
    let quiet = observe::Quiet::of(endpoints.iter().filter(|endpoint| endpoint.quiet).map(|endpoint| endpoint.path.clone()));
    let routes = |streams: bool| {
        let routes = endpoints.iter().filter(move |endpoint| endpoint.streams == streams);
        routes.fold(Router::new(), |router, endpoint| router.route(&endpoint.path, endpoint.route()))
    };
    Ok(routes(false)
        .merge(page::server_functions::routes(false))
        .fallback(page::assets::page_or_file)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(from_fn_with_state(state.clone(), bodies::limit))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIMEOUT))
        .merge(routes(true))
        .merge(page::server_functions::routes(true).layer(RequestBodyLimitLayer::new(MAX_BODY)))
        .layer(from_fn(shares::hold))
        .layer(Extension(document))
        .layer(from_fn(security::limit_uri))
        .layer(from_fn_with_state(Hosts::of(&state, &quiet), hosts::check))
        .layer(csrf)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(methods, problem::in_words))
        .layer(from_fn_with_state(state.clone(), language::of_reader))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(from_fn_with_state(quiet, observe::observe))
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
