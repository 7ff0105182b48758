//! The server functions of the page, with what they need from the server.

use crate::http::limits::MAX_BODY;
use crate::http::problem::server_function_error;
use crate::http::session::Caller;
use crate::http::state::AppState;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use leptos::prelude::{expect_context, provide_context};
use leptos::server_fn::ServerFn as _;
use leptos::server_fn::error::FromServerFnError;
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use vigia_app::api::{
    ErrorStatus, admin::Administration, backups::BackupArchive, backups::Backups, behavior::Dashboards, exports::Exports,
    exposure::Exposures, jobs::Jobs, notifications::Notifications, operations::Operations, reports::Reports, reviews::Reviews,
    session::Session, story::Stories, views::Views, watched::Watching,
};
use vigia_app::model::{ApiError, EventId, Greeting, Page, Record, Refreshed, Summary, Viewer};

/// Path and method of every server function there is, as their declarations say.
pub fn server_functions() -> impl Iterator<Item = (&'static str, Method)> {
    leptos::server_fn::axum::server_fn_paths()
}

/// Whether a server function answers with bytes as they are read, within limits of its own: see [`Endpoint`](crate::http::Endpoint).
fn streams(path: &str) -> bool {
    path == BackupArchive::PATH
}

/// A route for each server function that streams, or does not.
pub(in crate::http) fn routes(streaming: bool) -> Router<AppState> {
    server_functions().filter(|(path, _)| streams(path) == streaming).fold(Router::new(), |router, (path, method)| {
        router.route(path, on(MethodFilter::try_from(method).unwrap_or(MethodFilter::POST), call))
    })
}

async fn call(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::of(&state, &parts);
    // Only a form that a browser submits without the page's code would need to be sent back where it came from.
    parts.headers.remove(header::REFERER);
    let path = parts.uri.path().to_owned();
    let context = move || {
        let options = expect_context::<ResponseOptions>();
        let request = Arc::new(ForRequest { state: state.clone(), caller: caller.clone(), options: options.clone() });
        provide_context::<Arc<dyn Reports>>(request.clone());
        provide_context::<Arc<dyn Dashboards>>(request.clone());
        provide_context::<Arc<dyn Exposures>>(request.clone());
        provide_context::<Arc<dyn Stories>>(request.clone());
        provide_context::<Arc<dyn Session>>(request.clone());
        provide_context::<Arc<dyn Operations>>(request.clone());
        provide_context::<Arc<dyn Notifications>>(request.clone());
        provide_context::<Arc<dyn Jobs>>(request.clone());
        provide_context::<Arc<dyn Backups>>(request.clone());
        provide_context::<Arc<dyn Reviews>>(request.clone());
        provide_context::<Arc<dyn Exports>>(request.clone());
        provide_context::<Arc<dyn Views>>(request.clone());
        provide_context::<Arc<dyn Watching>>(request.clone());
        provide_context::<Arc<dyn Administration>>(request);
        provide_context(ErrorStatus(Arc::new(move |status| {
            options.set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        })));
    };
    let response = leptos_axum::handle_server_fns_with_context(context, Request::from_parts(parts, body)).await.into_response();
    match response.status() {
        StatusCode::INTERNAL_SERVER_ERROR => told_by_body(&path, response).await,
        _ => response,
    }
}

/// Input that cannot be decoded never reaches a function that could set the status; the error in the body knows it.
async fn told_by_body(path: &str, response: Response) -> Response {
    let bytes = to_bytes(response.into_body(), MAX_BODY).await.unwrap_or_default();
    let error = ApiError::de(bytes);
    server_function_error(StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), path, &error)
}

/// The server as the server functions of one request see it.
pub(super) struct ForRequest {
    pub state: AppState,
    pub caller: Caller,
    options: ResponseOptions,
}

#[async_trait::async_trait]
impl Reports for ForRequest {
    async fn page(&self, report: &str, query: &str) -> Result<Page, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        let mut page = self.state.reports.page(&viewer, report, query).await?;
        page.standings = self.state.operations().standings(&viewer, report, &page.rows).await?;
        Ok(page)
    }

    async fn refresh(&self, report: &str, query: &str, ids: Vec<EventId>) -> Result<Refreshed, ApiError> {
        let viewer = self.caller.looking_on(&self.state).await?;
        self.caller.takes_share(&self.state, &viewer).await?;
        let mut refreshed = self.state.reports.refresh(&viewer, report, query, ids).await?;
        refreshed.standings = self.state.operations().standings(&viewer, report, &refreshed.rows).await?;
        Ok(refreshed)
    }

    async fn summary(&self, report: &str, query: &str) -> Result<Summary, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.reports.summary(&viewer, report, query).await
    }

    async fn record(&self, report: &str, id: EventId) -> Result<Record, ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.reports.record(&viewer, report, id).await
    }
}

impl ForRequest {
    async fn greeting(&self, viewer: Viewer, chooses_password: bool) -> Result<Greeting, ApiError> {
        let (outfit, reviews) = (&self.state.outfit, viewer.role >= self.state.reviews().role().await?);
        let (demo, carries_out) = (outfit.demo.to_owned(), !outfit.setup.connectors.is_empty());
        let first = self.state.views().first(&viewer).await?;
        Ok(Greeting { viewer, chooses_password, demo, carries_out, reviews, first })
    }
}

#[async_trait::async_trait]
impl Session for ForRequest {
    async fn current(&self) -> Result<Option<Greeting>, ApiError> {
        match self.caller.viewer(&self.state).await? {
            Some(viewer) => self.greeting(viewer, false).await.map(Some),
            None => Ok(None),
        }
    }

    async fn sign_in(&self, username: &str, password: &str) -> Result<Greeting, ApiError> {
        let (signed_in, cookies) = self.caller.sign_in(&self.state, username, password).await?;
        cookies.into_iter().for_each(|cookie| self.options.append_header(header::SET_COOKIE, cookie));
        self.greeting(signed_in.viewer, signed_in.chooses_password).await
    }

    async fn sign_out(&self) -> Result<(), ApiError> {
        let forgotten = self.caller.sign_out(&self.state).await?;
        forgotten.into_iter().for_each(|(name, value)| self.options.append_header(name, value));
        Ok(())
    }

    async fn change_password(&self, current: &str, new: &str) -> Result<(), ApiError> {
        let cookies = self.caller.change_password(&self.state, current, new).await?;
        cookies.into_iter().for_each(|cookie| self.options.append_header(header::SET_COOKIE, cookie));
        Ok(())
    }
}
