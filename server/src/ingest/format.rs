//! What a format of log lines has to offer.

use crate::event::Event;
use crate::manner::Encoding;
use crate::mask;
use vigia_app::model::Timestamp;

/// Reads the lines of one kind of log. It may hold lines back until the ones they belong to arrive.
pub trait Format: Send {
    /// What the lines are called in a sentence: `OpenBao audit log`.
    fn name(&self) -> &str;

    /// Why a file that starts with these bytes (decompressed, 512 at most) cannot be of this format, as a sentence that says
    /// what to do; `None` when it may be.
    fn refuses(&self, head: &[u8]) -> Option<&'static str>;

    /// Reads one line, without its end, and adds the events that are complete with it.
    ///
    /// `number` counts lines from 1. An error speaks of this line only: the next one is read whatever this returns.
    fn line(&mut self, number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip>;

    /// Adds what was held back: the stream is over. What is better left to a later import is reported in `skipped`, one for a
    /// line, and may be kept for a stream that continues this one.
    fn finish(&mut self, out: &mut Vec<Event>, skipped: &mut Vec<Skip>);

    /// Which half of which exchange a line is, where an event takes two lines. `None` for a line that stands for itself, and for one that
    /// cannot be read.
    fn half(&self, _line: &str) -> Option<Half> {
        None
    }

    /// Adds what is held back, however recent: nothing will come that completes it.
    fn give_up(&mut self, _out: &mut Vec<Event>) {}

    /// What decided of the line that was read last; `None` where a format knows no more than its name.
    fn decided(&self) -> Option<Decided> {
        None
    }

    /// What lines are that are not UTF-8.
    fn encoding(&self) -> Encoding {
        Encoding::Utf8
    }

    /// Takes note of when the file was last written whose lines come next; `None` where nobody knows.
    fn written(&mut self, _at: Option<Timestamp>) {}

    /// The line without its secrets, as it may be kept and shown.
    fn masked(&self, line: &str) -> String {
        mask::line(line).into_owned()
    }
}

/// Which of the two lines of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Request,
    Response,
}

/// What half a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Half {
    /// Of the exchange; both halves have it.
    pub id: String,
    pub side: Side,
}

/// What decided of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Name of the format.
    pub format: String,
    /// Which of its rules, in words; empty where none did.
    pub why: String,
}

/// Why a line made no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// The line says nothing to report; counted under these words.
    Unwanted(&'static str),
    /// The line cannot be read; counted under `reason`, and listed with `detail`, which never quotes the line.
    Broken { reason: &'static str, detail: String },
}

impl Skip {
    pub fn broken(reason: &'static str) -> Self {
        Self::Broken { reason, detail: String::new() }
    }

    /// What the line is counted under.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unwanted(reason) | Self::Broken { reason, .. } => reason,
        }
    }
}
