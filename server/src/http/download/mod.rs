//! A stored file as an answer, whole or in ranges, as RFC 9110 has it: what a browser or `curl -C -` resumes, however large it is.
//!
//! Whoever answers describes the file ([`Download`]), says where its bytes are ([`Source`], [`LocalFile`]) and who is told how it ended ([`Sending`]), and calls
//! [`respond`]. A file is read piece by piece, so memory does not grow with it. The route has to be of an endpoint that streams: others are compressed, and have to
//! end in time.
//!
//! What the standard leaves open is answered so:
//!
//! - **Ranges** that overlap or follow one another become one; several that are left are `multipart/byteranges`. A header with more than 16 is ignored, and the
//!   whole is sent.
//! - **Every 206 has all headers**, also one that follows `If-Range`, where 15.3.7 would leave some out: a client may hold them against those of the first answer.
//! - **`no-store`**, since an archive is nobody's to keep but who asked for it. Chromium resumes even so (it goes by `ETag` and `Last-Modified`).
//! - **A file that cannot be read to its end**, or whose reader loses the right to it, ends the connection before the promised length: no client takes it for whole.

mod body;
mod conditions;
mod described;
mod disposition;
mod ended;
mod guard;
mod local;
mod pace;
mod parts;
mod ranges;
mod source;
#[cfg(test)]
mod tests;

pub(in crate::http) use disposition::attachment;
pub use ended::{Ended, Ending};
pub use guard::{Guard, May};
pub use local::LocalFile;
pub use source::{Pieces, Source};

use super::problem;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use body::Sender;
use conditions::Verdict;
use ended::Count;
use pace::Pace;
use parts::Part;
use ranges::Asked;
use std::collections::VecDeque;
use std::io;
use std::num::NonZeroU64;
use std::sync::Arc;
use tokio::time::Instant;
use vigia_app::model::{ApiError, ErrorKind, Timestamp};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// What is downloaded: bytes that are never written to again.
#[derive(Debug, Clone)]
pub struct Download {
    /// What the file is to be called where it is kept; what no file may be called is changed.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Of all bytes. It is the entity tag, and what a client can check the bytes against.
    pub sha256: [u8; 32],
    /// When the file was made; not in the future.
    pub modified: Timestamp,
    pub media_type: &'static str,
}

/// How it is sent.
pub struct Sending {
    pub source: Arc<dyn Source>,
    /// Bytes a second at most.
    pub speed: Option<NonZeroU64>,
    /// Called for every answer that has bytes of the file, or would have if they could be read; not for HEAD, 304, 412 and 416.
    pub ended: Ending,
    /// Says whether it may go on; `None` where nobody's rights can end meanwhile.
    pub guard: Option<Guard>,
}

/// Answers GET and HEAD: with 200, 206, 304, 412, 416.
///
/// # Errors
/// When the file cannot be read from where it is asked for: nothing was said yet. HEAD does not read it.
pub async fn respond(download: &Download, sending: Sending, method: &Method, headers: &HeaderMap) -> io::Result<Response<Body>> {
    if method != Method::GET && method != Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
    }
    match download.validators().verdict(headers) {
        Verdict::Holds => {}
        Verdict::NotModified => return Ok((StatusCode::NOT_MODIFIED, download.about_caching()).into_response()),
        Verdict::Failed => return Ok(refused(StatusCode::PRECONDITION_FAILED, sentence!("problem.other-file"))),
    }
    let mut response = Response::new(Body::empty());
    let about = response.headers_mut();
    about.extend(download.about_caching());
    about.extend(download.about_file());
    let (status, parts) = match download.asked(method, headers) {
        Asked::Whole if download.size == 0 => (StatusCode::OK, VecDeque::new()),
        Asked::Whole => (StatusCode::OK, [Part::File(0..download.size)].into()),
        Asked::Parts(ranges) => {
            let (name, value) = match ranges.as_slice() {
                [bytes] => download.about_range(bytes),
                _ => download.about_parts(),
            };
            about.insert(name, value);
            (StatusCode::PARTIAL_CONTENT, parts::of(ranges, download.size, download.media_type, &download.boundary()))
        }
        Asked::Beyond => return Ok(beyond(download.size)),
    };
    let length = parts::length(&parts);
    about.insert(header::CONTENT_LENGTH, length.into());
    *response.status_mut() = status;
    if method == Method::HEAD {
        return Ok(response);
    }
    let body = sending.body(download, parts, length).await?;
    Ok(response.map(|_| body))
}

impl Download {
    /// What is asked for. HEAD has no ranges (14.2), nor has a header that is there several times.
    fn asked(&self, method: &Method, headers: &HeaderMap) -> Asked {
        let mut ranges = headers.get_all(header::RANGE).iter();
        match (ranges.next(), ranges.next()) {
            (Some(range), None) if method == Method::GET && self.validators().ranges_apply(headers) => {
                ranges::asked(range.as_bytes(), self.size)
            }
            _ => Asked::Whole,
        }
    }
}

impl Sending {
    async fn body(self, download: &Download, parts: VecDeque<Part>, length: u64) -> io::Result<Body> {
        let pace = self.speed.map(|speed| Pace::new(speed, Instant::now()));
        let mut sender = Sender::new(download.name.clone(), self.source, parts, pace, Count::new(length, self.ended), self.guard);
        sender.begin().await?;
        Ok(sender.body())
    }
}

fn refused(status: StatusCode, why: Sentence) -> Response<Body> {
    problem::document(status, &ApiError::new(ErrorKind::Invalid, why))
}

/// None of the bytes that are asked for are there.
fn beyond(size: u64) -> Response<Body> {
    let mut response = refused(StatusCode::RANGE_NOT_SATISFIABLE, sentence!("problem.range", size = size));
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(HeaderValue::from_str(&format!("bytes */{size}")).map(|range| (header::CONTENT_RANGE, range)));
    response
}
