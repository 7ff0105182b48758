//! What is going to happen, in small: everything an event is made of before it is put into words.

use std::cmp::Ordering;
use vigia_app::model::ActorKind;

/// How somebody reached the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Web,
    Api,
    Mobile,
    Cli,
    Remote,
}

impl Platform {
    /// Who or what comes this way: programs, and nobody but them, come through the API.
    pub(super) const fn actor_kind(self) -> ActorKind {
        match self {
            Self::Api => ActorKind::Service,
            Self::Web | Self::Mobile | Self::Cli | Self::Remote => ActorKind::Person,
        }
    }
}

/// Somebody signed in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    pub(super) number: u32,
    /// Index into the people.
    pub(super) user: u16,
    pub(super) home: bool,
    pub(super) platform: Platform,
}

/// What an audit trail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Login,
    LoginFailed,
    /// A failed sign-in with a name nobody has.
    Probe,
    Logout,
    Approve,
    Disapprove,
    Deny,
    Create,
    Update,
    Delete,
    /// The system wrote down that it changed a password.
    Rotated,
    Read,
    Revoke,
    Export,
    Download,
    Restart,
    /// Somebody asked for an operation.
    Ask,
}

/// Who asked for an operation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asker {
    User(Session),
    Task,
    Set,
}

/// What is known beforehand of how an operation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    Running,
    Awaiting,
    Ahead,
}

/// Which view it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Usual,
    Approved,
    Emergency,
    Machine,
}

/// A backup as the policy made it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backup {
    pub(super) full: bool,
    /// Index into the reasons of the report.
    pub(super) reason: u8,
    /// Index into the people, where one of them asked.
    pub(super) user: Option<u16>,
    pub(super) state: BackupState,
    /// Nights before now.
    pub(super) age: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BackupState {
    Running,
    Done,
    Failed,
    Canceled,
    Missed,
    Removed,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    View { session: Session, credential: u16, manner: Manner },
    Operation { asker: Asker, credential: u16, operation: &'static str, fate: Fate },
    Trail { act: Act, session: Session, object: u16 },
    Backup(Backup),
}

impl What {
    /// Number of its report, below [`REPORTS`].
    pub(super) const fn report(&self) -> usize {
        match self {
            Self::View { .. } => VIEWS,
            Self::Operation { .. } => OPERATIONS,
            Self::Trail { .. } => TRAILS,
            Self::Backup(_) => BACKUPS,
        }
    }
}

pub(super) const OPERATIONS: usize = 0;
pub(super) const VIEWS: usize = 1;
pub(super) const BACKUPS: usize = 2;
pub(super) const TRAILS: usize = 3;
pub(super) const REPORTS: usize = 4;

/// Something that happens at a time. The earliest is the greatest, as the heap wants it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    /// Milliseconds.
    pub(super) time: i64,
    /// Order of planning, which breaks ties.
    pub(super) order: u64,
    pub(super) what: What,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, other.order).cmp(&(self.time, self.order))
    }
}
