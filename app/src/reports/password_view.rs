//! Password view: every time somebody saw, copied or used a password through the system.

use super::{CREDENTIAL_TYPES, PEOPLE, actor_kind, review, reviewed, reviewed_by};
use crate::model::column::{labelled, named, plain};
use crate::model::{About, Card, Choice, Column, Group, ReadyView, Report, ReportWords};
use crate::words::Template;

const OPERATIONS: &[Choice] =
    &labelled("view", [plain("View password"), plain("Copy password"), plain("Start session"), plain("Checkout"), plain("History view")]);

const REASONS: &[Choice] = &labelled(
    "view-reason",
    [plain("Change"), plain("Incident"), plain("Remote work"), plain("Device with no connectivity"), plain("Other")],
);

const ORIGINS: &[Choice] =
    &labelled("view-origin", [plain("Web"), plain("API (A2A)"), plain("Mobile"), plain("CLI (go)"), plain("Remote access (Domum)")]);

/// What is unusual is one click away.
const VIEWS: &[ReadyView] = &[
    ReadyView::of("password-view", "all", ""),
    ReadyView::of("password-view", "people", PEOPLE),
    ReadyView::of("password-view", "emergency-access", "emergency=yes"),
    ReadyView::of("password-view", "no-governance-id", "governance_id.empty=yes"),
    ReadyView::of("password-view", "with-risk", "risk.min=50"),
    ReadyView::of("password-view", "unusual-time", "unusual_time=yes"),
    ReadyView::of("password-view", "unusual-origin", "unusual_origin=yes"),
    ReadyView::of("password-view", "unusual-credential", "unusual_credential=yes"),
    ReadyView::of("password-view", "unusual-volume", "unusual_volume=yes"),
    ReadyView::of("password-view", "first-access", "first_access=yes"),
];

pub static PASSWORD_VIEW: Report = Report {
    key: "password-view",
    table: "password_view",
    words: ReportWords::of("password-view"),
    icon: "eye",
    card: Card { who: "user", mark: "reason" },
    about: About {
        user: &["user", "login"],
        device: Some("device"),
        username: Some("username"),
        governance_id: Some("governance_id"),
        outcome: Some("message"),
        what: Template::of(&["report.password-view.card"]),
    },
    time: "date",
    views: VIEWS,
    attempts: false,
    backups: false,
    actions: None,
    columns: &named(
        "password-view",
        [
            Column::id(),
            Column::time("date").worth(9),
            Column::open_choice("operation", Group::What, OPERATIONS).worth(7).chars(13, 13),
            Column::text("user", Group::Who).worth(9),
            Column::text("login", Group::Who).hidden(),
            actor_kind(),
            Column::ip("ip"),
            Column::open_choice("credential_type", Group::What, CREDENTIAL_TYPES).worth(2),
            Column::text("device", Group::What).worth(8).chars(12, 17),
            Column::text("username", Group::What).worth(7).chars(9, 18),
            Column::open_choice("reason", Group::Why, REASONS).worth(6).chars(10, 12),
            Column::text("governance_id", Group::Why).worth(6).chars(12, 12),
            Column::long_text("justification", Group::Why).worth(6),
            Column::long_text("message", Group::Why).worth(1).chars(8, 40),
            Column::open_choice("origin", Group::Who, ORIGINS).worth(3).chars(9, 21),
            Column::flag("emergency", Group::Why).hidden(),
            Column::number("risk", Group::Why).derived().hidden().worth(8).chars(3, 3),
            Column::flag("unusual_time", Group::When).derived().hidden(),
            Column::flag("unusual_origin", Group::Who).derived().hidden(),
            Column::flag("unusual_credential", Group::What).derived().hidden(),
            Column::flag("unusual_volume", Group::Who).derived().hidden(),
            Column::flag("first_access", Group::What).derived().hidden(),
            Column::time("changed").standing().hidden(),
            review(),
            reviewed_by(),
            reviewed(),
            Column::source(),
        ],
    ),
};
