//! Making an archive: lines go in, table by table. Whoever hands them in makes the text; a thread packs it meanwhile.

use super::keys::Keys;
use super::manifest::{Manifest, Table};
use super::measured::hex;
use super::packing::Packing;
use super::{PART, note};
use crate::config::Recipient;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use vigia_app::model::Timestamp;

const README: &str = "This is a backup of Vigia, a console for the events of privileged access.

Each folder is a table: its files, in the order of their names, are lines of JSON. manifest.json says how many lines there are
and what their SHA-256 is; manifest.note is the same text with the signature of the instance that made it (https://c2sp.org/signed-note).
`vigia restore` puts it into a database. docs/backups.md of Vigia's sources has the whole format.
";

/// An archive while it is made.
pub struct Writer<W: Write> {
    packing: Packing<W>,
    /// The table that lines go into, and its file that is being filled.
    table: Option<(String, Sha256)>,
    rows: u64,
    part: Vec<u8>,
    parts: u32,
    done: Vec<Table>,
}

impl<W: Write + Send + 'static> Writer<W> {
    /// # Errors
    /// When `out` cannot be written, or there is no recipient.
    pub fn new(out: W, recipients: &[Recipient], start: Timestamp) -> io::Result<Self> {
        let mut packing = Packing::start(out, recipients, start)?;
        packing.file("README.txt".to_owned(), README.as_bytes().to_vec())?;
        Ok(Self { packing, table: None, rows: 0, part: Vec::new(), parts: 0, done: Vec::new() })
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

    /// Puts the manifest behind the tables, and ends. Says what the file beside the archive is to hold: the manifest with what the archive itself
    /// measures, signed.
    pub fn finish(mut self, mut manifest: Manifest, keys: &Keys) -> io::Result<(W, String)> {
        self.end()?;
        manifest.tables = std::mem::take(&mut self.done);
        let text = manifest.text()?;
        self.packing.file("manifest.json".to_owned(), text.as_bytes().to_vec())?;
        self.packing.file("manifest.note".to_owned(), note::signed(&text, &keys.name, &keys.signer).into_bytes())?;
        let (out, archive) = self.packing.finish()?;
        manifest.archive = Some(archive);
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
        let path = format!("{table}/{:06}.ndjson", self.parts);
        self.part = self.packing.file(path, std::mem::take(&mut self.part))?;
        Ok(())
    }
}
