//! One connection, from the first request to the last.

use super::limits::Limits;
use super::pulse::{Answer, Late, Pulse, Socket};
use crate::doors::Place;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tower::ServiceExt as _;

/// A connection that has a place.
pub(super) struct Connection {
    pub stream: TcpStream,
    pub peer: SocketAddr,
    pub place: Place,
    pub limits: Limits,
}

/// Why a connection ended that might have gone on.
enum Cut {
    /// It was told to, and waited.
    Left,
    Late(Late),
}

impl Connection {
    /// Answers its requests until it ends, takes too long for something, or is to leave and waits.
    pub(super) async fn answer(self, router: Router) {
        let Self { stream, peer, place, limits } = self;
        let leave = place.leave().clone();
        let pulse = Pulse::new(place);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let answering = pulse.begins();
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = router.clone();
            async move {
                let answer = router.oneshot(request).await?;
                Ok::<_, Infallible>(answer.map(|body| Answer::new(body, answering)))
            }
        });
        let mut http = http1::Builder::new();
        http.max_buf_size(Limits::HEAD_BYTES);
        let mut serving = pin!(http.serve_connection(TokioIo::new(Socket::new(stream, pulse.clone())), service));
        let mut clock = Clock { sleep: Box::pin(sleep_until(Instant::now() + limits.idle)) };
        let mut told = pin!(leave.cancelled());
        let mut leaves = false;
        let ended = poll_fn(|cx| {
            if let Poll::Ready(served) = serving.as_mut().poll(cx) {
                return Poll::Ready(Ok(served));
            }
            if !leaves && told.as_mut().poll(cx).is_ready() {
                leaves = true;
                if !pulse.waits() {
                    // What is being answered is the last.
                    serving.as_mut().graceful_shutdown();
                }
            }
            if leaves && pulse.waits() {
                return Poll::Ready(Err(Cut::Left));
            }
            clock.poll(&pulse, &limits, cx).map(|late| Err(Cut::Late(late)))
        });
        match ended.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a connection ended"),
            Err(Cut::Left) if pulse.place().gave_way() => cut("gave way"),
            Err(Cut::Left) => {}
            Err(Cut::Late(late)) => cut(late.name()),
        }
    }
}

fn cut(why: &'static str) {
    metrics::counter!("vigia_http_cut_connections_total", "why" => why).increment(1);
    tracing::debug!(why, "a connection was cut");
}

/// Keeps a connection to its deadlines.
struct Clock {
    sleep: Pin<Box<Sleep>>,
}

impl Clock {
    fn poll(&mut self, pulse: &Pulse, limits: &Limits, cx: &mut Context<'_>) -> Poll<Late> {
        let Some((deadline, late)) = pulse.deadline(limits) else { return Poll::Pending };
        if self.sleep.deadline() != deadline {
            self.sleep.as_mut().reset(deadline);
        }
        self.sleep.as_mut().poll(cx).map(|()| late)
    }
}
