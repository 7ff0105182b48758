//! The REST API, for programs: what the page can do, as JSON.

mod asked;
mod backup_links;
pub(super) mod backup_standing;
mod backups;
mod behavior;
mod body;
mod changes;
mod counts;
pub(super) mod events;
mod exports;
mod exposure;
mod instance;
pub(super) mod jobs;
mod mappings;
pub(super) mod notifications;
pub(super) mod operations;
mod pseudonyms;
pub(super) mod quarantine;
pub(super) mod reports;
mod reviews;
mod risk;
mod schema;
pub(super) mod session;
pub(super) mod sets;
mod story;
pub(super) mod tokens;
mod views;
mod watched;

use super::endpoint::Endpoint;

/// Every endpoint of the API.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let all = [
        reports::endpoints(),
        counts::endpoints(),
        exports::endpoints(),
        behavior::endpoints(),
        changes::endpoints(),
        exposure::endpoints(),
        story::endpoints(),
        events::endpoints(),
        session::endpoints(),
        tokens::endpoints(),
        quarantine::endpoints(),
        operations::endpoints(),
        sets::endpoints(),
        notifications::endpoints(),
        watched::endpoints(),
        jobs::endpoints(),
        mappings::endpoints(),
        backups::endpoints(),
        backup_links::endpoints(),
        backup_standing::endpoints(),
        instance::endpoints(),
        views::endpoints(),
        reviews::endpoints(),
        risk::endpoints(),
        pseudonyms::endpoints(),
    ];
    all.into_iter().flatten().collect()
}
