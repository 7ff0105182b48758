//! A request and its answer, ready to become events.

use super::exchange_end::{ExchangeEnd, State, is_hashed, name};
use super::mount_path::MountPath;
use super::record::{Auth, Record};
use crate::event::Event;
pub(super) use crate::ingest::text::cut;
use crate::mask;
use std::borrow::Cow;
use std::sync::Arc;
use vigia_app::model::{ActorKind, Cell, Report, Timestamp};

/// Who asked, by the names the log has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    /// Name of the user: the one they signed in with where the auth method noted it, else OpenBao's name of the token.
    pub user: String,
    /// OpenBao's name of the token: the auth method and the user.
    pub login: String,
    /// What they are, where the log leaves no doubt.
    pub kind: Option<ActorKind>,
}

/// The auth methods that are for programs alone.
const OF_PROGRAMS: [&str; 2] = ["approle", "kubernetes"];

impl Who {
    /// What stands for a user whose token OpenBao did not accept.
    pub(super) const UNKNOWN: &str = "unknown";

    fn of(auth: &Auth<'_>) -> Option<Self> {
        if auth.display_name.is_empty() {
            return None;
        }
        let login = name(&auth.display_name);
        let metadata = auth.metadata.as_ref();
        let user = metadata.map(|metadata| &*metadata.username).filter(|user| !user.is_empty() && !is_hashed(user));
        let is_program = metadata.is_some_and(|metadata| !metadata.role_name.is_empty() || !metadata.service_account_name.is_empty());
        Some(Self { user: user.map_or_else(|| login.clone(), str::to_owned), login, kind: is_program.then_some(ActorKind::Service) })
    }
}

/// A request and its answer.
pub(super) struct Exchange<'a> {
    pub record: &'a Record<'a>,
    pub place: MountPath<'a>,
    /// The path, with tokens blotted out.
    pub path: String,
    /// The answer's, the request's, or, while signing in, of the name tried.
    pub who: Who,
    pub outcome: ExchangeEnd,
    /// When it was asked; the answer's time where the request is missing.
    pub time: Timestamp,
    /// When it was answered.
    pub answered: Option<Timestamp>,
    source: &'a Arc<str>,
}

impl<'a> Exchange<'a> {
    /// `record` is the response where there is one, `request` the line before it.
    pub(super) fn new(record: &'a Record<'a>, request: Option<&Record<'_>>, asked: Option<Timestamp>, source: &'a Arc<str>) -> Self {
        let place = MountPath::of(&record.request);
        let who = Who::of(&record.auth)
            .or_else(|| request.and_then(|request| Who::of(&request.auth)))
            .or_else(|| record.response.as_ref().and_then(|response| Who::of(response.auth.as_ref()?)))
            .unwrap_or_else(|| {
                let tried = if place.auth { place.inside("login").map(name).unwrap_or_default() } else { String::new() };
                let kind = match place.kind {
                    // The server's own requests.
                    _ if record.request.id.is_empty() => Some(ActorKind::System),
                    kind if place.is_login() && OF_PROGRAMS.contains(&kind) => Some(ActorKind::Service),
                    _ => None,
                };
                Who { user: if tried.is_empty() { Who::UNKNOWN.to_owned() } else { tried.clone() }, login: tried, kind }
            });
        Self {
            record,
            place,
            path: masked_path(place, &record.request.path),
            who,
            outcome: ExchangeEnd::of(record),
            time: asked.unwrap_or(record.time),
            answered: record.response.is_some().then_some(record.time),
            source,
        }
    }

    pub(super) fn operation(&self) -> &str {
        &self.record.request.operation
    }

    pub(super) fn source(&self) -> &str {
        self.source
    }

    pub(super) fn ip(&self) -> Cell {
        Cell::ip(&self.record.request.remote_address)
    }

    /// An event with an id of this exchange's own; `suffix` tells several of them apart.
    pub(super) fn event(&self, report: &'static Report, suffix: &str) -> Event {
        // Should the response turn up in another file, it is stored beside this one rather than dropped as its duplicate.
        let unanswered = if self.outcome.state == State::Unknown { "/unanswered" } else { "" };
        let id = match &*self.record.request.id {
            "" => Cow::Owned(format!("{} {} {}", self.time.rfc3339(), self.operation(), cut(&self.path, Event::MAX_NAME))),
            id => cut(id, Event::MAX_NAME),
        };
        Event::new(report, self.source, format!("{id}{suffix}{unanswered}"), self.time)
    }

    /// Adds what the log says beyond the report's columns.
    pub(super) fn describe(&self, event: &mut Event) {
        let Record { request, auth, response, .. } = self.record;
        event.add("path", self.path.as_str());
        event.add("mount", cut(self.place.mount, Event::MAX_NAME));
        event.add("request", cut(&request.operation, Event::MAX_NAME));
        if let Some(namespace) = &request.namespace {
            let namespace = if namespace.path.is_empty() { &namespace.id } else { &namespace.path };
            event.add("namespace", cut(namespace, Event::MAX_NAME));
        }
        event.add("request id", cut(&request.id, Event::MAX_NAME));
        event.add("entity id", cut(&auth.entity_id, Event::MAX_NAME));
        let hashed = [("token accessor", &auth.accessor), ("client token", &request.client_token)];
        // The hash ties together what was done with one token; the token itself, logged in the clear, is a secret.
        if let Some((key, hash)) = hashed.into_iter().find(|(_, value)| is_hashed(value)) {
            event.add(key, name(hash));
        }
        if let Some(lease) = response.as_ref().and_then(|response| response.secret.as_ref()) {
            event.add("lease id", cut(&name(&lease.lease_id), Event::MAX_NAME));
        }
        let data = &request.data;
        for (key, value) in
            [("connection", &data.db_name), ("account", &data.username), ("plugin", &data.plugin_name), ("version", &data.version)]
        {
            if !value.is_empty() {
                event.add(key, cut(&name(value), Event::MAX_NAME));
            }
        }
        if self.ip().is_empty() {
            event.add("remote address", cut(&request.remote_address, Event::MAX_NAME));
        }
    }
}

/// The path to show. Old servers take tokens in it: `auth/token/revoke/<token>`.
fn masked_path(place: MountPath<'_>, path: &str) -> String {
    let path = cut(path, Event::MAX_TEXT);
    let path = mask::secrets(&path);
    if place.mount == "auth/token" {
        for folder in ["lookup", "renew", "revoke", "revoke-orphan"] {
            if place.inside(folder).is_some() {
                return format!("auth/token/{folder}/{}", mask::MASKED);
            }
        }
    }
    path.into_owned()
}

/// A name for a cell: not longer than a name may be.
pub(super) fn short(text: &str) -> Cell {
    Cell::text(cut(text, Event::MAX_NAME))
}

/// A message for a cell.
pub(super) fn long(text: &str) -> Cell {
    Cell::text(cut(text, Event::MAX_TEXT))
}
