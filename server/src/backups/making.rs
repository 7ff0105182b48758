//! Making a backup: who wants one has the turn, and a row; when it has ended, the row says how.

use super::archive::keys::Keys;
use super::archive::manifest::{Contents, Type, name};
use super::perform::{Order, PerformError, perform};
use super::place::Stored;
use super::rows::{self, Status};
use super::turn::{self, Heart, Held, NoTurn, Progress, SPACE, Turn, Work};
use super::{BackupError, Backups, LAST, after, began};
use crate::event::Event;
use crate::identity::{Actor, Trail};
use crate::store::alarms::Trouble;
use std::collections::BTreeSet;
use std::sync::Arc;
use vigia_app::model::Timestamp;

const WITHOUT_A_WORD: &str = "The process that made it ended without a word.";

/// A backup that is being made.
pub struct InTurn {
    backups: Backups,
    keys: Keys,
    order: Order,
    row: Event,
    held: Held,
}

impl InTurn {
    /// Of the archive.
    pub fn name(&self) -> &str {
        &self.order.name
    }

    /// Makes it, and copies it to further places. On return it is durable, and its row says so; and where it is copied to, unless that goes wrong, which is
    /// tried again in a later round.
    ///
    /// # Errors
    /// When it cannot be made; its row says why.
    pub async fn finish(self) -> Result<Stored, BackupError> {
        let Self { backups, keys, order, row, held } = self;
        let name = order.name.clone();
        let progress = Arc::new(Progress::default());
        let heart = Heart::beat(held, progress.clone()).await;
        let (policy, place) = (&backups.setup.policy, backups.place());
        let made = perform(&*backups.store, &keys, policy, &place, order, &backups.clock, &progress).await;
        let ended = backups.ended(made, row, &name).await;
        match &ended {
            // Its row does not say how it ended.
            Err(BackupError::Store(_)) => heart.fall_silent(),
            _ => heart.stop().await?,
        }
        if ended.is_ok()
            && let Err(error) = backups.copy(&name, &mut BTreeSet::new()).await
        {
            tracing::error!(name, error = %error, "a backup could not be copied");
        }
        ended
    }
}

/// What is to be backed up, and who wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub contents: Contents,
    /// In the words of the report.
    pub reason: &'static str,
    pub actor: Actor,
}

impl Backups {
    /// The backup that is being made, with how far it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn running(&self) -> Result<Option<Turn>, BackupError> {
        let turn = turn::turn(&*self.store).await?;
        Ok(turn.map(|(_, turn)| turn).filter(|turn| !turn.is_over((self.clock)())))
    }

    /// Has the backup that is being made end; false where there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cancel(&self, actor: &Actor) -> Result<bool, BackupError> {
        let Some(turn) = self.running().await? else { return Ok(false) };
        self.record(Trail::new("Cancellation", "Backup").on(turn.name).changing(), actor).await?;
        Ok(turn::cancel(&*self.store).await?)
    }

    /// Makes a backup. On return it is durable, and its row says so.
    ///
    /// # Errors
    /// When another one is being made, or this one cannot be; its row says why.
    pub async fn make(&self, wanted: Wanted) -> Result<Stored, BackupError> {
        self.begin(wanted).await?.finish().await
    }

    /// Begins a backup: on return it has the turn, and a row. Whoever begins it finishes it.
    ///
    /// # Errors
    /// When the instance was restored and is not released, another one is being made, or the database does not answer.
    pub async fn begin(&self, wanted: Wanted) -> Result<InTurn, BackupError> {
        let Wanted { contents, reason, actor } = wanted;
        self.check_released().await?;
        // Under its own name: whoever dies now leaves it to the next one.
        self.recover().await?;
        let keys = self.keys().await?;
        let start = self.next_start().await?;
        let name = name(&keys.name, start, contents.r#type);
        let work = Work { name: &name, reason, requested_by: &actor.username, copying: false };
        let (held, before) = match Held::take(&self.store, &self.clock, work).await {
            Ok(taken) => taken,
            Err(NoTurn::Taken(turn)) => return Err(BackupError::Busy { by: turn.by, name: turn.name }),
            Err(NoTurn::Store(error)) => return Err(error.into()),
        };
        let row = rows::begun(&name, start, contents.r#type, reason, &actor.username, &rows::keys_of(&keys, &self.setup.policy));
        let begun = async {
            if let Some(before) = before {
                self.close(&before).await?;
            }
            let trail = Trail::new("Creation", "Backup").on(&*name).note("Type", contents.r#type.word()).note("Reason", reason);
            let trail = trail.note("Contents", contents.words());
            self.record(trail, &actor).await?;
            self.store.kept().set(SPACE, vec![(LAST.to_owned(), Some(name.clone()))]).await?;
            self.store.append(vec![row.clone()]).await?;
            Ok::<_, BackupError>(())
        };
        if let Err(error) = begun.await {
            held.give_back().await?;
            return Err(error);
        }
        crate::crash::point("backup.begun");
        let left_out = self.setup.left_out.clone();
        let order = Order { name, contents, reason: reason.to_owned(), requested_by: actor.username, start, left_out };
        Ok(InTurn { backups: self.clone(), keys, order, row, held })
    }

    /// Says in a backup's row how it ended.
    async fn ended(&self, made: Result<Stored, PerformError>, row: Event, name: &str) -> Result<Stored, BackupError> {
        match made {
            Ok(stored) => {
                self.say_whole(&stored).await?;
                crate::crash::point("backup.said");
                tracing::info!(name, rows = stored.manifest.rows(), "made a backup");
                Ok(stored)
            }
            Err(error) => {
                let status = if matches!(error, PerformError::Cancelled) { Status::Canceled } else { Status::Error };
                let why = error.to_string();
                if status == Status::Error {
                    self.alarm(Trouble::Failed, name, &why).await?;
                    tracing::error!(name, error = why, "no backup was made");
                } else {
                    tracing::info!(name, "a backup was cancelled");
                }
                self.set(rows::ended(row, (self.clock)(), status, &why)).await?;
                Err(BackupError::NotMade(name.to_owned(), why))
            }
        }
    }

    /// Begins a backup by hand, and returns its name while it is made: its row says how it ended, whoever listens.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn make_soon(&self, contents: Contents, actor: Actor) -> Result<String, BackupError> {
        let begun = self.begin(Wanted { contents, reason: "Manual", actor }).await?;
        let name = begun.name().to_owned();
        tokio::spawn(begun.finish());
        Ok(name)
    }

    /// Says how the backup stands whose process has ended without a word, if there is one; and what was made before an upgrade and has no row.
    pub(super) async fn recover(&self) -> Result<(), BackupError> {
        self.say_upgraded().await?;
        let Some((_, turn)) = turn::turn(&*self.store).await?.filter(|(_, turn)| turn.is_over((self.clock)())) else { return Ok(()) };
        let work = Work { name: &turn.name, reason: &turn.reason, requested_by: &turn.requested_by, copying: turn.copying };
        match Held::take(&self.store, &self.clock, work).await {
            Ok((held, before)) => {
                if let Some(before) = before {
                    self.close(&before).await?;
                }
                Ok(held.give_back().await?)
            }
            // Another one was faster.
            Err(NoTurn::Taken(_)) => Ok(()),
            Err(NoTurn::Store(error)) => Err(error.into()),
        }
    }

    /// Says how a backup stands that a process was making when it ended without a word; and removes what is left of it where it was not whole.
    pub(super) async fn close(&self, turn: &Turn) -> Result<(), BackupError> {
        // What is known of copies says what is left to do.
        if turn.copying {
            return Ok(());
        }
        let name = turn.name.as_str();
        let (place, instance) = (self.place(), self.keys().await?.name);
        if let Err(error) = tokio::task::spawn_blocking(move || place.sweep(&instance)).await.map_err(std::io::Error::other)? {
            tracing::warn!(%error, "what is left of a backup that was not made could not be removed");
        }
        match self.find(name).await {
            Ok(stored) => self.say_whole(&stored).await,
            // Of a folder that cannot be read nobody knows that it is there; who verifies it later does.
            Err(BackupError::Unknown(..) | BackupError::Read(_)) => {
                let Some((start, r#type)) = self.of_name(name).await? else { return Ok(()) };
                let keys = rows::keys_of(&self.keys().await?, &self.setup.policy);
                let row = rows::begun(name, start, r#type, &turn.reason, &turn.requested_by, &keys);
                self.alarm(Trouble::Failed, name, WITHOUT_A_WORD).await?;
                self.set(rows::ended(row, (self.clock)(), Status::Error, WITHOUT_A_WORD)).await
            }
            Err(error) => Err(error),
        }
    }

    /// When a backup of this instance began, and of which type it is; `None` where the name says nothing of the kind.
    async fn of_name(&self, name: &str) -> Result<Option<(Timestamp, Type)>, BackupError> {
        Ok(began(&self.keys().await?.name, name))
    }

    /// When the next backup may say that it began: later than all before it, whatever the clock says.
    async fn next_start(&self) -> Result<Timestamp, BackupError> {
        let last = self.store.kept().get(SPACE, LAST).await?;
        Ok(after(&self.keys().await?.name, last.as_deref(), (self.clock)()))
    }
}
