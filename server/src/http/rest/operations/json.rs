//! Operations as JSON.

use crate::http::rest::schema;
use crate::http::rest::tokens::time;
use crate::operations::act::MAX_NOTE;
use crate::operations::create;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{
    Action, ActionResult, ApiError, Chosen, ConnectorInfo, Failures, OperationRequest, OperationState, OperationStatus, Priority, Target,
    Timestamp,
};
use vigia_app::{sentence, text};

/// The words of the report's column Operation.
pub(crate) fn operations() -> Object {
    schema::word(create::operations())
}

pub(super) fn statuses() -> Object {
    schema::word(OperationStatus::ALL.map(OperationStatus::name))
}

fn status_or_null() -> Object {
    let statuses = schema::word_or_null(OperationStatus::ALL.map(OperationStatus::name));
    schema::described(statuses, "How it stands now; null where nothing was done.")
}

fn action() -> Object {
    schema::word(Action::ALL.map(Action::key))
}

fn actions() -> Array {
    schema::described(schema::list(0..=Action::ALL.len(), action()), "What the reader may do with it.")
}

// A credential, and who carries operations on it out.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Target)]
pub(crate) struct TargetJson {
    /// Where it is performed.
    pub device: String,
    /// Whose credential.
    pub username: String,
    /// For example SSH Key.
    #[serde(default)]
    pub credential_type: String,
    /// Which connector carries it out.
    pub connector: String,
    /// What the connector needs besides; see `GET /api/v1/connectors`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

impl From<TargetJson> for Target {
    fn from(target: TargetJson) -> Self {
        let TargetJson { device, username, credential_type, connector, parameters } = target;
        Self { device, username, credential_type, connector, parameters: parameters.into_iter().collect() }
    }
}

impl From<Target> for TargetJson {
    fn from(target: Target) -> Self {
        let Target { device, username, credential_type, connector, parameters } = target;
        Self { device, username, credential_type, connector, parameters: parameters.into_iter().collect() }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOperation)]
pub(crate) struct NewJson {
    /// Where it is performed.
    device: String,
    /// Whose credential.
    username: String,
    /// For example SSH Key.
    #[serde(default)]
    credential_type: String,
    /// Which connector carries it out.
    connector: String,
    /// What the connector needs besides; see `GET /api/v1/connectors`.
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[schema(schema_with = operations)]
    operation: String,
    /// When it is due; null for now. Up to two years ahead.
    #[serde(default)]
    #[schema(format = DateTime)]
    schedule: Option<String>,
    #[serde(default)]
    #[schema(schema_with = priorities)]
    priority: Priority,
}

fn priorities() -> Object {
    let mut words = schema::word(["low", "normal", "high", "immediate"]);
    words.default = Some("normal".into());
    words
}

impl NewJson {
    pub(super) fn request(self) -> Result<OperationRequest, ApiError> {
        let schedule = self.schedule.as_deref().map(|text| time("schedule", text, text!("operation.or-now"))).transpose()?;
        let Self { device, username, credential_type, connector, parameters, operation, priority, .. } = self;
        let target = TargetJson { device, username, credential_type, connector, parameters }.into();
        Ok(OperationRequest { target, operation, schedule, priority })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Act)]
pub(crate) struct ActJson {
    #[schema(schema_with = action)]
    pub action: Action,
    #[serde(default)]
    #[schema(schema_with = ids)]
    ids: Vec<String>,
    matching: Option<MatchingJson>,
    #[serde(default)]
    #[schema(schema_with = note)]
    pub note: String,
    /// For a restart: the cause is mended where the last attempt failed with Credential rejected or Account locked. Without it those are
    /// refused: another attempt with the same password would lock the account.
    #[serde(default)]
    #[schema(default = false)]
    pub mended: bool,
}

fn ids() -> Array {
    schema::list(0..=Chosen::MAX, schema::text())
}

fn note() -> Object {
    let mut note = schema::text();
    note.max_length = Some(MAX_NOTE);
    schema::described(note, "Goes into the history of each.")
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Matching)]
struct MatchingJson {
    /// A query string of the report.
    query: String,
    /// How many it matches.
    #[schema(minimum = 1, value_type = u64)]
    count: u32,
}

impl ActJson {
    /// Either operations by their ids, or all that a query matches: never all by mistake.
    pub(super) fn chosen(self) -> Result<Chosen, ApiError> {
        match (self.ids.is_empty(), self.matching) {
            (false, None) => {
                let wrong = |id: &str| ApiError::invalid("ids", sentence!("error.operation-id", id = format!("{id:?}")));
                self.ids.iter().map(|id| id.parse().map_err(|_| wrong(id))).collect::<Result<_, _>>().map(Chosen::Ids)
            }
            (true, Some(MatchingJson { query, count })) => Ok(Chosen::Matching { query, count }),
            _ => Err(ApiError::invalid("ids", sentence!("operation.either"))),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ActResults)]
pub(crate) struct ResultsJson {
    results: Vec<ResultJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ActResult)]
struct ResultJson {
    id: String,
    #[schema(required, schema_with = status_or_null)]
    status: Option<&'static str>,
    /// Why nothing was done; null where it was.
    #[schema(required)]
    refused: Option<String>,
}

impl From<Vec<ActionResult>> for ResultsJson {
    fn from(results: Vec<ActionResult>) -> Self {
        let one = |result: ActionResult| {
            let (status, refused) = match result.result {
                Ok(status) => (Some(status.name()), None),
                Err(reason) => (None, Some(reason.said().into_owned())),
            };
            ResultJson { id: result.id.to_string(), status, refused }
        };
        Self { results: results.into_iter().map(one).collect() }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Failures)]
pub(crate) struct FailuresJson {
    groups: Vec<GroupJson>,
    /// Whether older failures were left out.
    cut: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FailureGroup)]
struct GroupJson {
    error_class: String,
    device: String,
    /// Of the newest.
    message: String,
    /// Those that the reader may restart first, each part newest first.
    ids: Vec<String>,
    /// How many the reader may restart here.
    restartable: usize,
}

impl From<Failures> for FailuresJson {
    fn from(failures: Failures) -> Self {
        let groups = failures.groups.into_iter().map(|group| GroupJson {
            error_class: group.error_class,
            device: group.device,
            message: group.message,
            ids: group.ids.iter().map(ToString::to_string).collect(),
            restartable: group.restartable,
        });
        Self { groups: groups.collect(), cut: failures.cut }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Operation)]
pub(crate) struct InfoJson {
    id: String,
    #[schema(schema_with = statuses)]
    status: &'static str,
    /// Empty where none is known.
    connector: String,
    parameters: BTreeMap<String, String>,
    /// When it is due next.
    #[schema(required, format = DateTime)]
    due: Option<String>,
    /// Attempts since it was asked for or restarted.
    tries: u32,
    max_tries: u32,
    /// Until when it can be approved.
    #[schema(required, format = DateTime)]
    approve_by: Option<String>,
    /// When it was asked for.
    #[schema(required, format = DateTime)]
    submitted: Option<String>,
    history: Vec<EntryJson>,
    #[schema(schema_with = actions)]
    actions: Vec<Action>,
    /// Why it cannot be restarted here.
    hint: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperationHistory)]
struct EntryJson {
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = statuses)]
    status: &'static str,
    who: String,
    note: String,
}

impl From<OperationState> for InfoJson {
    fn from(state: OperationState) -> Self {
        let entries = state.history.into_iter();
        let history =
            entries.map(|entry| EntryJson { at: entry.at.rfc3339(), status: entry.status.name(), who: entry.who, note: entry.note });
        Self {
            id: state.id.to_string(),
            status: state.status.name(),
            connector: state.connector,
            parameters: state.parameters.into_iter().collect(),
            due: state.due.map(Timestamp::rfc3339),
            tries: state.tries,
            max_tries: state.max_tries,
            approve_by: state.approve_by.map(Timestamp::rfc3339),
            submitted: state.submitted.map(Timestamp::rfc3339),
            history: history.collect(),
            actions: state.actions,
            hint: state.hint.map(|hint| hint.said().into_owned()).unwrap_or_default(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Connector)]
pub(crate) struct ConnectorJson {
    name: String,
    #[schema(examples("openbao", "webhook", "pull", "command"))]
    kind: String,
    operations: Vec<String>,
    parameters: Vec<ParameterJson>,
    approval: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ConnectorParameter)]
struct ParameterJson {
    name: String,
    required: bool,
}

impl From<ConnectorInfo> for ConnectorJson {
    fn from(info: ConnectorInfo) -> Self {
        let ConnectorInfo { name, kind, parameters, operations, approval } = info;
        let parameters = parameters.into_iter().map(|(name, required)| ParameterJson { name, required }).collect();
        Self { name, kind, operations, parameters, approval }
    }
}
