//! What comes to be known late: changes of passwords, and which views were incidents. A view is compared with what was before it, whenever Vigia hears of it.
//!
//! The journal says which operations were stored or have changed. Where one is a change of a password that lies before a view that is scored,
//! all views behind it are scored again. What retention removes changes no score that is kept.

use super::again::{AGAIN, SPACE, place, written};
use super::changes::PasswordChange;
use crate::crash;
use crate::store::Store;
use crate::store::journal::{Extent, JournalError};
use vigia_app::model::{EventId, Timestamp};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

/// Its name among those who follow the journal.
const FOLLOWER: &str = "risk";
/// Entries that are read at once.
const ENTRIES: u32 = 1_000;

/// Where the ids of views are kept that people have judged to be incidents, or no longer: see [`Said::heeded`](crate::store::reviews::Said::heeded).
pub const JUDGED: &str = "risk.judged";

/// Looks at what was stored since it did last.
pub(super) async fn heed(store: &dyn Store, now: Timestamp) -> anyhow::Result<()> {
    heed_verdicts(store).await?;
    heed_operations(store, now).await
}

/// Has the views behind those scored again that people have judged otherwise since. What is judged meanwhile is seen when the views are read, or by the
/// next round.
async fn heed_verdicts(store: &dyn Store) -> anyhow::Result<()> {
    let judged = store.kept().all(JUDGED).await?;
    let Some(first) = judged.iter().filter_map(|(id, _)| id.parse().ok()).min() else { return Ok(()) };
    if again_from(store, first).await? {
        store.kept().set(JUDGED, judged.into_iter().map(|(id, _)| (id, None)).collect()).await?;
    }
    Ok(())
}

async fn heed_operations(store: &dyn Store, now: Timestamp) -> anyhow::Result<()> {
    let journal = store.journal();
    let Some(mut at) = journal.registered(FOLLOWER).await? else {
        return anew(store, now).await;
    };
    loop {
        let entries = match journal.read(at, ENTRIES).await {
            Ok(entries) => entries,
            Err(JournalError::Store(error)) => return Err(error.into()),
            Err(JournalError::Trimmed | JournalError::OtherJournal) => return anew(store, now).await,
        };
        let Some(last) = entries.last().map(|entry| entry.at) else { return Ok(()) };
        let of_operations = entries.iter().filter(|entry| entry.report.key == PASSWORD_OPERATION.key);
        let ids = of_operations.flat_map(|entry| match &entry.extent {
            Extent::Events(ids) => ids.iter().copied().map(EventId::get).collect(),
            Extent::Below(_) => Vec::new(),
        });
        if !is_heeded(store, ids.collect()).await? {
            // Somebody has set another place meanwhile: the next round looks again.
            return Ok(());
        }
        journal.advance(FOLLOWER, last, now).await?;
        at = last;
        if entries.len() < ENTRIES as usize {
            return Ok(());
        }
    }
}

/// From now on; what is there already may not be in the scores. That they are made again is kept first: whoever is killed before it follows the
/// journal begins here once more.
async fn anew(store: &dyn Store, now: Timestamp) -> anyhow::Result<()> {
    let is_scored = store.scores().last_scored(&PASSWORD_VIEW, i64::MAX).await?.is_some();
    if !is_scored || again_from(store, 0).await? {
        crash::point("risk.anew");
        store.journal().register(FOLLOWER, now).await?;
    }
    Ok(())
}

/// Has the views behind these operations scored again; false where that could not be kept.
async fn is_heeded(store: &dyn Store, ids: Vec<i64>) -> anyhow::Result<bool> {
    if ids.is_empty() {
        return Ok(true);
    }
    let rows = store.rows().rows_of(&PASSWORD_OPERATION, ids).await?;
    let Some(first) = rows.iter().filter_map(PasswordChange::of).map(|change| change.id).min() else { return Ok(true) };
    match store.scores().last_scored(&PASSWORD_VIEW, i64::MAX).await? {
        Some(last) if last > first => again_from(store, first).await,
        _ => Ok(true),
    }
}

/// Keeps that all views from an id on have to be scored again.
async fn again_from(store: &dyn Store, id: i64) -> anyhow::Result<bool> {
    let was = store.kept().get(SPACE, AGAIN).await?;
    let to = match was.as_deref().and_then(place) {
        Some((known, _)) if known <= id => return Ok(true),
        Some((_, all)) => written(id, all),
        None => written(id, false),
    };
    Ok(store.kept().replace(SPACE, AGAIN, was.as_deref(), &to).await?)
}
