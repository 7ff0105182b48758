//! What only administrators see.

pub mod backups;
pub mod confirm;
pub mod credential_set;
pub mod jobs;
mod mailbox;
pub mod new_token;
pub mod notification_rule;
pub mod notifications;
pub mod operations;
pub mod quarantine;
pub mod tokens;
pub mod try_lines;

pub use backups::Backups;
pub use jobs::Jobs;
pub use notifications::Notifications;
pub use operations::Operations;
pub use quarantine::Quarantine;
pub use tokens::Tokens;
pub use try_lines::TryLines;
