//! Ending attempts.

use super::desk::{Desk, refused};
use super::{entry, release};
use crate::store::operations::{Finish, Finished};

pub(super) fn finish(desk: &mut Desk<'_>, ends: &[Finish]) -> rusqlite::Result<Vec<Finished>> {
    ends.iter().map(|end| one(desk, end)).collect()
}

fn one(desk: &mut Desk<'_>, end: &Finish) -> rusqlite::Result<Finished> {
    let Some(mut entry) = entry::load(desk.connection, end.hold.id.get())? else { return Ok(Finished::Late) };
    if !entry.is_held(end.hold.fence) {
        desk.note(&entry, &entry.late(end), "")?;
        return Ok(Finished::Late);
    }
    let (step, attempt) = entry.finish(end, desk.started(&entry)?).map_err(refused)?;
    desk.close(&entry, &attempt)?;
    desk.put(&entry, &step, "")?;
    release::next(desk, &entry)?;
    Ok(Finished::Done(entry.status))
}
