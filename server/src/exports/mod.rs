//! All rows of a report that match, as a file.
//!
//! - [`making`]: from the question to the first byte.
//! - [`csv`], [`ndjson`]: how rows are written.
//! - [`sending`]: rows are read, written and handed on while they are taken, and the trail says how that ended.
//! - [`queue`]: how many exports run at a time.
//! - [`running`]: how far each is, for whoever has asked for it.
//! - [`settings`]: who may.

mod csv;
mod making;
mod ndjson;
mod queue;
mod running;
mod sending;
mod settings;
mod zoned;

use crate::clock::Clock;
use crate::identity::{Actor, Identity};
use crate::reports::ReportService;
use crate::store::Store;
use bytes::Bytes;
use futures_util::Stream;
pub use making::Begun;
pub use queue::ExportLimits;
use queue::Queue;
use running::Running;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{Role, Viewer};

/// Where settings are kept.
const SPACE: &str = "exports";

/// The exports of one server.
pub struct Exports {
    queue: Queue,
    running: Running,
    recheck: Duration,
}

/// Whoever asks for an export.
#[derive(Debug, Clone)]
pub struct Exporter {
    pub viewer: Viewer,
    pub actor: Actor,
    pub right: Right,
}

/// What somebody has the right by, which may end meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// A user who may sign in and has this role still: another would see other things.
    User(Role),
    /// The token of this hash.
    Token([u8; 32]),
}

/// Where exports are made.
pub struct ExportDesk<'a> {
    pub store: &'a Arc<dyn Store>,
    pub clock: &'a Clock,
    pub identity: &'a Arc<Identity>,
    pub reports: &'a ReportService,
    pub exports: &'a Arc<Exports>,
}

impl Exports {
    /// `recheck`: how often it is looked whether whoever gets an export still may.
    pub fn new(limits: ExportLimits, recheck: Duration) -> Self {
        Self { queue: Queue::new(limits), running: Running::default(), recheck }
    }
}

impl Begun {
    /// The bytes of the file. They end when all was sent; with an error, which has to cut the connection, where that is not possible.
    pub fn bytes(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        self.sending.bytes()
    }
}
