//! A copy that is being read stays: who downloads a backup out of a bucket asks for it again and again.

use super::record::{self, Copies};
use crate::backups::{BackupError, Backups};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use vigia_app::model::Timestamp;

/// How long copies stay after it was last said that one is read, in milliseconds.
const STAYS: i64 = 2 * 60 * 1000;
/// How often it is said.
const SAID: Duration = Duration::from_secs(30);

/// Has the copies of a backup stay where they are as long as it is there, and for some minutes after.
pub struct Reading(JoinHandle<()>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Backups {
    /// Has the copies of a backup stay where they are, whoever would remove them.
    ///
    /// # Errors
    /// When no rule keeps the backup any more, or the database does not answer.
    pub async fn reading(&self, name: &str) -> Result<Reading, BackupError> {
        if self.say_reading(name).await?.unwanted {
            return Err(self.unknown(name));
        }
        let (backups, name) = (self.clone(), name.to_owned());
        Ok(Reading(tokio::spawn(async move {
            loop {
                sleep(SAID).await;
                if let Err(error) = backups.say_reading(&name).await {
                    tracing::warn!(name, %error, "it could not be said that a copy is being read");
                }
            }
        })))
    }

    async fn say_reading(&self, name: &str) -> Result<Copies, BackupError> {
        let until = Timestamp::saturating((self.clock)().millis() + STAYS);
        Ok(record::change(&*self.store, name, |copies| copies.read_until = copies.read_until.max(Some(until))).await?)
    }
}
