//! One HTTP request over a connection of its own, so that it is always known whether anything was sent.
//!
//! TLS, except to this machine; no redirects, no proxy, no answer longer than [`LONGEST`], nothing after the deadline.

mod gate;

pub use gate::Gate;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::http::uri::Scheme;
use hyper::{HeaderMap, Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;

/// Longest body of an answer, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// Longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// Longest wait for a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no answer; a sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The settings do not allow the request; nothing was sent.
    Refused(String),
    /// There was no connection; nothing was sent.
    NotReached(String),
    /// The request was sent, and what became of it is not known.
    Lost(String),
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Asks one server.
pub struct Http {
    https: bool,
    host: String,
    port: u16,
    tls: TlsConnector,
    gate: Gate,
}

impl Http {
    /// For the server of this address, whose certificate the authorities in `ca` have signed, or those the system trusts.
    ///
    /// # Errors
    /// What is wrong with the address or the file, and what would be right.
    pub fn new(uri: &Uri, ca: Option<&Path>, gate: Gate) -> Result<Self, String> {
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(format!("{uri} is no address; write https:// and the host name")),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(|| format!("{uri} names no host, or a user before it; write https:// and the host name"))?;
        let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if !https && !loopback {
            return Err(format!("{uri} would send secrets readable over the network; write https://"));
        }
        gate.host(&host)?;
        Ok(Self { https, host, port, tls: tls(ca)?, gate })
    }

    /// Sends a request, whose URI is only a path, and reads the answer whole.
    pub async fn ask(&self, mut request: Request<Full<Bytes>>, until: Instant) -> Result<Answer, NoAnswer> {
        let host = if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) };
        let value = host.parse().map_err(|_| NoAnswer::Refused(format!("{host} is no host.")))?;
        request.headers_mut().insert(header::HOST, value);
        let connect = until.min(Instant::now() + CONNECT);
        let late = |_| NoAnswer::NotReached(format!("{host} gave no connection in time."));
        let stream = timeout_at(connect, self.connect(&host)).await.map_err(late)??;
        if !self.https {
            return timeout_at(until, exchange(stream, request))
                .await
                .map_err(|_| NoAnswer::Lost(format!("{host} did not answer in time.")))?;
        }
        let name = ServerName::try_from(self.host.clone()).map_err(|_| NoAnswer::Refused(format!("{host} is no name for TLS.")))?;
        let secure = timeout_at(connect, self.tls.connect(name, stream)).await.map_err(late)?;
        let secure = secure.map_err(|error| NoAnswer::NotReached(format!("TLS with {host} failed: {error}.")))?;
        timeout_at(until, exchange(secure, request)).await.map_err(|_| NoAnswer::Lost(format!("{host} did not answer in time.")))?
    }

    async fn connect(&self, host: &str) -> Result<TcpStream, NoAnswer> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<SocketAddr> =
            found.map_err(|error| NoAnswer::NotReached(format!("The name {} was not found: {error}.", self.host)))?.collect();
        let open = self.gate.addresses(&self.host, found).map_err(NoAnswer::Refused)?;
        let mut last = NoAnswer::NotReached(format!("{host} has no address."));
        for address in open {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = NoAnswer::NotReached(format!("{host} was not reached: {error}.")),
            }
        }
        Err(last)
    }
}

async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
    let lost = |error: &dyn std::fmt::Display| NoAnswer::Lost(format!("The connection was lost before the answer was whole: {error}."));
    let client = http1::Builder::new().max_buf_size(LONGEST_HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = client.map_err(|error| lost(&error))?;
    let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(|error| lost(&error))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LONGEST).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            NoAnswer::Lost(format!("The answer (HTTP status {}) was longer than {} KiB.", head.status.as_u16(), LONGEST / 1024))
        } else {
            lost(&error)
        }
    })?;
    Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
}

fn tls(ca: Option<&Path>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(file) => {
            let wrong = |error: &dyn std::fmt::Display| format!("ca: {} has no certificates as PEM: {error}", file.display());
            for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
                roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
            }
            if roots.is_empty() {
                return Err(format!("ca: {} has no certificate as PEM", file.display()));
            }
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = builder.map_err(|error| format!("TLS cannot be set up: {error}"))?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
