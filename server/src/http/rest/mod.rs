//! The REST API, for programs: what the page can do, as JSON. Described by its own [`openapi`] document.

mod body;
pub(super) mod events;
pub(super) mod jobs;
pub(super) mod notifications;
pub(super) mod openapi;
pub(super) mod operations;
pub(super) mod quarantine;
pub(super) mod reports;
pub(super) mod session;
pub(super) mod sets;
pub(super) mod tokens;
