//! Messages over UDP: one a datagram.

use super::framing::hand_over;
use super::tcp::take;
use super::{GROUP_BYTES, LINGER, Stream};
use crate::ingest::understanding::understood;
use socket2::{Domain, Protocol, Type};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What the system is asked to hold for us, in bytes; it may give less (`net.core.rmem_max`).
const RECEIVE_BUFFER: usize = 8 << 20;
/// Most bytes of messages that wait for the store; when they are there, further messages are dropped and counted.
const WAITING: usize = 8 << 20;
const MAX_DATAGRAM: usize = 64 << 10;
/// So many messages are still taken when the server stops.
const LAST: usize = 20_000;

pub(super) fn bind(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// Messages between the socket and the store.
#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// Where each message ends.
    ends: Vec<usize>,
}

/// Receives in one task and stores in another, so that a slow store fills memory that we count, not the system's that we do not.
pub(super) async fn run(socket: UdpSocket, stream: &Stream, stop: &CancellationToken) {
    let waiting: Arc<Mutex<Waiting>> = Arc::default();
    let (arrived, ended) = (Arc::new(Notify::new()), CancellationToken::new());
    let receiver = tokio::spawn(receive(socket, waiting.clone(), arrived.clone(), stop.clone(), ended.clone()));
    let mut feed = stream.feed();
    loop {
        tokio::select! {
            () = arrived.notified() => tokio::time::sleep(LINGER).await,
            () = ended.cancelled() => {}
        }
        let last = ended.is_cancelled();
        let group = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut group, mut done) = (group, 0);
        while done < group.ends.len() {
            (feed, group, done) = understood(group.bytes.len(), move || {
                let (mut feed, mut done) = (feed, done);
                while done < group.ends.len() && feed.bytes() < GROUP_BYTES {
                    let start = done.checked_sub(1).map_or(0, |before| group.ends[before]);
                    hand_over(&group.bytes[start..group.ends[done]], &mut |item| take(&mut feed, item));
                    done += 1;
                }
                (feed, group, done)
            })
            .await;
            stream.store(&mut feed, stop).await;
        }
        if last {
            break;
        }
    }
    let _ = receiver.await;
}

async fn receive(socket: UdpSocket, waiting: Arc<Mutex<Waiting>>, arrived: Arc<Notify>, stop: CancellationToken, ended: CancellationToken) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        let received = tokio::select! {
            received = socket.recv(&mut buffer) => received,
            () = stop.cancelled() => break,
        };
        match received {
            Ok(length) => keep(&waiting, &buffer[..length]),
            Err(error) => tracing::warn!(%error, "a message could not be received"),
        }
        arrived.notify_one();
    }
    // What the system holds by now was sent before the stop.
    for _ in 0..LAST {
        let Ok(length) = socket.try_recv(&mut buffer) else { break };
        keep(&waiting, &buffer[..length]);
    }
    ended.cancel();
}

fn keep(waiting: &Mutex<Waiting>, message: &[u8]) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.bytes.len() + message.len() > WAITING {
        metrics::counter!("vigia_syslog_dropped_total").increment(1);
        return;
    }
    waiting.bytes.extend_from_slice(message);
    let end = waiting.bytes.len();
    waiting.ends.push(end);
}
