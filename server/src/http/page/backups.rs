//! Backups in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use crate::backups::archive::manifest::Type;
use crate::backups::copies::Known;
use crate::backups::{Turn, refusal};
use crate::http::rest::backup_standing::period;
use crate::store::hold;
use std::collections::HashSet;
use vigia_app::api::backups::Backups;
use vigia_app::model::{ApiError, BackupSeen, BackupStanding, BackupsSeen, ErrorKind, RunningBackup, Timestamp};
use vigia_app::sentence;

#[async_trait::async_trait]
impl Backups for ForRequest {
    async fn backups(&self) -> Result<BackupsSeen, ApiError> {
        self.caller.admin(&self.state, "Backups").await?;
        let backups = &self.state.backups;
        let removable: HashSet<String> = backups.removable().await.map_err(refusal)?.into_iter().collect();
        let (mut seen, mut last_drill) = (Vec::new(), None::<(Timestamp, i64, Option<String>)>);
        for Known { stored, here, copies } in backups.everywhere().await.map_err(refusal)?.into_iter().rev() {
            let drilled = backups.drilled(&stored.name).await.map_err(refusal)?.map(|one| (one.at, one.took, one.wrong));
            last_drill = last_drill.max(drilled);
            let checked = backups.checked(&stored.name).await.map_err(refusal)?;
            let manifest = &stored.manifest;
            seen.push(BackupSeen {
                full: manifest.contents.r#type == Type::Full,
                start: manifest.began(),
                rows: manifest.rows(),
                size: manifest.archive.as_ref().map_or(0, |archive| archive.size),
                outdated: checked.as_ref().is_some_and(|(at, _)| backups.is_outdated(*at)),
                checked,
                removable: removable.contains(&stored.name),
                here,
                copies: copies.checked().map(str::to_owned).collect(),
                uncopied: copies.wrong().map(|(place, wrong)| (place.to_owned(), wrong.to_owned())).collect(),
                name: stored.name,
            });
        }
        let running = backups.running().await.map_err(refusal)?;
        Ok(BackupsSeen {
            folder: backups.place().folder().display().to_string(),
            places: backups.places().map(ToString::to_string).collect(),
            plans: backups.plans(),
            own_key_alone: backups.recipients().await.map_err(refusal)?.len() == 1,
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

    async fn make_backup(&self, full: bool) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Making a backup").await?;
        let r#type = if full { Type::Full } else { Type::Partial };
        self.state.backups.make_soon(r#type, actor).await.map(drop).map_err(refusal)
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

    async fn release(&self) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Releasing the instance").await?;
        self.state.backups.release(&actor).await.map_err(refusal)
    }
}
