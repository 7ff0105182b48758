//! The backups that a demo makes of itself, as any instance does.

use crate::backups::{BackupSetup, Backups};
use crate::clock::Clock;
use crate::config::{BackupPolicy, Schedule};
use crate::store::Store;
use std::sync::Arc;
use vigia_app::model::Timestamp;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
/// When everything is backed up, and when the newest backup is restored and those are read that nobody has read: each day, in UTC.
const FULL: (&str, i64) = ("0 2 * * *", 2 * HOUR);
const DRILL: &str = "0 3 * * *";
const VERIFY: &str = "0 4 * * *";

/// Has a demo make backups, where the settings do not say when. Before its first start there was one two days ago, and nobody was there to make that of
/// yesterday: what is due since then, the server makes by itself.
///
/// # Errors
/// When the first one cannot be made.
pub(super) async fn set_up(store: &Arc<dyn Store>, now: Timestamp, setup: &mut BackupSetup) -> anyhow::Result<()> {
    let own = &setup.policy;
    if own.full.is_some() || own.partial.is_some() || own.drill.is_some() || own.verify.is_some() {
        return Ok(());
    }
    let schedule = |cron: &str| cron.parse::<Schedule>().map_err(anyhow::Error::msg);
    setup.policy = BackupPolicy {
        full: Some(schedule(FULL.0)?),
        drill: Some(schedule(DRILL)?),
        verify: Some(schedule(VERIFY)?),
        zone: chrono_tz::Tz::UTC,
        ..own.clone()
    };
    let backups = |at: Timestamp| Backups::new(store.clone(), Arc::new(move || at) as Clock, setup.clone());
    if !backups(now).list().await?.is_empty() {
        return Ok(());
    }
    let due = now.millis() - (now.millis() - FULL.1).rem_euclid(DAY) - 2 * DAY;
    for at in [due - HOUR, due + 7_000] {
        backups(Timestamp::saturating(at)).round().await?;
    }
    Ok(())
}
