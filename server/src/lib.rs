//! The server of Vigia: keeps the events of privileged access and answers questions about them.
//!
//! A request comes in through [`http`], is authorised against [`identity`], becomes a [`store::ResolvedQuery`] and is
//! answered by the [`store`]. Events come in through [`ingest`] as [`event::Event`]s.

pub mod backups;
pub mod behavior;
pub mod causes;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod demo;
pub mod digest;
pub mod doors;
pub mod error_classes;
pub mod event;
pub mod exports;
pub mod exposure;
pub mod file;
pub mod fold;
#[cfg(test)]
mod guides;
pub mod http;
pub mod identity;
pub mod index;
pub mod ingest;
pub mod jobs;
#[cfg(test)]
mod layers;
pub mod look_alike;
pub mod manner;
pub mod mask;
pub mod notifications;
pub mod openbao_errors;
pub mod operations;
pub mod outgoing;
pub mod process_name;
pub mod pseudonyms;
pub mod reports;
pub mod retention;
pub mod reviews;
#[cfg(test)]
mod rings;
pub mod risk;
pub mod secret;
mod shares;
pub mod source_name;
pub mod stop;
pub mod store;
pub mod story;
pub mod veil;
pub mod views;
pub mod watched;
