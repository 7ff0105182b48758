//! Password operation: every operation the system was asked to perform on a credential.

use super::{CREDENTIAL_TYPES, review, reviewed, reviewed_by};
use crate::model::column::{labelled, named, plain, toned};
use crate::model::{About, Action, Card, Choice, Column, Group, ReadyView, Report, ReportWords, Role, RowActions, Tone};
use crate::words::Template;

const STATUSES: &[Choice] = &labelled(
    "operation-status",
    [
        toned("Awaiting approval", Tone::Warning),
        toned("Scheduled", Tone::Scheduled),
        toned("Running", Tone::Running),
        toned("Success", Tone::Good),
        toned("Error", Tone::Bad),
        toned("Expired", Tone::Muted),
        toned("Canceled", Tone::Muted),
    ],
);

const OPERATIONS: &[Choice] = &labelled(
    "operation",
    [
        plain("Change password"),
        plain("Child password change"),
        plain("Verify password"),
        plain("Reconcile password"),
        plain("Credential activation"),
        plain("Credential inactivation"),
        plain("User creation"),
        plain("User deletion"),
        plain("Group creation"),
        plain("Group exclusion"),
        plain("User creation in group"),
        plain("User deletion from group"),
        plain("Ephemeral credential creation"),
        plain("Ephemeral credential removal"),
        plain("Certificate publication"),
        plain("Secret automation"),
        plain("Task"),
    ],
);

/// Those of [`ErrorClass`](crate::model::ErrorClass), and whatever other systems tell apart.
const ERROR_CLASSES: &[Choice] = &labelled(
    "error-class",
    [
        plain("Connectivity"),
        plain("Unavailable"),
        plain("Credential rejected"),
        plain("Account locked"),
        plain("Permission denied"),
        plain("Not found"),
        plain("Policy rejected"),
        plain("Configuration"),
        plain("Inconclusive"),
        plain("Other"),
    ],
);

/// The operations that give a credential another password, when they end well.
pub const PASSWORD_CHANGES: [&str; 2] = ["Change password", "Child password change"];

/// The most likely first.
const ACTIONS: &[Action] = &[Action::Restart, Action::RunNow, Action::Approve, Action::Disapprove, Action::Cancel];

/// What is to come is apart from what happened: it would stand before everything that did. What ended without a try comes last in
/// the first one, in the order of when it was due.
const VIEWS: &[ReadyView] = &[
    ReadyView::of("password-operation", "activity", "status.not=Scheduled&status.not=Awaiting approval&sort=-last_attempt"),
    ReadyView::of("password-operation", "planned", "status=Scheduled&status=Awaiting approval&sort=schedule_date"),
    ReadyView::of("password-operation", "awaiting-approval", "status=Awaiting approval&sort=schedule_date"),
    ReadyView::of("password-operation", "failed-today", "status=Error&time=today&sort=-last_attempt"),
    ReadyView::of("password-operation", "all", ""),
];

pub static PASSWORD_OPERATION: Report = Report {
    key: "password-operation",
    table: "password_operation",
    words: ReportWords::of("password-operation"),
    icon: "key",
    card: Card { who: "device", mark: "status" },
    about: About {
        user: &["requester"],
        device: Some("device"),
        username: Some("username"),
        governance_id: None,
        outcome: Some("status"),
        what: Template::of(&["report.password-operation.headline"]),
    },
    time: "schedule_date",
    views: VIEWS,
    attempts: true,
    backups: false,
    actions: Some(RowActions { role: Role::Admin, status: "status", ended: "execution_date", all: ACTIONS }),
    columns: &named(
        "password-operation",
        [
            Column::id(),
            Column::ip("origin_ip").worth(3),
            Column::text("device", Group::What).worth(9).chars(13, 17),
            Column::open_choice("credential_type", Group::What, CREDENTIAL_TYPES).worth(2),
            Column::text("username", Group::What).hidden(),
            Column::choice("status", Group::What, STATUSES).worth(9).chars(15, 15),
            Column::open_choice("operation", Group::What, OPERATIONS).worth(8).chars(15, 29),
            Column::time("schedule_date").worth(7),
            Column::time("execution_date").worth(4),
            Column::time("last_attempt").worth(7),
            Column::number("attempts", Group::Why),
            Column::text("requester", Group::Who).worth(6).chars(12, 36),
            Column::choice("requester_kind", Group::Who, &labelled("requester", [plain("User"), plain("Task"), plain("Set")])).hidden(),
            Column::text("vendor", Group::What).hidden(),
            Column::text("product", Group::What).hidden(),
            Column::text("site", Group::What).hidden(),
            Column::text("tags", Group::What).hidden(),
            Column::flag("reconciliation", Group::Why).hidden(),
            Column::text("template", Group::Why).hidden(),
            Column::open_choice("error_class", Group::Why, ERROR_CLASSES).hidden(),
            Column::long_text("message", Group::Why).hidden(),
            review(),
            reviewed_by(),
            reviewed(),
            Column::source(),
        ],
    ),
};
