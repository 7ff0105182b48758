//! The backup policy, and how well it was kept: full on Sundays, partial in the other nights, at one in the morning.

use super::agenda::Agenda;
use super::calendar::{HOUR, MINUTE, clock, last_time_at, offset};
use super::dice::Dice;
use super::offices::LIS;
use super::people::{Team, lead};
use super::plan::{Backup, BackupState, What};
use super::world::World;

const PURPOSE: u64 = 12;
/// The policy runs in the computer room of the head office.
const ROOM: usize = 0;
/// Nights a backup is kept, when the run is long enough to show it.
const KEEP_PARTIAL: u32 = 14;
const KEEP_FULL: u32 = 60;
/// Of so many nights, this one has no backup, this one's fails and is made again by hand, and after this one there is an upgrade
/// or a change.
const CYCLE: u32 = 37;
const MISSED: u32 = 9;
const FAILED: u32 = 5;
const UPGRADE: u32 = 2;
const CHANGE: u32 = 20;

/// Index into the reasons of the report.
const SCHEDULED: u8 = 0;
const MANUAL: u8 = 1;
const BEFORE_UPGRADE: u8 = 2;
pub(super) const ON_CHANGE: u8 = 3;

/// How many nights the run knows of: all, unless backups would be more than a twentieth of the events.
fn nights(events: u64, days: u32) -> u32 {
    u32::try_from(events / 20).unwrap_or(u32::MAX).min(days)
}

/// Backups of the night that was `age` nights ago; 0 is the last one.
fn of_night(age: u32) -> u64 {
    match age % CYCLE {
        MISSED => 0,
        FAILED | UPGRADE | CHANGE => 2,
        _ => 1,
    }
}

/// How many backups there are. Depends on nothing but the two numbers.
pub(super) fn count(events: u64, days: u32) -> u64 {
    let nights = nights(events, days);
    let total: u64 = (0..nights).map(of_night).sum();
    // And the one that runs now.
    (total + u64::from(nights > 1)).min(events / 15)
}

/// Puts the backups into the agenda, the newest first: what does not fit is the oldest.
pub(super) fn plan(world: &World, events: u64, days: u32, agenda: &mut Agenda) {
    let nights = nights(events, days);
    let kept = |full: bool| if full { KEEP_FULL.min(nights / 2) } else { KEEP_PARTIAL.min(nights / 3) };
    let admin = lead(Team::Identity);
    let mut plan = |time: i64, backup: Backup| agenda.plan(time, What::Backup(backup));
    if nights > 1 {
        let running = Backup { full: false, reason: MANUAL, user: Some(admin), state: BackupState::Running, age: 0 };
        plan(world.now - 3 * MINUTE, running);
    }
    let mut night = last_time_at(ROOM, 1, world.now - 90 * MINUTE);
    for age in 0..nights {
        let mut dice = Dice::new(world.seed, PURPOSE, u64::from(age));
        let (weekday, _) = clock(night + offset(LIS, night));
        let full = weekday == 6;
        let done = if age >= kept(full) { BackupState::Removed } else { BackupState::Done };
        let mut at = |from: i64, to: i64| night + dice.between(from * MINUTE, to * MINUTE);
        let scheduled = Backup { full, reason: SCHEDULED, user: None, state: done, age };
        match age % CYCLE {
            MISSED => plan(night, Backup { state: BackupState::Missed, ..scheduled }),
            FAILED => {
                plan(at(7 * 60, 9 * 60).min(world.now), Backup { reason: MANUAL, user: Some(admin), ..scheduled });
                plan(
                    at(6 * 60, 7 * 60 - 20).min(world.now),
                    Backup { state: BackupState::Canceled, reason: MANUAL, user: Some(admin), ..scheduled },
                );
                plan(at(0, 2), Backup { state: BackupState::Failed, ..scheduled });
            }
            UPGRADE => {
                plan(at(19 * 60, 21 * 60).min(world.now), Backup { full: true, reason: BEFORE_UPGRADE, user: Some(admin), ..scheduled });
                plan(at(0, 2), scheduled);
            }
            CHANGE => {
                plan(at(9 * 60, 17 * 60).min(world.now), Backup { full: false, reason: ON_CHANGE, ..scheduled });
                plan(at(0, 2), scheduled);
            }
            _ => plan(at(0, 2), scheduled),
        }
        night = last_time_at(ROOM, 1, night - HOUR);
    }
}
