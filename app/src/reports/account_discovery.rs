//! Account discovery: the searches for accounts on devices. Made up, to try what a report takes; see docs/ADDING_A_REPORT.md.

use crate::model::column::{labelled, named, plain, toned};
use crate::model::{About, Card, Choice, Column, Group, Report, ReportWords, Tone};
use crate::words::Template;

const STATUSES: &[Choice] =
    &labelled("account-discovery-status", [toned("Running", Tone::Running), toned("Finished", Tone::Good), toned("Failed", Tone::Bad)]);

const PROTOCOLS: &[Choice] = &labelled("account-discovery-protocol", [plain("SSH"), plain("WinRM"), plain("LDAP"), plain("SQL")]);

pub static ACCOUNT_DISCOVERY: Report = Report {
    key: "account-discovery",
    table: "account_discovery",
    words: ReportWords::of("account-discovery"),
    icon: "search",
    card: Card { who: "device", mark: "status" },
    about: About {
        user: &["requested_by"],
        device: Some("device"),
        username: None,
        governance_id: None,
        outcome: Some("status"),
        what: Template::of(&["report.account-discovery.headline"]),
    },
    time: "start",
    views: &[],
    attempts: true,
    backups: false,
    actions: None,
    columns: &named(
        "account-discovery",
        [
            Column::id(),
            Column::text("device", Group::What).worth(9),
            Column::ip("address"),
            Column::open_choice("protocol", Group::What, PROTOCOLS).worth(6).chars(6, 8),
            Column::choice("status", Group::What, STATUSES).worth(9).chars(9, 9),
            Column::time("start").worth(8),
            Column::duration("duration", Group::Why).worth(7),
            Column::number("found", Group::What).worth(8),
            Column::number("attempts", Group::Why),
            Column::text("requested_by", Group::Who).worth(6),
            Column::flag("complete", Group::What).hidden(),
            Column::long_text("message", Group::Why).hidden(),
            Column::source(),
        ],
    ),
};
