//! Audit tracking: the trail of everything done in the system.

use crate::model::column::{plain, toned};
use crate::model::{Choice, Column, Group, Report, Tone};

const OPERATIONS: &[Choice] = &[
    plain("Creation"),
    plain("Update"),
    plain("Deletion"),
    plain("Read"),
    plain("Login"),
    toned("Login failed", Tone::Bad),
    plain("Logout"),
    toned("Approval", Tone::Good),
    toned("Disapproval", Tone::Bad),
    toned("Access denied", Tone::Bad),
    plain("Revocation"),
    plain("Export"),
    plain("Download"),
    plain("Restart"),
];

pub static AUDIT_TRACKING: Report = Report {
    key: "audit-tracking",
    table: "audit_tracking",
    title: "Audit tracking",
    purpose: "Who changed what, from where, and when.",
    headline: "{operation}[: {entity}][ {entity_name}][, by {username}]",
    time: "date",
    attempts: false,
    actions: None,
    columns: &[
        Column::id(),
        Column::open_choice("operation", "Operation", "What the system mediated.", Group::What, OPERATIONS),
        Column::text("entity", "Entity", "The kind of thing the operation was performed on.", Group::What),
        Column::text("entity_id", "Entity ID", "Code of the thing the operation was performed on.", Group::What).hidden(),
        Column::text("entity_name", "Entity name", "Name of the thing the operation was performed on.", Group::What),
        Column::text("origin", "Origin", "Module used to perform the operation.", Group::Who),
        Column::text("user", "User", "Name of the user.", Group::Who),
        Column::text("username", "Username", "Name the user signs in with.", Group::Who),
        Column::ip("ip", "IP", "Address of the user's device."),
        Column::flag("change", "Change", "Whether the operation changed anything.", Group::What),
        Column::time("date", "Date/Time", "When the trail was registered."),
        Column::source(),
    ],
};
