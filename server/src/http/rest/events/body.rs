//! The body of a request with events: decompressed as it arrives, and never held whole.

use crate::http::endpoint::problem;
use crate::http::problem::document;
use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::io::StreamReader;
use utoipa::IntoResponses;
use utoipa::openapi::RefOr;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Largest body as it is sent, in bytes: 16 MiB.
const MAX_SENT: usize = 16 << 20;
/// Largest body once decompressed, in bytes: 64 MiB.
const MAX_UNPACKED: usize = 64 << 20;
/// How long the sender may be silent in the middle of a body.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a whole body may take.
const LONGEST: Duration = Duration::from_secs(600);
/// How long a refused sender is listened to.
const FAREWELL: Duration = Duration::from_secs(2);
/// Largest window of zstd, as a power of two: 8 MiB (RFC 9659).
const WINDOW_LOG: u32 = 23;
/// What of a body is held at a time, in bytes, but for one long line.
pub(super) const HELD: usize = 320 << 10;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Identity,
    Gzip,
    Zstd,
}

impl Packing {
    #[expect(clippy::result_large_err, reason = "the error is the answer")]
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Response> {
        let value = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default().trim().to_ascii_lowercase());
        match value.as_deref() {
            None | Some("" | "identity") => Ok(Self::Identity),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip),
            Some("zstd") => Ok(Self::Zstd),
            Some(other) => {
                let words = sentence!("events.encoding", encoding = format!("{other:?}"));
                Err(document(StatusCode::UNSUPPORTED_MEDIA_TYPE, &ApiError::invalid("Content-Encoding", words)))
            }
        }
    }

    /// A body whose head says already that it is too large is not read at all.
    pub(super) fn check_length(headers: &HeaderMap) -> Result<(), Unreadable> {
        if length(headers).is_some_and(|length| length > MAX_SENT) { Err(Unreadable::TooLarge { unpacked: false }) } else { Ok(()) }
    }

    /// How much of the body may be in memory at a time, in bytes, as far as its head tells.
    pub(super) fn share(self, headers: &HeaderMap) -> usize {
        let sent = length(headers).unwrap_or(MAX_SENT);
        match self {
            Self::Identity => sent.min(HELD),
            Self::Gzip => sent.saturating_mul(16).min(HELD),
            Self::Zstd => sent.saturating_mul(16).min(HELD + (1 << WINDOW_LOG)),
        }
    }
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Why a body is not read to its end.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// More than [`MAX_SENT`], or [`MAX_UNPACKED`].
    TooLarge { unpacked: bool },
    /// Not packed as it says, or cut off.
    Broken(io::Error),
    /// [`SILENCE`] passed without a byte, or [`LONGEST`] without the end.
    Slow,
}

impl Unreadable {
    /// The answer; `before` makes of what is wrong a sentence that also says what became of what was read until then.
    pub(super) fn answer(&self, before: impl FnOnce(Sentence) -> Sentence) -> Response {
        let (status, field, wrong) = match self {
            Self::TooLarge { unpacked: false } => {
                (StatusCode::PAYLOAD_TOO_LARGE, None, sentence!("events.too-large", most = MAX_SENT >> 20))
            }
            Self::TooLarge { unpacked: true } => {
                (StatusCode::PAYLOAD_TOO_LARGE, None, sentence!("events.too-large-unpacked", most = MAX_UNPACKED >> 20))
            }
            Self::Broken(error) => {
                (StatusCode::BAD_REQUEST, Some("body".to_owned()), sentence!("events.broken", wrong = error.to_string()))
            }
            Self::Slow => {
                let wrong = sentence!("events.slow", silence = SILENCE.as_secs(), longest = LONGEST.as_secs() / 60);
                (StatusCode::REQUEST_TIMEOUT, None, wrong)
            }
        };
        document(status, &ApiError { kind: ErrorKind::Invalid, field, message: before(wrong) })
    }
}

/// The answers to a body that is too large, too slow, or packed in an unknown way.
pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let slow =
            format!("Nothing of the body came for {} s, or it took longer than {} minutes.", SILENCE.as_secs(), LONGEST.as_secs() / 60);
        let large = format!("The body has more than {} MiB, or more than {} MiB once it is unpacked.", MAX_SENT >> 20, MAX_UNPACKED >> 20);
        let packed = "The body is packed in a way that is not read here.".to_owned();
        [("408", slow), ("413", large), ("415", packed)].map(|(status, words)| (status.to_owned(), problem(words).into())).into()
    }
}

/// Reads what a refused sender is still sending, and forgets it: one that is cut off in the middle may never see the answer.
pub(super) async fn forget(body: Body) {
    let mut body = Limited::new(body, 2 * MAX_SENT);
    let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = body.frame().await {} }).await;
}

/// A body being read.
pub(super) struct Unpacked {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    buffer: Vec<u8>,
    read: usize,
    until: Instant,
}

impl Unpacked {
    pub(super) fn new(body: Body, packing: Packing) -> Self {
        let sent = BufReader::new(StreamReader::new(Limited::new(body, MAX_SENT).map_err(io::Error::other).into_data_stream()));
        let reader: Box<dyn AsyncRead + Send + Unpin> = match packing {
            Packing::Identity => Box::new(sent),
            Packing::Gzip => {
                let mut decoder = GzipDecoder::new(sent);
                decoder.multiple_members(true);
                Box::new(decoder)
            }
            Packing::Zstd => {
                let mut decoder = ZstdDecoder::with_params(sent, &[DParameter::window_log_max(WINDOW_LOG)]);
                decoder.multiple_members(true);
                Box::new(decoder)
            }
        };
        Self { reader, buffer: vec![0; 32 << 10], read: 0, until: Instant::now() + LONGEST }
    }

    /// The bytes that come next; none at the end.
    pub(super) async fn next(&mut self) -> Result<&[u8], Unreadable> {
        let until = self.until.min(Instant::now() + SILENCE);
        let read = timeout_at(until, self.reader.read(&mut self.buffer)).await.map_err(|_| Unreadable::Slow)?;
        let read = read.map_err(|error| {
            let mut cause: Option<&(dyn Error + 'static)> = error.get_ref().map(|inner| inner as _);
            while let Some(inner) = cause {
                if inner.is::<LengthLimitError>() {
                    return Unreadable::TooLarge { unpacked: false };
                }
                cause = inner.source();
            }
            Unreadable::Broken(error)
        })?;
        self.read += read;
        if self.read > MAX_UNPACKED {
            return Err(Unreadable::TooLarge { unpacked: true });
        }
        Ok(&self.buffer[..read])
    }
}
