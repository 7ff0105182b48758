//! Audit tracking: the trail of everything done in the system.

use super::{PEOPLE, actor_kind, review, reviewed, reviewed_by};
use crate::model::column::{labelled, named, plain, toned};
use crate::model::{About, Card, Choice, Column, Group, ReadyView, Report, ReportWords, Tone};
use crate::words::Template;

const OPERATIONS: &[Choice] = &labelled(
    "audit-operation",
    [
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
    ],
);

/// What says who may do what, in the words of the formats that Vigia reads.
const PERMISSIONS: &str = "change=yes&entity=Access group&entity=Group&entity=Group member&entity=Role&entity=Role member\
    &entity=Access role of a user&entity=Administrator's role of a user&entity=Permission of a role&entity=Policy\
    &entity=access_list&entity=access_list.member";

const VIEWS: &[ReadyView] = &[
    ReadyView::of("audit-tracking", "all", ""),
    ReadyView::of("audit-tracking", "people", PEOPLE),
    ReadyView::of("audit-tracking", "refused", "operation=Login failed"),
    ReadyView::of("audit-tracking", "permissions", PERMISSIONS),
];

pub static AUDIT_TRACKING: Report = Report {
    key: "audit-tracking",
    table: "audit_tracking",
    words: ReportWords::of("audit-tracking"),
    icon: "list",
    card: Card { who: "user", mark: "operation" },
    about: About {
        user: &["user", "username"],
        device: None,
        username: None,
        governance_id: None,
        outcome: None,
        what: Template::of(&["report.audit-tracking.what"]),
    },
    time: "date",
    views: VIEWS,
    attempts: false,
    backups: false,
    actions: None,
    columns: &named(
        "audit-tracking",
        [
            Column::id(),
            Column::open_choice("operation", Group::What, OPERATIONS).worth(9).chars(11, 13),
            Column::text("entity", Group::What).worth(7).chars(10, 16),
            Column::text("entity_id", Group::What).hidden(),
            Column::text("entity_name", Group::What).worth(8).chars(14, 30),
            Column::text("origin", Group::Who).worth(3).chars(8, 14),
            Column::text("user", Group::Who).worth(8),
            Column::text("username", Group::Who).worth(4).chars(10, 13),
            actor_kind(),
            Column::ip("ip"),
            Column::flag("change", Group::What).worth(4).chars(7, 7),
            Column::time("date").worth(9),
            review(),
            reviewed_by(),
            reviewed(),
            Column { shown: true, ..Column::source() }.worth(6).chars(10, 14),
        ],
    ),
};
