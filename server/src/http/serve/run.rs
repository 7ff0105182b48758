//! Letting connections in until the server stops.

use super::connection::Connection;
use super::limits::Limits;
use crate::doors::Doors;
use axum::Router;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests that are being answered may still take when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How long is waited for files to be closed when there are no more to be had.
const NO_FILES: Duration = Duration::from_millis(200);

/// Has the system hold little of what a client does not take: else it holds up to 4 MiB, and an answer seems taken that is not. What is on its way is not
/// limited, so that far clients get as much as ever.
#[cfg(target_os = "linux")]
fn hold_little(stream: &tokio::net::TcpStream) {
    /// Bytes that are not on their way.
    const UNSENT: u32 = 128 << 10;
    let _ = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT);
}

/// Answers connections until `stop` is done, then gives those that are being answered some time.
pub async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    run_within(listener, router, Limits::default(), stop).await;
}

/// [`run`], with limits for connections.
pub async fn run_within(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let closing = CancellationToken::new();
    let doors = Doors::new(limits.doors, closing.clone());
    let connections = TaskTracker::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => match doors.enter(peer.ip()) {
                Ok(place) => {
                    let _ = stream.set_nodelay(true);
                    #[cfg(target_os = "linux")]
                    hold_little(&stream);
                    connections.spawn(Connection { stream, peer, place, limits }.answer(router.clone()));
                }
                Err(why) => metrics::counter!("vigia_http_refused_connections_total", "why" => why.name()).increment(1),
            },
            // Out of file descriptors, mostly: wait for some to be closed instead of spinning.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                doors.make_room();
                tokio::time::sleep(NO_FILES).await;
            }
        }
    }
    drop(listener);
    tracing::info!("stopping");
    closing.cancel();
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!(seconds = GRACE.as_secs(), "gave up requests that were still being answered");
    }
}
