//! What administrators want to be told of, and how.

use super::Timestamp;
use crate::text;
use crate::words::Text;
use serde::{Deserialize, Serialize};

/// Something worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// An operation that Vigia carries out has failed for good: no attempt follows by itself.
    OperationFailed,
    /// A backup of Vigia failed, was missed or found damaged, could not be restored in a drill, or was not verified in time.
    BackupTrouble,
}

impl Occasion {
    pub const ALL: [Self; 2] = [Self::OperationFailed, Self::BackupTrouble];

    /// The name in the API and in messages.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OperationFailed => "operation_failed",
            Self::BackupTrouble => "backup_trouble",
        }
    }

    /// For people.
    pub const fn label(self) -> Text {
        match self {
            Self::OperationFailed => text!("occasion.operation-failed"),
            Self::BackupTrouble => text!("occasion.backup-trouble"),
        }
    }
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Signed as Standard Webhooks says; the receiver's secret is shown once, when the rule is made.
    Webhook {
        url: String,
    },
    Email {
        to: Vec<String>,
    },
}

/// A rule: on which occasions somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationRule {
    pub name: String,
    pub occasion: Occasion,
    /// Only of devices whose names contain this, whatever the case; empty for all.
    #[serde(default)]
    pub device: String,
    /// Only of failures of these classes; empty for all.
    #[serde(default)]
    pub error_classes: Vec<String>,
    pub channel: Channel,
    pub enabled: bool,
}

impl NotificationRule {
    /// Most recipients of an e-mail.
    pub const MAX_RECIPIENTS: usize = 20;
}

/// A mail of a mailbox that is looked at in the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub at: Timestamp,
    pub to: Vec<String>,
    pub subject: String,
    /// Lines end with a line feed.
    pub text: String,
}

/// A rule, and how telling goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationState {
    pub rule: NotificationRule,
    /// When somebody was told last.
    pub sent: Option<Timestamp>,
    /// Why the last try did not work; empty when it did.
    pub problem: String,
    /// When the next try is due, after one that did not work.
    pub retry: Option<Timestamp>,
}
