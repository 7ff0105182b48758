//! What the endpoints are sorted by in the document.

use serde_json::{Value, json};

macro_rules! tags {
    ($($name:ident: $title:literal, $description:literal;)+) => {
        $(pub(in crate::http) const $name: &str = $title;)+

        /// In the order of the document.
        pub(in crate::http) fn all() -> Value {
            json!([$({ "name": $title, "description": $description }),+])
        }
    };
}

tags! {
    SESSION: "Session", "Signing in and out.";
    REPORTS: "Reports", "The reports, their rows, and single events.";
    EXPORTS: "Exports", "Reports as files.";
    VIEWS: "Views", "Questions to the reports that people keep under a name, theirs alone or shared.";
    REVIEWS: "Reviews", "What people say of events after having looked at them, and what is still to be looked at.";
    EVENTS: "Events", "Sending events in.";
    TOKENS: "Tokens", "The tokens of programs; for administrators.";
    QUARANTINE: "Quarantine", "Lines that no format understood; for administrators.";
    OPERATIONS: "Operations", "Creating operations, moving them, and carrying them out.";
    NOTIFICATIONS: "Notifications", "Whom to tell what, for administrators; and what is watched, for auditors, too.";
    JOBS: "Jobs", "What the servers do in the background; for administrators.";
    BACKUPS: "Backups", "Backups of Vigia itself; for administrators.";
    RISK: "Risk", "How it is found out how unusual a view is; for administrators.";
    PSEUDONYMS: "Pseudonyms", "Whether managers see names; for administrators.";
    SERVER: "Server", "For whatever watches the server.";
}
