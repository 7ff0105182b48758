//! `/api/v1/backups/{name}/links`: links that download a backup, for administrators.

use crate::backups::links::Link;
use crate::http::endpoint::{Endpoint, NotFound, endpoint, tags};
use crate::http::linked;
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(links), endpoint!(make), endpoint!(revoke)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackupLink)]
struct LinkJson {
    /// Tells it apart from others, and opens nothing.
    id: String,
    requested_by: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = NewBackupLink)]
struct NewLinkJson {
    /// Where it leads on this server: put the server's address before it. It is told this once, and whoever has it needs nothing else.
    path: String,
    link: LinkJson,
}

impl From<Link> for LinkJson {
    fn from(link: Link) -> Self {
        let Link { id, requested_by, created, expires, .. } = link;
        Self { id, requested_by, created: created.rfc3339(), expires: expires.rfc3339() }
    }
}

/// Links to a backup
///
/// Those that are good now, oldest first.
#[utoipa::path(get, path = "/api/v1/backups/{name}/links", operation_id = "backup_links", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list of backups.")),
    responses((status = 200, description = "The links, without what opens the backup.", body = Vec<LinkJson>), NotFound))]
async fn links(_: Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<Json<Vec<LinkJson>>, Refused> {
    state.backups.known(&name).await?;
    let links = state.backups.links().await?.into_iter().filter(|link| link.backup == name);
    Ok(Json(links.map(Into::into).collect()))
}

/// Make a link to a backup
///
/// For curl, wget, aria2 and the like: it needs neither cookie nor token, and answers ranges, so that what was cut off is resumed. It is good for as many minutes as the
/// setting `backup_link_minutes` says, and only while whoever asked for it is an administrator.
#[utoipa::path(post, path = "/api/v1/backups/{name}/links", operation_id = "make_backup_link", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list of backups.")),
    responses((status = 201, description = "The link.", body = NewLinkJson), NotFound))]
async fn make(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<NewLinkJson>), Refused> {
    let (link, token) = state.backups.make_link(&name, &actor).await?;
    Ok((StatusCode::CREATED, Json(NewLinkJson { path: linked::path(token.expose(), &name), link: link.into() })))
}

/// Revoke a link to a backup
///
/// It opens nothing from then on. Downloads that have begun go on.
#[utoipa::path(delete, path = "/api/v1/backups/{name}/links/{id}", operation_id = "revoke_backup_link", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list of backups."), ("id" = String, Path, description = "As in the list of links.")),
    responses((status = 204, description = "It is revoked."), NotFound))]
async fn revoke(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path((name, id)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    if state.backups.revoke_link(&name, &id, &actor).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(ErrorKind::NotFound, sentence!("link.none", id = id)).into())
    }
}
