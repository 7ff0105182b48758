//! Messages over TCP, with TLS or without.

use super::{Framing, GROUP_BYTES, LINGER, Stream};
use crate::doors::{Doors, Limits, Place, Standing};
use crate::ingest::Feed;
use crate::ingest::understanding::understood;
use socket2::{SockRef, TcpKeepalive};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Most connections of a listener at a time.
pub const MAX_CONNECTIONS: usize = 256;
/// Whom they are for. A sender may be silent for days and has nobody who asks again for what it sent into a connection that was closed: so one
/// that has sent a message gives way to another address only where its own has more. A first message that does not end may take a megabyte, so
/// there are few of those.
pub(super) const LIMITS: Limits = Limits { all: MAX_CONNECTIONS, per_address: MAX_CONNECTIONS / 4 * 3, asking: 32, known_give_way: false };
/// How long TLS may take to begin.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a sender may be silent in the middle of a message. Between messages it may be as long as it is there.
const SILENCE: Duration = Duration::from_secs(60);
/// A sender that is silent is asked whether it is still there: after this long, and so often.
const ALIVE_AFTER: Duration = Duration::from_secs(60);
const ALIVE_EVERY: Duration = Duration::from_secs(15);
const ALIVE_TRIES: u32 = 4;
const BUFFER: usize = 32 << 10;
/// So many connections of a listener may hold a group of messages at a time; the others are not read meanwhile.
const GROUPS: usize = 4;

pub(super) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, stream: Stream, limits: Limits, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let doors = Doors::new(limits, stop.clone());
    let groups = Arc::new(Semaphore::new(GROUPS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((socket, peer)) => {
                let place = match doors.enter(peer.ip()) {
                    Ok(place) => place,
                    Err(why) => {
                        metrics::counter!("vigia_syslog_refused_connections_total", "why" => why.name()).increment(1);
                        continue;
                    }
                };
                let keepalive = TcpKeepalive::new().with_time(ALIVE_AFTER).with_interval(ALIVE_EVERY).with_retries(ALIVE_TRIES);
                let _ = SockRef::from(&socket).set_tcp_keepalive(&keepalive);
                let (tls, stream, groups, stop) = (tls.clone(), stream.clone(), groups.clone(), stop.clone());
                connections.spawn(async move {
                    connection(socket, tls, &stream, &groups, &place, &stop).await;
                    if place.gave_way() {
                        metrics::counter!("vigia_syslog_cut_connections_total").increment(1);
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                doors.make_room();
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(
    socket: TcpStream,
    tls: Option<TlsAcceptor>,
    stream: &Stream,
    groups: &Semaphore,
    place: &Place,
    stop: &CancellationToken,
) {
    let Some(tls) = tls else { return receive(socket, stream, groups, place, stop).await };
    let agreed = tokio::select! {
        agreed = timeout(HANDSHAKE, tls.accept(socket)) => agreed,
        () = place.leave().cancelled() => return,
    };
    match agreed {
        Ok(Ok(socket)) => receive(socket, stream, groups, place, stop).await,
        Ok(Err(error)) => tracing::warn!(%error, "a sender of syslog messages and this server could not agree on TLS"),
        Err(_) => tracing::warn!(seconds = HANDSHAKE.as_secs(), "a sender of syslog messages did not begin TLS"),
    }
}

/// Reads messages until the sender ends, its place is needed, or the server ends; groups of them are stored before more is read.
async fn receive(mut socket: impl AsyncRead + Unpin, stream: &Stream, groups: &Semaphore, place: &Place, stop: &CancellationToken) {
    let mut reading = Reading { feed: stream.feed(), framing: Framing::default() };
    let mut buffer = vec![0; BUFFER];
    let mut known = false;
    loop {
        // A group begins with whatever comes first.
        let first = tokio::select! {
            read = read(&mut socket, &mut buffer, reading.framing.is_open()) => read,
            () = place.leave().cancelled() => None,
        };
        let Some(bytes) = first else { break };
        place.stands(Standing::Busy);
        let group = groups.acquire().await;
        reading = reading.push(bytes).await;
        let until = Instant::now() + LINGER;
        let mut ended = false;
        while reading.feed.bytes() < GROUP_BYTES && !ended {
            match timeout_at(until, socket.read(&mut buffer)).await {
                Ok(Ok(read)) if read > 0 => reading = reading.push(&buffer[..read]).await,
                Ok(_) => ended = true,
                Err(_) => break,
            }
        }
        known = known || reading.feed.lines() > 0;
        stream.store(&mut reading.feed, stop).await;
        drop(group);
        if ended {
            break;
        }
        // One whose first message does not end is not known yet.
        place.stands(if known { Standing::Idle } else { Standing::Asking });
    }
    let Reading { feed, framing } = reading;
    let mut feed = understood(framing.held(), move || {
        let mut feed = feed;
        framing.end(&mut |item| take(&mut feed, item));
        feed
    })
    .await;
    stream.store(&mut feed, stop).await;
}

/// What of a connection is understood.
struct Reading {
    feed: Feed,
    framing: Framing,
}

impl Reading {
    async fn push(self, bytes: &[u8]) -> Self {
        let bytes = bytes.to_vec();
        understood(self.framing.held() + bytes.len(), move || {
            let Self { mut feed, mut framing } = self;
            framing.push(&bytes, &mut |item| take(&mut feed, item));
            Self { feed, framing }
        })
        .await
    }
}

/// The bytes that come next; `None` when there are no more, or the sender went silent inside a message.
async fn read<'a>(socket: &mut (impl AsyncRead + Unpin), buffer: &'a mut [u8], inside: bool) -> Option<&'a [u8]> {
    let read = match inside {
        true => timeout(SILENCE, socket.read(buffer)).await.ok()?,
        false => socket.read(buffer).await,
    };
    let read = read.ok().filter(|read| *read > 0)?;
    Some(&buffer[..read])
}

pub(super) fn take(feed: &mut Feed, item: Result<&str, (crate::ingest::lines::NoText, &[u8])>) {
    // What is broken is in the quarantine; there is nobody to tell.
    let _ = match item {
        Ok(text) => feed.line(text),
        Err((why, bytes)) => feed.no_text(why, bytes),
    };
}
