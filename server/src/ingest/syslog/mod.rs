//! Messages that systems send by themselves: syslog over UDP, TCP and TLS, and anything else that writes lines to a socket.
//!
//! A message is taken as it came, header and all; the format reads it. Nobody is told that a message arrived, so what was read is
//! stored in groups of [`GROUP_BYTES`] or every [`LINGER`], and on the way out everything that was read is stored.

use vigia_app::sentence;

mod framing;
mod tcp;
mod tls;
mod udp;

pub use framing::Framing;
pub use tcp::MAX_CONNECTIONS;

use super::formats::Known;
use super::{Feed, Intake, Way};
use crate::causes;
use crate::config::SyslogListener;
use crate::config::syslog::Transport;
use crate::doors::Limits;
use crate::jobs::Job;
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// Messages are stored once they have so many bytes together.
const GROUP_BYTES: usize = 512 << 10;
/// Messages wait for others to be stored with at most this long.
const LINGER: Duration = Duration::from_millis(100);
/// The store is asked again after this long when it failed.
const RETRY: Duration = Duration::from_secs(1);
/// When the server stops and the store fails, messages are given up after so many tries.
const LAST_TRIES: u32 = 5;

/// How long what was read may take to be stored when the server stops.
const GRACE: Duration = Duration::from_secs(15);

/// Takes what is sent to a listener, whose port it has when this returns.
///
/// # Errors
/// What [`Bound::new`] says.
pub async fn job(listener: &SyslogListener, intake: &Intake) -> anyhow::Result<Job> {
    let first = Bound::new(listener, intake).await?;
    let purpose = sentence!("job.purpose.syslog", listener = listener.to_string());
    let parts = Arc::new((Mutex::new(Some(first)), listener.clone(), intake.clone()));
    Ok(Job::always("syslog", purpose, GRACE, move |stop| {
        let parts = parts.clone();
        async move {
            let (first, listener, intake) = &*parts;
            let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
            let bound = match first {
                Some(bound) => bound,
                None => Bound::new(listener, intake).await?,
            };
            bound.run(stop).await;
            Ok(())
        }
    }))
}

/// A listener that has its port.
pub struct Bound {
    stream: Stream,
    socket: Socket,
    address: SocketAddr,
    limits: Limits,
}

enum Socket {
    Udp(tokio::net::UdpSocket),
    Tcp(tokio::net::TcpListener, Option<TlsAcceptor>),
}

/// What the messages of a listener are.
#[derive(Clone)]
struct Stream {
    intake: Intake,
    known: Known,
    source: String,
}

impl Bound {
    /// Takes the port.
    ///
    /// # Errors
    /// That there is no such format, a certificate cannot be used, or the port cannot be had; in a sentence.
    pub async fn new(listener: &SyslogListener, intake: &Intake) -> anyhow::Result<Self> {
        let of = || format!("The syslog listener {listener} cannot start.");
        let known = intake.formats.named(&listener.format).with_context(of)?.clone().read_in(listener.manner);
        let source = listener.source.clone().unwrap_or_else(|| known.source.clone());
        crate::source_name::check(&source)
            .map_err(|wrong| anyhow::anyhow!("source {source:?}: {wrong}; add source=NAME"))
            .with_context(of)?;
        let socket = match &listener.transport {
            Transport::Udp => Socket::Udp(udp::bind(listener.address).with_context(of)?),
            Transport::Tcp => Socket::Tcp(tokio::net::TcpListener::bind(listener.address).await.with_context(of)?, None),
            Transport::Tls { cert, key, client_ca } => {
                let acceptor = tls::acceptor(cert, key, client_ca.as_deref()).with_context(of)?;
                Socket::Tcp(tokio::net::TcpListener::bind(listener.address).await.with_context(of)?, Some(acceptor))
            }
        };
        let address = match &socket {
            Socket::Udp(socket) => socket.local_addr(),
            Socket::Tcp(listener, _) => listener.local_addr(),
        };
        let address = address.with_context(of)?;
        tracing::info!(%address, format = known.name, source, "taking syslog messages");
        Ok(Self { stream: Stream { intake: intake.clone(), known, source }, socket, address, limits: tcp::LIMITS })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// With other limits for connections.
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Takes messages until it is told to stop; what was read by then is stored before this returns.
    pub async fn run(self, stop: CancellationToken) {
        match self.socket {
            Socket::Udp(socket) => udp::run(socket, &self.stream, &stop).await,
            Socket::Tcp(listener, tls) => tcp::run(listener, tls, self.stream, self.limits, stop).await,
        }
    }
}

impl Stream {
    fn feed(&self) -> Feed {
        self.intake.feed(Way::Syslog, &self.known, &self.source)
    }

    /// Stores what was read, however long the store needs: meanwhile nothing more is read. Once the server stops, only a few tries.
    async fn store(&self, feed: &mut Feed, stop: &CancellationToken) {
        let mut last_tries = 0;
        while feed.lines() > 0 {
            let Err(wrong) = feed.store().await else { return };
            let error = causes::chain(&wrong);
            last_tries += u32::from(stop.is_cancelled());
            if last_tries > LAST_TRIES {
                tracing::error!(
                    error,
                    lines = feed.lines(),
                    source = self.source,
                    "the server stops, and these messages could not be stored"
                );
                feed.forget();
                return;
            }
            if !wrong.is_told() {
                tracing::error!(error, lines = feed.lines(), source = self.source, "messages could not be stored; trying again");
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}
