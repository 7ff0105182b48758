//! What can be done with operations, and what must not be done blindly: the same rules for what is offered and for what is refused.

use super::operation_desk::{OperationDesk, text_of};
use super::setup::Asked;
use crate::store::ResolvedQuery;
use std::collections::HashMap;
use vigia_app::model::{
    Action, ApiError, Attempt, ErrorClass, EventId, Filter, Keeper, OperationStatus, Query, Row, Standing, Test, Viewer,
};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// What the row of an operation says.
pub(super) struct Known {
    pub id: EventId,
    /// Of [`Asked::COLUMNS`].
    pub asked: [String; 6],
    /// `None` for a word that is none.
    pub status: Option<OperationStatus>,
}

impl OperationDesk<'_> {
    /// What is to be known of rows before something is done with them, in their order; nothing for a reader who may do nothing.
    pub async fn standings(&self, viewer: &Viewer, report: &str, rows: &[Row]) -> Result<Vec<Standing>, ApiError> {
        if report != PASSWORD_OPERATION.key || !PASSWORD_OPERATION.lets(viewer.role) {
            return Ok(Vec::new());
        }
        let ids: Vec<EventId> = rows.iter().map(|row| row.id).collect();
        let mut standings = Vec::with_capacity(ids.len());
        for ids in ids.chunks(Query::MAX_LIMIT.into()) {
            standings.extend(self.standing(viewer, ids).await?);
        }
        Ok(standings)
    }

    /// Of up to [`Query::MAX_LIMIT`].
    async fn standing(&self, viewer: &Viewer, ids: &[EventId]) -> Result<Vec<Standing>, ApiError> {
        let queued = self.store.operations().carriers_of(ids.to_vec()).await?;
        let others: Vec<EventId> = ids.iter().copied().filter(|id| !queued.contains_key(id)).collect();
        let routed = self.routed(viewer, others).await?;
        let locking = self.locking(ids).await?;
        let standing = |id: &EventId| {
            let keeper = match queued.get(id) {
                Some(at) if self.setup.obstacle(&at.connector, &at.device).is_none() => Keeper::Vigia,
                Some(_) => Keeper::Stranded,
                None if routed.contains(id) => Keeper::Routed,
                None => Keeper::Other,
            };
            Standing { keeper, locks: locking.get(id).copied() }
        };
        Ok(ids.iter().map(standing).collect())
    }

    /// Those of other systems that a route leads to a connector.
    async fn routed(&self, viewer: &Viewer, others: Vec<EventId>) -> Result<Vec<EventId>, ApiError> {
        if others.is_empty() || self.setup.connectors.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.known_of(viewer, others).await?;
        let leads = |known: &Known| self.setup.leads(&Asked::of(&known.asked, &[])).is_some();
        Ok(rows.iter().filter(|known| leads(known)).map(|known| known.id).collect())
    }

    /// What the rows of up to [`Query::MAX_LIMIT`] operations say, as far as it decides what can be done with them.
    pub(super) async fn known_of(&self, viewer: &Viewer, ids: Vec<EventId>) -> Result<Vec<Known>, ApiError> {
        let Some(column) = PASSWORD_OPERATION.columns.first() else { return Ok(Vec::new()) };
        let keys = Asked::COLUMNS.into_iter().chain(["status"]);
        let query = Query {
            filters: vec![Filter { column, test: Test::Ids(ids) }],
            columns: keys.filter_map(|key| PASSWORD_OPERATION.column(key)).collect(),
            limit: Query::MAX_LIMIT,
            ..Query::all(&PASSWORD_OPERATION)
        };
        let rows = self.reports.pages(viewer, ResolvedQuery::new(query, self.now().await?)?, usize::MAX).await?;
        let known = |row: &Row| Known {
            id: row.id,
            asked: std::array::from_fn(|at| text_of(row.cells.get(at))),
            status: OperationStatus::parse(&text_of(row.cells.get(Asked::COLUMNS.len()))),
        };
        Ok(rows.iter().map(known).collect())
    }

    /// Those whose last attempt failed in such a way that another one would lock an account, and how it failed.
    async fn locking(&self, ids: &[EventId]) -> Result<HashMap<EventId, ErrorClass>, ApiError> {
        let attempts = self.store.operations().last_attempts(ids.to_vec()).await?;
        Ok(attempts.into_iter().filter_map(|(id, attempt)| Some((id, locks(&attempt)?))).collect())
    }

    /// Why an action is refused, whatever the operations' status: nobody would carry them out, or not there, or accounts would be locked and nobody has said
    /// that the cause is mended. That nobody approves what they have asked for is seen to where it is stored.
    pub(super) async fn refused(&self, action: Action, ids: &[EventId], mended: bool) -> Result<HashMap<EventId, Sentence>, ApiError> {
        let mut refused = HashMap::new();
        if action == Action::Restart && !mended {
            refused.extend(self.locking(ids).await?.into_iter().map(|(id, class)| (id, would_lock(class))));
        }
        if !Keeper::Stranded.allows(action) {
            let carriers = self.store.operations().carriers_of(ids.to_vec()).await?;
            refused.extend(carriers.iter().filter_map(|(id, at)| Some((*id, self.setup.obstacle(&at.connector, &at.device)?))));
        }
        Ok(refused)
    }
}

fn locks(attempt: &Attempt) -> Option<ErrorClass> {
    let failed = attempt.result == OperationStatus::Error.name();
    ErrorClass::parse(&attempt.error_class).filter(|class| failed && class.locks())
}

fn would_lock(class: ErrorClass) -> Sentence {
    sentence!("operation.would-lock", class = class.label())
}
