//! Performed backups: proof that backups are made, when, and by whose request.

use crate::model::column::{labelled, named, plain, toned};
use crate::model::{About, Card, Choice, Column, Group, Report, ReportWords, Tone};
use crate::words::Template;

const STATUSES: &[Choice] = &labelled(
    "backup-status",
    [
        toned("Running", Tone::Running),
        toned("Success", Tone::Good),
        toned("Error", Tone::Bad),
        toned("Canceled", Tone::Muted),
        toned("Missed", Tone::Bad),
        toned("Removed by retention", Tone::Muted),
    ],
);

const REASONS: &[Choice] = &labelled("backup-reason", [plain("Scheduled"), plain("Manual"), plain("Before upgrade"), plain("On change")]);

pub static PERFORMED_BACKUPS: Report = Report {
    key: "performed-backups",
    table: "performed_backups",
    words: ReportWords::of("performed-backups"),
    icon: "archive",
    card: Card { who: "requested_by", mark: "status" },
    about: About {
        user: &["requested_by"],
        device: None,
        username: None,
        governance_id: None,
        outcome: Some("status"),
        what: Template::of(&["report.performed-backups.card"]),
    },
    time: "start",
    views: &[],
    attempts: false,
    backups: true,
    actions: None,
    columns: &named(
        "performed-backups",
        [
            Column::id(),
            Column::choice("type", Group::What, &labelled("backup-type", [plain("Full"), plain("Partial")])).worth(9).chars(7, 7),
            Column::open_choice("reason", Group::Why, REASONS),
            Column::time("start").worth(8),
            Column::time("end"),
            Column::text("requested_by", Group::Who).worth(6),
            Column::choice("status", Group::What, STATUSES).worth(9).chars(20, 20),
            Column::bytes("size", Group::What),
            Column::text("checksum", Group::Record).hidden(),
            Column::flag("encrypted", Group::What).hidden(),
            Column::text("keys", Group::What).hidden(),
            Column::time("verified").hidden(),
            Column::time("drill").hidden(),
            Column::source(),
        ],
    ),
};
