//! `/download`: a backup for whoever has a link to it.

use super::archive::{Wanted, send};
use super::endpoint::{Endpoint, endpoint, tags};
use super::session::Caller;
use super::state::AppState;
use crate::backups::archive::EXTENSION;
use crate::backups::links::Closed;
use crate::identity::Actor;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use vigia_app::model::ApiError;
use vigia_app::text;
use vigia_app::words::Text;

/// Where links lead.
pub(super) const PREFIX: &str = "/download/";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(linked).streaming()]
}

/// The path that a link leads to.
pub(super) fn path(token: &str, backup: &str) -> String {
    format!("{PREFIX}{token}/{backup}{EXTENSION}")
}

/// Download a backup by a link
///
/// Answers as `/api/v1/backups/{name}/archive` does, and needs neither cookie nor token beside the link: see `POST /api/v1/backups/{name}/links`. It is in the audit
/// trail as a download of whoever asked for the link, with the address that used it.
#[utoipa::path(get, path = "/download/{token}/{file}", operation_id = "download_backup_by_link", tag = tags::BACKUPS,
    params(("token" = String, Path, description = "As in the link."), ("file" = String, Path, description = "As in the link.")),
    responses(
        (status = 200, description = "The archive: see docs/backups.md.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The ranges that were asked for.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 304, description = "It is what the caller has already."),
        (status = 403, description = "Whoever asked for the link is no administrator any more.", body = String),
        (status = 404, description = "There is no such link, or its backup was removed.", body = String),
        (status = 410, description = "The link has expired, or was revoked.", body = String),
        (status = 412, description = "It is not what `If-Match` or `If-Unmodified-Since` wants."),
        (status = 416, description = "No such range is in it."),
        (status = 421, description = "The request is for another site: see `Host`.", body = String),
        (status = 503, description = "Neither the archive nor any copy of it can be read just now.", body = String)))]
async fn linked(
    caller: Caller,
    State(state): State<AppState>,
    Path((token, file)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let mut response = answered(&caller, &state, &token, &file, &method, &headers).await.unwrap_or_else(|refused| refused);
    // The address is all that it takes: it is told to nobody.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn answered(
    caller: &Caller,
    state: &AppState,
    token: &str,
    file: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Response> {
    let (link, user) = state.backups.opened(token, caller.ip).await.map_err(closed)?;
    if file.strip_suffix(EXTENSION) != Some(&*link.backup) {
        return Err(closed(Closed::Unknown));
    }
    caller.stands_for(&user.username);
    let actor = Actor { user: user.name, username: user.username, ip: caller.ip, origin: "Link", kind: None };
    let wanted = Wanted { name: &link.backup, actor, link: Some(&link.id) };
    send(state, wanted, method, headers).await.map_err(|error| {
        let status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, format!("{}\n", error.message.said())).into_response()
    })
}

fn closed(why: Closed) -> Response {
    let said = |status: StatusCode, words: Text| (status, format!("{}\n", words.said())).into_response();
    match why {
        Closed::Unknown => said(StatusCode::NOT_FOUND, text!("link.unknown")),
        Closed::Expired => said(StatusCode::GONE, text!("link.expired")),
        Closed::Revoked => said(StatusCode::GONE, text!("link.revoked")),
        Closed::NotAllowed => said(StatusCode::FORBIDDEN, text!("link.not-allowed")),
        Closed::Store(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", ApiError::from(error).message.said())).into_response(),
    }
}
