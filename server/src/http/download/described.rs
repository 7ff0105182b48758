//! What the headers of an answer say of the file.

use super::conditions::Validators;
use super::disposition::attachment;
use super::{Download, parts};
use crate::digest::hex;
use axum::http::{HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Nobody keeps a copy, and nobody changes it on the way: packed again, it would be other bytes under the same tag.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, no-store, no-transform");

/// A name and its value.
pub(super) type Header = (HeaderName, HeaderValue);

impl Download {
    pub(super) fn validators(&self) -> Validators {
        let seconds = u64::try_from(self.modified.millis() / 1000).unwrap_or(0);
        Validators { etag: format!("\"{}\"", hex(&self.sha256)), modified: UNIX_EPOCH + Duration::from_secs(seconds) }
    }

    /// What also a 304 says.
    pub(super) fn about_caching(&self) -> [Header; 2] {
        [(header::ETAG, value(&self.validators().etag)), (header::CACHE_CONTROL, CACHE_CONTROL)]
    }

    /// What every answer says that has bytes.
    pub(super) fn about_file(&self) -> [Header; 5] {
        [
            (header::CONTENT_TYPE, value(self.media_type)),
            (header::LAST_MODIFIED, value(&httpdate::fmt_http_date(self.validators().modified))),
            (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            (header::CONTENT_DISPOSITION, value(&attachment(&self.name))),
            (REPR_DIGEST, value(&format!("sha-256=:{}:", STANDARD.encode(self.sha256)))),
        ]
    }

    /// What an answer says that has these bytes only.
    pub(super) fn about_range(&self, bytes: &Range<u64>) -> Header {
        (header::CONTENT_RANGE, value(&parts::content_range(bytes, self.size)))
    }

    /// What an answer says that has several ranges.
    pub(super) fn about_parts(&self) -> Header {
        (header::CONTENT_TYPE, value(&format!("multipart/byteranges; boundary={}", self.boundary())))
    }

    /// What stands between ranges. A file cannot hold its own digest, so it is in none of them.
    pub(super) fn boundary(&self) -> String {
        hex(&self.sha256)
    }
}

/// All values are made of ASCII that can be seen, and blanks; what is not becomes an empty one.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
