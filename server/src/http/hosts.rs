//! Whom a request is meant for. A page of another site can have its own name lead to this machine, and would then be read as a page of Vigia's:
//! the name that the browser believes in is in `Host`.
//!
//! A request with a token needs no such check: no page has one.

use super::observe::Quiet;
use super::state::AppState;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;
use std::sync::Arc;
use vigia_app::say;

/// The names that a server is served by.
#[derive(Clone)]
pub(super) struct Hosts {
    /// That of the public URL.
    public: Option<Arc<str>>,
    /// Whether people come by a name that nobody has said.
    any: bool,
    /// What looks at the server, and is told by any name how it is.
    quiet: Quiet,
}

impl Hosts {
    pub(super) fn of(state: &AppState, quiet: &Quiet) -> Self {
        let public = state.public_url.as_ref().map(|url| url.host().into());
        Self { any: public.is_none() && state.outfit.any_host, public, quiet: quiet.clone() }
    }

    /// Whether a server is served by this name, with or without a port. An address cannot be made to lead elsewhere, and what is called
    /// localhost is this machine for every browser.
    fn serve(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        self.any || address || name == "localhost" || name.ends_with(".localhost") || self.public.as_deref() == Some(&*name)
    }
}

/// Refuses requests that are meant for another site.
pub(super) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let named =
        request.uri().authority().map(Authority::as_str).or_else(|| headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?")));
    // HTTP/1.0 names none; no browser speaks it.
    let served = named.is_none_or(|host| hosts.serve(host));
    if served || headers.contains_key(header::AUTHORIZATION) || hosts.quiet.is(&request) {
        return next.run(request).await;
    }
    let words = match &hosts.public {
        Some(public) => say!("problem.host", host = &**public),
        None => say!("problem.no-host").to_owned(),
    };
    (StatusCode::MISDIRECTED_REQUEST, words).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_served_by_its_own_names_and_by_addresses() {
        let hosts = |public: Option<&str>, any| Hosts { public: public.map(Into::into), any, quiet: Quiet::of([]) };
        let (named, unnamed) = (hosts(Some("vigia.example"), false), hosts(None, false));
        for host in ["localhost", "LOCALHOST:3000", "a.localhost", "127.0.0.1:3000", "[::1]:3000", "192.0.2.7", "localhost."] {
            assert!(named.serve(host) && unnamed.serve(host), "{host}");
        }
        for host in ["vigia.example", "Vigia.Example:8443", "vigia.example."] {
            assert!(named.serve(host) && !unnamed.serve(host), "{host}");
        }
        for host in [
            "evil.example",
            "vigia.example.evil.example",
            "evil-vigia.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "a b",
            "?",
        ] {
            assert!(!named.serve(host) && !unnamed.serve(host), "{host:?}");
        }
        assert!(hosts(None, true).serve("vigia.internal"));
    }
}
