//! Ending attempts.

use super::moves::{Moves, refused};
use super::release;
use crate::store::operations::{Finish, Finished};
use crate::store::sqlite::queue::entry;

pub(super) fn finish(moves: &mut Moves<'_>, ends: &[Finish]) -> rusqlite::Result<Vec<Finished>> {
    ends.iter().map(|end| one(moves, end)).collect()
}

fn one(moves: &mut Moves<'_>, end: &Finish) -> rusqlite::Result<Finished> {
    let Some(mut entry) = entry::load(moves.connection, end.hold.id.get())? else { return Ok(Finished::Late) };
    if !entry.is_held(end.hold.fence) {
        moves.note(&entry, &entry.late(end), "")?;
        return Ok(Finished::Late);
    }
    let (step, attempt) = entry.finish(end, moves.started(&entry)?).map_err(refused)?;
    moves.close(&entry, &attempt)?;
    moves.put(&entry, &step, "")?;
    release::next(moves, &entry)?;
    Ok(Finished::Done(entry.status))
}
