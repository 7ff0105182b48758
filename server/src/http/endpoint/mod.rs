//! What an endpoint is: a handler, whom it answers, within which limits, and what the OpenAPI document says of it.
//!
//! Method, address and description stand in `#[utoipa::path]` above the handler; whom it answers follows from the handler's first
//! argument, so that what is documented is what is checked; the limits are said where the endpoint is listed, in its file's
//! `endpoints`.

mod answers;
pub(super) mod tags;
mod who;

pub(super) use answers::{Invalid, NotFound, SignedOut, SlowDown, name_of, problem};
pub(super) use who::{Arguments, Who};

use super::state::AppState;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa_axum::router::UtoipaMethodRouter;

/// One method of one address.
pub struct Endpoint {
    /// In capitals.
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    pub(super) who: Who,
    /// Whether the handler reads or writes piece by piece, within limits of its own. The others are held to
    /// [`MAX_BODY`](super::MAX_BODY) and [`TIMEOUT`](super::TIMEOUT), and compressed.
    pub(super) streams: bool,
    /// Asked for every few seconds by programs, and not worth a line in the log.
    pub(super) quiet: bool,
    /// A page for people, which the document leaves out.
    pub described: bool,
    /// As an operation object of OpenAPI, with what the handler says of itself.
    pub(super) operation: Value,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    pub(super) router: fn() -> UtoipaMethodRouter<AppState>,
}

impl Endpoint {
    /// For [`endpoint!`](super::endpoint).
    pub(super) fn new<H, T>(_: H, router: fn() -> UtoipaMethodRouter<AppState>) -> Self
    where
        H: Handler<T, AppState>,
        T: Arguments,
    {
        let (schemas, paths, _) = router();
        let (path, item) = paths.paths.into_iter().next().unwrap_or_default();
        let (method, operation) = match json!(item) {
            Value::Object(methods) => methods.into_iter().next().unwrap_or_default(),
            _ => Default::default(),
        };
        let method = method.to_ascii_uppercase();
        Self { method, path, who: T::WHO, streams: false, quiet: false, described: true, operation, schemas, router }
    }

    /// An endpoint that keeps limits of its own.
    pub(super) fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    pub(super) fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    pub(super) fn undescribed(mut self) -> Self {
        self.described = false;
        self
    }

    pub(super) fn route(&self) -> MethodRouter<AppState> {
        (self.router)().2
    }
}

/// The endpoint of a handler with `#[utoipa::path]`.
macro_rules! endpoint {
    ($handler:path) => {
        $crate::http::endpoint::Endpoint::new($handler, || utoipa_axum::routes!($handler))
    };
}
pub(super) use endpoint;
