//! What other systems log, read into [`Event`](crate::event::Event)s.
//!
//! A stream of bytes is cut into lines ([`lines`]), a [`Format`] makes events of them, and [`import()`] hands these over in
//! batches and counts what became of every line. A new format is one implementation of [`Format`].

mod context;
pub mod cutter;
pub mod desk;
mod envelope;
pub mod format;
pub mod formats;
pub mod halves;
mod import;
pub mod intake;
mod json;
pub mod lines;
mod mapping;
mod masked;
pub mod openbao;
mod original;
pub mod own;
mod summary;
pub mod syslog;
pub mod tail;
mod text;
mod time;

pub use context::Context;
pub use format::{Format, Skip};
pub use formats::Formats;
pub use import::{Broken, ImportError, Sink, import};
pub use intake::{Feed, Intake, Way};
pub use openbao::OpenBao;
pub use summary::{BrokenLine, Rows, Summary};
