//! Puts backups into words.

use super::calendar::SECOND;
use super::dice::Dice;
use super::people::person;
use super::plan::{Backup, BackupState};
use super::policy::ON_CHANGE;
use super::world::World;
use crate::event::Event;
use vigia_app::model::{Cell, Timestamp};
use vigia_app::reports::PERFORMED_BACKUPS;

const REASONS: [&str; 4] = ["Scheduled", "Manual", "Before upgrade", "On change"];
const MEGABYTE: i64 = 1_000_000;

pub(super) fn event(world: &World, plan: Backup, time: i64, source_id: String, dice: &mut Dice) -> Event {
    // The data grows by a part in a thousand a day.
    let size = if plan.full { dice.between(47_000, 48_500) } else { dice.between(900, 5200) } * MEGABYTE;
    let size = size / (1000 + i64::from(plan.age.min(5000))) * 1000 + dice.between(0, 999_999);
    let done = matches!(plan.state, BackupState::Done | BackupState::Removed);
    let size = if plan.state == BackupState::Failed { size / 3 } else { size };
    let duration = size / (80 * MEGABYTE / 1000) + 4 * SECOND;
    let ended = !matches!(plan.state, BackupState::Running | BackupState::Missed);
    let end = ended.then(|| Timestamp::saturating((time + duration).min(world.now)));
    let requested_by = match plan.user {
        Some(user) => person(user).name,
        None if plan.reason == ON_CHANGE => "Backup policy: on change",
        None if plan.full => "Backup policy: weekly full",
        None => "Backup policy: nightly partial",
    };
    let status = match plan.state {
        BackupState::Running => "Running",
        BackupState::Done => "Success",
        BackupState::Failed => "Error",
        BackupState::Canceled => "Canceled",
        BackupState::Missed => "Missed",
        BackupState::Removed => "Removed by retention",
    };
    let mut event = Event::new(&PERFORMED_BACKUPS, &world.source, source_id, Timestamp::saturating(time));
    event
        .set("type", if plan.full { "Full" } else { "Partial" })
        .set("reason", REASONS[usize::from(plan.reason) % REASONS.len()])
        .set("end", end)
        .set("requested_by", requested_by)
        .set("status", status);
    if plan.state != BackupState::Missed {
        event.set("encrypted", true);
    }
    if done || plan.state == BackupState::Failed {
        event.set("size", Cell::Number(size));
    }
    if done {
        let sum: String = (0..4).map(|_| format!("{:016x}", dice.bits())).collect();
        event.set("checksum", sum);
    }
    if plan.state == BackupState::Failed {
        event.add("Error", "write to nas-lis-1: no space left on device");
    }
    event.add("Target", "nas-lis-1:/export/vault-backup");
    event.add("Cipher", "AES-256-GCM");
    event
}
