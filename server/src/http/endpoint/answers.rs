//! Errors that only some endpoints answer with; they name them among their `responses`. The others follow from the endpoint itself.

use crate::http::problem::KINDS;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use vigia_app::model::ErrorKind;

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),+ $(,)?) => { $(
        $(#[$doc])*
        pub(in crate::http) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let kind = ErrorKind::$kind;
                BTreeMap::from([(kind.status().to_string(), Ref::from_response_name(name_of(kind)).into())])
            }
        }
    )+ };
}

answers! {
    /// A parameter cannot be what it is.
    Invalid => Invalid,
    /// What it is about is not there.
    NotFound => NotFound,
    /// The name or password is wrong.
    SignedOut => SignedOut,
    SlowDown => SlowDown,
}

/// An answer that is a problem document (RFC 9457).
pub(in crate::http) fn problem(description: impl Into<String>) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// Where the document describes this kind of error: the name of a response.
pub(in crate::http) fn name_of(kind: ErrorKind) -> &'static str {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or("internal", |(_, name, _)| name)
}
