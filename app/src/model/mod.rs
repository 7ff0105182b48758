//! The values that page, server functions and REST API share. Shapes only: nothing here knows how rows are kept.

pub mod about;
pub mod actor_kind;
pub mod admin;
pub mod backup;
pub mod backup_standing;
pub mod cell;
pub mod codec;
pub mod column;
pub mod credential_set;
pub mod delay;
pub mod duration;
pub mod error;
pub mod error_class;
pub mod event_id;
pub mod exposure;
pub mod filter;
pub mod job;
pub mod keeper;
pub mod live;
pub mod notification;
pub mod operation;
pub mod operation_status;
pub mod page;
pub mod query;
pub mod range;
pub mod ready_view;
pub mod report;
pub mod review;
pub mod risk;
pub mod role;
pub mod time;
pub mod tried;
pub mod visible;

pub use about::About;
pub use actor_kind::ActorKind;
pub use admin::{QuarantineGroup, QuarantineLine, QuarantinePage, Replayed, Scope, TokenInfo, TokenRequest};
pub use backup::{BackupLink, BackupPlan, BackupSeen, BackupsSeen, NewBackupLink, RunningBackup};
pub use backup_standing::{BackupStanding, Rhythm, Times, TypeStanding};
pub use cell::Cell;
pub use column::{Choice, Column, Group, Kind, Tone};
pub use credential_set::CredentialSet;
pub use delay::{Delay, DelayMark};
pub use error::{ApiError, ErrorKind, QueryError};
pub use error_class::ErrorClass;
pub use event_id::EventId;
pub use exposure::{ChangeAsked, ChangeProgress, ChangeRequest, Exposure, FailedChange, Knower, SeenCredential};
pub use filter::{Filter, Test};
pub use job::{JobRun, JobState};
pub use keeper::{Keeper, Standing};
pub use live::{Live, Refreshed};
pub use notification::{Channel, Mail, NotificationRule, NotificationState, Occasion};
pub use operation::{
    ActionResult, Chosen, ConnectorInfo, Destination, ExecutorState, FailureGroup, Failures, HistoryEntry, OperationRequest,
    OperationState, Priority, Target,
};
pub use operation_status::{Action, Move, OperationStatus};
pub use page::{Attempt, Count, Page, Record, Row, Summary};
pub use query::{Direction, Query, Sort};
pub use range::{Preset, TimeRange};
pub use report::{Card, ReadyView, Report, ReportWords, RowActions};
pub use review::{ReviewEntry, Verdict};
pub use role::{Greeting, Role, Viewer};
pub use time::{Moment, Timestamp};
pub use tried::{TriedEvent, TriedLine, TriedOutcome, TriedTry};
pub use visible::visible;
