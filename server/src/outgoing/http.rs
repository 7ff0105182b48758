//! One HTTP request over a connection of its own, so that it is always known whether anything was sent.
//!
//! TLS, except to this machine; no redirects, no proxy, no answer longer than [`LONGEST`], nothing after the deadline.

mod gate;

pub use gate::Gate;

use hyper::http::uri::Scheme;
use hyper::{HeaderMap, Request, StatusCode, Uri};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect, retry};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest body of an answer, in bytes.
pub const LONGEST: usize = 64 * 1024;
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

/// Why the server of an address cannot be asked at all: what is wrong, and what would be right, without a full stop.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{0} is not an address; write https:// and the host name")]
    NoAddress(Uri),
    #[error("{0} names no host, or a user before it; write https:// and the host name")]
    NoHost(Uri),
    #[error("{0} would send secrets readable over the network; write https://")]
    Readable(Uri),
    #[error("the host {0} is not in allow")]
    NotAllowed(String),
    #[error("{0}")]
    Failed(String),
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Asks one server.
#[derive(Debug)]
pub struct Http {
    client: Client,
    /// Scheme, host and port.
    origin: String,
    /// Host and port, for messages.
    host: String,
}

impl Http {
    /// For the server of this address, whose certificate the authorities in `ca` have signed, or those the system trusts.
    ///
    /// # Errors
    /// What is wrong with the address or the file.
    pub fn new(uri: &Uri, ca: Option<&Path>, gate: Gate) -> Result<Self, Unusable> {
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(Unusable::NoAddress(uri.clone())),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(|| Unusable::NoHost(uri.clone()))?;
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if !https && !loopback {
            return Err(Unusable::Readable(uri.clone()));
        }
        // Addresses are not resolved: of them this is the whole check.
        if !gate.lets(&host) {
            return Err(Unusable::NotAllowed(host));
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls(ca).map_err(Unusable::Failed)?)
            .dns_resolver(Guard(gate))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .build()
            .map_err(|error| Unusable::Failed(format!("{uri} cannot be asked: {}", innermost(&error))))?;
        let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
        let shown = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        Ok(Self { client, origin: format!("{}://{shown}", if https { "https" } else { "http" }), host: shown })
    }

    /// Sends a request, whose URI is only a path, and reads the answer whole.
    pub async fn ask(&self, request: Request<String>, until: Instant) -> Result<Answer, NoAnswer> {
        let (head, body) = request.into_parts();
        let request = self.client.request(head.method, format!("{}{}", self.origin, head.uri)).headers(head.headers).body(body);
        let late = |_| NoAnswer::Lost(format!("{} did not answer in time.", self.host));
        timeout_at(until, self.exchange(request)).await.map_err(late)?
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Answer, NoAnswer> {
        let mut answer = request.send().await.map_err(|error| self.no_answer(&error))?;
        let (status, headers, mut body) = (answer.status(), answer.headers().clone(), Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.no_answer(&error))? {
            if body.len() + chunk.len() > LONGEST {
                let words = format!("The answer (HTTP status {}) was longer than {} KiB.", status.as_u16(), LONGEST / 1024);
                return Err(NoAnswer::Lost(words));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    fn no_answer(&self, error: &reqwest::Error) -> NoAnswer {
        let cause = innermost(error);
        match cause.downcast_ref::<Closed>() {
            Some(closed) => NoAnswer::Refused(closed.to_string()),
            None if error.is_builder() => NoAnswer::Refused(format!("The request cannot be made: {cause}.")),
            None if error.is_connect() && error.is_timeout() => NoAnswer::NotReached(format!("{} gave no connection in time.", self.host)),
            None if error.is_connect() => NoAnswer::NotReached(format!("{} was not reached: {cause}.", self.host)),
            None => NoAnswer::Lost(format!("The connection was lost before the answer was whole: {cause}.")),
        }
    }
}

/// What an error comes from.
fn innermost<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}

/// Finds the addresses of a host, those that the gate lets through.
struct Guard(Gate);

/// A host whose addresses may not be asked; the sentence says why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Closed(String);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let open = gate.addresses(name.as_str(), found).map_err(Closed)?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

fn tls(ca: Option<&Path>) -> Result<ClientConfig, String> {
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
    let builder = builder.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
