//! Performed backups: proof that backups are made, when, and by whose request.

use crate::model::column::{plain, toned};
use crate::model::{Card, Choice, Column, Group, Report, Tone};

const STATUSES: &[Choice] =
    &[toned("Running", Tone::Running), toned("Success", Tone::Good), toned("Error", Tone::Bad), toned("Removed by retention", Tone::Muted)];

const REASONS: &[Choice] = &[plain("Scheduled"), plain("Manual"), plain("Before upgrade"), plain("On change")];

pub static PERFORMED_BACKUPS: Report = Report {
    key: "performed-backups",
    table: "performed_backups",
    title: "Performed backups",
    icon: "archive",
    purpose: "Which backups were made, whether in time, and who asked for them.",
    headline: "{type} backup[, {reason}][, asked for by {requested_by}]",
    card: Card { who: "requested_by", what: "{type} backup[, {reason}]", mark: "status" },
    time: "start",
    views: &[],
    attempts: false,
    actions: None,
    columns: &[
        Column::id(),
        Column::choice(
            "type",
            "Type",
            "Whether the full data can be recovered from the backup, or a part of it.",
            Group::What,
            &[plain("Full"), plain("Partial")],
        )
        .worth(9)
        .chars(7, 7),
        Column::open_choice("reason", "Reason", "How the backup came about.", Group::Why, REASONS),
        Column::time("start", "Start", "When the data started to be transferred to the backup.").worth(8),
        Column::time("end", "End", "When the data stopped to be transferred to the backup."),
        Column::text("requested_by", "Requested by", "The user or task that asked for the backup.", Group::Who).worth(6),
        Column::choice("status", "Status", "How the backup stands or finished.", Group::What, STATUSES).worth(9).chars(20, 20),
        Column::bytes("size", "Size", "Size of the backup file.", Group::What),
        Column::text("checksum", "Checksum", "SHA-256 of the backup file.", Group::Record).hidden(),
        Column::flag("encrypted", "Encrypted", "Whether the backup file is encrypted.", Group::What).hidden(),
        Column::source(),
    ],
};
