//! Password operation: every operation the system was asked to perform on a credential.

use super::CREDENTIAL_TYPES;
use crate::model::column::{plain, toned};
use crate::model::{Action, Card, Choice, Column, Group, ReadyView, Report, Role, RowActions, Tone};

const STATUSES: &[Choice] = &[
    toned("Awaiting approval", Tone::Warning),
    toned("Scheduled", Tone::Scheduled),
    toned("Running", Tone::Running),
    toned("Success", Tone::Good),
    toned("Error", Tone::Bad),
    toned("Expired", Tone::Muted),
    toned("Canceled", Tone::Muted),
];

const OPERATIONS: &[Choice] = &[
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
];

/// The most likely first.
const ACTIONS: &[Action] = &[Action::Restart, Action::RunNow, Action::Approve, Action::Disapprove, Action::Cancel];

/// What is to come is apart from what happened: it would stand before everything that did. What ended without a try comes last in
/// the first one, in the order of when it was due.
const VIEWS: &[ReadyView] = &[
    ReadyView {
        name: "Activity",
        help: "What runs, was tried or has ended; the last attempt first.",
        query: "status.not=Scheduled&status.not=Awaiting approval&sort=-last_attempt",
    },
    ReadyView {
        name: "Planned",
        help: "What is scheduled or awaits approval; what is due next first.",
        query: "status=Scheduled&status=Awaiting approval&sort=schedule_date",
    },
    ReadyView { name: "All", help: "Every operation, by the date it is scheduled for.", query: "" },
];

pub static PASSWORD_OPERATION: Report = Report {
    key: "password-operation",
    table: "password_operation",
    title: "Password operation",
    icon: "key",
    purpose: "Which operations on passwords ran, which failed, and how often they were tried.",
    headline: "{operation}[ of {username}][ on {device}]",
    card: Card { who: "device", what: "{operation}[ of {username}]", mark: "status" },
    time: "schedule_date",
    views: VIEWS,
    attempts: true,
    actions: Some(RowActions { role: Role::Admin, status: "status", ended: "execution_date", all: ACTIONS }),
    columns: &[
        Column::id(),
        Column::ip(
            "origin_ip",
            "Origin IP",
            "Address used to access the system when the operation was asked for; empty when a task asked.",
        )
        .worth(3),
        Column::text("device", "Device", "Where the operation is performed.", Group::What).worth(9).chars(13, 17),
        Column::open_choice(
            "credential_type",
            "Credential type",
            "Type of the password the operation is performed on.",
            Group::What,
            CREDENTIAL_TYPES,
        )
        .worth(2),
        Column::text("username", "Username", "Whose password it is.", Group::What).hidden(),
        Column::choice("status", "Status", "How the operation stands or finished.", Group::What, STATUSES).worth(9).chars(15, 15),
        Column::open_choice("operation", "Operation", "What is done to the password.", Group::What, OPERATIONS).worth(8).chars(15, 29),
        Column::time("schedule_date", "Schedule date", "When the operation was scheduled to be performed.").worth(7),
        Column::time("execution_date", "Execution date", "When the operation was executed; empty until it was.").worth(4),
        Column::time("last_attempt", "Last attempt", "When the system last tried to execute the operation.").worth(7),
        Column::number("attempts", "Attempts", "How many times the system tried to execute the operation.", Group::Why),
        Column::text("requester", "Requester", "The user, task or set that asked for the operation.", Group::Who).worth(6).chars(12, 36),
        Column::choice(
            "requester_kind",
            "Requester kind",
            "Whether a user, a task or a set asked.",
            Group::Who,
            &[plain("User"), plain("Task"), plain("Set")],
        )
        .hidden(),
        Column::text("vendor", "Vendor", "Who makes the device.", Group::What).hidden(),
        Column::text("product", "Product", "What the device is.", Group::What).hidden(),
        Column::text("site", "Site", "Where the device stands.", Group::What).hidden(),
        Column::text("tags", "Tags", "Words the administrators gave the credential.", Group::What).hidden(),
        Column::flag(
            "reconciliation",
            "Reconciliation credential",
            "Whether another, privileged credential was used to carry the operation out.",
            Group::Why,
        )
        .hidden(),
        Column::text("template", "Template", "Script template that was executed.", Group::Why).hidden(),
        Column::long_text("message", "Message", "The last message of the system.", Group::Why).hidden(),
        Column::source(),
    ],
};
