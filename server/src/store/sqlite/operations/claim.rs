//! Taking operations that are due.

use super::moves::{Moves, refused};
use super::release;
use crate::store::operations::{Claim, Claimed, Job};
use crate::store::sqlite::queue::entry;
use crate::store::steps::{Entry, PARKED_CREDENTIAL, PARKED_DEVICE, SCAN};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;
use vigia_app::model::{EventId, Priority, Timestamp};

pub(super) fn claim(moves: &mut Moves<'_>, claim: &Claim, now: Timestamp) -> rusqlite::Result<Claimed> {
    let running: i64 =
        moves.first("SELECT count(*) FROM operation INDEXED BY operation_lease WHERE status = 'Running'", &[])?.unwrap_or_default();
    let room = i64::from(claim.limits.total).saturating_sub(running).clamp(0, claim.want.into());
    let room = usize::try_from(room).unwrap_or_default();
    let mut claimed = Claimed::default();
    // Devices of which something was taken, or has to wait for its credential: others may have waited for it.
    let mut touched = BTreeSet::new();
    let mut looked_at = 0;
    'all: for priority in Priority::ALL {
        for id in candidates(moves, claim, priority, now, SCAN - looked_at)? {
            if claimed.jobs.len() == room {
                break 'all;
            }
            looked_at += 1;
            let Some(mut entry) = entry::load(moves.connection, id)? else { continue };
            if is_busy(moves, &entry.plan.credential)? {
                touched.insert(entry.device.to_ascii_lowercase());
                park(moves, id, PARKED_CREDENTIAL)?;
            } else if !release::has_room(moves, &entry.device, claim.limits.device)? {
                park(moves, id, PARKED_DEVICE)?;
            } else {
                claimed.jobs.extend(take(moves, &mut entry, claim, now)?);
                touched.insert(entry.device.to_ascii_lowercase());
            }
        }
    }
    let mut released = false;
    for device in touched {
        if !device.is_empty() && release::has_room(moves, &device, claim.limits.device)? {
            released |= release::device(moves, &device)?;
        }
    }
    claimed.more = claimed.jobs.len() < room && (looked_at == SCAN || released);
    Ok(claimed)
}

/// Operations of a priority that may be taken, in their order.
fn candidates(moves: &Moves<'_>, claim: &Claim, priority: Priority, now: Timestamp, most: u32) -> rusqlite::Result<Vec<i64>> {
    let mut find = moves.connection.prepare_cached(
        "SELECT due, id FROM operation INDEXED BY operation_ready
         WHERE status = 'Scheduled' AND parked = 0 AND connector = ? AND priority = ? AND due <= ? ORDER BY due, id LIMIT ?",
    )?;
    let mut found: Vec<(i64, i64)> = Vec::new();
    for connector in claim.connectors.iter().collect::<BTreeSet<_>>() {
        let of_connector =
            find.query_map(params![connector, priority.number(), now.millis(), most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.extend(of_connector.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id)| id).take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
}

/// Whether an operation of the credential is in flight.
fn is_busy(moves: &Moves<'_>, credential: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT id FROM operation INDEXED BY operation_in_flight WHERE status = 'Running' AND credential = ?";
    Ok(moves.first::<i64>(sql, &[&credential])?.is_some())
}

fn park(moves: &Moves<'_>, id: i64, why: i64) -> rusqlite::Result<()> {
    moves.connection.prepare_cached("UPDATE operation SET parked = ? WHERE id = ?")?.execute([why, id]).map(drop)
}

fn take(moves: &mut Moves<'_>, entry: &mut Entry, claim: &Claim, now: Timestamp) -> rusqlite::Result<Option<Job>> {
    let step = entry.start(claim, now).map_err(refused)?;
    moves
        .connection
        .prepare_cached(
            "INSERT INTO password_operation_attempt (event, number, start, \"end\", executor, result, error_class, message, connector)
             VALUES (?, ?, ?, -1, ?, 'Running', '', '', ?)",
        )?
        .execute(params![entry.id, entry.attempt, now.millis(), entry.owner, entry.plan.connector])?;
    moves.put(entry, &step, "")?;
    let row: Option<(String, String, String)> = moves
        .connection
        .prepare_cached("SELECT operation, username, credential_type FROM password_operation WHERE id = ?")?
        .query_row([entry.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (operation, username, credential_type) = row.unwrap_or_default();
    Ok(EventId::from_i64(entry.id).map(|id| Job {
        id,
        fence: entry.fence,
        attempt: entry.attempt,
        tries: entry.tries,
        plan: entry.plan.clone(),
        operation,
        device: entry.device.clone(),
        username,
        credential_type,
        unsure: entry.unsure,
        key: entry.key(),
    }))
}
