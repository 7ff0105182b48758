//! The thread that writes an archive, behind a channel of a few pieces: memory does not grow with what is in it.

use super::archive::write::Writer;
use crate::config::Recipient;
use std::fs::File;
use std::io;
use std::thread::{self, JoinHandle};
use tokio::sync::mpsc;
use vigia_app::model::Timestamp;

/// Readings that wait to be written: memory is bounded by them.
const AHEAD: usize = 4;
/// The lowest priority a thread can have: who stores and who asks come first.
const NICE: i32 = 19;

/// An archive that is being written.
pub(super) struct Writing {
    thread: JoinHandle<io::Result<Writer<File>>>,
}

impl Writing {
    /// Has a thread write what comes through the channel, until that is closed.
    pub(super) fn start<P: Send + 'static>(
        file: File,
        recipients: Vec<Recipient>,
        start: Timestamp,
        write: fn(&mut Writer<File>, P) -> io::Result<()>,
    ) -> io::Result<(mpsc::Sender<P>, Self)> {
        let (pieces, mut taken) = mpsc::channel::<P>(AHEAD);
        let thread = thread::Builder::new().name("backup".to_owned()).spawn(move || {
            // Where it is not allowed, it goes on as it is.
            let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
            let mut writer = Writer::new(file, &recipients, start)?;
            while let Some(piece) = taken.blocking_recv() {
                write(&mut writer, piece)?;
            }
            Ok(writer)
        })?;
        Ok((pieces, Self { thread }))
    }

    /// Waits until all is written. What the disk said explains why nobody took what was read.
    pub(super) async fn end(self) -> io::Result<Writer<File>> {
        match tokio::task::spawn_blocking(move || self.thread.join()).await {
            Ok(Ok(written)) => written,
            _ => Err(io::Error::other("the thread that writes it ended")),
        }
    }
}
