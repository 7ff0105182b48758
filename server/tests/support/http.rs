//! Clients of HTTP for tests.

use reqwest::{Client, ClientBuilder};

/// A client to be made: with the cryptography that the server uses, for reqwest comes with none.
pub fn builder() -> ClientBuilder {
    // Somebody in this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

/// A client without settings.
pub fn client() -> Client {
    builder().build().expect("a client")
}
