//! `vigia index`: the index of this machine.

use super::Status;
use super::deed::Deed;
use super::out::Out;
use crate::clock::Clock;
use crate::identity::{Actor, Trail};
use crate::index::{self, Index, State};
use crate::store::Store;
use anyhow::bail;
use clap::Subcommand;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_app::reports;

#[derive(Subcommand)]
pub(super) enum IndexOf {
    /// Print what the index holds.
    Status,
    /// Hold the index against the database, row by row, and mend what differs. While a server uses it, the job index-check does the same.
    Check,
    /// Forget the index: the server builds it anew from the database when it starts.
    Rebuild,
}

/// Between two looks whether the index is ready.
const SETTLING: Duration = Duration::from_millis(50);

impl IndexOf {
    /// `folder` and `cache` (bytes) are what a server would use.
    pub(super) async fn run(
        &self,
        (folder, cache): (PathBuf, u64),
        store: Arc<dyn Store>,
        clock: Clock,
        actor: &Actor,
        out: &mut Out<impl Write + Send>,
    ) -> anyhow::Result<Status> {
        match self {
            Self::Status => {
                let Some(stored) = index::stored(&folder)? else {
                    out.line(&format!("There is no index in {}. A server builds one when it starts.", folder.display()))?;
                    return Ok(Status::Done);
                };
                let head = ["Report", "Segments", "Rows", "Dead rows", "Bytes"].map(str::to_owned);
                let rows = stored.into_iter().map(|stored| {
                    let numbers = [stored.segments, stored.rows, stored.dead, stored.bytes].map(|number| number.to_string());
                    let [segments, rows, dead, bytes] = numbers;
                    [stored.report.key.to_owned(), segments, rows, dead, bytes]
                });
                out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())?;
                Ok(Status::Done)
            }
            Self::Check => {
                free(&folder)?;
                let trail = Trail::new("Update", "Index").on(folder.display().to_string());
                let deed = Deed::begin(&store, &clock, actor, trail).await?;
                let (index, stop) = (Index::new(folder, cache), CancellationToken::new());
                let (followed, until, by) = (index.clone(), stop.clone(), store.clone());
                let following = tokio::spawn(async move { followed.follow(by, clock, until).await });
                while !matches!(index.state(), State::Ready(_)) && !following.is_finished() {
                    tokio::time::sleep(SETTLING).await;
                }
                let different = check(&index, &*store, out).await;
                stop.cancel();
                let different = match following.await? {
                    Ok(()) => different,
                    Err(error) => Err(error),
                };
                let different = deed.ended(different, |rows| vec![("Rows that differed", rows.to_string())]).await?;
                Ok(if different == 0 { Status::Done } else { Status::Failed })
            }
            Self::Rebuild => {
                free(&folder)?;
                let trail = Trail::new("Deletion", "Index").on(folder.display().to_string());
                let deed = Deed::begin(&store, &clock, actor, trail).await?;
                deed.ended(index::forget(&folder), |()| Vec::new()).await?;
                out.line("The index is forgotten. The server builds it anew when it starts.")?;
                Ok(Status::Done)
            }
        }
    }
}

fn free(folder: &std::path::Path) -> anyhow::Result<()> {
    if index::is_used(folder)? {
        bail!("A server uses the index in {}. Stop it first; to have it checked while it runs, use the page Jobs.", folder.display());
    }
    Ok(())
}

/// Compares everything, and says how many rows differed.
async fn check(index: &Index, store: &dyn Store, out: &mut Out<impl Write + Send>) -> anyhow::Result<u64> {
    let mut all = 0;
    for report in reports::ALL {
        let (mut rows, mut different, mut after) = (0, 0, Some(-1));
        while let Some(behind) = after {
            let Some(checked) = index.check(store, report, behind).await? else {
                bail!("The index is not ready. See the log for the reason.")
            };
            rows += checked.rows;
            different += checked.different;
            after = checked.next;
        }
        out.line(&format!("{}: {rows} rows compared, {different} differed", report.key))?;
        all += different;
    }
    out.line(if all == 0 { "Index and database say the same." } else { "What differed is mended." })?;
    Ok(all)
}
