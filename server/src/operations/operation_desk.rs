//! The one door to operations for page and API. What is asked for is in the audit trail before it is done, and so is what is refused.

use super::executor::{PAUSED, paused};
use super::setup::{Asked, Setup};
use crate::identity::trail::SOURCE;
use crate::identity::{Actor, Identity, Trail};
use crate::index::pseudonym;
use crate::pseudonyms::veil;
use crate::reports::{ReportService, sees_beyond_columns};
use crate::store::Store;
use crate::store::operations::{Plan, Queued};
use vigia_app::model::{
    Action, ApiError, Cell, ConnectorInfo, ErrorKind, EventId, ExecutorState, Keeper, OperationState, OperationStatus, Record, Role,
    Timestamp, Viewer,
};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::words::Sentence;

/// Who asks for operations; everybody here has been found to be allowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub actor: Actor,
    pub kind: RequesterKind,
    /// The user who stands behind it, by the name used to sign in: the owner of a token, whoever saved a set. Empty for nobody who is known.
    pub person: String,
}

impl Asker {
    /// A signed-in user.
    pub fn user(actor: Actor) -> Self {
        Self { person: actor.username.clone(), actor, kind: RequesterKind::User }
    }

    /// How the history of an operation names it: no set is taken for a user there.
    pub(super) fn name(&self) -> String {
        match self.kind {
            RequesterKind::Set => format!("set:{}", self.actor.username),
            RequesterKind::User | RequesterKind::Task => self.actor.username.clone(),
        }
    }
}

/// The kinds of the report's column Requester kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequesterKind {
    User,
    /// A program with a token.
    Task,
    /// A credential set.
    Set,
}

impl RequesterKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Task => "Task",
            Self::Set => "Set",
        }
    }
}

/// See the module.
pub struct OperationDesk<'a> {
    pub store: &'a dyn Store,
    pub reports: &'a ReportService,
    pub identity: &'a Identity,
    pub setup: &'a Setup,
}

impl OperationDesk<'_> {
    /// How an operation stands, whoever carried it out, and what the reader may do with it.
    pub async fn info(&self, viewer: &Viewer, id: EventId) -> Result<OperationState, ApiError> {
        let record = self.reports.record(viewer, PASSWORD_OPERATION.key, id).await?;
        let queued = self.store.operations().operation(id).await?;
        let acts = viewer.role >= role();
        let mut state = match queued {
            Some(queued) => self.known(&record, queued, acts),
            None => self.foreign(record, acts, sees_beyond_columns(viewer)).await?,
        };
        if !sees_beyond_columns(viewer) {
            // A route, or whoever asked for the operation, may have put into them what a source said beyond the columns.
            state.parameters.clear();
        }
        if let Some(veil) = veil(self.store, viewer).await? {
            for entry in &mut state.history {
                entry.who = pseudonym(&veil, &entry.who);
                entry.note.clear();
            }
        }
        Ok(state)
    }

    /// An operation of the queue.
    fn known(&self, record: &Record, queued: Queued, acts: bool) -> OperationState {
        let Queued { status, plan, due, tries, approve_by, history } = queued;
        let obstacle = self.setup.obstacle(&plan.connector, &text(&record.cells, "device"));
        let keeper = if obstacle.is_some() { Keeper::Stranded } else { Keeper::Vigia };
        let can = |action: &Action| acts && keeper.allows(*action) && action.suits(status);
        // When another system was asked is not known.
        let own = text(&record.cells, "source") == SOURCE;
        OperationState {
            id: record.id,
            status,
            connector: plan.connector,
            parameters: plan.parameters,
            due: (status == OperationStatus::Scheduled).then_some(due),
            tries,
            max_tries: plan.max_tries,
            approve_by: approve_by.filter(|_| status == OperationStatus::AwaitingApproval),
            submitted: history.first().filter(|_| own).map(|entry| entry.at),
            history,
            actions: Action::ALL.into_iter().filter(can).collect(),
            hint: obstacle,
        }
    }

    /// An operation that another system carried out. Where it would lead cannot be said to who does not see all that routes look at.
    async fn foreign(&self, record: Record, acts: bool, sees: bool) -> Result<OperationState, ApiError> {
        let status = OperationStatus::parse(&text(&record.cells, "status")).unwrap_or(OperationStatus::Error);
        let restarts = Action::Restart.suits(status);
        let (plan, hint) = match (restarts && sees).then(|| self.route(&record)) {
            Some(Ok(plan)) => (Some(plan), None),
            Some(Err(hint)) => (None, Some(hint)),
            None => (None, None),
        };
        let (connector, parameters) = plan.map(|plan| (plan.connector, plan.parameters)).unwrap_or_default();
        let actions = if acts && restarts && hint.is_none() { vec![Action::Restart] } else { Vec::new() };
        Ok(OperationState {
            id: record.id,
            status,
            connector,
            parameters,
            due: None,
            tries: 0,
            max_tries: 0,
            approve_by: None,
            submitted: None,
            history: Vec::new(),
            actions,
            hint,
        })
    }

    /// How an operation of another system would be carried out here.
    pub(super) fn route(&self, record: &Record) -> Result<Plan, Sentence> {
        let values = Asked::COLUMNS.map(|key| text(&record.cells, key));
        self.setup.route(&Asked::of(&values, record.extra.as_deref().unwrap_or_default()))
    }

    /// The time by the clock that operations go by.
    pub(super) async fn now(&self) -> Result<Timestamp, ApiError> {
        self.store.operations().clock().await.map_err(ApiError::from)
    }

    pub fn connectors(&self) -> Vec<ConnectorInfo> {
        self.setup.connectors.clone()
    }

    /// How the executors of all servers stand.
    pub async fn executor(&self) -> Result<ExecutorState, ApiError> {
        let counts = self.store.operations().counts(self.now().await?).await?;
        Ok(ExecutorState { paused: paused(self.store).await?, scheduled: counts.scheduled, due: counts.due, running: counts.running })
    }

    /// Has every server stop, or go on, taking operations.
    pub async fn pause(&self, asker: &Asker, pause: bool) -> Result<(), ApiError> {
        let trail = Trail::new("Update", "Executor").on(if pause { "Paused" } else { "Resumed" }).changing();
        self.identity.record(trail, &asker.actor).await?;
        let (space, key, value) = PAUSED;
        self.store.kept().set(space, vec![(key.to_owned(), pause.then(|| value.to_owned()))]).await.map_err(ApiError::from)
    }
}

/// The least role that may do something with operations: that of the report's declaration.
pub fn role() -> Role {
    PASSWORD_OPERATION.actions.as_ref().map_or(Role::Admin, |actions| actions.role)
}

/// A cell of the report Password operation in words.
pub(super) fn text(cells: &[Cell], key: &str) -> String {
    text_of(PASSWORD_OPERATION.position(key).and_then(|at| cells.get(at)))
}

pub(super) fn text_of(cell: Option<&Cell>) -> String {
    cell.map(Cell::plain).unwrap_or_default()
}

/// A sentence that names what is wrong with an input.
pub(super) fn invalid((field, message): (String, Sentence)) -> ApiError {
    ApiError { kind: ErrorKind::Invalid, field: Some(field), message }
}
