//! The archive of a backup as an answer, whoever asks for it: by session, by a link, or in the page.

use super::copied::Copied;
use super::download::{Download, Ended, Ending, Guard, LocalFile, May, Sending, Source, respond};
use super::state::AppState;
use crate::backups::archive::measured::unhex;
use crate::backups::copies::Known;
use crate::backups::{BackupError, refusal};
use crate::identity::{Actor, Trail};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use std::io;
use std::sync::Arc;
use vigia_app::model::{ApiError, Role};

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
/// When there is no backup of this name, neither its archive nor any copy can be read, or the trail cannot be written.
pub(super) async fn send(state: &AppState, wanted: Wanted<'_>, method: &Method, headers: &HeaderMap) -> Result<Response, ApiError> {
    let known = state.backups.known(wanted.name).await.map_err(refusal)?;
    let stored = known.stored.clone();
    let (size, sha256) = stored.manifest.archive.as_ref().map(|archive| (archive.size, archive.sha256.clone())).unwrap_or_default();
    let (source, copied) = opened(state, known, size).await.map_err(refusal)?;
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
    let mut trail = Trail::new("Download", "Backup").on(wanted.name).note("Range", range);
    if let Some(link) = wanted.link {
        trail = trail.note("Link", link);
    }
    if method == Method::GET {
        state.identity.record(trail.clone(), &wanted.actor).await?;
    } else if copied.is_some() {
        // Where GET would find none, HEAD finds none either.
        drop(source.read(0..1).await.map_err(unreadable)?);
    }
    let file = stored.path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    let digest = unhex(&sha256).unwrap_or_default();
    let download = Download { name: file, size, sha256: digest, modified: stored.manifest.ended(), media_type: MEDIA_TYPE };
    let speed = state.backups.download_rate();
    let guard = Some(guard(state, &wanted.actor));
    let sending = Sending { source, speed, ended: recorded(state.clone(), trail, wanted.actor, copied), guard };
    respond(&download, sending, method, headers).await.map_err(unreadable)
}

/// The archive in the folder; where it is not there, its copies.
async fn opened(state: &AppState, known: Known, size: u64) -> Result<(Arc<dyn Source>, Option<Arc<Copied>>), BackupError> {
    if known.here {
        let name = &known.stored.name;
        match LocalFile::open(known.stored.path.clone(), size).await {
            Ok(file) => return Ok((Arc::new(file), None)),
            Err(error) if state.backups.with_copy(&known.copies).next().is_none() => return Err(error.into()),
            Err(error) => tracing::warn!(name, %error, "a backup cannot be read from the folder, and is read from a copy"),
        }
    }
    let copied = Arc::new(Copied::new(state.backups.clone(), known, size).await?);
    Ok((copied.clone(), Some(copied)))
}

fn unreadable(error: io::Error) -> ApiError {
    refusal(BackupError::from(error))
}

/// Ends a download when whoever asked for it is no administrator any more who may sign in.
fn guard(state: &AppState, actor: &Actor) -> Guard {
    let (state, username) = (state.clone(), actor.username.clone());
    let every = state.outfit.recheck.0;
    let may: May = Box::new(move || {
        let (state, username) = (state.clone(), username.clone());
        Box::pin(async move {
            let user = state.store.user(&username).await.map_err(drop)?;
            Ok(user.is_some_and(|user| user.role == Role::Admin && !user.disabled))
        })
    });
    Guard::new(every, may)
}

/// Has the trail say how a download ended, and which place it was from where that is not the folder.
fn recorded(state: AppState, trail: Trail, actor: Actor, copied: Option<Arc<Copied>>) -> Ending {
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |Ended { sent, complete }| {
        let outcome = if complete { "Complete" } else { "Cut off" };
        let mut trail = trail.note("Bytes sent", sent.to_string()).note("Outcome", outcome);
        if let Some(place) = copied.as_ref().and_then(|copied| copied.place()) {
            trail = trail.note("Copy", place);
        }
        runtime.spawn(async move {
            if let Err(error) = state.identity.record(trail, &actor).await {
                tracing::error!(%error.message, "how a download ended could not be written into the audit trail");
            }
        });
    })
}
