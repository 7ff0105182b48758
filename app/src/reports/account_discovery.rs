//! Account discovery: the searches for accounts on devices. Made up, to try what a report takes; see docs/ADDING_A_REPORT.md.

use crate::model::column::{plain, toned};
use crate::model::{Card, Choice, Column, Group, Report, Tone};

const STATUSES: &[Choice] = &[toned("Running", Tone::Running), toned("Finished", Tone::Good), toned("Failed", Tone::Bad)];

const PROTOCOLS: &[Choice] = &[plain("SSH"), plain("WinRM"), plain("LDAP"), plain("SQL")];

pub static ACCOUNT_DISCOVERY: Report = Report {
    key: "account-discovery",
    table: "account_discovery",
    title: "Account discovery",
    icon: "search",
    purpose: "Which devices were searched for accounts, and what was found.",
    headline: "Search of {device}[ over {protocol}][, {duration}]",
    card: Card { who: "device", what: "[{protocol}][, {duration}]", mark: "status" },
    time: "start",
    views: &[],
    attempts: true,
    actions: None,
    columns: &[
        Column::id(),
        Column::text("device", "Device", "Where accounts were looked for.", Group::What).worth(9),
        Column::ip("address", "Address", "Address of the device."),
        Column::open_choice("protocol", "Protocol", "How the device was asked.", Group::What, PROTOCOLS).worth(6).chars(6, 8),
        Column::choice("status", "Status", "How the search stands or finished.", Group::What, STATUSES).worth(9).chars(9, 9),
        Column::time("start", "Start", "When the search began.").worth(8),
        Column::duration("duration", "Duration", "How long the search took.", Group::Why).worth(7),
        Column::number("found", "Found", "How many accounts were found.", Group::What).worth(8),
        Column::number("attempts", "Attempts", "How many times the search was tried.", Group::Why),
        Column::text("requested_by", "Requested by", "The user or task that asked for the search.", Group::Who).worth(6),
        Column::flag("complete", "Complete", "Whether all of the device was searched.", Group::What).hidden(),
        Column::long_text("message", "Message", "The last message of the device.", Group::Why).hidden(),
        Column::source(),
    ],
};
