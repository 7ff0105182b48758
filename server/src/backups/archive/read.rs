//! Reading an archive: its lines come out, and whatever is not as its manifest says is an error. Takes the same memory for an archive of any size.

use super::keys::Identity;
use super::manifest::{Archive as Measures, Manifest, Table};
use super::measured::{Measured, hex};
use super::note::{self, NoteError, Verifier};
use super::{FORMAT, LARGEST};
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use tar::Archive;

/// Largest window of zstd, as a power of two: 8 MiB, more than the level that is written with needs. Who asks for more is not let.
const WINDOW: u32 = 23;
/// Bytes behind the end of a tar at most.
const PADDING: u64 = 1 << 20;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("None of the keys at hand opens this backup. Give one of those it was made for with --identity.")]
    NoKey,
    #[error("This file is not a backup of Vigia: {0}.")]
    Foreign(String),
    #[error("This backup was made by a newer version of Vigia (format {0}; this one reads up to {FORMAT}). Use that version to read it.")]
    Newer(u32),
    #[error("This backup is damaged: {0}.")]
    Damaged(String),
    #[error("This backup is not to be believed: {0}.")]
    Note(#[from] NoteError),
    #[error("The backup cannot be read: {0}.")]
    Unreadable(#[source] io::Error),
    /// Whoever took a line did not want it.
    #[error("{0}")]
    Refused(String),
}

/// Reads an archive from its beginning to its end, and returns what it says of itself, with what it measures. `take` is told each line, with the name
/// of its table; what it says against one ends the reading. Believed is only what `signer` has signed; without one it is anybody's word, and only
/// what the archive says of itself is held against it. `most` is how many bytes may be in it, unpacked.
///
/// # Errors
/// At the first thing that is wrong. Lines were taken before it is known whether the whole is: who acts on them reads it once before.
pub fn read(
    file: impl Read,
    identities: &[Identity],
    signer: Option<&Verifier>,
    most: u64,
    mut take: impl FnMut(&str, &[u8]) -> Result<(), String>,
) -> Result<Manifest, ReadError> {
    let mut file = Measured::new(file);
    let decryptor = age::Decryptor::new_buffered(io::BufReader::with_capacity(1 << 16, &mut file)).map_err(of_age)?;
    let opened = decryptor.decrypt(identities.iter().map(|identity| &identity.0 as &dyn age::Identity)).map_err(of_age)?;
    let mut decoder = zstd::Decoder::new(opened).map_err(damaged)?;
    decoder.window_log_max(WINDOW).map_err(damaged)?;
    let mut plain = Measured::new(decoder);
    let mut tables: Vec<(Table, Sha256)> = Vec::new();
    let (mut json, mut signed) = (None, None);
    let mut archive = Archive::new(&mut plain);
    let (mut bytes, mut unpacked) = (Vec::new(), 0);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.size() > LARGEST {
            return Err(ReadError::Damaged(format!("{path} in it is larger than such a file ever is")));
        }
        unpacked += entry.size();
        if unpacked > most {
            return Err(ReadError::Damaged(format!("more than {most} bytes are in it, unpacked")));
        }
        bytes.clear();
        entry.read_to_end(&mut bytes).map_err(damaged)?;
        let text = || String::from_utf8(bytes.clone()).map_err(|_| ReadError::Damaged(format!("{path} in it is not text")));
        match path.as_str() {
            "README.txt" => {}
            "manifest.json" => json = Some(text()?),
            "manifest.note" => signed = Some(text()?),
            _ => {
                let table = path.strip_suffix(".ndjson").and_then(|path| path.rsplit_once('/')).map(|(table, _)| table);
                let table = table.ok_or_else(|| ReadError::Damaged(format!("nobody knows what {path} in it is")))?;
                if tables.last().is_none_or(|(last, _)| last.name != table) {
                    tables.push((Table { name: table.to_owned(), rows: 0, sha256: String::new() }, Sha256::new()));
                }
                if let Some((known, hash)) = tables.last_mut() {
                    hash.update(&bytes);
                    for line in bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n') {
                        known.rows += 1;
                        take(table, line).map_err(ReadError::Refused)?;
                    }
                }
            }
        }
    }
    // All layers are read to their ends, which each of them checks.
    let padding = io::copy(&mut (&mut plain).take(PADDING + 1), &mut io::sink()).map_err(damaged)?;
    let (decoder, plain_size, plain_sha256) = plain.finish();
    if padding > PADDING || io::copy(&mut decoder.finish(), &mut io::sink()).map_err(damaged)? > 0 {
        return Err(ReadError::Damaged("something is behind its end".to_owned()));
    }
    let (_, size, sha256) = file.finish();
    let (Some(json), Some(signed)) = (json, signed) else { return Err(ReadError::Damaged("it has no manifest".to_owned())) };
    let text = match signer {
        Some(signer) => signer.open(&signed)?,
        None => note::unverified(&signed).ok_or(NoteError::Unsigned)?,
    };
    if text != json {
        return Err(ReadError::Damaged("its manifest is not the one that was signed".to_owned()));
    }
    let manifest = manifest(text)?;
    let found = tables.into_iter().map(|(table, hash)| Table { sha256: hex(&hash.finalize()), ..table });
    // A table without rows has no file.
    if !found.eq(manifest.tables.iter().filter(|table| table.rows > 0).cloned()) {
        return Err(ReadError::Damaged("its tables are not those of its manifest".to_owned()));
    }
    Ok(Manifest { archive: Some(Measures { size, sha256, plain_size, plain_sha256 }), ..manifest })
}

/// The table that the first line of an archive is of; `None` where it has no line. Nothing is known of the rest, nor of who has made it.
///
/// # Errors
/// When it cannot be read so far.
pub fn first_table(file: impl Read, identities: &[Identity]) -> Result<Option<String>, ReadError> {
    let decryptor = age::Decryptor::new_buffered(io::BufReader::with_capacity(1 << 16, file)).map_err(of_age)?;
    let opened = decryptor.decrypt(identities.iter().map(|identity| &identity.0 as &dyn age::Identity)).map_err(of_age)?;
    let mut decoder = zstd::Decoder::new(opened).map_err(damaged)?;
    decoder.window_log_max(WINDOW).map_err(damaged)?;
    let mut archive = Archive::new(decoder);
    for entry in archive.entries().map_err(damaged)?.take(2) {
        let path = String::from_utf8_lossy(&entry.map_err(damaged)?.path_bytes()).into_owned();
        if let Some((table, _)) = path.strip_suffix(".ndjson").and_then(|path| path.rsplit_once('/')) {
            return Ok(Some(table.to_owned()));
        }
    }
    Ok(None)
}

/// What a manifest says.
///
/// # Errors
/// When it is of a newer version, or says nothing of the kind.
pub fn manifest(text: &str) -> Result<Manifest, ReadError> {
    /// What all versions say.
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    let version: Version = serde_json::from_str(text).map_err(|error| ReadError::Foreign(error.to_string()))?;
    if version.format > FORMAT {
        return Err(ReadError::Newer(version.format));
    }
    serde_json::from_str(text).map_err(|error| ReadError::Damaged(format!("its manifest cannot be read ({error})")))
}

fn of_age(error: age::DecryptError) -> ReadError {
    match error {
        age::DecryptError::NoMatchingKeys => ReadError::NoKey,
        age::DecryptError::InvalidHeader | age::DecryptError::UnknownFormat => {
            ReadError::Foreign("it is not encrypted with age".to_owned())
        }
        age::DecryptError::Io(error) => damaged(error),
        other => ReadError::Damaged(other.to_string()),
    }
}

/// What went wrong in one of the layers: the disk says what is wrong with it by a number, everything else is what the file says.
fn damaged(error: io::Error) -> ReadError {
    if error.raw_os_error().is_some() { ReadError::Unreadable(error) } else { ReadError::Damaged(error.to_string()) }
}
