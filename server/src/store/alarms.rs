//! What goes wrong with backups, for those who want to be told: numbered in the order in which it was noted, without a gap, so that whoever has read up to a
//! number misses nothing that comes later.

use super::{Store, StoreError};
use serde::{Deserialize, Serialize};
use vigia_app::model::Timestamp;

const SPACE: &str = "backup_alarms";
/// Alarms that are kept. Who has not told of older ones by then does not any more.
const KEPT: usize = 1_000;
/// What was noted is not noted again for so long, in milliseconds: whoever notes it may die before it can say that it has, and does it again.
const AGAIN: i64 = 24 * 60 * 60 * 1000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A backup was begun, or due, and could not be made.
    Failed,
    /// It was due while no server was there.
    Missed,
    /// It is not what its manifest says.
    Damaged,
    /// It could not be restored.
    DrillFailed,
    /// Backups were to be verified, and were not.
    VerificationOverdue,
}

/// Something that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// By the database's clock.
    pub at: Timestamp,
    pub trouble: Trouble,
    /// Of the backup, as in the report; of what was to be done where there is none.
    pub name: String,
    pub message: String,
}

/// Notes that something is wrong, unless that was noted within a day; on return it is durable.
pub async fn note(store: &dyn Store, trouble: Trouble, name: &str, message: &str) -> Result<(), StoreError> {
    let alarm = Alarm { at: store.operations().clock().await?, trouble, name: name.to_owned(), message: message.to_owned() };
    let kept = serde_json::to_string(&alarm).map_err(|error| StoreError::Failed(error.into()))?;
    loop {
        let known = after(store, 0).await?;
        let is_same = |one: &Alarm| one.trouble == trouble && one.name == name && alarm.at.millis() - one.at.millis() < AGAIN;
        if known.iter().any(|(_, one)| is_same(one)) {
            return Ok(());
        }
        let number = known.last().map_or(1, |(number, _)| number + 1);
        if store.kept().replace(SPACE, &key(number), None, &kept).await? {
            crate::crash::point("alarm.noted");
            let old = known.iter().rev().skip(KEPT - 1).map(|(number, _)| (key(*number), None)).collect();
            return store.kept().set(SPACE, old).await;
        }
    }
}

/// What was noted behind a number, in its order.
pub async fn after(store: &dyn Store, number: u64) -> Result<Vec<(u64, Alarm)>, StoreError> {
    let read = |(key, kept): (String, String)| {
        let number = key.parse().map_err(anyhow::Error::from)?;
        Ok((number, serde_json::from_str(&kept)?))
    };
    let found = store.kept().behind(SPACE, &key(number), KEPT + 1).await?;
    found.into_iter().map(read).collect::<Result<_, anyhow::Error>>().map_err(StoreError::Failed)
}

/// Sorts as the numbers do.
fn key(number: u64) -> String {
    format!("{number:020}")
}
