//! Password view: every time somebody saw, copied or used a password through the system.

use super::CREDENTIAL_TYPES;
use crate::model::column::plain;
use crate::model::{Card, Choice, Column, Group, Report};

const OPERATIONS: &[Choice] =
    &[plain("View password"), plain("Copy password"), plain("Start session"), plain("Checkout"), plain("History view")];

const REASONS: &[Choice] =
    &[plain("Change"), plain("Incident"), plain("Remote work"), plain("Device with no connectivity"), plain("Other")];

const ORIGINS: &[Choice] = &[plain("Web"), plain("API (A2A)"), plain("Mobile"), plain("CLI (go)"), plain("Remote access (Domum)")];

pub static PASSWORD_VIEW: Report = Report {
    key: "password-view",
    table: "password_view",
    title: "Password view",
    icon: "eye",
    purpose: "Who saw which password, from where, and with what justification.",
    headline: "{user}: {operation}[ of {username}][ on {device}]",
    card: Card { who: "user", what: "{operation}[ of {username}][ on {device}]", mark: "reason" },
    time: "date",
    views: &[],
    attempts: false,
    actions: None,
    columns: &[
        Column::id(),
        Column::time("date", "Date", "When the view was performed.").worth(9),
        Column::open_choice("operation", "Operation", "What the system mediated.", Group::What, OPERATIONS).worth(7).chars(13, 13),
        Column::text("user", "User", "Name of the user who asked for the password.", Group::Who).worth(9),
        Column::text("login", "Login", "Name the user signs in with.", Group::Who).hidden(),
        Column::ip("ip", "IP", "Address used to access the system."),
        Column::open_choice("credential_type", "Credential type", "Type of the password that was viewed.", Group::What, CREDENTIAL_TYPES)
            .worth(2),
        Column::text("device", "Device", "What the viewed password gave access to.", Group::What).worth(8).chars(12, 17),
        Column::text("username", "Username", "Whose password it is.", Group::What).worth(7).chars(9, 18),
        Column::open_choice("reason", "Reason", "Type of justification the user gave to view the password.", Group::Why, REASONS)
            .worth(6)
            .chars(10, 12),
        Column::text("governance_id", "Governance ID", "Code that covers the view in the change management system.", Group::Why)
            .worth(6)
            .chars(12, 12),
        Column::long_text("justification", "Justification", "Reason: the text the user gave to justify the view.", Group::Why).worth(6),
        Column::long_text("message", "Message", "What the system told the user, about permissions for example.", Group::Why)
            .worth(1)
            .chars(8, 40),
        Column::open_choice("origin", "Origin", "Platform used to access the system.", Group::Who, ORIGINS).worth(3).chars(9, 21),
        Column::flag("emergency", "Emergency access", "Whether the user broke the glass: access without the usual approval.", Group::Why)
            .hidden(),
        Column::source(),
    ],
};
