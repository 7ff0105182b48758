//! What a connection is at, told by its socket and by its answers, and how long it may be at that.

use super::limits::Limits;
use crate::doors::{Place, Standing};
use axum::body::{Body, HttpBody};
use bytes::{Buf as _, Bytes};
use hyper::body::{Frame, SizeHint};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// An answer goes out in pieces of so many bytes at most, so that it is there until nearly all of it was taken: what counts its time and its
/// memory counts to its end.
const PIECE: usize = 32 << 10;

/// Shared by the parts of one connection, all of which are polled by its one task.
#[derive(Clone)]
pub(super) struct Pulse(Arc<Shared>);

struct Shared {
    place: Place,
    state: Mutex<State>,
}

struct State {
    standing: Standing,
    since: Instant,
    /// Since when the socket takes nothing of what is to be sent.
    blocked: Option<Instant>,
}

/// What a connection has not done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    Head,
    Idle,
    Stalled,
}

impl Late {
    /// In metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
        }
    }
}

impl Pulse {
    pub(super) fn new(place: Place) -> Self {
        let state = State { standing: Standing::New, since: Instant::now(), blocked: None };
        Self(Arc::new(Shared { place, state: Mutex::new(state) }))
    }

    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Whether it can end without cutting off an answer.
    pub(super) fn waits(&self) -> bool {
        let state = self.state();
        state.standing != Standing::Busy && state.blocked.is_none()
    }

    /// Until when it has to go on, and what it will otherwise not have done.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<(Instant, Late)> {
        let state = self.state();
        match (state.blocked, state.standing) {
            (Some(since), _) => Some((since + limits.stalled, Late::Stalled)),
            (None, Standing::Asking) => Some((state.since + limits.head, Late::Head)),
            (None, Standing::New | Standing::Idle) => Some((state.since + limits.idle, Late::Idle)),
            (None, Standing::Busy) => None,
        }
    }

    /// A request is whole up to its body, and is answered from now on until the answer's body is dropped.
    pub(super) fn begins(&self) -> Answering {
        self.stands(Standing::Busy);
        Answering(self.clone())
    }

    fn read(&self) {
        let waits = matches!(self.state().standing, Standing::New | Standing::Idle);
        if waits {
            self.stands(Standing::Asking);
        }
    }

    fn wrote<T>(&self, written: &Poll<io::Result<T>>) {
        let blocked = &mut self.state().blocked;
        match written {
            Poll::Pending => _ = blocked.get_or_insert_with(Instant::now),
            Poll::Ready(_) => *blocked = None,
        }
    }

    fn stands(&self, standing: Standing) {
        {
            let mut state = self.state();
            (state.standing, state.since) = (standing, Instant::now());
        }
        self.0.place.stands(standing);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered, until it is dropped.
pub(super) struct Answering(Pulse);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.stands(Standing::Idle);
    }
}

/// The body of an answer, in pieces.
pub(super) struct Answer {
    body: Body,
    /// What has come of the body and not gone.
    held: Bytes,
    _answering: Answering,
}

impl Answer {
    pub(super) fn new(body: Body, answering: Answering) -> Self {
        Self { body, held: Bytes::new(), _answering: answering }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.held.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => self.held = bytes,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let piece = self.held.remaining().min(PIECE);
        let piece = self.held.split_to(piece);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, held) = (self.body.size_hint(), self.held.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + held);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + held);
        }
        hint
    }
}

/// A socket that tells what goes over it.
pub(super) struct Socket {
    stream: TcpStream,
    pulse: Pulse,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, pulse: Pulse) -> Self {
        Self { stream, pulse }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.read();
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.pulse.wrote(&written);
        written
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.pulse.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
