//! Audit tracking: the trail of everything done in the system.

use crate::model::column::{plain, toned};
use crate::model::{Card, Choice, Column, Group, Report, Tone};

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
    icon: "list",
    purpose: "Who changed what, from where, and when.",
    headline: "{operation}[: {entity}][ {entity_name}][, by {username}]",
    card: Card { who: "user", what: "[{entity}][ {entity_name}]", mark: "operation" },
    time: "date",
    views: &[],
    attempts: false,
    actions: None,
    columns: &[
        Column::id(),
        Column::open_choice("operation", "Operation", "What the system mediated.", Group::What, OPERATIONS).worth(9).chars(11, 13),
        Column::text("entity", "Entity", "The kind of thing the operation was performed on.", Group::What).worth(7).chars(10, 16),
        Column::text("entity_id", "Entity ID", "Code of the thing the operation was performed on.", Group::What).hidden(),
        Column::text("entity_name", "Entity name", "Name of the thing the operation was performed on.", Group::What).worth(8).chars(14, 30),
        Column::text("origin", "Origin", "Module used to perform the operation.", Group::Who).worth(3).chars(8, 14),
        Column::text("user", "User", "Name of the user.", Group::Who).worth(8),
        Column::text("username", "Username", "Name the user signs in with.", Group::Who).worth(4).chars(10, 13),
        Column::ip("ip", "IP", "Address of the user's device."),
        Column::flag("change", "Change", "Whether the operation changed anything.", Group::What).worth(4).chars(7, 7),
        Column::time("date", "Date/Time", "When the trail was registered.").worth(9),
        Column::source(),
    ],
};
