//! `/api/v1/live`: what moves, as server-sent events, for pages that are looked at.

use super::endpoint::{Endpoint, endpoint, tags};
use super::problem::Refused;
use super::rights;
use super::session::LookingOn;
use super::state::AppState;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::StreamExt as _;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};
use vigia_app::model::{ApiError, ErrorKind, Live};
use vigia_app::sentence;

/// How often the page is told that the stream works.
pub(super) const ALIVE: Duration = Duration::from_secs(15);
/// How long one stream lasts; the page then opens another, and is asked again who it is.
pub(super) const LONGEST: Duration = Duration::from_secs(10 * 60);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(stream).streaming()]
}

// [`Live`] messages as JSON, for every role: they hold ids and names of reports only.
/// What moves, as server-sent events
///
/// Each event's data is a JSON object: `{"kind":"alive"}` at once and every 15 seconds, `{"kind":"moved","ids":[...]}` when operations move (no ids
/// where many have), `{"kind":"stored","report":"..."}` when events are stored. A stream lasts up to 10 minutes, and no longer than the session.
/// A person may have 20, and all together 1,000.
#[utoipa::path(get, path = "/api/v1/live", operation_id = "live", tag = tags::OPERATIONS,
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")))]
async fn stream(LookingOn { caller, viewer }: LookingOn, State(state): State<AppState>) -> Result<impl IntoResponse, Refused> {
    let crowd = || ApiError::new(ErrorKind::Unavailable, sentence!("live.crowd"));
    let own = state.streams_each.of(&viewer.username).await.ok_or_else(crowd)?;
    let permit = (own, state.streams.clone().try_acquire_owned().map_err(|_| crowd())?);
    let moves = state.store.operations().live();
    let end = Instant::now() + LONGEST;
    let stop = state.stop.clone();
    let first = Some(Arc::new(Live::Alive));
    let messages = futures_util::stream::unfold((first, moves, permit), move |(first, mut moves, permit)| {
        let stop = stop.clone();
        async move {
            let message = match first {
                Some(first) => first,
                None => tokio::select! {
                    () = stop.cancelled() => return None,
                    next = timeout_at(end.min(Instant::now() + ALIVE), moves.recv()) => match next {
                        Ok(Ok(message)) => message,
                        // What was missed is not known: everything may have moved.
                        Ok(Err(RecvError::Lagged(_))) => Arc::new(Live::Moved { ids: Vec::new() }),
                        Ok(Err(RecvError::Closed)) => return None,
                        Err(_) if Instant::now() >= end => return None,
                        Err(_) => Arc::new(Live::Alive),
                    },
                },
            };
            let event = Event::default().data(serde_json::to_string(&*message).unwrap_or_default());
            Some((Ok::<_, Infallible>(event), (None, moves, permit)))
        }
    });
    let recheck = state.outfit.recheck;
    let ended = rights::lost(recheck, move || {
        let (caller, state) = (caller.clone(), state.clone());
        async move {
            match caller.looking_on(&state).await {
                Ok(_) => Ok(true),
                Err(error) if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::Forbidden) => Ok(false),
                Err(error) => Err(error),
            }
        }
    });
    let messages = messages.take_until(Box::pin(ended));
    // Proxies that look at these do not keep the messages back; of the others the page learns by not hearing anything.
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Sse::new(messages)))
}
