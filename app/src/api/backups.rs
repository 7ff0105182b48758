//! Backups of Vigia itself.

use super::transport::{Call, Streamed};
use crate::model::{ApiError, BackupSeen, BackupStanding, BackupsSeen, NewBackupLink};
use leptos::prelude::*;
use server_fn::codec::ByteStream;

/// What the page needs of backups from the server, for the user of the request at hand. But for how they stand, others than admins are refused.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Backups: Send + Sync {
    async fn backups(&self) -> Result<BackupsSeen, ApiError>;
    /// Whether the policy was kept, in the period of a query of the report Performed backups.
    async fn standing(&self, query: &str) -> Result<BackupStanding, ApiError>;
    /// One of them; `None` where there is none of this name.
    async fn backup(&self, name: &str) -> Result<Option<BackupSeen>, ApiError>;
    /// Begins one, and returns while it is being made.
    async fn make_backup(&self, full: bool) -> Result<(), ApiError>;
    /// Has the one that is being made end.
    async fn cancel_backup(&self) -> Result<(), ApiError>;
    /// Begins to read one from its beginning to its end.
    async fn verify_backup(&self, name: &str) -> Result<(), ApiError>;
    /// Begins to restore one where nobody uses it.
    async fn drill_backup(&self, name: &str) -> Result<(), ApiError>;
    /// The bytes of one, as they are read.
    async fn backup_archive(&self, name: &str) -> Result<ByteStream<ApiError>, ApiError>;
    /// Makes a link that downloads one without signing in.
    async fn make_backup_link(&self, name: &str) -> Result<NewBackupLink, ApiError>;
    /// Has such a link open nothing any more.
    async fn revoke_backup_link(&self, name: &str, id: &str) -> Result<(), ApiError>;
    /// Has an instance that was restored act.
    async fn release(&self) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Backups>;

/// How backups stand.
#[server(prefix = "/fn", endpoint = "backup_list", protocol = Call)]
pub async fn backup_list() -> Result<BackupsSeen, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.backups().await }.await)
}

/// Whether the policy was kept in a period: that of a query of the report Performed backups, as its address says it.
#[server(prefix = "/fn", endpoint = "backup_standing", protocol = Call)]
pub async fn standing_of_backups(query: String) -> Result<BackupStanding, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.standing(&query).await }.await)
}

/// How one of them stands.
#[server(prefix = "/fn", endpoint = "one_backup", protocol = Call)]
pub async fn one_backup(name: String) -> Result<Option<BackupSeen>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.backup(&name).await }.await)
}

/// Makes a backup: of everything, or a partial one.
#[server(prefix = "/fn", endpoint = "make_backup", protocol = Call)]
pub async fn make_backup(full: bool) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.make_backup(full).await }.await)
}

/// Cancels the backup that is being made.
#[server(prefix = "/fn", endpoint = "cancel_backup", protocol = Call)]
pub async fn cancel_backup() -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.cancel_backup().await }.await)
}

/// Verifies a backup.
#[server(prefix = "/fn", endpoint = "verify_backup", protocol = Call)]
pub async fn verify_backup(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.verify_backup(&name).await }.await)
}

/// Restores a backup for a drill.
#[server(prefix = "/fn", endpoint = "drill_backup", protocol = Call)]
pub async fn drill_backup(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.drill_backup(&name).await }.await)
}

/// Downloads a backup.
#[server(prefix = "/fn", endpoint = "backup_archive", protocol = Streamed)]
pub async fn backup_archive(name: String) -> Result<ByteStream<ApiError>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.backup_archive(&name).await }.await)
}

/// Makes a link to a backup.
#[server(prefix = "/fn", endpoint = "make_backup_link", protocol = Call)]
pub async fn make_backup_link(name: String) -> Result<NewBackupLink, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.make_backup_link(&name).await }.await)
}

/// Revokes a link to a backup.
#[server(prefix = "/fn", endpoint = "revoke_backup_link", protocol = Call)]
pub async fn revoke_backup_link(name: String, id: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.revoke_backup_link(&name, &id).await }.await)
}

/// Releases an instance that was restored.
#[server(prefix = "/fn", endpoint = "release_instance", protocol = Call)]
pub async fn release_instance() -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.release().await }.await)
}
