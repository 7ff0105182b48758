//! `POST /api/v1/events`: events of other systems. On the answer they are durable.
//!
//! A body is read, understood and stored in pieces, so that its size costs time, not memory; what pieces may take together is
//! [`crate::http::budget::BUDGET`], and a request that finds it spent is told to come again before its body is read.

mod body;
mod received;

use crate::http::endpoint::{Endpoint, Invalid, SlowDown, endpoint, tags};
use crate::http::problem::{Refused, document};
use crate::http::rest::schema;
use crate::http::session::Writer;
use crate::http::shares::COME_AGAIN;
use crate::http::state::AppState;
use crate::ingest::cutter::Cutter;
use crate::ingest::formats::Known;
use crate::ingest::understanding::understood;
use crate::ingest::{Feed, Way};
use crate::manner::{Encoding, Manner, WithoutTime};
use crate::source_name;
use crate::store::tokens::ApiToken;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use body::{Packing, Unpacked};
use received::Received;
use serde::Deserialize;
use tokio::sync::SemaphorePermit;
use utoipa::openapi::schema::Object;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// What is understood is stored when it is about this much text, in bytes.
const PIECE: usize = 256 << 10;
/// The format unless another is named.
pub(crate) const FORMAT: &str = "vigia";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(create).streaming()]
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Parameters {
    #[param(schema_with = formats)]
    format: Option<String>,
    /// The system the events come from. Left out: the only source the token may send for, else the format's name; Vigia's own format needs
    /// one.
    source: Option<String>,
    #[serde(default)]
    #[param(schema_with = encodings)]
    encoding: Encoding,
    #[serde(default)]
    #[param(schema_with = without_time)]
    without_time: WithoutTime,
}

fn encodings() -> Object {
    schema::described(schema::word(["utf-8", "windows-1252"]), "What items are that are not UTF-8. Left out, they are rejected.")
}

fn without_time() -> Object {
    schema::described(
        schema::word(["quarantine", "arrival"]),
        "What becomes of items that say no time: with arrival, they have the time of their arrival. Left out, they are rejected.",
    )
}

fn formats() -> Object {
    let mut formats = schema::text();
    formats.default = Some(FORMAT.into());
    formats.examples = ["openbao", "cef"].map(Into::into).into();
    schema::described(formats, "What the items are; see docs/integrations.")
}

/// Send events
///
/// One item a line (NDJSON, or the lines of a log), or a JSON array with an item an element; as it is, or packed with gzip or zstd
/// (`Content-Encoding`). Items that can be read are stored beside others that cannot. Sending again is safe: an event that is there is not stored
/// twice. An item has up to 1 MiB.
#[utoipa::path(post, path = "/api/v1/events", operation_id = "send_events", tag = tags::EVENTS, params(Parameters),
    request_body(content((Vec<Object> = "application/json"), (String = "application/x-ndjson"), (String = "text/plain"))),
    responses((status = 200, description = "What became of the items. What is stored, waiting or quarantined is durable.", body = Received),
        body::Refusals, Invalid, SlowDown))]
async fn create(
    writer: Writer,
    State(state): State<AppState>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match admit(&state, &writer, parameters, &headers).await {
        Err(answer) => {
            body::forget(body).await;
            answer
        }
        Ok((feed, packing, _share)) => match receive(feed, Unpacked::new(body, packing)).await {
            Ok(received) => Json(received).into_response(),
            Err(answer) => answer,
        },
    }
}

/// Decides by the head of a request whether its body is read.
async fn admit<'a>(
    state: &'a AppState,
    Writer { token, caller }: &Writer,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<(Feed, Packing, SemaphorePermit<'a>), Response> {
    let refused = |error: ApiError| Refused(error).into_response();
    let Query(parameters) =
        parameters.map_err(|error| refused(ApiError::invalid("query", sentence!("events.parameters", wrong = error.body_text()))))?;
    let name = parameters.format.as_deref().unwrap_or(FORMAT);
    let known = state.intake.formats.named(name).map_err(|error| refused(ApiError::invalid("format", error)))?;
    let known = &known.clone().read_in(Manner { encoding: parameters.encoding, without_time: parameters.without_time });
    let source = match source_of(token, parameters.source.as_deref(), known) {
        Ok(source) => source,
        Err(error) => {
            caller.record_unbound(state, token, &error).await;
            return Err(refused(error));
        }
    };
    let packing = Packing::of(headers)?;
    Packing::check_length(headers).map_err(|error| error.answer(|wrong| wrong))?;
    let Some(share) = state.budget.share(packing.share(headers)).await else {
        metrics::counter!("vigia_ingest_refused_total").increment(1);
        let words = sentence!("events.crowd");
        let answer = document(StatusCode::TOO_MANY_REQUESTS, &ApiError::new(ErrorKind::SlowDown, words));
        return Err(([COME_AGAIN], answer).into_response());
    };
    let feed = state.intake.feed(Way::Http, known, &source);
    Ok((if known.name == FORMAT { feed.without_quarantine() } else { feed }, packing, share))
}

/// What of a body is understood.
struct Reading {
    feed: Feed,
    cutter: Cutter,
    received: Received,
}

async fn receive(feed: Feed, mut unpacked: Unpacked) -> Result<Received, Response> {
    let mut reading = Reading { feed, cutter: Cutter::default(), received: Received::default() };
    loop {
        let bytes = match unpacked.next().await {
            Ok([]) => break,
            Ok(bytes) => bytes.to_vec(),
            Err(error) => {
                // What came whole is kept, and the sender told how much that is.
                keep(&mut reading.feed, &mut reading.received).await?;
                return Err(error.answer(|wrong| reading.received.so_far(wrong)));
            }
        };
        reading = understood(reading.cutter.held() + bytes.len(), move || {
            let Reading { mut feed, mut cutter, mut received } = reading;
            cutter.push(&bytes, &mut |item| received.item(&mut feed, item));
            Reading { feed, cutter, received }
        })
        .await;
        if reading.feed.bytes() >= PIECE {
            keep(&mut reading.feed, &mut reading.received).await?;
        }
    }
    let Reading { feed, cutter, received } = reading;
    let (mut feed, mut received) = understood(cutter.held(), move || {
        let (mut feed, mut received) = (feed, received);
        cutter.end(&mut |item| received.item(&mut feed, item));
        (feed, received)
    })
    .await;
    keep(&mut feed, &mut received).await?;
    Ok(received)
}

async fn keep(feed: &mut Feed, received: &mut Received) -> Result<(), Response> {
    match feed.store().await {
        Ok(stored) => {
            received.add(stored);
            Ok(())
        }
        Err(error) => {
            let mut error = ApiError::from(error);
            error.message = sentence!("events.again", wrong = error.message);
            Err(Refused(error).into_response())
        }
    }
}

/// The source events are of: the one asked for, else the only one of the token, else the format's.
fn source_of(token: &ApiToken, asked: Option<&str>, known: &Known) -> Result<String, ApiError> {
    let source = match (asked, token.sources.as_slice()) {
        (Some(asked), _) => asked,
        (None, [only]) => only,
        (None, []) => &known.source,
        (None, several) => {
            let words = sentence!("events.several", sources = several.join(" or source="));
            return Err(ApiError::invalid("source", words));
        }
    };
    if asked.is_none() && known.name == FORMAT && token.sources.is_empty() {
        return Err(ApiError::invalid("source", sentence!("events.no-source")));
    }
    source_name::check(source)
        .map_err(|wrong| ApiError::invalid("source", sentence!("source.wrong", source = format!("{source:?}"), wrong = wrong)))?;
    if !token.sources.is_empty() && !token.sources.iter().any(|allowed| allowed == source) {
        let words = sentence!("events.not-for", source = format!("{source:?}"), known = token.sources.join(", "));
        return Err(ApiError { field: Some("source".to_owned()), ..ApiError::new(ErrorKind::Forbidden, words) });
    }
    Ok(source.to_owned())
}
