//! Fair shares: how much of the server one person has at a time. Others do not wait for what one person asks.
//!
//! Whoever reads reports takes a share before the first question, and keeps it until the answer is taken: so a person who asks much waits for
//! themselves, and answers that nobody reads are few. A token is a person of its own.

use crate::shares::{Share, Shares};
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// Live streams of one person.
pub(super) const STREAMS: usize = 20;

/// When whoever found nothing free may come again: in a second, for what others have is theirs for moments.
pub(super) const COME_AGAIN: (HeaderName, HeaderValue) = (header::RETRY_AFTER, HeaderValue::from_static("1"));

/// Large bodies of one address.
pub(super) const BODIES: usize = 8;

/// How much one person may ask at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Questions {
    /// Requests that are being answered. SQLite answers four questions at a time: so others always find one free.
    pub at_once: usize,
    /// How long further ones wait before they are refused.
    pub patience: Duration,
}

impl Default for Questions {
    fn default() -> Self {
        Self { at_once: 3, patience: Duration::from_secs(10) }
    }
}

/// The share of a request, once it has one, until its answer is taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken(Arc<Mutex<Asked>>);

/// Whether a request has asked for a share.
#[derive(Debug, Default)]
enum Asked {
    #[default]
    NotYet,
    Has(Share),
    Refused,
}

impl Taken {
    /// Takes a share of the questions of whoever the request is answered for; one, however much it asks.
    ///
    /// # Errors
    /// [`ErrorKind::SlowDown`] when there is none in time.
    pub(super) async fn take(&self, questions: &Shares, person: &str) -> Result<(), ApiError> {
        if matches!(*self.asked(), Asked::Has(_)) {
            return Ok(());
        }
        let Some(share) = questions.of(person).await else {
            *self.asked() = Asked::Refused;
            metrics::counter!("vigia_questions_refused_total").increment(1);
            return Err(ApiError::new(ErrorKind::SlowDown, sentence!("share.questions", count = questions.each)));
        };
        *self.asked() = Asked::Has(share);
        Ok(())
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what a request has taken until the body of its answer is dropped; says when to come again where there was nothing to take.
pub(super) async fn hold(mut request: Request, next: Next) -> Response {
    let taken = Taken::default();
    request.extensions_mut().insert(taken.clone());
    let mut response = next.run(request).await;
    let asked = std::mem::take(&mut *taken.asked());
    match asked {
        Asked::NotYet => response,
        Asked::Has(share) => response.map(|body| Body::new(Held { body, _share: share })),
        Asked::Refused => {
            response.headers_mut().extend([COME_AGAIN]);
            response
        }
    }
}

/// A body with the share it was made with.
struct Held {
    body: Body,
    _share: Share,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
