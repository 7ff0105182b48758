//! What administrators do: tokens of the API, the quarantine, and trying lines.

use super::transport::Call;
use crate::model::{ApiError, QuarantineGroup, QuarantinePage, Replayed, TokenInfo, TokenRequest, TriedLine, TriedTry};
use leptos::prelude::*;

/// What administration needs from the server, for the user of the request at hand; others than admins are refused.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Administration: Send + Sync {
    /// Every token, revoked and expired ones included, by name.
    async fn tokens(&self) -> Result<Vec<TokenInfo>, ApiError>;
    /// Makes a token and returns its text, which nobody can see again.
    async fn issue_token(&self, new: TokenRequest) -> Result<String, ApiError>;
    async fn revoke_token(&self, name: &str) -> Result<(), ApiError>;
    /// How many lines the quarantine holds, by source, format and reason; the most frequent first.
    async fn quarantine(&self) -> Result<Vec<QuarantineGroup>, ApiError>;
    /// Lines of a group with ids below `before`.
    async fn quarantined(&self, group: QuarantineGroup, before: Option<i64>) -> Result<QuarantinePage, ApiError>;
    /// Reads the lines of a group again.
    async fn replay(&self, group: QuarantineGroup) -> Result<Replayed, ApiError>;
    /// Removes the lines of a group for good, and says how many there were.
    async fn drop_quarantined(&self, group: QuarantineGroup) -> Result<u64, ApiError>;
    /// Names of the formats that lines can be read by, `auto` first.
    async fn formats(&self) -> Result<Vec<String>, ApiError>;
    /// What would become of lines, in their order. Nothing is stored.
    async fn try_lines(&self, lines: TriedTry) -> Result<Vec<TriedLine>, ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Administration>;

/// Every token of the API.
#[server(prefix = "/fn", endpoint = "tokens", protocol = Call)]
pub async fn tokens() -> Result<Vec<TokenInfo>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.tokens().await }.await)
}

/// Makes a token and returns its text.
#[server(prefix = "/fn", endpoint = "issue_token", protocol = Call)]
pub async fn issue_token(new: TokenRequest) -> Result<String, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.issue_token(new).await }.await)
}

/// Makes a token worthless for good.
#[server(prefix = "/fn", endpoint = "revoke_token", protocol = Call)]
pub async fn revoke_token(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.revoke_token(&name).await }.await)
}

/// What the quarantine holds.
#[server(prefix = "/fn", endpoint = "quarantine", protocol = Call)]
pub async fn quarantine() -> Result<Vec<QuarantineGroup>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.quarantine().await }.await)
}

/// Lines of a group, the newest first.
#[server(prefix = "/fn", endpoint = "quarantined", protocol = Call)]
pub async fn quarantined(group: QuarantineGroup, before: Option<i64>) -> Result<QuarantinePage, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.quarantined(group, before).await }.await)
}

/// Reads the lines of a group again.
#[server(prefix = "/fn", endpoint = "replay_quarantined", protocol = Call)]
pub async fn replay_quarantined(group: QuarantineGroup) -> Result<Replayed, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.replay(group).await }.await)
}

/// Removes the lines of a group for good.
#[server(prefix = "/fn", endpoint = "drop_quarantined", protocol = Call)]
pub async fn drop_quarantined(group: QuarantineGroup) -> Result<u64, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.drop_quarantined(group).await }.await)
}

/// Names of the formats that lines can be read by.
#[server(prefix = "/fn", endpoint = "formats", protocol = Call)]
pub async fn formats() -> Result<Vec<String>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.formats().await }.await)
}

/// What would become of lines.
#[server(prefix = "/fn", endpoint = "try_lines", protocol = Call)]
pub async fn try_lines(lines: TriedTry) -> Result<Vec<TriedLine>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.try_lines(lines).await }.await)
}
