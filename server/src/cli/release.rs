//! `vigia release`: has an instance that was restored act again.

use super::Status;
use super::out::Out;
use crate::clock::Clock;
use crate::identity::{Actor, Identity, Trail};
use crate::store::Store;
use crate::store::hold::{held, release};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Says what will be done from now on, and lets it be done.
pub(super) async fn run(
    store: &Arc<dyn Store>,
    clock: &Clock,
    account: &str,
    backups: &Path,
    out: &mut Out<impl Write + Send>,
) -> anyhow::Result<Status> {
    let Some(hold) = held(&**store).await? else {
        out.line("This instance is not held: it acts already.")?;
        return Ok(Status::Done);
    };
    let counts = store.operations().counts(clock()).await?;
    Identity::new(store.clone(), clock.clone())
        .record(
            Trail::new("Update", "Instance").on("Released").changing().note("Backup", hold.backup.as_str()),
            &Actor::command_line(account),
        )
        .await
        .map_err(|error| anyhow::Error::msg(error.message))?;
    release(&**store).await?;
    out.line(&format!("Restored from {}, of {}, and acting from now on:", hold.backup, hold.start))?;
    out.line(&format!("  operations are carried out: {} are due, {} were under way then", counts.due, counts.running))?;
    out.line("  credential sets, notifications and retention go on as they were set then")?;
    out.line(&format!("  backups go to {}: see to it that nobody else writes there", backups.display()))?;
    Ok(Status::Done)
}
