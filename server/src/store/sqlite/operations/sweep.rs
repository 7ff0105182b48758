//! Closing what its holder lost, expiring what nobody approved, and letting go what waits for nothing.

use super::moves::{Moves, refused};
use super::release::{self, Forgotten};
use crate::store::operations::Swept;
use crate::store::sqlite::queue::entry;
use crate::store::steps::SWEPT;
use vigia_app::model::{EventId, Timestamp};

pub(super) fn sweep(moves: &mut Moves<'_>, now: Timestamp, retry: Timestamp, forgotten: &Forgotten) -> rusqlite::Result<Swept> {
    let mut swept = Swept::default();
    let lost = "SELECT id FROM operation INDEXED BY operation_lease WHERE status = 'Running' AND lease < ? ORDER BY lease LIMIT ?";
    for id in moves.all(lost, &[&now.millis(), &SWEPT])? {
        let Some(mut entry) = entry::load(moves.connection, id)? else { continue };
        let (step, attempt) = entry.lose(now, retry, moves.started(&entry)?).map_err(refused)?;
        moves.close(&entry, &attempt)?;
        moves.put(&entry, &step, "")?;
        release::next(moves, &entry)?;
        swept.lost.extend(EventId::from_i64(id));
    }
    let lapsed = "SELECT id FROM operation INDEXED BY operation_approve_by WHERE status = 'Awaiting approval' AND approve_by < ?
                  ORDER BY approve_by LIMIT ?";
    for id in moves.all(lapsed, &[&now.millis(), &SWEPT])? {
        let Some(mut entry) = entry::load(moves.connection, id)? else { continue };
        let step = entry.expire(now).map_err(refused)?;
        moves.put(&entry, &step, "")?;
        swept.expired.extend(EventId::from_i64(id));
    }
    for credential in &forgotten.credentials {
        release::credential(moves, credential)?;
    }
    for device in &forgotten.devices {
        release::device(moves, device)?;
    }
    Ok(swept)
}
