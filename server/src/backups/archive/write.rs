//! Making an archive: lines go in, table by table.

use super::keys::Keys;
use super::manifest::{Archive, Manifest, Table};
use super::measured::{Measured, hex};
use super::{PART, note};
use crate::config::Recipient;
use age::stream::StreamWriter;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use tar::{Builder, EntryType, Header};
use vigia_app::model::Timestamp;
use zstd::stream::write::Encoder;

/// As fast as the disk, and a tenth of the size: higher levels take far longer for little.
const LEVEL: i32 = 3;

const README: &str = "This is a backup of Vigia, a console for the events of privileged access.

Each folder is a table: its files, in the order of their names, are lines of JSON. manifest.json says how many lines there are
and what their SHA-256 is; manifest.note is the same text with the signature of the instance that made it (https://c2sp.org/signed-note).
`vigia restore` puts it into a database. docs/backups.md of Vigia's sources has the whole format.
";

/// An archive while it is made.
pub struct Writer<W: Write> {
    tar: Builder<Measured<Encoder<'static, StreamWriter<Measured<W>>>>>,
    time: u64,
    /// The table that lines go into, and its file that is being filled.
    table: Option<(String, Sha256)>,
    rows: u64,
    part: Vec<u8>,
    parts: u32,
    done: Vec<Table>,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// When `out` cannot be written, or there is no recipient.
    pub fn new(out: W, recipients: &[Recipient], start: Timestamp) -> io::Result<Self> {
        let recipients = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        let mut encoder = Encoder::new(encryptor.wrap_output(Measured::new(out))?, LEVEL)?;
        // In a thread of its own, with the priority of this one.
        encoder.multithread(1)?;
        let time = start.millis().unsigned_abs() / 1000;
        let tar = Builder::new(Measured::new(encoder));
        let mut writer = Self { tar, time, table: None, rows: 0, part: Vec::new(), parts: 0, done: Vec::new() };
        writer.file("README.txt", README.as_bytes())?;
        Ok(writer)
    }

    /// The lines from here on are of this table.
    ///
    /// # Errors
    /// When it cannot be written; then there is no archive. So it is with all that follows.
    pub fn begin(&mut self, table: &str) -> io::Result<()> {
        self.end()?;
        self.table = Some((table.to_owned(), Sha256::new()));
        Ok(())
    }

    /// Adds a line.
    pub fn line(&mut self, record: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.part, record)?;
        self.part.push(b'\n');
        self.rows += 1;
        if self.part.len() >= PART { self.end_part() } else { Ok(()) }
    }

    /// Bytes that went in so far.
    pub fn bytes(&self) -> u64 {
        self.tar.get_ref().bytes()
    }

    /// Puts the manifest behind the tables, and ends. Says what the file beside the archive is to hold: the manifest with what the archive itself
    /// measures, signed.
    pub fn finish(mut self, mut manifest: Manifest, keys: &Keys) -> io::Result<(W, String)> {
        self.end()?;
        manifest.tables = std::mem::take(&mut self.done);
        let text = manifest.text()?;
        self.file("manifest.json", text.as_bytes())?;
        self.file("manifest.note", note::signed(&text, &keys.name, &keys.signer).as_bytes())?;
        let (encoder, plain_size, plain_sha256) = self.tar.into_inner()?.finish();
        let (out, size, sha256) = encoder.finish()?.finish()?.finish();
        manifest.archive = Some(Archive { size, sha256, plain_size, plain_sha256 });
        Ok((out, note::signed(&manifest.text()?, &keys.name, &keys.signer)))
    }

    fn end(&mut self) -> io::Result<()> {
        self.end_part()?;
        if let Some((name, hash)) = self.table.take() {
            self.done.push(Table { name, rows: self.rows, sha256: hex(&hash.finalize()) });
        }
        (self.rows, self.parts) = (0, 0);
        Ok(())
    }

    fn end_part(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        self.parts += 1;
        let Some((table, hash)) = &mut self.table else { return Err(io::Error::other("a line of no table")) };
        hash.update(&self.part);
        let (path, part) = (format!("{table}/{:06}.ndjson", self.parts), std::mem::take(&mut self.part));
        self.file(&path, &part)?;
        self.part = part;
        self.part.clear();
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.time);
        self.tar.append_data(&mut header, path, bytes)
    }
}
