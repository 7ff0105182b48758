//! The thread that packs an archive: files go into a tar, which is compressed and encrypted.

use super::manifest::Archive;
use super::measured::Measured;
use crate::config::Recipient;
use age::stream::StreamWriter;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use tar::{Builder, EntryType, Header};
use vigia_app::model::Timestamp;
use zstd::stream::write::Encoder;

/// Lines of events become no smaller at level 3, which takes longer: docs/backups.md has the figures.
const LEVEL: i32 = 1;

/// Files that wait to be packed: memory is bounded by them.
const AHEAD: usize = 1;

type Tar<W> = Builder<Measured<Encoder<'static, StreamWriter<Measured<W>>>>>;

/// An archive that files go into.
pub(super) struct Packing<W: Write> {
    files: SyncSender<(String, Vec<u8>)>,
    /// What files were in that are packed, to be filled again.
    emptied: Receiver<Vec<u8>>,
    /// Nothing once it is known why it ended.
    thread: Option<JoinHandle<io::Result<Tar<W>>>>,
}

impl<W: Write + Send + 'static> Packing<W> {
    /// The thread has the priority of the one that starts it.
    ///
    /// # Errors
    /// When `out` cannot be written, or there is no recipient.
    pub(super) fn start(out: W, recipients: &[Recipient], start: Timestamp) -> io::Result<Self> {
        let recipients = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        let encoder = Encoder::new(encryptor.wrap_output(Measured::new(out))?, LEVEL)?;
        let mut tar = Builder::new(Measured::new(encoder));
        let time = start.millis().unsigned_abs() / 1000;
        let (files, taken) = sync_channel::<(String, Vec<u8>)>(AHEAD);
        let (spare, emptied) = channel();
        let thread = thread::Builder::new().name("backup-packing".to_owned()).spawn(move || {
            for (path, mut bytes) in taken {
                append(&mut tar, time, &path, &bytes)?;
                bytes.clear();
                // Nobody may want it any more.
                let _ = spare.send(bytes);
            }
            Ok(tar)
        })?;
        Ok(Self { files, emptied, thread: Some(thread) })
    }

    /// Hands a file over, and returns something to fill for the next one.
    ///
    /// # Errors
    /// When it, or one before it, could not be written.
    pub(super) fn file(&mut self, path: String, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        if self.files.send((path, bytes)).is_ok() {
            return Ok(self.emptied.try_recv().unwrap_or_default());
        }
        Err(ended(self.thread.take()).err().unwrap_or_else(gone))
    }

    /// Ends the archive, and says what it measures.
    ///
    /// # Errors
    /// When something of it could not be written.
    pub(super) fn finish(self) -> io::Result<(W, Archive)> {
        drop(self.files);
        let (encoder, plain_size, plain_sha256) = ended(self.thread)?.into_inner()?.finish();
        let (out, size, sha256) = encoder.finish()?.finish()?.finish();
        Ok((out, Archive { size, sha256, plain_size, plain_sha256 }))
    }
}

/// What the thread has made, or why it has not.
fn ended<W: Write>(thread: Option<JoinHandle<io::Result<Tar<W>>>>) -> io::Result<Tar<W>> {
    thread.ok_or_else(gone)?.join().map_err(|_| gone())?
}

fn gone() -> io::Error {
    io::Error::other("the thread that packs it ended")
}

fn append<W: Write>(tar: &mut Tar<W>, time: u64, path: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(time);
    tar.append_data(&mut header, path, bytes)
}
