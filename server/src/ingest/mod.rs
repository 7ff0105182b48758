//! What other systems log, read into [`Event`](crate::event::Event)s.
//!
//! A stream of bytes is cut into lines ([`lines`]), and a [`Format`] makes events of them. What arrives piece by piece goes through a
//! [`Feed`], which makes durable what the lines said; a file goes through [`import()`], which hands events over in large groups and counts what
//! became of every line. A new format is a mapping file ([`formats`]), unless it needs memory between lines.

mod allowance;
mod auto;
mod context;
pub mod cutter;
mod encoding;
mod envelope;
pub mod format;
pub mod formats;
mod gzip;
pub mod halves;
mod import;
pub mod intake;
mod json;
#[cfg(test)]
mod linear_tests;
pub mod lines;
mod mapping;
mod masked;
mod no_text;
pub mod openbao;
mod original;
pub mod own;
mod padding;
pub mod quarantine_desk;
mod summary;
pub mod syslog;
pub mod tail;
mod text;
mod time;
pub mod tried;
pub mod trying;
pub(crate) mod understanding;

pub use allowance::Growth;
pub use auto::AUTO;
pub use context::Context;
pub use format::{Format, Skip};
pub use formats::Formats;
pub use import::{Broken, ImportError, Sink, import};
pub use intake::{Feed, Intake, Way};
pub use openbao::OpenBao;
pub use summary::{BrokenLine, Rows, Summary};
