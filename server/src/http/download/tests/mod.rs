//! Downloads as clients ask for them.

mod answers;
mod endings;
mod ranges;
mod wire;

use super::{Download, Ended, Ending, LocalFile, Pieces, Sending, Source, respond};
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use vigia_app::model::Timestamp;

/// `Last-Modified` of every file here; it was made some milliseconds later.
const THEN: &str = "Sun, 22 Nov 2026 14:03:27 GMT";

fn random(seed: u64) -> SmallRng {
    SmallRng::seed_from_u64(seed)
}

fn described(size: u64, sha256: [u8; 32]) -> Download {
    let modified = Timestamp::saturating(1_795_356_207_120);
    Download { name: "S\u{e3}o.tar.zst".to_owned(), size, sha256, modified, media_type: "application/zstd" }
}

/// A file of random bytes.
struct Kept {
    _folder: tempfile::TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
    download: Download,
}

/// An answer that was read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    ended: Vec<Ended>,
}

impl Kept {
    fn new(size: usize) -> Self {
        let mut bytes = vec![0; size];
        random(size as u64).fill(&mut bytes[..]);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kept");
        std::fs::write(&path, &bytes).expect("is written");
        let download = described(size as u64, Sha256::digest(&bytes).into());
        Self { _folder: folder, path, bytes, download }
    }

    fn etag(&self) -> String {
        self.download.validators().etag
    }

    async fn source(&self) -> Arc<dyn Source> {
        Arc::new(LocalFile::open(self.path.clone(), self.download.size).await.expect("is opened"))
    }

    async fn ask(&self, method: Method, headers: &[(&str, &str)]) -> Answer {
        let ended = Arc::default();
        let sending = Sending { source: self.source().await, speed: None, ended: noted(&ended), guard: None };
        let response = respond(&self.download, sending, &method, &written(headers)).await.expect("is read");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("is read").to_bytes().to_vec();
        let ended = ended.lock().expect("a lock").clone();
        Answer { status: head.status, headers: head.headers, body, ended }
    }

    async fn get(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, headers).await
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}

/// Writes down each time it is called.
fn noted(ended: &Arc<Mutex<Vec<Ended>>>) -> Ending {
    let ended = Arc::clone(ended);
    Box::new(move |how| ended.lock().expect("a lock").push(how))
}

fn written(headers: &[(&str, &str)]) -> HeaderMap {
    let header =
        |(name, value): &(&str, &str)| (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"));
    headers.iter().map(header).collect()
}

/// Pieces of 1 KB without end or, from one on, an error, too few or too many bytes.
#[derive(Default)]
struct MadeUp {
    /// How many were asked for.
    read: Arc<AtomicU64>,
    fails: Option<(u64, Failure)>,
}

#[derive(Clone, Copy)]
enum Failure {
    Error,
    TooFew,
    TooMany,
    /// There is no beginning to it.
    AtOnce,
}

const PIECE: u64 = 1024;

#[async_trait]
impl Source for MadeUp {
    async fn read(&self, bytes: Range<u64>) -> io::Result<Pieces> {
        let fails = self.fails;
        if let Some((_, Failure::AtOnce)) = fails {
            return Err(io::Error::other("the disk is gone"));
        }
        let read = Arc::clone(&self.read);
        let starts = stream::iter((bytes.start..bytes.end).step_by(1024).enumerate());
        let pieces = starts.map(move |(at, start)| {
            read.fetch_add(1, Ordering::Relaxed);
            let whole = Bytes::from(vec![7; usize::try_from(PIECE.min(bytes.end - start)).expect("fits")]);
            match fails {
                Some((from, failure)) if at as u64 >= from => match failure {
                    Failure::TooFew => None,
                    Failure::TooMany => Some(Ok(Bytes::from(vec![7; 1 << 20]))),
                    Failure::Error | Failure::AtOnce => Some(Err(io::Error::other("the disk is gone"))),
                },
                _ => Some(Ok(whole)),
            }
        });
        Ok(pieces.take_while(|piece| std::future::ready(piece.is_some())).filter_map(std::future::ready).boxed())
    }
}

impl MadeUp {
    fn failing(from: u64, failure: Failure) -> Self {
        Self { fails: Some((from, failure)), ..Self::default() }
    }
}
