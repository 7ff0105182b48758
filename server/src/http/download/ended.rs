//! How a download ended, for whoever has to know.

/// How a download ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Bytes of the file that were handed to the connection. The last of them may still be on their way when a client goes away: some hundred KB here, and what
    /// the systems in between hold.
    pub sent: u64,
    /// Whether these were all that the answer promised; of a range, all of the range.
    pub complete: bool,
}

/// Is told how a download ended: once, when its last byte was handed over, the client went away or reading failed. It is called where that happens, so it must
/// not block: work is for a task.
pub type Ending = Box<dyn FnOnce(Ended) + Send>;

/// Counts what is sent, and tells at its own end.
pub(super) struct Count {
    sent: u64,
    left: u64,
    ending: Option<Ending>,
}

impl Count {
    /// Of an answer that is so long.
    pub(super) fn new(length: u64, ending: Ending) -> Self {
        Self { sent: 0, left: length, ending: Some(ending) }
    }

    /// Bytes of the file go.
    pub(super) fn file(&mut self, bytes: usize) {
        self.sent += bytes as u64;
        self.text(bytes);
    }

    /// Bytes go that are about the file.
    pub(super) fn text(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes as u64);
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if let Some(ending) = self.ending.take() {
            ending(Ended { sent: self.sent, complete: self.left == 0 });
        }
    }
}
