//! What serves the page: its files, and its server functions with what they need from the server.

mod administration;
pub(super) mod assets;
mod backups;
mod behavior;
mod exports;
mod exposure;
mod jobs;
mod notifications;
mod operations;
mod reviews;
pub(super) mod server_functions;
mod story;
mod views;
mod watched;
