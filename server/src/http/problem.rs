//! Errors as answers: problem documents (RFC 9457) for the REST API, [`ApiError`]s for server functions, a plain sentence
//! for everything else. Whatever refused a request, a handler, a layer or the router, the answer is in words.

use super::limits::{MAX_BODY, TIMEOUT};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::words::{Sentence, Text};
use vigia_app::{sentence, text};

pub(super) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Every kind of error the REST API answers with: its name in `type`, its title, and what it means.
pub(super) const KINDS: [(ErrorKind, &str, Text); 7] = [
    (ErrorKind::Invalid, "invalid", text!("problem.invalid")),
    (ErrorKind::SignedOut, "signed-out", text!("problem.signed-out")),
    (ErrorKind::Forbidden, "forbidden", text!("problem.forbidden")),
    (ErrorKind::NotFound, "not-found", text!("problem.not-found")),
    (ErrorKind::SlowDown, "slow-down", text!("problem.slow-down")),
    (ErrorKind::Unavailable, "unavailable", text!("problem.unavailable")),
    (ErrorKind::Internal, "internal", text!("problem.internal")),
];

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// Where the kind of problem is described.
    #[schema(format = "uri-reference", examples("/api/docs#invalid"))]
    r#type: String,
    #[schema(value_type = String)]
    title: Text,
    status: u16,
    /// What is wrong and what would be right, for a person.
    detail: &'a str,
    /// The parameter or member at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
}

/// An [`ApiError`] as the answer to a REST request.
#[derive(Debug)]
pub(super) struct Refused(pub ApiError);

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut error = self.0;
        let said = error.message.said().into_owned();
        // What is wrong with a query is said about the field: "is not a number". Alone, it needs its subject.
        error.message = match error.field.as_deref().filter(|_| !said.starts_with(char::is_uppercase)) {
            Some(field) => format!("{field}: {said}").into(),
            None => said.into(),
        };
        document(StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &error)
    }
}

/// An error as a problem document, with a status of its own.
pub(super) fn document(status: StatusCode, error: &ApiError) -> Response {
    let (_, name, title) = KINDS.into_iter().find(|(kind, ..)| *kind == error.kind).unwrap_or(KINDS[KINDS.len() - 1]);
    let problem = Problem {
        r#type: format!("/api/docs#{name}"),
        title,
        status: status.as_u16(),
        detail: &error.message.said(),
        field: error.field.as_deref(),
    };
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], serde_json::to_vec(&problem).unwrap_or_default()).into_response()
}

/// Who an answer is for; decides how an error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Rest,
    Page,
    Browser,
}

impl Audience {
    fn of(path: &str) -> Self {
        let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match () {
            () if under("/api") => Self::Rest,
            () if under("/fn") => Self::Page,
            () => Self::Browser,
        }
    }
}

/// The methods that each address takes. (The router adds `Allow` later, when all layers are done.)
#[derive(Clone)]
pub(super) struct Methods(Arc<BTreeMap<String, Vec<String>>>);

impl Methods {
    /// Of addresses and methods.
    pub(super) fn of(known: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut methods = BTreeMap::<_, Vec<_>>::new();
        known.into_iter().for_each(|(path, method)| methods.entry(path).or_default().push(method));
        Self(Arc::new(methods))
    }

    /// With commas between them. Server functions take one method; what is at no address of its own is a file of the page.
    fn of_route(&self, route: Option<&MatchedPath>) -> String {
        let Some(route) = route.map(MatchedPath::as_str) else { return "GET, HEAD".to_owned() };
        self.0.get(route).map_or_else(|| "POST".to_owned(), |methods| methods.join(", "))
    }
}

/// Puts the errors that layers, extractors and the router answer with into words for whoever asked.
pub(super) async fn in_words(State(methods): State<Methods>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let audience = Audience::of(&path);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_in_words(audience, &response) {
        return response;
    }
    let kept = [header::ALLOW, header::RETRY_AFTER].map(|name| (name.clone(), response.headers().get(&name).cloned()));
    let message = match (status, text(response).await) {
        (StatusCode::METHOD_NOT_ALLOWED, _) => {
            sentence!("problem.method", method = method.as_str(), known = methods.of_route(route.as_ref()))
        }
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => sentence!("problem.json"),
        (_, Some(text)) => text.into(),
        (_, None) => of_status(status),
    };
    let error = ApiError::new(kind(status), message);
    let mut response = match audience {
        Audience::Rest => document(status, &error),
        Audience::Page => server_function_error(status, &path, &error),
        Audience::Browser => (status, format!("{}\n", error.message.said())).into_response(),
    };
    response.headers_mut().extend(kept.into_iter().filter_map(|(name, value)| Some((name, value?))));
    response
}

fn is_in_words(audience: Audience, response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    match audience {
        Audience::Rest => content_type == Some(&CONTENT_TYPE),
        Audience::Page => response.headers().contains_key(SERVER_FN_ERROR_HEADER),
        Audience::Browser => content_type.is_some(),
    }
}

/// The sentence of a plain text answer.
async fn text(response: Response) -> Option<String> {
    let plain = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    let bytes = if plain { to_bytes(response.into_body(), 4096).await.ok()? } else { Bytes::new() };
    String::from_utf8(bytes.to_vec()).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

const fn kind(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::SignedOut,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::SlowDown,
        503 | 504 => ErrorKind::Unavailable,
        500..=599 => ErrorKind::Internal,
        _ => ErrorKind::Invalid,
    }
}

fn of_status(status: StatusCode) -> Sentence {
    match status {
        StatusCode::NOT_FOUND => sentence!("problem.nothing"),
        StatusCode::PAYLOAD_TOO_LARGE => {
            sentence!("problem.too-large", most = MAX_BODY / 1024)
        }
        StatusCode::GATEWAY_TIMEOUT => {
            sentence!("problem.timeout", seconds = TIMEOUT.as_secs())
        }
        status if status.is_server_error() => {
            sentence!("problem.server")
        }
        _ => sentence!("problem.request"),
    }
}

/// An error as the page's server functions read it.
pub(super) fn server_function_error(status: StatusCode, path: &str, error: &ApiError) -> Response {
    let mut response = Response::new(Body::from(error.ser()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(SERVER_FN_ERROR_HEADER, HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/fn")));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    response
}
