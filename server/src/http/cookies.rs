//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// How the session cookie is named and kept.
///
/// `SameSite=Lax`, for a link to a view that somebody sends to a colleague must open signed in; requests that change
/// something are kept from other sites by [`super::security`].
#[derive(Debug, Clone, Copy)]
pub struct CookieRules {
    secure: bool,
}

impl CookieRules {
    /// How long a browser keeps the cookie; the server ends the session by its own clock.
    const MAX_AGE: cookie::time::Duration = cookie::time::Duration::hours(12);

    pub const fn new(https: bool) -> Self {
        Self { secure: https }
    }

    /// Browsers accept a `__Host-` cookie through TLS only; without it, on the machine itself, the plain name has to do.
    pub const fn name(self) -> &'static str {
        if self.secure { "__Host-vigia" } else { "vigia" }
    }

    /// The `Set-Cookie` that keeps a token, or with `None` forgets it.
    pub(super) fn set(self, token: Option<&str>) -> Result<HeaderValue, ApiError> {
        let cookie = Cookie::build((self.name(), token.unwrap_or_default()))
            .path("/")
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(if token.is_some() { Self::MAX_AGE } else { cookie::time::Duration::ZERO });
        HeaderValue::from_str(&cookie.to_string()).map_err(|error| {
            tracing::error!(%error, "a session token that no cookie can hold");
            ApiError::new(ErrorKind::Internal, sentence!("session.not-begun"))
        })
    }

    pub(super) fn token(self, headers: &HeaderMap) -> Option<String> {
        let sent = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        sent.flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == self.name() && !cookie.value().is_empty())
            .map(|cookie| cookie.value().to_owned())
    }
}
