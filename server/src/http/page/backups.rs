//! Backups in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use crate::backups::archive::manifest::Type;
use crate::backups::copies::Known;
use crate::backups::links::Link;
use crate::backups::{Part, Turn, refusal};
use crate::http::archive::{Wanted, send};
use crate::http::linked;
use crate::http::rest::backup_standing::period;
use crate::store::hold;
use axum::http::{HeaderMap, Method, StatusCode};
use futures_util::TryStreamExt as _;
use leptos::server_fn::codec::ByteStream;
use std::collections::HashSet;
use vigia_app::api::backups::Backups;
use vigia_app::model::{ApiError, BackupLink, BackupSeen, BackupStanding, BackupsSeen, ErrorKind, NewBackupLink, RunningBackup, Timestamp};
use vigia_app::sentence;

#[async_trait::async_trait]
impl Backups for ForRequest {
    async fn backups(&self) -> Result<BackupsSeen, ApiError> {
        self.caller.admin(&self.state, "Backups").await?;
        let backups = &self.state.backups;
        let (removable, links) = (self.removable().await?, backups.links().await.map_err(refusal)?);
        let (mut seen, mut last_drill) = (Vec::new(), None::<(Timestamp, i64, Option<String>)>);
        for known in backups.everywhere().await.map_err(refusal)?.into_iter().rev() {
            let drilled = backups.drilled(&known.stored.name).await.map_err(refusal)?.map(|one| (one.at, one.took, one.wrong));
            last_drill = last_drill.max(drilled);
            seen.push(self.seen(known, &removable, &links).await?);
        }
        let running = backups.running().await.map_err(refusal)?;
        Ok(BackupsSeen {
            folder: backups.place().folder().display().to_string(),
            places: backups.places().map(ToString::to_string).collect(),
            plans: backups.plans(),
            own_key_alone: backups.recipients().await.map_err(refusal)?.iter().all(|key| key.own),
            offline_only: backups.is_offline_only(),
            held: hold::held(&*self.state.store).await?.map(|hold| hold.backup),
            running: running.map(|turn| {
                let Turn { name, requested_by, done, all, copying, .. } = turn;
                RunningBackup { name, requested_by, done, all, copying }
            }),
            drill: last_drill,
            backups: seen,
        })
    }

    async fn standing(&self, query: &str) -> Result<BackupStanding, ApiError> {
        self.caller.signed_in(&self.state).await?;
        let period = period(&self.state.reports, query)?;
        self.state.backups.standing(period).await.map_err(refusal)
    }

    async fn backup(&self, name: &str) -> Result<Option<BackupSeen>, ApiError> {
        self.caller.admin(&self.state, "Backups").await?;
        let known = self.state.backups.everywhere().await.map_err(refusal)?.into_iter().find(|known| known.stored.name == name);
        let Some(known) = known else { return Ok(None) };
        let links = self.state.backups.links().await.map_err(refusal)?;
        self.seen(known, &self.removable().await?, &links).await.map(Some)
    }

    async fn make_backup(&self, full: bool) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Making a backup").await?;
        let r#type = if full { Type::Full } else { Type::Partial };
        let contents = self.state.backups.contents(r#type, Part::default())?;
        self.state.backups.make_soon(contents, actor).await.map(drop).map_err(refusal)
    }

    async fn cancel_backup(&self) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Canceling a backup").await?;
        if self.state.backups.cancel(&actor).await.map_err(refusal)? {
            Ok(())
        } else {
            Err(ApiError::new(ErrorKind::NotFound, sentence!("backup.none-running")))
        }
    }

    async fn verify_backup(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Verifying a backup").await?;
        self.state.backups.verify_soon(name.to_owned(), actor).await.map_err(refusal)
    }

    async fn drill_backup(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Restoring a backup for a drill").await?;
        self.state.backups.drill_soon(name.to_owned(), actor).await.map_err(refusal)
    }

    async fn backup_archive(&self, name: &str) -> Result<ByteStream<ApiError>, ApiError> {
        let actor = self.caller.admin(&self.state, "Downloading a backup").await?;
        let response = send(&self.state, Wanted { name, actor, link: None }, &Method::GET, &HeaderMap::new()).await?;
        let broken = || ApiError::new(ErrorKind::Internal, sentence!("problem.server"));
        if response.status() != StatusCode::OK {
            return Err(broken());
        }
        Ok(ByteStream::new(response.into_body().into_data_stream().map_err(move |_| broken())))
    }

    async fn make_backup_link(&self, name: &str) -> Result<NewBackupLink, ApiError> {
        let actor = self.caller.admin(&self.state, "Making a link to a backup").await?;
        let (link, token) = self.state.backups.make_link(name, &actor).await.map_err(refusal)?;
        Ok(NewBackupLink { path: linked::path(token.expose(), name), expires: link.expires })
    }

    async fn revoke_backup_link(&self, name: &str, id: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Revoking a link to a backup").await?;
        if self.state.backups.revoke_link(name, id, &actor).await.map_err(refusal)? {
            Ok(())
        } else {
            Err(ApiError::new(ErrorKind::NotFound, sentence!("link.none", id = id)))
        }
    }

    async fn release(&self) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Releasing the instance").await?;
        self.state.backups.release(&actor).await.map_err(refusal)
    }
}

impl ForRequest {
    async fn removable(&self) -> Result<HashSet<String>, ApiError> {
        Ok(self.state.backups.removable().await.map_err(refusal)?.into_iter().collect())
    }

    /// How a backup stands.
    async fn seen(&self, known: Known, removable: &HashSet<String>, links: &[Link]) -> Result<BackupSeen, ApiError> {
        let (Known { stored, here, copies }, backups) = (known, &self.state.backups);
        let (size, sha256) = stored.manifest.archive.as_ref().map(|archive| (archive.size, archive.sha256.clone())).unwrap_or_default();
        let checked = backups.checked(&stored.name).await.map_err(refusal)?;
        let links = links.iter().filter(|link| link.backup == stored.name);
        Ok(BackupSeen {
            full: stored.manifest.contents.r#type == Type::Full,
            start: stored.manifest.began(),
            rows: stored.manifest.rows(),
            size,
            sha256,
            outdated: checked.as_ref().is_some_and(|(at, _)| backups.is_outdated(*at)),
            checked,
            offline: !stored.manifest.opens_here(),
            removable: removable.contains(&stored.name),
            here,
            copies: copies.checked().map(str::to_owned).collect(),
            uncopied: copies.wrong().map(|(place, wrong)| (place.to_owned(), wrong.to_owned())).collect(),
            links: links
                .map(|link| BackupLink { id: link.id.clone(), requested_by: link.requested_by.clone(), expires: link.expires })
                .collect(),
            name: stored.name,
        })
    }
}
