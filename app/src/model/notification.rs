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
    /// An operation failed that another system carries out, as that says.
    ReportedFailure,
    /// A password was viewed, copied or used, and the user, the device or the credential was watched.
    WatchedView,
    /// A view has at least the rule's risk.
    RiskyView,
    /// A password was viewed by emergency access.
    EmergencyAccess,
    /// A user viewed a credential for the first time.
    FirstAccess,
    /// A source has sent no event for the rule's hours.
    SourceSilent,
    /// Nobody has reviewed anything for the rule's days.
    NobodyReviewed,
    /// A backup of Vigia failed, was missed or found damaged, could not be restored in a drill, or was not verified in time.
    BackupTrouble,
}

impl Occasion {
    pub const ALL: [Self; 9] = [
        Self::OperationFailed,
        Self::ReportedFailure,
        Self::WatchedView,
        Self::RiskyView,
        Self::EmergencyAccess,
        Self::FirstAccess,
        Self::SourceSilent,
        Self::NobodyReviewed,
        Self::BackupTrouble,
    ];

    /// The name in the API and in messages.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OperationFailed => "operation_failed",
            Self::ReportedFailure => "reported_failure",
            Self::WatchedView => "watched_view",
            Self::RiskyView => "risky_view",
            Self::EmergencyAccess => "emergency_access",
            Self::FirstAccess => "first_access",
            Self::SourceSilent => "source_silent",
            Self::NobodyReviewed => "nobody_reviewed",
            Self::BackupTrouble => "backup_trouble",
        }
    }

    /// For people.
    pub const fn label(self) -> Text {
        match self {
            Self::OperationFailed => text!("occasion.operation-failed"),
            Self::ReportedFailure => text!("occasion.reported-failure"),
            Self::WatchedView => text!("occasion.watched-view"),
            Self::RiskyView => text!("occasion.risky-view"),
            Self::EmergencyAccess => text!("occasion.emergency-access"),
            Self::FirstAccess => text!("occasion.first-access"),
            Self::SourceSilent => text!("occasion.source-silent"),
            Self::NobodyReviewed => text!("occasion.nobody-reviewed"),
            Self::BackupTrouble => text!("occasion.backup-trouble"),
        }
    }

    /// Whether what it is about has a device.
    pub const fn has_devices(self) -> bool {
        !matches!(self, Self::SourceSilent | Self::NobodyReviewed | Self::BackupTrouble)
    }

    /// Whether what it is about has a class of errors.
    pub const fn has_classes(self) -> bool {
        matches!(self, Self::OperationFailed | Self::ReportedFailure)
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
    /// The least risk of a view that is told, from 1 to 100; of [`Occasion::RiskyView`] alone, which needs it.
    #[serde(default)]
    pub risk: Option<u8>,
    /// The source that has to be heard of, of [`Occasion::SourceSilent`]; empty for each.
    #[serde(default)]
    pub source: String,
    /// How long a source may be silent; of [`Occasion::SourceSilent`] alone, which needs it.
    #[serde(default)]
    pub hours: Option<u16>,
    /// How long nobody may have reviewed anything; of [`Occasion::NobodyReviewed`] alone, which needs it.
    #[serde(default)]
    pub days: Option<u16>,
    pub channel: Channel,
    pub enabled: bool,
}

impl NotificationRule {
    /// Most recipients of an e-mail.
    pub const MAX_RECIPIENTS: usize = 20;
    /// The greatest risk, the longest silence in hours, and the most days without a review; of each the least is 1.
    pub const MAX_RISK: u8 = 100;
    pub const MAX_HOURS: u16 = 720;
    pub const MAX_DAYS: u16 = 90;

    /// A rule in use, of all that the occasion is about.
    pub const fn of(name: String, occasion: Occasion, channel: Channel) -> Self {
        Self {
            name,
            occasion,
            device: String::new(),
            error_classes: Vec::new(),
            risk: None,
            source: String::new(),
            hours: None,
            days: None,
            channel,
            enabled: true,
        }
    }
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
