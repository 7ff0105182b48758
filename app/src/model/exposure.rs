//! Credentials that somebody has seen, as page and API look at them.

use super::{EventId, OperationStatus, Timestamp};
use crate::words::Sentence;
use serde::{Deserialize, Serialize};

/// A credential that was seen: viewed, copied or used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenCredential {
    pub device: String,
    pub username: String,
    /// The systems that told of its views, in the order of their names: a name may mean another credential in each.
    pub sources: Vec<String>,
    pub credential_types: Vec<String>,
    pub views: u64,
    /// How many of those were not followed by a change of the password.
    pub unchanged: u64,
    /// The last view.
    pub last: Timestamp,
    /// The first change after the last view; `None` where there was none.
    pub changed: Option<Timestamp>,
    /// The connector that would change it, or why none would; for who may have it changed.
    pub way: Option<Result<String, Sentence>>,
}

/// Credentials that were seen, those first that were not changed since.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exposure {
    /// Of everybody's at most [`Exposure::LISTED`], of one person's all.
    pub credentials: Vec<SeenCredential>,
    /// How many credentials were not changed since they were seen.
    pub unchanged: u64,
    /// How far their changes are, where somebody has asked for them.
    pub progress: Option<ChangeProgress>,
    /// Not all that is there has been gone through: some that were changed may be told as not changed.
    pub preparing: bool,
}

impl Exposure {
    /// Most credentials of a list that is of nobody.
    pub const LISTED: usize = 200;
    /// Most credentials that one list has, and that are changed at a time.
    pub const MAX: usize = 10_000;
}

/// What became of changes that were asked for together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeProgress {
    /// The tag that their operations have.
    pub tag: String,
    pub at: Timestamp,
    /// Name of who asked, used to sign in.
    pub by: String,
    pub statuses: Vec<(OperationStatus, u64)>,
    /// The last of those that failed, up to [`ChangeProgress::FAILED`].
    pub failed: Vec<FailedChange>,
}

impl ChangeProgress {
    /// Most failures that are listed.
    pub const FAILED: usize = 100;
}

/// A change that failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedChange {
    pub id: EventId,
    pub device: String,
    pub username: String,
    pub message: String,
}

/// Somebody who could know a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knower {
    pub user: String,
    pub login: String,
    /// A word of the column.
    pub actor_kind: String,
    pub views: u64,
    /// The last view.
    pub last: Timestamp,
}

/// Whose credentials are to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    pub user: String,
    /// Views before this moment count; all where there is none.
    pub until: Option<Timestamp>,
    /// How many were confirmed.
    pub count: u32,
}

/// What became of one credential of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeAsked {
    pub device: String,
    pub username: String,
    /// The operation that was asked for, or why none was.
    pub result: Result<EventId, Sentence>,
}
