//! How questions travel from the page to a server function, and answers and errors back.

use crate::model::{ApiError, ErrorKind};
use crate::sentence;
use server_fn::codec::{ByteStream, Postcard, PostcardEncoding, Streaming};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use server_fn::{Decodes, Encodes, Http, Protocol};
use std::future::Future;

/// HTTP with postcard both ways, as [`Http`] does it. On the page all questions share one way of asking: `Http` would compile it anew
/// for each of them, several kilobytes every time.
pub struct Call;

impl<Input, Output, Client, Server> Protocol<Input, Output, Client, Server, ApiError> for Call
where
    Http<Postcard, Postcard>: Protocol<Input, Output, Client, Server, ApiError>,
    PostcardEncoding: Encodes<Input> + Decodes<Output>,
    Input: Send,
    Output: Send,
    Client: server_fn::client::Client<ApiError>,
    Server: server_fn::server::Server<ApiError>,
{
    const METHOD: http::Method = http::Method::POST;

    fn run_server<F, Fut>(request: Server::Request, server_fn: F) -> impl Future<Output = Result<Server::Response, ApiError>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, ApiError>> + Send,
    {
        <Http<Postcard, Postcard> as Protocol<Input, Output, Client, Server, ApiError>>::run_server(request, server_fn)
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, ApiError> {
        let body = PostcardEncoding::encode(&input).map_err(|_| misunderstood())?;
        drop(input);
        let answer = ask(path, &body).await?;
        PostcardEncoding::decode(answer.into()).map_err(|_| misunderstood())
    }
}

/// The same for an answer that is bytes as they come. It holds no more of them than are on their way.
pub struct Streamed;

impl<Input, Client, Server> Protocol<Input, ByteStream<ApiError>, Client, Server, ApiError> for Streamed
where
    Http<Postcard, Streaming>: Protocol<Input, ByteStream<ApiError>, Client, Server, ApiError>,
    PostcardEncoding: Encodes<Input>,
    Input: Send,
    Client: server_fn::client::Client<ApiError>,
    Server: server_fn::server::Server<ApiError>,
{
    const METHOD: http::Method = http::Method::POST;

    fn run_server<F, Fut>(request: Server::Request, server_fn: F) -> impl Future<Output = Result<Server::Response, ApiError>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<ByteStream<ApiError>, ApiError>> + Send,
    {
        <Http<Postcard, Streaming> as Protocol<Input, ByteStream<ApiError>, Client, Server, ApiError>>::run_server(request, server_fn)
    }

    async fn run_client(path: &str, input: Input) -> Result<ByteStream<ApiError>, ApiError> {
        let body = PostcardEncoding::encode(&input).map_err(|_| misunderstood())?;
        drop(input);
        ask_for_stream(path, &body).await
    }
}

/// The bytes of the answer, or the error that it is.
#[cfg(feature = "csr")]
async fn ask_for_stream(path: &str, body: &[u8]) -> Result<ByteStream<ApiError>, ApiError> {
    use crate::browser::fetch::{Begun, post_for_stream};
    use futures_util::StreamExt as _;
    use server_fn::ContentType;
    match post_for_stream(path, PostcardEncoding::CONTENT_TYPE, body).await.ok_or_else(unreachable)? {
        Begun::Refused(body) => Err(ApiError::de(body.into())),
        Begun::Stream(pieces) => Ok(ByteStream::new(pieces.map(|piece| piece.ok_or_else(unreachable)))),
    }
}

/// Only a page asks.
#[cfg(not(feature = "csr"))]
async fn ask_for_stream(_: &str, _: &[u8]) -> Result<ByteStream<ApiError>, ApiError> {
    Err(unreachable())
}

/// The body of the answer, or the error that it is.
#[cfg(feature = "csr")]
async fn ask(path: &str, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    use server_fn::ContentType;
    let answer = crate::browser::fetch::post(path, PostcardEncoding::CONTENT_TYPE, body).await.ok_or_else(unreachable)?;
    if answer.status >= 400 { Err(ApiError::de(answer.body.into())) } else { Ok(answer.body) }
}

/// Only a page asks.
#[cfg(not(feature = "csr"))]
async fn ask(_: &str, _: &[u8]) -> Result<Vec<u8>, ApiError> {
    Err(unreachable())
}

fn unreachable() -> ApiError {
    ApiError::new(ErrorKind::Offline, sentence!("error.unreachable"))
}

fn misunderstood() -> ApiError {
    ApiError::new(ErrorKind::Invalid, sentence!("error.misunderstood"))
}

impl FromServerFnError for ApiError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => unreachable(),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => misunderstood(),
            _ => Self::new(ErrorKind::Internal, sentence!("error.no-answer")),
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
    leptos::prelude::use_context::<T>().ok_or_else(|| ApiError::new(ErrorKind::Internal, sentence!("error.no-setup")))
}

/// Gives the answer the status its error calls for.
#[cfg(feature = "ssr")]
pub(crate) fn answer<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let (Err(error), Some(ErrorStatus(set))) = (&result, leptos::prelude::use_context::<ErrorStatus>()) {
        set(error.kind.status());
    }
    result
}
