//! The server functions the page calls, one file per capability, and the traits through which they reach the server.
//!
//! A server function only finds its trait in the Leptos context and calls it; roles are checked behind the trait, on the
//! server, where the REST API goes through the same door.

pub mod admin;
pub mod backups;
pub mod behavior;
pub mod exports;
pub mod exposure;
pub mod jobs;
pub mod notifications;
pub mod operations;
pub mod reports;
pub mod reviews;
pub mod session;
pub mod story;
mod transport;
pub mod views;
pub mod watched;

#[cfg(feature = "ssr")]
pub use transport::ErrorStatus;
