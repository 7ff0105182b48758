//! One line of the log, as far as it is used.

use super::data::Data;
use super::text::Text;
use crate::ingest::Skip;
use crate::ingest::envelope::without_ends;
pub(super) use crate::ingest::format::Side;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::error::Category;
use vigia_app::model::Timestamp;

/// Longest text before the JSON of a line: the device's `prefix`, a syslog header.
const MAX_PREFIX: usize = 1024;

/// The server's own requests, as at its first start, have no id. Their responses, which repeat all they say, stand for them.
const NO_ID: &str = "request of the server itself (its response is read)";

/// A line that has what an event needs: a time, a side and a request, with an id unless it is the server's own.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub side: Side,
    pub time: Timestamp,
    pub error: Text<'a>,
    pub auth: Auth<'a>,
    pub request: Request<'a>,
    /// `None` on a request line.
    pub response: Option<Response<'a>>,
}

#[derive(Debug, Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    time: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    side: Text<'a>,
    #[serde(borrow, default)]
    error: Text<'a>,
    #[serde(borrow, default)]
    auth: Option<Auth<'a>>,
    #[serde(borrow, default)]
    request: Option<Request<'a>>,
    #[serde(borrow, default)]
    response: Option<Response<'a>>,
}

/// Who asked.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Auth<'a> {
    #[serde(borrow, default)]
    pub display_name: Text<'a>,
    #[serde(borrow, default)]
    pub entity_id: Text<'a>,
    #[serde(borrow, default)]
    pub accessor: Text<'a>,
    #[serde(borrow, default)]
    pub metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    pub policy_results: Option<PolicyResults<'a>>,
}

/// What the auth method noted of the user.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata<'a> {
    #[serde(borrow, default)]
    pub username: Text<'a>,
    /// Of AppRole, which is for programs.
    #[serde(borrow, default)]
    pub role_name: Text<'a>,
    /// Of Kubernetes.
    #[serde(borrow, default)]
    pub service_account_name: Text<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PolicyResults<'a> {
    /// `true` or `false`.
    #[serde(borrow, default)]
    pub allowed: Text<'a>,
}

/// What was asked.
#[derive(Debug, Deserialize)]
pub(super) struct Request<'a> {
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub operation: Text<'a>,
    #[serde(borrow, default)]
    pub path: Text<'a>,
    #[serde(borrow, default)]
    pub mount_point: Text<'a>,
    #[serde(borrow, default)]
    pub mount_type: Text<'a>,
    #[serde(borrow, default)]
    pub namespace: Option<Namespace<'a>>,
    #[serde(borrow, default)]
    pub remote_address: Text<'a>,
    #[serde(borrow, default)]
    pub client_token: Text<'a>,
    #[serde(borrow, default)]
    pub data: Data<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Namespace<'a> {
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub path: Text<'a>,
}

/// What was answered.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Response<'a> {
    #[serde(borrow, default)]
    pub auth: Option<Auth<'a>>,
    #[serde(borrow, default)]
    pub data: Option<Data<'a>>,
    #[serde(borrow, default)]
    pub secret: Option<Lease<'a>>,
    #[serde(borrow, default)]
    pub wrap_info: Option<Wrap<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Lease<'a> {
    #[serde(borrow, default)]
    pub lease_id: Text<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Wrap<'a> {
    /// Seconds.
    #[serde(borrow, default)]
    pub ttl: Text<'a>,
}

impl<'a> Record<'a> {
    /// Reads a line, with or without a text before its JSON. The error never quotes the line: it may hold secrets.
    pub(super) fn parse(line: &'a str) -> Result<Self, Skip> {
        let json =
            json(line).ok_or_else(|| if line.trim().is_empty() { Skip::Unwanted("empty line") } else { Skip::broken("not JSON") })?;
        let line: Line<'a> = serde_json::from_str(json).map_err(|error| {
            let column = error.column();
            match error.classify() {
                Category::Eof => Skip::Broken { reason: "cut off", detail: format!("the JSON ends unfinished after {column} bytes") },
                Category::Data => broken(format!("the field before byte {column} has an unexpected type, or appears twice")),
                _ => Skip::Broken { reason: "not JSON", detail: format!("at byte {column}") },
            }
        })?;
        let side = match &*line.side {
            "request" => Side::Request,
            "response" => Side::Response,
            "" => return Err(broken("it has no type")),
            _ => return Err(broken("its type is neither request nor response")),
        };
        let time = match &*line.time {
            "" => return Err(broken("it has no time")),
            time => DateTime::parse_from_rfc3339(time).map_err(|_| broken("its time is not as in 2026-11-22T14:03:27.120Z"))?,
        };
        let time = Timestamp::from_millis(time.with_timezone(&Utc).timestamp_millis())
            .ok_or_else(|| broken("its time is before 1970 or after 2248"))?;
        let request = line.request.ok_or_else(|| broken("it has no request"))?;
        if request.id.is_empty() && (request.path.is_empty() || side == Side::Request) {
            return Err(if request.path.is_empty() { broken("its request has no id") } else { Skip::Unwanted(NO_ID) });
        }
        let response = match side {
            Side::Request => None,
            Side::Response => Some(line.response.unwrap_or_default()),
        };
        Ok(Self { side, time, error: line.error, auth: line.auth.unwrap_or_default(), request, response })
    }
}

impl Record<'_> {
    /// Written by the server when an audit device is enabled; nobody asked for anything.
    pub(super) fn is_test(&self) -> bool {
        self.request.path.trim_matches('/') == "sys/audit/test"
    }
}

fn broken(detail: impl Into<String>) -> Skip {
    Skip::Broken { reason: "not an audit record", detail: detail.into() }
}

/// The JSON object in a line: from its first `{`, which a prefix may stand before.
pub(super) fn json(line: &str) -> Option<&str> {
    let line = without_ends(line);
    if line.starts_with('{') {
        return Some(line);
    }
    let start = line.bytes().take(MAX_PREFIX).position(|byte| byte == b'{')?;
    line.get(start..)
}
