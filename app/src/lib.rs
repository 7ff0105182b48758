//! What the browser shows, and what it shares with the server.
//!
//! - [`model`]: plain data both sides speak: columns, queries, rows, roles. No Leptos in it.
//! - [`reports`]: one declaration per report; everything else about a report follows from its declaration.
//! - [`behavior`]: what the Behavior dashboard is asked and shows.
//! - [`reviews`]: what is to be reviewed.
//! - [`story`]: what is asked of all reports at once, about a person, a device, a credential, a ticket or a time.
//! - [`views`]: questions to a report that people keep under a name.
//! - [`watched`]: users, devices and credentials that are watched.
//! - [`words`]: what Vigia says, in each language.
//! - [`api`]: the server functions, and the traits through which they reach the server.
//!
//! The rest exists only in the browser build (`csr`): `browser` (what the browser is asked for), `pages`, `components`.

pub mod api;
pub mod behavior;
pub mod model;
pub mod reports;
pub mod reviews;
pub mod story;
pub mod views;
pub mod watched;
pub mod words;

/// The header of what a page asks by itself, with nobody in front of it: it is no use of the session.
pub const BY_ITSELF: &str = "vigia-by-itself";

#[cfg(feature = "csr")]
pub mod browser;
#[cfg(feature = "csr")]
pub mod charts;
#[cfg(feature = "csr")]
pub mod components;
#[cfg(feature = "csr")]
pub mod pages;
