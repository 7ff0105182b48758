//! Doing something with operations that are there.

use super::operation_desk::{Asker, OperationDesk, text};
use crate::digest::hashed;
use crate::identity::Trail;
use crate::store::ResolvedQuery;
use crate::store::operations::Change;
use std::collections::{BTreeSet, HashMap};
use vigia_app::model::{Action, ActionResult, ApiError, Chosen, EventId, OperationStatus, Query, Viewer};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// So many operations are moved together.
const CHUNK: usize = 500;
/// Longest note, in bytes.
pub const MAX_NOTE: usize = 1_000;
/// Ids that the trail of an action names.
const NAMED: usize = 20;

/// What whoever asks for an action says beside it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Confirmed<'a> {
    /// For the history.
    pub note: &'a str,
    /// That no account will be locked any more where the last attempt failed for that.
    pub mended: bool,
    /// The idempotency key.
    pub key: Option<&'a str>,
}

impl OperationDesk<'_> {
    /// Does something with operations, and says of each what became of it, in the order chosen. With an idempotency key, once for
    /// each operation. What would lock an account again is restarted only where `mended` says that it will not any more.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] where nothing was done at all: the choice or the note cannot be.
    pub async fn act(
        &self,
        asker: &Asker,
        viewer: &Viewer,
        action: Action,
        chosen: &Chosen,
        Confirmed { note, mended, key }: Confirmed<'_>,
    ) -> Result<Vec<ActionResult>, ApiError> {
        if note.len() > MAX_NOTE {
            return Err(ApiError::invalid("note", sentence!("operation.note", most = MAX_NOTE)));
        }
        let ids = self.chosen(viewer, chosen).await?;
        let trail = self.trail(action, &ids, chosen, note).await?.note("Cause mended", if mended { "Yes" } else { "" });
        self.identity.record(trail, &asker.actor).await?;
        let request = key.map(|key| hashed(&[&asker.actor.username, action.key(), key])).unwrap_or_default();
        let mut results = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            let refused = self.refused(action, ids, mended).await?;
            results.extend(self.move_some(asker, action, ids, refused, note, &request).await?);
        }
        self.record_refusals(asker, action, &results).await?;
        Ok(results)
    }

    /// The ids, none twice.
    pub(super) async fn chosen(&self, viewer: &Viewer, chosen: &Chosen) -> Result<Vec<EventId>, ApiError> {
        let ids = match chosen {
            Chosen::Ids(ids) => {
                let mut seen = BTreeSet::new();
                ids.iter().copied().filter(|id| seen.insert(*id)).collect()
            }
            Chosen::Matching { query, count } => self.matching(viewer, query, *count).await?,
        };
        match ids.len() {
            0 => Err(ApiError::invalid("ids", sentence!("operation.none-chosen"))),
            too_many if too_many > Chosen::MAX => {
                Err(ApiError::invalid("ids", sentence!("operation.too-many", count = too_many, most = Chosen::MAX)))
            }
            _ => Ok(ids),
        }
    }

    /// What a query matches, if it is no more than was confirmed.
    async fn matching(&self, viewer: &Viewer, query: &str, confirmed: u32) -> Result<Vec<EventId>, ApiError> {
        let resolved = self.reports.resolve(PASSWORD_OPERATION.key, query)?;
        let all = Query::all(&PASSWORD_OPERATION);
        let query = Query { columns: all.columns, sort: all.sort, limit: Query::MAX_LIMIT, cursor: None, ..resolved.query.clone() };
        let mut asked = ResolvedQuery { query, ..resolved };
        let found = self.reports.count(viewer, asked.clone()).await?;
        if found > u64::from(confirmed) {
            return Err(ApiError::invalid("count", sentence!("operation.more-match", count = found, confirmed = confirmed)));
        }
        let mut ids = Vec::new();
        loop {
            let page = self.reports.rows(viewer, asked.clone()).await?;
            ids.extend(page.rows.iter().map(|row| row.id));
            asked.query.cursor = page.next;
            if asked.query.cursor.is_none() || ids.len() > Chosen::MAX {
                return Ok(ids);
            }
        }
    }

    async fn trail(&self, action: Action, ids: &[EventId], chosen: &Chosen, note: &str) -> Result<Trail, ApiError> {
        let word = match action {
            Action::Restart => "Restart",
            Action::RunNow | Action::Cancel => "Update",
            Action::Approve => "Approval",
            Action::Disapprove => "Disapproval",
        };
        let named = match ids {
            [id] => {
                let record = self.store.record(&PASSWORD_OPERATION, *id).await?;
                record.map_or_else(|| id.to_string(), |record| PASSWORD_OPERATION.headline_kept(&record.cells))
            }
            many => format!("{} operations", many.len()),
        };
        let mut trail = Trail::new(word, "Password operation").on(named).changing().note("Action", action.label().english());
        if let [id] = ids {
            trail = trail.with_id(id.to_string());
        } else {
            let first: Vec<_> = ids.iter().take(NAMED).map(ToString::to_string).collect();
            trail = trail.note("Operations", format!("{}{}", first.join(", "), if ids.len() > NAMED { ", ..." } else { "" }));
        }
        if let Chosen::Matching { query, .. } = chosen {
            trail = trail.note("Filter", query.as_str());
        }
        Ok(trail.note("Note", note))
    }

    async fn move_some(
        &self,
        asker: &Asker,
        action: Action,
        ids: &[EventId],
        mut refused: HashMap<EventId, Sentence>,
        note: &str,
        request: &str,
    ) -> Result<Vec<ActionResult>, ApiError> {
        let queue = self.store.operations();
        let guarded = self.setup.connectors.iter().filter(|connector| connector.approval).map(|connector| connector.name.clone());
        let guarded: Vec<String> = guarded.collect();
        let change = |ids: Vec<EventId>, at| Change {
            action,
            ids,
            at,
            who: asker.actor.username.clone(),
            person: asker.person.clone(),
            guarded: guarded.clone(),
            approve_by: self.approve_by(at, at),
            note: note.to_owned(),
            request: request.to_owned(),
        };
        let mine: Vec<EventId> = ids.iter().copied().filter(|id| !refused.contains_key(id)).collect();
        let done = queue.change(change(mine.clone(), self.now().await?)).await?;
        let mut results: HashMap<EventId, Result<OperationStatus, Sentence>> = HashMap::new();
        let mut foreign = Vec::new();
        for (id, done) in mine.into_iter().zip(done) {
            match done {
                Some(result) => drop(results.insert(id, result)),
                None => foreign.push(id),
            }
        }
        let adopted = self.adopt(action, &foreign, &mut refused).await?;
        if !adopted.is_empty() {
            let done = queue.change(change(adopted.clone(), self.now().await?)).await?;
            let gone = || Err(sentence!("operation.removed"));
            results.extend(adopted.into_iter().zip(done).map(|(id, done)| (id, done.unwrap_or_else(gone))));
        }
        let result = |id: &EventId| {
            let result = results.remove(id).or_else(|| refused.remove(id).map(Err));
            ActionResult { id: *id, result: result.unwrap_or_else(|| Err(sentence!("operation.unknown"))) }
        };
        Ok(ids.iter().map(result).collect())
    }

    /// Takes operations of other systems into the queue, where a route says how they are carried out; says of the others why not.
    async fn adopt(&self, action: Action, foreign: &[EventId], refused: &mut HashMap<EventId, Sentence>) -> Result<Vec<EventId>, ApiError> {
        let mut plans = Vec::new();
        for id in foreign {
            let Some(record) = self.store.record(&PASSWORD_OPERATION, *id).await? else { continue };
            let status = text(&record.cells, "status");
            let moved = OperationStatus::parse(&status).ok_or_else(|| sentence!("operation.status", status = format!("{status:?}")));
            let plan = moved.and_then(|status| status.after(action.step())).and_then(|_| match action {
                Action::Restart => self.route(&record),
                _ => {
                    let source = text(&record.cells, "source");
                    Err(sentence!("operation.foreign", source = source))
                }
            });
            match plan {
                Ok(plan) => plans.push((*id, plan)),
                Err(why) => drop(refused.insert(*id, why)),
            }
        }
        if plans.is_empty() {
            return Ok(Vec::new());
        }
        self.store.operations().adopt(plans).await.map_err(ApiError::from)
    }

    /// Refusals are kept too: one record for each reason.
    async fn record_refusals(&self, asker: &Asker, action: Action, results: &[ActionResult]) -> Result<(), ApiError> {
        let mut reasons: HashMap<String, Vec<EventId>> = HashMap::new();
        for result in results {
            if let Err(reason) = &result.result {
                reasons.entry(reason.to_string()).or_default().push(result.id);
            }
        }
        for (reason, ids) in reasons {
            let named = if let [id] = ids[..] { id.to_string() } else { format!("{} operations", ids.len()) };
            let trail = Trail::new("Access denied", "Password operation").on(named);
            let trail = trail.note("Asked for", action.label().english()).note("Reason", &*reason);
            self.identity.record_refusal(&reason, trail, &asker.actor).await?;
        }
        Ok(())
    }
}
