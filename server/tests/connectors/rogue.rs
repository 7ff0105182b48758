//! Servers that behave as no server should.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rogue {
    /// Never answers.
    Hangs,
    /// Answers a byte at a time, for ever.
    Drips,
    /// Closes the connection once it has read the request.
    Closes,
    /// Closes the connection in the middle of the answer.
    Breaks,
    /// Sends ten gigabytes.
    Floods,
    /// Sends a head that never ends.
    FloodsHead,
    /// Does not speak HTTP.
    Babbles,
}

impl Rogue {
    pub const ALL: [Self; 7] = [Self::Hangs, Self::Drips, Self::Closes, Self::Breaks, Self::Floods, Self::FloodsHead, Self::Babbles];

    /// Starts one on the loopback.
    pub async fn start(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(self.meet(stream));
            }
        });
        address
    }

    async fn meet(self, mut stream: TcpStream) {
        let _ = stream.read(&mut [0; 4096]).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let _ = match self {
            Self::Hangs => std::future::pending().await,
            Self::Closes => Ok(()),
            Self::Babbles => stream.write_all(b"220 mail.example ESMTP\r\n").await,
            Self::Breaks => {
                let _ = stream.write_all(head).await;
                stream.write_all(b"Content-Length: 1000\r\n\r\n{\"result\":\"success\",\"verified\":\"x\"}").await
            }
            Self::Drips => {
                let _ = stream.write_all(head).await;
                let _ = stream.write_all(b"\r\n").await;
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Ok(())
            }
            Self::Floods => {
                let _ = stream.write_all(head).await;
                let _ = stream.write_all(b"Content-Length: 10737418240\r\n\r\n").await;
                flood(&mut stream, b' ').await
            }
            Self::FloodsHead => {
                let _ = stream.write_all(head).await;
                let _ = stream.write_all(b"X: ").await;
                flood(&mut stream, b'x').await
            }
        };
    }
}

async fn flood(stream: &mut TcpStream, byte: u8) -> std::io::Result<()> {
    let piece = vec![byte; 1024 * 1024];
    for _ in 0..10 * 1024 {
        stream.write_all(&piece).await?;
    }
    Ok(())
}

/// A certificate authority of the test's own.
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("sound");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("signed");
        Self { pem: certificate.pem(), issuer: Issuer::new(params, key) }
    }

    /// A certificate for a host and its key, as PEM.
    pub fn issue(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(vec![host.to_owned()]).expect("sound").signed_by(&key, &self.issuer).expect("signed");
        (certificate.pem(), key.serialize_pem())
    }

    /// A TLS server on the loopback that answers every request with this body.
    pub async fn serve(&self, host: &str, body: &'static str) -> SocketAddr {
        let (certificate, key) = self.issue(host);
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let config = config.with_single_cert(vec![certificate], key).expect("fits");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let _ = stream.read(&mut [0; 8192]).await;
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        address
    }
}
