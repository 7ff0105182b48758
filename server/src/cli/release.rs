//! `vigia release`: has an instance that was restored act again.

use super::Status;
use super::out::Out;
use crate::backups::Backups;
use crate::clock::Clock;
use crate::identity::Actor;
use crate::store::Store;
use crate::store::hold::held;
use std::io::Write;

/// Says what will be done from now on, and lets it be done.
pub(super) async fn run(
    store: &dyn Store,
    clock: &Clock,
    actor: &Actor,
    backups: &Backups,
    out: &mut Out<impl Write + Send>,
) -> anyhow::Result<Status> {
    let Some(hold) = held(store).await? else {
        out.line("This instance is not held: it acts already.")?;
        return Ok(Status::Done);
    };
    let counts = store.operations().counts(clock()).await?;
    backups.release(actor).await?;
    out.line(&format!("Restored from {}, of {}, and acting from now on:", hold.backup, hold.start))?;
    out.line(&format!("  operations are carried out: {} are due, {} were under way then", counts.due, counts.running))?;
    out.line("  credential sets, notifications and retention go on as they were set then")?;
    out.line(&format!("  backups go to {}: see to it that nobody else writes there", backups.place().folder().display()))?;
    for place in backups.places() {
        out.line(&format!("  and their copies to {place}: see to the same there"))?;
    }
    Ok(Status::Done)
}
