//! A bucket of an S3-compatible store as a place for copies.
//!
//! What is larger than one part is sent in parts: the store keeps them until the upload is ended or taken back. Takes the memory of one part for an
//! archive of any size.

use super::copy_error::{CopyError, blocking, differs, original};
use super::measures::Measures;
use super::variables::StoreVariables;
use super::wrong::Asked;
use crate::backups::archive::measured::hex;
use crate::backups::archive::{EXTENSION, MANIFEST};
use crate::backups::place::Stored;
use crate::backups::turn::Progress;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::multipart::MultipartStore as _;
use object_store::path::Path;
use object_store::{ClientConfigKey, Error, ObjectStoreExt as _, PutPayload, RetryConfig};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Bytes that are sent or read at once. Stores want 5 MiB at least.
const PART: u64 = 8 << 20;
/// Parts of an upload at most, as S3 has it.
const PARTS: u64 = 10_000;
/// For one request, with its part: 140 kB/s are enough. `AWS_TIMEOUT` says otherwise.
const TIMEOUT: &str = "60s";
const CONNECT: &str = "10s";
/// How long a store may say nothing where an archive is read as it comes. `AWS_READ_TIMEOUT` says otherwise.
const SILENCE: &str = "20s";
/// Longer than any reader takes: the client of the store has no other way to say that there is no end.
const ENDLESS: &str = "365days";
/// What goes wrong is tried again so often, and so long. Then it is a later round's.
const RETRIES: usize = 3;
const RETRIED: Duration = Duration::from_secs(60);

/// What a bucket is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Parts, of which each has its time.
    Parts,
    /// Archives from a byte on: it takes as long as whoever reads them, and who reads tries again.
    Streams,
}

pub(super) struct Bucket {
    pub(super) store: AmazonS3,
    prefix: String,
    asked: Asked,
}

impl Bucket {
    pub(super) fn open(bucket: &str, prefix: &str, variables: &StoreVariables) -> Result<Self, CopyError> {
        Self::with(bucket, prefix, variables, Asks::Parts)
    }

    /// One to read from as long as a reader takes.
    pub(super) fn to_read(bucket: &str, prefix: &str, variables: &StoreVariables) -> Result<Self, CopyError> {
        Self::with(bucket, prefix, variables, Asks::Streams)
    }

    fn with(bucket: &str, prefix: &str, variables: &StoreVariables, asks: Asks) -> Result<Self, CopyError> {
        // The client of the store asks for the process's.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |key| AmazonS3ConfigKey::Client(key);
        let max_retries = if asks == Asks::Parts { RETRIES } else { 0 };
        let retry = RetryConfig { max_retries, retry_timeout: RETRIED, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new().with_retry(retry);
        builder =
            builder.with_config(client(ClientConfigKey::Timeout), TIMEOUT).with_config(client(ClientConfigKey::ConnectTimeout), CONNECT);
        if asks == Asks::Streams {
            builder = builder.with_config(client(ClientConfigKey::ReadTimeout), SILENCE);
        }
        for (name, value) in variables.iter() {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        if asks == Asks::Streams {
            builder = builder.with_config(client(ClientConfigKey::Timeout), ENDLESS);
        }
        let value = |key| builder.get_config_value(&key);
        let endpoint = value(AmazonS3ConfigKey::S3Endpoint).or_else(|| value(AmazonS3ConfigKey::Endpoint));
        let is_readable = endpoint.as_deref().is_some_and(|endpoint| endpoint.to_ascii_lowercase().starts_with("http://"));
        if is_readable && value(client(ClientConfigKey::AllowHttp)).as_deref() != Some("true") {
            let wrong = "AWS_ENDPOINT_URL begins with http://, so what is asked crosses the network readable. Write https://; or, in a network \
                         you trust, set AWS_ALLOW_HTTP to true.";
            return Err(CopyError::Place(wrong.to_owned()));
        }
        for (one, other) in [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")] {
            if variables.has(&[one]) && !variables.has(&[other]) {
                return Err(CopyError::Place(format!("{one} is set, and {other} is not. Set both.")));
            }
        }
        let asked = Asked {
            bucket: bucket.to_owned(),
            store: endpoint.as_deref().map_or("Amazon S3", host).to_owned(),
            key: variables.has(&[
                "AWS_ACCESS_KEY_ID",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            ]),
        };
        let store = builder.with_bucket_name(bucket).build().map_err(|error| CopyError::Place(asked.why(&error)))?;
        Ok(Self { store, prefix: prefix.to_owned(), asked })
    }

    fn path(&self, file: &str) -> Path {
        Path::from_iter(self.prefix.split('/').filter(|part| !part.is_empty()).chain([file]))
    }

    pub(super) fn archive(&self, name: &str) -> Path {
        self.path(&format!("{name}{EXTENSION}"))
    }

    fn beside(&self, name: &str) -> Path {
        self.path(&format!("{name}{EXTENSION}{MANIFEST}"))
    }

    pub(super) fn wrong(&self, error: &Error) -> CopyError {
        CopyError::Place(self.asked.why(error))
    }

    pub(super) async fn begin(&self, stored: &Stored) -> Result<Option<String>, CopyError> {
        if Measures::of(stored)?.size <= PART {
            return Ok(None);
        }
        self.store.create_multipart(&self.archive(&stored.name)).await.map(Some).map_err(|error| self.wrong(&error))
    }

    pub(super) async fn write(&self, stored: &Stored, upload: Option<&str>, progress: &Progress) -> Result<(), CopyError> {
        let (wanted, path) = (Measures::of(stored)?, self.archive(&stored.name));
        let part = part(wanted.size);
        let mut file = tokio::fs::File::open(&stored.path).await.map_err(|error| original(&error))?;
        let (mut hash, mut parts, mut left) = (Sha256::new(), Vec::new(), wanted.size);
        loop {
            let mut bytes = vec![0; usize::try_from(part.min(left)).unwrap_or(0)];
            file.read_exact(&mut bytes).await.map_err(|error| original(&error))?;
            left -= bytes.len() as u64;
            hash.update(&bytes);
            if left == 0 && hex(&hash.clone().finalize()) != wanted.sha256 {
                return Err(differs());
            }
            let sent = bytes.len() as u64;
            match upload {
                Some(upload) => {
                    let sent = self.store.put_part(&path, &upload.to_owned(), parts.len(), PutPayload::from(bytes)).await;
                    parts.push(sent.map_err(|error| self.wrong(&error))?);
                }
                None => drop(self.store.put(&path, PutPayload::from(bytes)).await.map_err(|error| self.wrong(&error))?),
            }
            progress.done.fetch_add(sent, Ordering::Relaxed);
            if left == 0 {
                break;
            }
        }
        crate::crash::point("copy.sent");
        if let Some(upload) = upload {
            self.store.complete_multipart(&path, &upload.to_owned(), parts).await.map_err(|error| self.wrong(&error))?;
        }
        Ok(())
    }

    pub(super) async fn abort(&self, name: &str, upload: &str) -> Result<(), CopyError> {
        match self.store.abort_multipart(&self.archive(name), &upload.to_owned()).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    pub(super) async fn holds(&self, stored: &Stored) -> Result<bool, CopyError> {
        let (wanted, path) = (Measures::of(stored)?, self.archive(&stored.name));
        match self.store.head(&path).await {
            Ok(found) if found.size == wanted.size => {}
            // Who may not list does not hear that something is not there: writing it says whether anything else is wrong.
            Ok(_) | Err(Error::NotFound { .. } | Error::PermissionDenied { .. }) => return Ok(false),
            Err(error) => return Err(self.wrong(&error)),
        }
        let (mut hash, mut at) = (Sha256::new(), 0);
        while at < wanted.size {
            let until = (at + PART).min(wanted.size);
            let bytes = self.store.get_range(&path, at..until).await.map_err(|error| self.wrong(&error))?;
            hash = blocking(move || Ok(hash.chain_update(&bytes))).await?;
            at = until;
        }
        Ok(hex(&hash.finalize()) == wanted.sha256)
    }

    pub(super) async fn list(&self, stored: &Stored) -> Result<(), CopyError> {
        let path = self.beside(&stored.name);
        self.store.put(&path, PutPayload::from(stored.note.clone().into_bytes())).await.map_err(|error| self.wrong(&error))?;
        let size = stored.note.len() as u64;
        let found = self.store.get_range(&path, 0..size + 1).await.map_err(|error| self.wrong(&error))?;
        if found == stored.note.as_bytes() {
            Ok(())
        } else {
            Err(CopyError::Place(format!("The manifest at {} is not what was written.", self.asked.store)))
        }
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), CopyError> {
        for path in [self.beside(name), self.archive(name)] {
            match self.store.delete(&path).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(self.wrong(&error)),
            }
            crate::crash::point("copy.unlisted");
        }
        Ok(())
    }

    pub(super) async fn read(&self, name: &str, mut into: File) -> Result<(), CopyError> {
        let path = self.archive(name);
        let size = self.store.head(&path).await.map_err(|error| self.wrong(&error))?.size;
        let mut at = 0;
        while at < size {
            let until = (at + PART).min(size);
            let bytes = self.store.get_range(&path, at..until).await.map_err(|error| self.wrong(&error))?;
            into = blocking(move || {
                into.write_all(&bytes).map_err(|error| CopyError::Place(format!("What was read could not be written: {error}.")))?;
                Ok(into)
            })
            .await?;
            at = until;
        }
        Ok(())
    }
}

/// Bytes of a part of an archive that is so large.
fn part(size: u64) -> u64 {
    PART.max(size.div_ceil(PARTS).next_multiple_of(1 << 20))
}

/// The host of an address, for people: never a password before it.
fn host(address: &str) -> &str {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or(host);
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_of_any_size_has_no_more_parts_than_a_store_takes() {
        assert_eq!((part(1), part(79 << 30)), (8 << 20, 9 << 20));
        for size in [1_u64, 10 << 30, 100 << 30, 5 << 40] {
            assert!(size.div_ceil(part(size)) <= PARTS, "{size}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(host("https://key:hunter2@store.example:9000/x"), "store.example:9000");
    }
}
