//! The archive of a backup as an answer, whoever asks for it: by session, by a link, or in the page.

use super::download::{Download, Ended, Ending, LocalFile, Sending, respond};
use super::state::AppState;
use crate::backups::archive::measured::unhex;
use crate::backups::{BackupError, refusal};
use crate::identity::{Actor, Trail};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use std::sync::Arc;
use vigia_app::model::ApiError;

/// What an archive is to whoever keeps it: bytes.
pub(super) const MEDIA_TYPE: &str = "application/octet-stream";

/// Who wants which backup.
pub(super) struct Wanted<'a> {
    pub name: &'a str,
    pub actor: Actor,
    /// The id of the link that it is asked for by.
    pub link: Option<&'a str>,
}

/// Answers GET and HEAD. The trail says who asked, before the first byte, and how it ended, after the last.
///
/// # Errors
/// When there is no backup of this name, its archive cannot be opened, or the trail cannot be written.
pub(super) async fn send(state: &AppState, wanted: Wanted<'_>, method: &Method, headers: &HeaderMap) -> Result<Response, ApiError> {
    let stored = state.backups.here(wanted.name).await.map_err(refusal)?;
    let (size, sha256) = stored.manifest.archive.as_ref().map(|archive| (archive.size, archive.sha256.clone())).unwrap_or_default();
    let source = LocalFile::open(stored.path.clone(), size).await.map_err(|error| refusal(BackupError::from(error)))?;
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
    let mut trail = Trail::new("Download", "Backup").on(wanted.name).note("Range", range);
    if let Some(link) = wanted.link {
        trail = trail.note("Link", link);
    }
    if method == Method::GET {
        state.identity.record(trail.clone(), &wanted.actor).await?;
    }
    let file = stored.path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    let digest = unhex(&sha256).unwrap_or_default();
    let download = Download { name: file, size, sha256: digest, modified: stored.manifest.ended(), media_type: MEDIA_TYPE };
    let speed = state.backups.download_rate();
    let sending = Sending { source: Arc::new(source), speed, ended: recorded(state.clone(), trail, wanted.actor) };
    Ok(respond(&download, sending, method, headers).await)
}

/// Has the trail say how a download ended.
fn recorded(state: AppState, trail: Trail, actor: Actor) -> Ending {
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |Ended { sent, complete }| {
        let outcome = if complete { "Complete" } else { "Cut off" };
        let trail = trail.note("Bytes sent", sent.to_string()).note("Outcome", outcome);
        runtime.spawn(async move {
            if let Err(error) = state.identity.record(trail, &actor).await {
                tracing::error!(%error.message, "how a download ended could not be written into the audit trail");
            }
        });
    })
}
