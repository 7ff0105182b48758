//! How errors travel from a server function to the page.

use crate::model::{ApiError, ErrorKind};
use server_fn::codec::PostcardEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

impl FromServerFnError for ApiError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorKind::Offline, "Nothing came back from the server. Check the connection, then try again.")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => Self::new(
                ErrorKind::Invalid,
                "Page and server do not understand each other. Reload the page; it may be older than the server.",
            ),
            _ => Self::new(ErrorKind::Internal, "The server could not answer. Try again; if it stays so, its log has the cause."),
        }
    }
}

/// Sets the HTTP status of the answer being made; the server puts one into the context.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct ErrorStatus(pub std::sync::Arc<dyn Fn(u16) + Send + Sync>);

/// What the server put into the context, or an error in words where it did not.
#[cfg(feature = "ssr")]
pub(crate) fn provided<T: Clone + 'static>() -> Result<T, ApiError> {
    leptos::prelude::use_context::<T>().ok_or_else(|| ApiError::new(ErrorKind::Internal, "The server is not set up for this."))
}

/// Gives the answer the status its error calls for.
#[cfg(feature = "ssr")]
pub(crate) fn answer<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let (Err(error), Some(ErrorStatus(set))) = (&result, leptos::prelude::use_context::<ErrorStatus>()) {
        set(error.kind.status());
    }
    result
}
