//! The session cookie.

use crate::identity::SignedIn;
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
    /// How long a browser keeps the cookie of a known device, from the last sign-in on.
    const DEVICE_MAX_AGE: cookie::time::Duration = cookie::time::Duration::days(365);

    pub const fn new(https: bool) -> Self {
        Self { secure: https }
    }

    /// Browsers accept a `__Host-` cookie through TLS only; without it, on the machine itself, the plain name has to do.
    pub const fn name(self) -> &'static str {
        if self.secure { "__Host-vigia" } else { "vigia" }
    }

    /// The same for the cookie of a known device.
    const fn device_name(self) -> &'static str {
        if self.secure { "__Host-vigia-device" } else { "vigia-device" }
    }

    /// The `Set-Cookie` that keeps a token, or with `None` forgets it.
    pub(super) fn set(self, token: Option<&str>) -> Result<HeaderValue, ApiError> {
        self.cookie(self.name(), token.unwrap_or_default(), if token.is_some() { Self::MAX_AGE } else { cookie::time::Duration::ZERO })
    }

    /// The two `Set-Cookie` of somebody who has just signed in: of the session, and of the device, which signing out leaves.
    pub(super) fn signed_in(self, signed_in: &SignedIn) -> Result<[HeaderValue; 2], ApiError> {
        Ok([self.set(Some(&signed_in.token))?, self.cookie(self.device_name(), &signed_in.device, Self::DEVICE_MAX_AGE)?])
    }

    fn cookie(self, name: &str, value: &str, max_age: cookie::time::Duration) -> Result<HeaderValue, ApiError> {
        let cookie = Cookie::build((name, value)).path("/").secure(self.secure).http_only(true).same_site(SameSite::Lax).max_age(max_age);
        HeaderValue::from_str(&cookie.to_string()).map_err(|error| {
            tracing::error!(%error, "a session token that no cookie can hold");
            ApiError::new(ErrorKind::Internal, sentence!("session.not-begun"))
        })
    }

    pub(super) fn token(self, headers: &HeaderMap) -> Option<String> {
        Self::sent(headers, self.name())
    }

    pub(super) fn device(self, headers: &HeaderMap) -> Option<String> {
        Self::sent(headers, self.device_name())
    }

    fn sent(headers: &HeaderMap, name: &str) -> Option<String> {
        let sent = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        sent.flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name && !cookie.value().is_empty())
            .map(|cookie| cookie.value().to_owned())
    }
}
