//! Operations as JSON.

use crate::http::rest::tokens::time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vigia_app::model::{
    Action, ActionResult, ApiError, Chosen, ConnectorInfo, Failures, OperationRequest, OperationState, Priority, Target, Timestamp,
};

/// A credential, and who carries operations on it out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetJson {
    pub device: String,
    pub username: String,
    #[serde(default)]
    pub credential_type: String,
    pub connector: String,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewJson {
    device: String,
    username: String,
    #[serde(default)]
    credential_type: String,
    connector: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    operation: String,
    #[serde(default)]
    schedule: Option<String>,
    #[serde(default)]
    priority: Priority,
}

impl NewJson {
    pub(super) fn request(self) -> Result<OperationRequest, ApiError> {
        let schedule = self.schedule.as_deref().map(|text| time("schedule", text, "or null for now")).transpose()?;
        let Self { device, username, credential_type, connector, parameters, operation, priority, .. } = self;
        let target = TargetJson { device, username, credential_type, connector, parameters }.into();
        Ok(OperationRequest { target, operation, schedule, priority })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActJson {
    pub action: Action,
    #[serde(default)]
    ids: Vec<String>,
    matching: Option<MatchingJson>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub mended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchingJson {
    query: String,
    count: u32,
}

impl ActJson {
    /// Either operations by their ids, or all that a query matches: never all by mistake.
    pub(super) fn chosen(self) -> Result<Chosen, ApiError> {
        match (self.ids.is_empty(), self.matching) {
            (false, None) => {
                let wrong = |id: &str| ApiError::invalid("ids", format!("{id:?} is not an id of an operation. Take it from the report."));
                self.ids.iter().map(|id| id.parse().map_err(|_| wrong(id))).collect::<Result<_, _>>().map(Chosen::Ids)
            }
            (true, Some(MatchingJson { query, count })) => Ok(Chosen::Matching { query, count }),
            _ => Err(ApiError::invalid(
                "ids",
                "Name either operations by their ids, or all that a query matches (matching: query and count).",
            )),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ResultsJson {
    results: Vec<ResultJson>,
}

#[derive(Serialize)]
struct ResultJson {
    id: String,
    /// How it stands now; `null` where it was refused.
    status: Option<&'static str>,
    /// Why nothing was done; `null` where it was.
    refused: Option<String>,
}

impl From<Vec<ActionResult>> for ResultsJson {
    fn from(results: Vec<ActionResult>) -> Self {
        let one = |result: ActionResult| {
            let (status, refused) = match result.result {
                Ok(status) => (Some(status.name()), None),
                Err(reason) => (None, Some(reason)),
            };
            ResultJson { id: result.id.to_string(), status, refused }
        };
        Self { results: results.into_iter().map(one).collect() }
    }
}

#[derive(Serialize)]
pub(crate) struct FailuresJson {
    groups: Vec<GroupJson>,
    /// Whether older failures were left out.
    cut: bool,
}

#[derive(Serialize)]
struct GroupJson {
    error_class: String,
    device: String,
    message: String,
    ids: Vec<String>,
    /// How many of them, the first ones, the reader may restart here.
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

#[derive(Serialize)]
pub(crate) struct InfoJson {
    id: String,
    status: &'static str,
    connector: String,
    parameters: BTreeMap<String, String>,
    due: Option<String>,
    tries: u32,
    max_tries: u32,
    approve_by: Option<String>,
    submitted: Option<String>,
    history: Vec<EntryJson>,
    actions: Vec<Action>,
    hint: String,
}

#[derive(Serialize)]
struct EntryJson {
    at: String,
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
            hint: state.hint,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ConnectorJson {
    name: String,
    kind: String,
    operations: Vec<String>,
    parameters: Vec<ParameterJson>,
    approval: bool,
}

#[derive(Serialize)]
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
